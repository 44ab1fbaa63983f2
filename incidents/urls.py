from django.urls import path

from .views import acts, directors, measures, public

app_name = "incidents"
CASE = "directie/melding/<slug:code>/"
urlpatterns = [
    path("directie/", directors.home, name="directors.home"),
    path("directie/melding/nieuw/", directors.new, name="directors.new"),
    path("directie/melding/doorgegeven/", directors.passed_on, name="directors.passed_on"),
    path(CASE, directors.case, name="directors.case"),
    path(CASE + "opening/", directors.opening, name="directors.opening"),
    path(CASE + "foto/<int:number>/", directors.picture, name="directors.picture"),
    path(CASE + "notitie/", acts.note, name="directors.note"),
    path(CASE + "notitie/<uuid:event>/", acts.correction, name="directors.correction"),
    path(CASE + "antwoord/", acts.answer, name="directors.answer"),
    path(CASE + "betrokkene/", acts.person, name="directors.person"),
    path(CASE + "betrokkene/<uuid:person>/maatregel/", measures.measure, name="directors.measure"),
    path(CASE + "betrokkene/<uuid:person>/ouders/", measures.parents, name="directors.parents"),
    path(CASE + "betrokkene/<uuid:person>/mail/", measures.parents_mail, name="directors.parents_mail"),
    path(CASE + "maatregel/<uuid:measure>/besluit/", measures.decision, name="directors.decision"),
    path(CASE + "maatregel/<uuid:measure>/ingang/", measures.in_force, name="directors.in_force"),
    path(CASE + "stap/<slug:noun>/", acts.step, name="directors.step"),
    path(CASE + "overdracht/", acts.give, name="directors.hand_over"),
    path(CASE + "terugtrekking/", acts.recusal, name="directors.recusal"),
    path("<slug:foundation>/<slug:school>/melden/", public.explain, name="public.explain"),
    path("<slug:foundation>/<slug:school>/melden/vragen/", public.report, name="public.report"),
    path("<slug:foundation>/<slug:school>/melden/klaar/", public.receipt, name="public.receipt"),
    path("melding/", public.back, name="public.back"),
    path("melding/bericht/", public.message, name="public.message"),
    path("melding/sluiting/", public.close, name="public.close"),
    path("melding/weg/", public.leave, name="public.leave"),
]
