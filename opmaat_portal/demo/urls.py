from django.urls import path

from . import views

app_name = "demo"
urlpatterns = [
    path("als/<slug:name>/", views.sign_in_as, name="sign_in_as"),
    path("post/", views.mailbox, name="mailbox"),
    path("post/<str:key>/opmaak/", views.mail_as_sent, name="mail_as_sent"),
    path("post.json", views.mailbox_json, name="mailbox_json"),
]
