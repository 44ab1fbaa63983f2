"""What every page may use; asks the database for nothing that the request has not read already."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from consent.rules import may_check
from schools.models import Foundation
from schools.rules import may_import

from .audiences import Portal


def portal(request: HttpRequest) -> dict[str, Any]:
    """Names, languages and rooms around the page; error pages get them without anybody signed in."""
    there: Portal = getattr(request, "portal", None) or Portal()
    foundation = _foundation(there)
    return {
        "header_name": foundation.name if foundation else _("Photo consent"),
        "home_url": _home(there),
        "signed_in_name": _signed_in_name(request, there),
        "portal_languages": [{"code": code, "name": name} for code, name in settings.LANGUAGES],
        "help_contact": _help(foundation),
        "rooms": _rooms(request, there),
        "is_demo": settings.DEMO,
    }


def _home(there: Portal) -> str:
    return {"staff": reverse("consent:staff.groups"), "family": reverse("consent:parents.home")}.get(
        there.audience, "/"
    )


def _signed_in_name(request: HttpRequest, there: Portal) -> str:
    """A link is no session: who answers by link is not shown by name."""
    if there.audience in {"staff", "family"} and there.person:
        return there.person.full_name
    user = getattr(request, "user", None)
    return user.email if there.audience == "public" and user and user.is_authenticated else ""


def _foundation(there: Portal) -> Foundation | None:
    """The one foundation of this page; a parent with children in two of them sees neither's name above."""
    theirs = {guardian.foundation for guardian in there.guardians}
    return there.foundation or (theirs.pop() if len(theirs) == 1 else None)


def _help(foundation: Foundation | None) -> dict[str, str] | None:
    if foundation is None:
        return None
    return {"name": foundation.name, "phone": foundation.help_phone, "email": foundation.help_email}


def _rooms(request: HttpRequest, there: Portal) -> list[dict[str, Any]]:
    if there.audience != "staff":
        return []
    rooms = [(reverse("consent:staff.groups"), _("May I post this?"))] if may_check(there.roles) else []
    if may_import(there.roles):
        rooms.append((reverse("schools:admins.import"), _("Import")))
    return [{"url": url, "label": label, "current": request.path.startswith(url)} for url, label in rooms]
