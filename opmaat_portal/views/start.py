"""Where each person begins: what waits for them, and the doors to what they do here."""

from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.choices import Capacity
from accounts.models import Reach
from consent.domain.progress import progress_per_school, totals_of
from consent.models import Check, Round
from consent.querysets import rounds_at, rounds_running
from consent.rules import may_ask_parents
from consent.views.mine import choices_page
from ledger.acting import current
from ledger.choices import Reading
from ledger.models import ReadingRecord
from opmaat_portal.counts import Table, few_or, table_of
from opmaat_portal.retention import retention_table
from opmaat_portal.start import doors_of, has_role, may_administer
from schools.choices import RoleName
from schools.models import Enrolment
from schools.querysets import in_force
from schools.rules import may_import

LAST_DAYS = 30


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """After signing in: straight to the only room there is, or a choice between rooms."""
    capacities = set(Reach.objects.filter(user=request.user).values_list("capacity", flat=True))
    doors = doors_of(request, {Capacity(word) for word in capacities})
    if len(doors) == 1:
        return HttpResponseRedirect(doors[0].url)
    return render(request, "opmaat_portal/public/start.html", {"doors": doors})


@require_safe
def admins(request: HttpRequest) -> HttpResponse:
    """The administrator: what waits, how the running round goes, and the doors to import, protocol and round."""
    if not may_administer(request.portal.roles):
        raise Http404
    running, roles = totals_of(list(rounds_running(current().today))), request.portal.roles
    context = {"running": running, "may_ask": may_ask_parents(roles), "may_import": may_import(roles)}
    return render(request, "opmaat_portal/start/admins.html", context)


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The board: counts only, small ones hidden (I10), and what waits for them, their own reports included."""
    if not has_role(request.portal.roles, RoleName.BOARD):
        raise Http404
    latest = rounds_at(None).filter(opens_on__lte=current().today).order_by("-opens_on", "-id").first()
    context = {
        "round": latest,
        "table": _table(latest) if latest else None,
        "checks": few_or(Check.objects.filter(at__gte=_recently()).count()),
        "days": LAST_DAYS,
    }
    return render(request, "opmaat_portal/start/board.html", context)


@require_safe
def dpo(request: HttpRequest) -> HttpResponse:
    """The data protection officer: what is looked at, how long everything is kept."""
    if not has_role(request.portal.roles, RoleName.DPO):
        raise Http404
    context = {"readings": _readings(), "retention": retention_table(), "days": LAST_DAYS}
    return render(request, "opmaat_portal/start/dpo.html", context)


@require_safe
def pupils(request: HttpRequest) -> HttpResponse:
    """A pupil with an own mailbox: own choices, the pages of the own school, and the way to report something."""
    enrolments = Enrolment.objects.filter(in_force(current().today), pupil=request.portal.person)
    context = {
        "schools": [row.school for row in enrolments.select_related("school").order_by("school__name")],
        "mine": choices_page(request.portal.person),
    }
    return render(request, "opmaat_portal/start/pupils.html", context)


def _table(round_: Round) -> Table:
    (total,) = totals_of([round_])
    return table_of(progress_per_school(round_), total, _("All schools"))


def _recently() -> Any:
    return current().now - timedelta(days=LAST_DAYS)


def _readings() -> list[dict[str, Any]]:
    """How often each kind of sensitive thing was looked at; a kind that nobody looked at is told too."""
    rows = ReadingRecord.objects.filter(at__gte=_recently()).order_by("what").values("what")
    counts = {row["what"]: row["times"] for row in rows.annotate(times=Count("*"))}
    return [{"label": reading.label, "times": counts.get(str(reading), 0)} for reading in Reading]
