"""How strongly somebody has shown who they are, and what is still missing for a room."""

import time
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.urls import reverse

CODE, PASSWORD, MFA = "code", "password", "mfa"


def methods(request: HttpRequest) -> frozenset[str]:
    """How this session was opened: of "code" (mailed), "password" and "mfa" (second factor)."""
    return frozenset(record["method"] for record in get_authentication_records(request, request.user))


def is_strong_enough(had: frozenset[str], *, needs_password: bool, needs_second_factor: bool) -> bool:
    """The family's rooms take a code or a password; a code alone never opens the rooms of staff (R24)."""
    if (needs_password or needs_second_factor) and PASSWORD not in had:
        return False
    return MFA in had or not needs_second_factor


def missing_step(request: HttpRequest, *, needs_password: bool, needs_second_factor: bool) -> str | None:
    """Where this signed-in person must go first, or None. The address leads back to the page that was asked."""
    had = methods(request)
    if is_strong_enough(had, needs_password=needs_password, needs_second_factor=needs_second_factor):
        return None
    if PASSWORD not in had:
        return _there_and_back(
            request, "account_reauthenticate" if has_password(request) else "account_reset_password"
        )
    return _there_and_back(
        request, "mfa_reauthenticate" if has_second_factor(request) else "mfa_activate_totp"
    )


def has_password(request: HttpRequest) -> bool:
    """False for somebody who was imported and has not chosen a password yet."""
    return bool(request.user.is_authenticated and request.user.has_usable_password())


def has_second_factor(request: HttpRequest) -> bool:
    return bool(is_mfa_enabled(request.user, [Authenticator.Type.TOTP]))


def proved_recently(request: HttpRequest) -> bool:
    """A password or second factor was given within the last quarter of an hour (a mailed code does not count)."""
    moments = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record["method"] in {PASSWORD, MFA}
    ]
    return bool(moments) and time.time() - max(moments) < app_settings.REAUTHENTICATION_TIMEOUT


def _there_and_back(request: HttpRequest, name: str) -> str:
    # What was posted cannot be asked for again as a page: then back to the front door.
    back = request.get_full_path() if request.method == "GET" else ""
    return reverse(name) + (f"?{urlencode({'next': back})}" if back else "")
