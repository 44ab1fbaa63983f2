"""The receipt of a report: what the browser that sent it may show again for ten minutes."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schools.choices import RoleName
from schools.models import School
from schools.querysets import vacations_of
from schools.rules import school_day_after

COOKIE, SALT = "meldbon", "incidents.receipt"
SECONDS, MINUTES = 600, 10
CONFIRM_DAYS = 2  # school days (I7)

# Not every word takes the same article in Dutch.
OWN_WORDS = {RoleName.BOARD: gettext_lazy("the board of the foundation")}


@dataclass(frozen=True, slots=True)
class Receipt:
    """`sent` tells the portal (nobody else) which phrase it was; `roles` who received the report."""

    sent: UUID
    school_id: int
    roles: str
    on: date


def keep_receipt(response: HttpResponse, receipt: Receipt) -> HttpResponse:
    """In a signed cookie and not in the session: a session may know who is signed in here, and would keep both."""
    parts = [receipt.sent.hex, receipt.school_id, receipt.roles, receipt.on.isoformat()]
    response.set_cookie(
        COOKIE,
        signing.dumps(parts, salt=SALT),
        max_age=SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def kept_receipt(request: HttpRequest) -> Receipt | None:
    """None after ten minutes, after it was forgotten, and in every other browser."""
    try:
        sent, school_id, roles, day = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Receipt(UUID(sent), school_id, roles, date.fromisoformat(day))


def forget_receipt(response: HttpResponse) -> HttpResponse:
    """The next one at this device does not see the words."""
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def receipt_words(receipt: Receipt, school: School) -> dict[str, Any]:
    """Who reads it (a role, never a name) and by when the reporter hears something."""
    roles = [role for role in receipt.roles.split(",") if role in RoleName.values]
    return {
        "readers": _readers(roles),
        "due_on": school_day_after(receipt.on, CONFIRM_DAYS, vacations_of(school.id)),
        "minutes": MINUTES,
    }


def _readers(roles: list[str]) -> str:
    """“the director”, “the director and the mentor”; without roles: somebody of the school."""
    named = [str(OWN_WORDS.get(role) or _("the %(role)s") % {"role": RoleName(role).label}) for role in roles]
    return (" " + _("and") + " ").join(named) if named else _("somebody of the school")
