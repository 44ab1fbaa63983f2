from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "opmaat_portal"
    verbose_name = "Opmaat portal"

    def ready(self):
        from . import checks  # noqa: F401  registers the system checks
