from django.urls import path

from .views import entry, links, paper, parents, pupils, rounds, staff

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
    path("leerling/vragen/", pupils.answer, name="pupils.answer"),
    path("leerling/keuze/", pupils.choice, name="pupils.choice"),
    path("leerling/kies/<slug:purpose>/", pupils.change, name="pupils.change"),
    path("leerling/nee/<slug:purpose>/", pupils.veto, name="pupils.veto"),
    path("leerling/ontvangst/<str:code>/", pupils.receipt, name="pupils.receipt"),
    path("team/", staff.groups, name="staff.groups"),
    path("team/groep/<slug:group>/", staff.check, name="staff.check"),
    path("team/groep/<slug:group>/controle/", staff.keep, name="staff.keep"),
    path("team/controle/", staff.kept, name="staff.kept"),
    path("team/controle/<slug:code>/", staff.kept_check, name="staff.kept_check"),
    path("team/papier/", paper.desk, name="paper.desk"),
    path("team/papier/drukken/", paper.print_group, name="paper.print"),
    path("team/papier/stapel/<slug:code>/", paper.pile, name="paper.pile"),
    path("team/papier/stapel/<slug:code>/formulieren.pdf", paper.pile_pdf, name="paper.pdf"),
    path("team/papier/kind/<slug:code>/", entry.child, name="paper.child"),
    path("team/papier/<slug:code>/", entry.form, name="paper.form"),
    path("team/papier/<slug:code>/scan/<int:number>/", paper.scan, name="paper.scan"),
    path("beheer/ronde/", rounds.ask, name="admins.round"),
    path("beheer/ronde/start/", rounds.start, name="admins.round_start"),
]
