from django.urls import path

from .views import dpo, links, parents, rounds, staff
from .views import links, parents, purposes, rounds, staff
from .views import child, links, parents, remarks, rounds, staff

app_name = "consent"
urlpatterns = [
    path("toestemming/<str:token>/", links.answer, name="links.answer"),
    path("toestemming/<str:token>/keuze/", links.choice, name="links.choice"),
    path("toestemming/<str:token>/code/", links.code, name="links.code"),
    path("toestemming/<str:token>/code/<str:child>/<slug:purpose>/", links.code, name="links.code"),
    path("toestemming/<str:token>/kind/<str:child>/<slug:purpose>/", links.change, name="links.change"),
    path("toestemming/<str:token>/ontvangst/<str:code>/", links.receipt, name="links.receipt"),
    path("toestemming/<str:token>/ontvangst/<str:code>.pdf", links.receipt_pdf, name="links.receipt_pdf"),
    path("ouder/", parents.home, name="parents.home"),
    path("ouder/<slug:foundation>/vragen/", parents.answer, name="parents.answer"),
    path("ouder/<slug:foundation>/controle/", parents.check, name="parents.check"),
    path("ouder/<slug:foundation>/keuze/", parents.choice, name="parents.choice"),
    path("ouder/<slug:foundation>/ontvangst/<str:code>/", parents.receipt, name="parents.receipt"),
    path("ouder/<slug:foundation>/ontvangst/<str:code>.pdf", parents.receipt_pdf, name="parents.receipt_pdf"),
    path("ouder/<slug:foundation>/kind/<str:child>/<slug:purpose>/", parents.change, name="parents.change"),
    path("ouder/<slug:foundation>/kind/<str:child>/", child.one, name="parents.child"),
    path("ouder/<slug:foundation>/intrekking/<str:child>/", child.withdraw, name="parents.withdraw"),
    path("ouder/<slug:foundation>/opmerking/<str:child>/", remarks.wrong, name="parents.remark"),
    path("ouder/<slug:foundation>/bezwaar/<str:child>/", remarks.objection, name="parents.objection"),
    path("ouder/<slug:foundation>/bericht/<str:code>/", remarks.received, name="parents.received"),
    path("team/", staff.groups, name="staff.groups"),
    path("team/groep/<slug:group>/", staff.check, name="staff.check"),
    path("team/groep/<slug:group>/controle/", staff.keep, name="staff.keep"),
    path("team/controle/", staff.kept, name="staff.kept"),
    path("team/controle/<slug:code>/", staff.kept_check, name="staff.kept_check"),
    path("beheer/ronde/", rounds.ask, name="admins.round"),
    path("beheer/ronde/start/", rounds.start, name="admins.round_start"),
    path("fg/bewijs/", dpo.search, name="dpo.search"),
    path("fg/bewijs/<slug:child>/", dpo.pupil, name="dpo.pupil"),
    path("fg/bewijs/<slug:child>/reden/", dpo.reason, name="dpo.reason"),
    path("fg/bewijs/<slug:child>/bewijs.pdf", dpo.pdf, name="dpo.pdf"),
    path("fg/bewijs/<slug:child>/<slug:purpose>.json", dpo.record, name="dpo.record"),
    path("beheer/vragen/", purposes.overview, name="admins.purposes"),
    path("beheer/vragen/nieuw/<slug:kind>/", purposes.new, name="admins.purpose_new"),
    path("beheer/vragen/<slug:slug>/", purposes.one, name="admins.purpose"),
    path("beheer/vragen/<slug:slug>/tekst/", purposes.wording, name="admins.purpose_wording"),
    path("beheer/vragen/<slug:slug>/stop/", purposes.stop, name="admins.purpose_stop"),
    path("beheer/vragen/<slug:slug>/apart/", purposes.apart, name="admins.purpose_apart"),
]
