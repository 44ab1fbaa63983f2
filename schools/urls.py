from django.urls import path

from .views import imports

app_name = "schools"
urlpatterns = [
    path("import/", imports.start, name="admins.import"),
    path("import/voorbeeld/<str:name>", imports.sample, name="admins.import_sample"),
    path("import/<str:code>/", imports.preview, name="admins.import_preview"),
    path("import/<str:code>/overname/", imports.take_over, name="admins.import_apply"),
    path("import/<str:code>/bevestiging/", imports.agree, name="admins.import_confirm"),
    path("import/<str:code>/stop/", imports.stop, name="admins.import_drop"),
    path("import/<str:code>/herstel/", imports.take_back, name="admins.import_undo"),
]
