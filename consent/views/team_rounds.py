"""A teacher or mentor: how far the own group is, and which children have no answer at all (R7)."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.choices import RoundKind
from consent.domain.progress import children_without_answer, progress_per_group
from consent.forms import KeyForm
from consent.models import Round
from consent.querysets import rounds_at, rounds_running
from consent.rules import groups_to_print, progress_groups, progress_schools
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Group
from schools.querysets import groups_for

from .round_board import part_row
from .tasks import own_children

MOST_ROUNDS = 3


@require_safe
@reading_is_recorded
def rounds(request: HttpRequest) -> HttpResponse:
    """The own groups in each round that runs; who leads a school has a page of their own."""
    groups = _my_groups(request)
    if not groups:
        record_reading(Reading.CONSENT_STATE, [])
        if progress_schools(request.portal.roles) == frozenset():
            raise PermissionDenied
        return HttpResponseRedirect(reverse("consent:directors.rounds"), status=302)
    schools = {group.school_id for group in groups}
    here = rounds_at(schools).exclude(kind__in=[RoundKind.STAFF, RoundKind.OVERVIEW])
    running = rounds_running(current().today).filter(id__in=here.order_by().values("id"))[:MOST_ROUNDS]
    not_mine = own_children(request.portal.person)
    record_reading(Reading.CONSENT_STATE, [])  # also when no round runs: then nobody is shown
    shown = [
        {"round": round_, "groups": _group_rows(request, round_, groups, not_mine)} for round_ in running
    ]
    return render(request, "consent/staff/my_rounds.html", {"rounds": shown})


def _my_groups(request: HttpRequest) -> list[Group]:
    ids = progress_groups(request.portal.roles)
    return list(groups_for(request.portal.roles, current().today).filter(id__in=ids)) if ids else []


def _group_rows(
    request: HttpRequest, round_: Round, groups: Sequence[Group], not_mine: Sequence[int]
) -> list[dict[str, Any]]:
    """The figures of each group, lowest first, with the children nobody answered for; never an own child."""
    ids = [group.id for group in groups]
    parts = {part.place.id: part for part in progress_per_group(round_, {one.school_id for one in groups})}
    silent = children_without_answer(round_, ids, not_mine)
    record_reading(Reading.CONSENT_STATE, [child.id for found in silent.values() for child in found])
    may_print = set(groups_to_print(request.portal.roles))
    rows = [
        {
            "group": group,
            "part": part_row(parts[group.id], "") if group.id in parts else None,
            "children": [child.short_name for child in silent.get(group.id, [])],
            "check_url": reverse("consent:staff.check", args=[group.code]),
            "key_form": KeyForm() if group.id in may_print else None,
        }
        for group in groups
    ]
    return sorted(rows, key=lambda row: row["part"]["percent"] if row["part"] else -1)
