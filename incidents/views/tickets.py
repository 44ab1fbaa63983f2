"""Trying code phrases: ten wrong ones and this device waits; many everywhere and everybody goes slower, nobody stops.

Counted per browser and all together, never per address of a network: a whole school sits behind one (R23). A
phrase has 80 bits, so guessing is hopeless anyhow; the limits keep it cheap for us.
"""

import secrets

from allauth.core import ratelimit
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

SALT = "incidents.tickets"
SLOW_SECONDS, TICKET_SECONDS = 5, 3600
EVERYWHERE = "all"


def new_ticket() -> str:
    """Tells, signed, when a page was asked for; it admits one try when it is busy."""
    return signing.TimestampSigner(salt=SALT).sign(secrets.token_urlsafe(9))


def may_try(request: HttpRequest, browser: str, ticket: str) -> str | None:
    """None, or why not now, in words. Call before looking a phrase up."""
    if not ratelimit.consume(request, action="report_phrase", key=browser, dry_run=True):
        return _("There were 10 tries with wrong words. Wait 15 minutes. Your report is still there.")
    is_quiet = ratelimit.consume(request, action="report_phrase_all", key=EVERYWHERE, dry_run=True)
    if is_quiet or _has_waited(ticket):
        return None
    return _("It is busy. Count to ten, and press the button again. Your words are still there.")


def was_wrong(request: HttpRequest, browser: str) -> None:
    """Count it, for this browser and for all together."""
    ratelimit.consume(request, action="report_phrase", key=browser)
    ratelimit.consume(request, action="report_phrase_all", key=EVERYWHERE)


def _has_waited(ticket: str) -> bool:
    """The page was open for five seconds, and its ticket was not used before."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        signer.unsign(ticket, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return False
    try:
        signer.unsign(ticket, max_age=SLOW_SECONDS)
    except signing.SignatureExpired:
        return bool(cache.add(f"report-ticket:{ticket}", 1, timeout=TICKET_SECONDS))
    return False
