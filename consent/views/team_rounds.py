"""A teacher or mentor: how far the own group is, and which children have no answer at all (R7)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.choices import RoundKind
from consent.domain.progress import Part, children_without_answer, counted_per_group
from consent.forms import KeyForm
from consent.models import Round
from consent.querysets import rounds_at, rounds_running
from consent.rules import groups_to_print, progress_groups, progress_schools
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Group, Pupil
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
    running = rounds_running(current().today).filter(id__in=here.order_by().values("id"))
    return render(
        request, "consent/staff/my_rounds.html", {"rounds": _shown(request, running[:MOST_ROUNDS], groups)}
    )


def _my_groups(request: HttpRequest) -> list[Group]:
    ids = progress_groups(request.portal.roles)
    return list(groups_for(request.portal.roles, current().today).filter(id__in=ids)) if ids else []


def _shown(request: HttpRequest, running: Iterable[Round], groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The groups in each of these rounds; whom it shows is written down, also that it shows nobody (E2)."""
    rounds, not_mine = list(running), own_children(request.portal.person)
    counts = counted_per_group(rounds, {group.school_id for group in groups})
    silent = children_without_answer(rounds, [group.id for group in groups], not_mine)
    record_reading(Reading.CONSENT_STATE, [child.id for found in silent.values() for child in found])
    may_print = set(groups_to_print(request.portal.roles))
    shown = []
    for one in rounds:
        rows = [
            _group_row(
                group,
                counts.get((one.id, group.id)),
                silent.get((one.id, group.id), []),
                may_print=group.id in may_print,
            )
            for group in groups
        ]
        shown.append({"round": one, "groups": sorted(rows, key=_lowest_first)})
    return shown


def _group_row(
    group: Group, counted: tuple[int, int] | None, silent: Sequence[Pupil], *, may_print: bool
) -> dict[str, Any]:
    """The figures of a group, with the children nobody answered for; never an own child."""
    return {
        "group": group,
        "part": part_row(Part(group, *counted), "") if counted else None,
        "children": [child.short_name for child in silent],
        "check_url": reverse("consent:staff.check", args=[group.code]),
        "key_form": KeyForm() if may_print else None,
    }


def _lowest_first(row: Mapping[str, Any]) -> int:
    return row["part"]["percent"] if row["part"] else -1
