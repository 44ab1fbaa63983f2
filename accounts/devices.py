"""Does this device know the account? Then a stranger who keeps trying cannot lock its owner out (R23).

A signed cookie lists the accounts that have signed in here. Tries are counted per account for all unknown
devices together, and apart for each device that the account has used before.
"""

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "apparaat"
MAX_AGE_SECONDS = 180 * 24 * 60 * 60
MOST_ACCOUNTS = 5
SALT = "accounts.devices"


@dataclass(frozen=True, slots=True)
class Device:
    name: str = ""
    accounts: tuple[str, ...] = ()


def bucket(request: HttpRequest, email: str) -> str:
    """What tries on this account are counted under."""
    device = _device(request)
    known = _mark(email) in device.accounts
    return f"{email.strip().lower()}|{device.name if known else 'new'}"


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Somebody signed in here as this account: set the cookie (it opens nothing; it only counts apart)."""
    device = _device(request)
    others = [mark for mark in device.accounts if mark != _mark(email)]
    accounts = [_mark(email), *others][:MOST_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps([device.name or secrets.token_urlsafe(12), accounts], salt=SALT),
        max_age=MAX_AGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device(request: HttpRequest) -> Device:
    try:
        name, accounts = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=MAX_AGE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return Device()
    return Device(name, tuple(accounts))


def _mark(email: str) -> str:
    """Tells nobody who reads the cookie which address it was."""
    return hashlib.sha256(f"{settings.SECRET_KEY}{email.strip().lower()}".encode()).hexdigest()[:16]
