from django.conf import settings
from django.urls import include, path

from .views import people, public, search, start

portal_urls = (
    [
        path("", public.home, name="home"),
        path("start/", start.start, name="start"),
        path("team/zoek/", search.people, name="team.search"),
        path("beheer/", start.admins, name="admins.start"),
        path("bestuur/", start.board, name="board.start"),
        path("fg/", start.dpo, name="dpo.start"),
        path("leerling/", start.pupils, name="pupils.start"),
        path("accounts/wie/", people.choose, name="people.choose"),
        path("privacy/", public.privacy, name="privacy"),
        path("toegankelijkheid/", public.accessibility, name="accessibility"),
        path(".well-known/security.txt", public.security_txt, name="security_txt"),
        path("healthz", public.healthz, name="healthz"),
        path("readyz", public.readyz, name="readyz"),
    ],
    "portal",
)

handler400 = public.bad_request
handler404 = public.not_found
urlpatterns = [
    path("", include(portal_urls)),
    path("accounts/", include("accounts.urls")),
    path("", include("publications.urls")),  # before consent: "waar" is no question
    path("", include("consent.urls")),
    path("beheer/", include("schools.urls")),
    path("post/", include("notices.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("opmaat_portal.demo.urls")))
# Last: the pages of a school begin with the name of its foundation.
urlpatterns += [path("", include("incidents.urls")), path("", include("policies.urls"))]
