from django.urls import path

from .views import families, pupils, register, staff

app_name = "publications"
urlpatterns = [
    path("team/controle/<slug:code>/publicatie/", staff.publish, name="staff.publish"),
    path("team/publicaties/", register.register, name="staff.register"),
    path("team/publicaties/<slug:code>/", staff.publication, name="staff.publication"),
    path("team/publicaties/<slug:code>/gegevens/", staff.change, name="staff.change"),
    path("team/publicaties/<slug:code>/weghaling/", staff.take_away, name="staff.take_away"),
    path("ouder/<slug:foundation>/kind/<str:child>/waar/", families.where, name="parents.where"),
    path(
        "ouder/<slug:foundation>/kind/<str:child>/waar/<str:code>/bezwaar/",
        families.objection,
        name="parents.objection",
    ),
    path("leerling/waar/", pupils.where, name="pupils.where"),
    path("leerling/waar/<str:code>/bezwaar/", pupils.objection, name="pupils.objection"),
]
