"""How far a round is: what needs somebody first, then the bars, the lowest first (R7, UX-A8)."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.choices import RoundKind
from consent.domain.progress import progress_per_group, progress_per_school, totals_of
from consent.models import Round
from consent.querysets import rounds_at, rounds_running
from consent.rules import progress_schools
from ledger.acting import current

from .round_board import board_words, mails_left
from .round_csv import as_file, figures
from .rounds import asking_room

MOST_EARLIER = 10


@require_safe
def round_page(request: HttpRequest, code: str) -> HttpResponse:
    """One round, for the administrator; asked by the page itself it is only what moves."""
    asking_room(request)
    round_ = get_object_or_404(rounds_at(None), code=code)
    context = board_words(request, round_, None, reverse("consent:admins.round", args=[code]))
    if request.htmx:
        return render(request, "consent/rounds/live.html", context | {"left": mails_left(round_)})
    context |= {"said": sorted(request.GET), "left": mails_left(round_)}
    return render(request, "consent/admins/round.html", context)


@require_safe
def round_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of all schools and groups."""
    asking_room(request)
    return _csv(get_object_or_404(rounds_at(None), code=code), None)


@require_safe
def school_rounds(request: HttpRequest) -> HttpResponse:
    """For who leads at a school: the rounds that run there with a bar, and those that are over."""
    schools = _schools(request)
    running = list(rounds_running(current().today).filter(id__in=_rounds(schools).order_by().values("id")))
    over = _rounds(schools).exclude(id__in=[round_.id for round_ in running])
    context = {
        "running": totals_of(running, schools=schools),
        "earlier": over.filter(opens_on__lte=current().today)[:MOST_EARLIER],
    }
    return render(request, "consent/directors/rounds.html", context)


@require_safe
def school_round(request: HttpRequest, code: str) -> HttpResponse:
    """One round at the own schools; those of others are not in any of its figures."""
    schools = _schools(request)
    round_ = get_object_or_404(_rounds(schools), code=code)
    context = board_words(request, round_, schools, reverse("consent:directors.round", args=[code]))
    name = "consent/rounds/live.html" if request.htmx else "consent/directors/round.html"
    return render(request, name, context | {"left": None})


@require_safe
def school_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of the own schools and their groups."""
    schools = _schools(request)
    return _csv(get_object_or_404(_rounds(schools), code=code), schools)


def _schools(request: HttpRequest) -> frozenset[int] | None:
    schools = progress_schools(request.portal.roles)
    if schools is not None and not schools:
        raise PermissionDenied
    return schools


def _rounds(schools: frozenset[int] | None) -> QuerySet[Round]:
    """What was asked of parents there; a round about colleagues is not for who leads them (law C26)."""
    return rounds_at(schools).exclude(kind=RoundKind.STAFF)


def _csv(round_: Round, schools: frozenset[int] | None) -> HttpResponse:
    if round_.kind == RoundKind.STAFF:
        raise Http404
    rows = figures(progress_per_school(round_, schools), progress_per_group(round_, schools))
    return as_file(rows, f"cijfers-{round_.code}")
