from django.urls import path

from .views import imports

app_name = "schools"
urlpatterns = [
    path("import/", imports.start, name="admins.import"),
    path("import/voorbeeld/<str:name>", imports.sample, name="admins.import_sample"),
    path("import/<slug:code>/", imports.preview, name="admins.import_preview"),
    path("import/<slug:code>/overname/", imports.take_over, name="admins.import_apply"),
    path("import/<slug:code>/bevestiging/", imports.agree, name="admins.import_confirm"),
    path("import/<slug:code>/stop/", imports.stop, name="admins.import_drop"),
    path("import/<slug:code>/herstel/", imports.take_back, name="admins.import_undo"),
]
