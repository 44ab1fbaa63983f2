from django.urls import path

from . import views

urlpatterns = [
    path("healthz", views.hello),
    path("hello/", views.hello),
    path("sheet/<int:group>/", views.sheet),
]
