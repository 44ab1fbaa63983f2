"""What every page may use; asks the database for nothing that the request has not read already."""

from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from consent.rules import (
    may_ask_parents,
    may_check,
    may_see_progress,
    may_set_questions,
    may_use_paper,
    progress_schools,
)
from consent.views.kiosk import tablet_words
from incidents.rules import may_handle
from policies.rules import may_see_versions
from schools.models import Foundation, Role
from schools.rules import may_import

from .audiences import Portal
from .languages import concept_mark, menu_of
from .start import start_page


def portal(request: HttpRequest) -> dict[str, Any]:
    """Names, languages and rooms around the page; error pages get them without anybody signed in.

    What takes time is asked when the page draws it, once: a part that htmx exchanges draws none of it.
    """
    there: Portal = getattr(request, "portal", None) or Portal()
    foundation = _foundation(there)
    return {
        "header_name": foundation.name if foundation else _("Photo consent"),
        "home_url": cache(partial(_home, there)),
        "signed_in_name": _signed_in_name(request, there),
        "portal_languages": cache(partial(menu_of, request)),
        "is_concept": concept_mark(request, there),
        "help_contact": _help(foundation),
        "rooms": cache(partial(_rooms, request, there)),
        "is_demo": settings.DEMO,
        "tablet": tablet_words(request, there.visit is not None) if there.kiosk else None,
    }


def _home(there: Portal) -> str:
    if there.audience == "staff":
        return start_page(there.roles)
    names = {
        "family": "consent:parents.home",
        "pupil": "portal:pupils.start",
        "kiosk": "consent:kiosk.start",
    }
    return reverse(names[there.audience]) if there.audience in names else "/"


def _signed_in_name(request: HttpRequest, there: Portal) -> str:
    """A link is no session: who answers by link is not shown by name."""
    if there.audience in {"staff", "family", "pupil"} and there.person:
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


def _round_room(roles: list[Role]) -> str:
    """The administrator asks; who leads a school sees that school; a teacher sees the own group."""
    if may_ask_parents(roles):
        return "consent:admins.rounds"
    return "consent:directors.rounds" if progress_schools(roles) != frozenset() else "consent:staff.rounds"


def _rooms(request: HttpRequest, there: Portal) -> list[dict[str, Any]]:
    """The ways between the rooms that this person may enter; what they may not know of is not among them."""
    if there.audience != "staff":
        return []
    roles = there.roles
    rooms = [
        (may_check(roles), "consent:staff.groups", _("May I post this?")),
        (may_use_paper(roles), "consent:paper.desk", _("Paper")),
        (may_handle(roles), "incidents:directors.home", _("Reports")),
        (may_see_versions(roles), "policies:admins.protocol", _("Protocol")),
        (may_ask_parents(roles) or may_see_progress(roles), _round_room(roles), _("Round")),
        (may_set_questions(roles), "consent:admins.purposes", _("Questions")),
        (may_import(roles), "schools:admins.import", _("Import")),
    ]
    found = [(reverse(name), label) for may, name, label in rooms if may]
    begin = start_page(roles)
    if begin not in {url for url, _label in found}:
        found.insert(0, (begin, _("Start page")))
    paper = reverse("consent:paper.desk")
    path = paper if request.path.startswith(reverse("consent:kiosk.room")) else request.path
    if path.startswith(reverse("consent:staff.rounds")):  # the work lists of a round lie under the team
        path = reverse(_round_room(roles))
    is_search = request.path == reverse("portal:team.search")  # lies under the check, and is no part of it
    inside = [url for url, _label in found if path.startswith(url) and not is_search]
    here = max(inside, key=len, default="")
    return [{"url": url, "label": label, "current": url == here} for url, label in found]
