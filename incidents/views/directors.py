"""My cases, one case, its pictures, and a spoken report: for whoever handles cases. The case wall decides which."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.choices import Category, State
from incidents.domain.facts import open_step, steps_of
from incidents.domain.handle import open_case
from incidents.domain.report import ReportWords, log_spoken
from incidents.forms import ActForm, NoteForm, SpokenForm
from incidents.models import Attachment, Case
from incidents.querysets import case_of, my_cases, numbers_of, shown_picture
from incidents.rules import may_handle, may_log_spoken
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from ledger.refusal import Refusal
from schools.models import School

from .acting_on import opened_case, read_case
from .case_file import file_words
from .words import case_url, case_words, list_row, step_words

MOST = 200
PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")


@require_safe
@reading_is_recorded
def home(request: HttpRequest) -> HttpResponse:
    """My cases: what is late first, then by term. Which ones are mine is told by the wall."""
    if not may_handle(request.portal.roles) and not my_cases().exists():
        raise Http404
    query = request.GET.get("code", "").replace("\0", "").replace(" ", "").upper()[:20]
    shows_closed = request.GET.get("toon") == "gesloten"
    cases = _chosen(query, shows_closed=shows_closed)
    record_reading(Reading.CASE_LIST, [case.number for case in cases])
    context = {
        "cases": _rows(cases),
        "query": query,
        "shows_closed": shows_closed,
        "counts": numbers_of(my_cases()),
        "may_log": bool(_schools(request)),
        "form": ActForm(),
    }
    return render(request, "incidents/directors/home.html", context)


@require_safe
@reading_is_recorded
def case(request: HttpRequest, code: str) -> HttpResponse:
    """The case file. Who looks is written down first; what was not opened yet shows its term only."""
    found = read_case(code)
    if found.state == State.RECEIVED:
        context = {
            "case": case_words(found),
            "step": step_words(found, open_step(found)),
            "form": ActForm(),
        }
        return render(request, "incidents/directors/unopened.html", context)
    return render(
        request,
        "incidents/directors/case.html",
        file_words(found, request.portal.roles) | {"form": NoteForm()},
    )


@require_POST
def opening(request: HttpRequest, code: str) -> HttpResponse:
    """Open it: the reporter hears that it was seen. Opening twice is no error, so it needs no key."""
    found = case_of(code)
    if found.state == State.RECEIVED:
        try:
            open_case(found)
        except Refusal as refused:
            messages.warning(request, str(refused.message))
    return HttpResponseRedirect(case_url(found), status=303)


@require_safe
@reading_is_recorded
def picture(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The stripped copy of a picture, unsealed for this one answer; never run, never kept by the browser."""
    found = opened_case(code)
    attachment = get_object_or_404(Attachment, case=found, position=number)
    is_known = attachment.media_type in PICTURE_TYPES
    answer = HttpResponse(
        shown_picture(attachment),
        content_type=attachment.media_type if is_known else "application/octet-stream",
    )
    way = "inline" if is_known else "attachment"
    answer.headers["Content-Disposition"] = f'{way}; filename="{found.code}-{number}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What somebody told, written down in a minute; it goes to who should have it, most often who writes it."""
    schools = _schools(request)
    if not schools:
        raise PermissionDenied
    options: dict[str, Any] = {
        "schools": [(item.slug, item.name) for item in schools],
        "today": current().today,
    }
    form = SpokenForm(request.POST, **options) if request.method == "POST" else SpokenForm(**options)
    if request.method == "POST" and form.is_valid():
        try:
            where = once(
                form.cleaned_data["key"],
                lambda: _log(request, form, schools),
                of=f"spoken {form.fingerprint}",
            )
        except Refusal as refused:
            form.add_error(None, str(refused.message))
        else:
            return HttpResponseRedirect(where, status=303)
    status = 422 if request.method == "POST" else 200
    return render(request, "incidents/directors/new.html", {"form": form}, status=status)


@require_safe
def passed_on(request: HttpRequest) -> HttpResponse:
    """Somebody else got what I wrote down, because it is about me or somebody near; nothing more is told."""
    if not _schools(request):
        raise PermissionDenied
    return render(request, "incidents/directors/passed_on.html")


def _chosen(query: str, *, shows_closed: bool) -> list[Case]:
    cases = my_cases()
    if query:
        cases = cases.filter(code__startswith=query)
    elif shows_closed:
        cases = cases.filter(state=State.CLOSED)
    else:
        cases = cases.exclude(state=State.CLOSED)
    return list(cases[:MOST])


def _rows(cases: list[Case]) -> list[dict[str, Any]]:
    steps = steps_of(cases)
    far = current().today.replace(year=9999)

    def urgency(case: Case) -> tuple[bool, Any, Any]:
        step = steps[case.id]
        return (
            not (step and step.is_late),
            step.due_on if step and step.due_on else far,
            case.received_at,
        )

    return [list_row(case, steps[case.id]) for case in sorted(cases, key=urgency)]


def _schools(request: HttpRequest) -> list[School]:
    """Where this person may write down a spoken report."""
    if not may_handle(request.portal.roles):
        return []
    return [
        school
        for school in School.objects.order_by("name", "id")
        if may_log_spoken(request.portal.roles, school.id)
    ]


def _log(request: HttpRequest, form: SpokenForm, schools: list[School]) -> str:
    data = form.cleaned_data
    words = ReportWords(
        category=Category(data["category"]),
        what=data["what"],
        about=data["about"],
        who=data["who"],
        happened_on=data["happened_on"],
        reporter_kind=data["reporter_kind"],
        is_anonymous=not data["name"],
        name=data["name"],
    )
    school = next(item for item in schools if item.slug == data["school"])
    logged = log_spoken(school=school, words=words, by=request.portal.person)
    if not Case.objects.filter(id=logged.id).exists():
        return reverse("incidents:directors.passed_on")
    messages.success(request, _("The report has been written down."))
    return case_url(logged)
