"""System checks: what must hold in the settings for the walls to stand."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

LAST = "opmaat_portal.middleware.ActingMiddleware"


@register()
def acting_is_last(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A `process_view` that calls the view ends the chain: after it no other middleware would be asked."""
    if settings.MIDDLEWARE[-1] == LAST:
        return []
    return [Error(f"{LAST} must be the last middleware.", id="portal.E001")]


@register()
def demo_is_not_deployed(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The demo's one-tap sign-in must never stand on a public address."""
    if settings.DEMO and settings.PORTAL_URL.startswith("https://"):
        return [Error("The demo settings are for loopback only.", id="portal.E002")]
    return []
