from django.urls import path

from .views import bounces

app_name = "notices"
urlpatterns = [path("retour/", bounces.returned, name="returned")]
