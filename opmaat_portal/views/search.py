"""Finding somebody by name, within what one may see."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.rules import checking_roles
from consent.views.desk import with_people
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Group, GroupMembership, Guardian, Role, StaffMember
from schools.querysets import find_guardians, find_pupils, find_staff, groups_for
from schools.rules import may_find_colleagues, roles_that_find_parents, schools_of

FEWEST_LETTERS, MOST_LETTERS, MOST = 2, 60, 30


@require_safe
@reading_is_recorded
def people(request: HttpRequest) -> HttpResponse:
    """Pupils and colleagues, and parents for who speaks with them: of the own school, or of the foundation.

    Never an address. Whom it shows is written down: pupils as PUPIL_SEARCH, parents as PEOPLE_SEARCH, since
    their numbers are counted apart.
    """
    roles = request.portal.roles
    if not may_find_colleagues(roles):
        raise Http404
    query = request.GET.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    is_enough = len(query.replace(" ", "")) >= FEWEST_LETTERS
    context = {"query": query, "is_too_short": bool(query) and not is_enough, "most": MOST}
    context |= _found(roles, query) if is_enough else _nobody()
    return render(request, "opmaat_portal/start/search.html", context)


def _found(roles: Sequence[Role], query: str) -> dict[str, Any]:
    today = current().today
    group_ids = list(groups_for(checking_roles(roles), today).values_list("id", flat=True))
    speakers = roles_that_find_parents(roles)
    pupils = find_pupils(query, group_ids, MOST + 1) if group_ids else []
    guardians = find_guardians(query, schools_of(speakers), today, MOST + 1) if speakers else []
    staff = find_staff(query, schools_of(roles), today, MOST + 1)
    children = [tie.pupil_id for one in guardians[:MOST] for tie in one.ties]
    record_reading(Reading.PUPIL_SEARCH, [hit.pupil_id for hit in pupils[:MOST]] + children)
    record_reading(Reading.PEOPLE_SEARCH, [one.id for one in guardians[:MOST]])
    return {
        "pupils": [_pupil_row(hit) for hit in pupils[:MOST]],
        "guardians": [_guardian_row(one) for one in guardians[:MOST]],
        "staff": [_staff_row(one) for one in staff[:MOST]],
        "is_too_many": max(len(pupils), len(guardians), len(staff)) > MOST,
    }


def _nobody() -> dict[str, Any]:
    record_reading(Reading.PEOPLE_SEARCH, [])
    return {"pupils": [], "guardians": [], "staff": [], "is_too_many": False}


def _pupil_row(hit: GroupMembership) -> dict[str, str]:
    check = reverse("consent:staff.check", args=[hit.group.code])
    return {
        "name": hit.pupil.short_name,
        "where": f"{hit.group.name}, {hit.group.school.name}",
        "url": with_people(check, "", [hit.pupil.code]),
    }


def _guardian_row(one: Guardian) -> dict[str, Any]:
    return {"name": one.full_name, "children": [tie.pupil.short_name for tie in one.ties]}


def _staff_row(one: StaffMember) -> dict[str, Any]:
    return {"name": one.full_name, "roles": [_role_words(role) for role in one.roles_now]}


def _role_words(role: Role) -> str:
    place: Group | Any = role.group or role.school
    where = f" ({place})" if place else ""
    return f"{role.get_name_display()}{where}"
