from django.urls import path

from .views import languages, links, parents, rounds, staff

app_name = "consent"
urlpatterns = [
    path("toestemming/<str:token>/", links.answer, name="links.answer"),
    path("toestemming/<str:token>/keuze/", links.choice, name="links.choice"),
    path("toestemming/<str:token>/code/", links.code, name="links.code"),
    path("toestemming/<str:token>/code/<str:child>/<slug:purpose>/", links.code, name="links.code"),
    path("toestemming/<str:token>/kind/<str:child>/<slug:purpose>/", links.change, name="links.change"),
    path("toestemming/<str:token>/ontvangst/<str:code>/", links.receipt, name="links.receipt"),
    path("ouder/", parents.home, name="parents.home"),
    path("ouder/<slug:foundation>/vragen/", parents.answer, name="parents.answer"),
    path("ouder/<slug:foundation>/controle/", parents.check, name="parents.check"),
    path("ouder/<slug:foundation>/keuze/", parents.choice, name="parents.choice"),
    path("ouder/<slug:foundation>/ontvangst/<str:code>/", parents.receipt, name="parents.receipt"),
    path("ouder/<slug:foundation>/kind/<str:child>/<slug:purpose>/", parents.change, name="parents.change"),
    path("team/", staff.groups, name="staff.groups"),
    path("team/groep/<slug:group>/", staff.check, name="staff.check"),
    path("team/groep/<slug:group>/controle/", staff.keep, name="staff.keep"),
    path("team/controle/", staff.kept, name="staff.kept"),
    path("team/controle/<slug:code>/", staff.kept_check, name="staff.kept_check"),
    path("beheer/ronde/", rounds.ask, name="admins.round"),
    path("beheer/ronde/start/", rounds.start, name="admins.round_start"),
    path("beheer/talen/", languages.languages, name="admins.languages"),
]
