"""Pictures of colleagues: everybody who works here chooses for themselves, and looks up what another one chose."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from consent.choices import Value
from consent.domain.askable import still_counts
from consent.domain.own import decide_for_self, latest_of, states_of_staff
from consent.forms import ChoicesForm, OneChoiceForm, Question
from consent.models import StaffAnswer
from consent.querysets import text_in
from consent.rules import may_check
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from ledger.refusal import Refusal
from schools.models import StaffMember
from schools.querysets import find_staff
from schools.rules import schools_of

from .sitting import questions_that_count, questions_today
from .words import reason_words, yes_no

HISTORY_LENGTH = 40
page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The own choices, what holds today, and what was chosen before."""
    person, questions = request.portal.person, questions_today()
    latest = latest_of([person.id])[person.id]
    states = states_of_staff([person.id], [q.purpose for q in questions], request.portal.foundation)[
        person.id
    ]
    rows = [
        {
            "label": question.text.title,
            "answer": yes_no(row.value) if (row := latest.get(question.purpose.id)) else "",
            "now": reason_words(states[question.purpose.id]),
            "url": reverse("consent:own.change", args=[question.purpose.slug]),
        }
        for question in questions
    ]
    is_open = any(not still_counts(latest.get(q.purpose.id), q.purpose) for q in questions)
    context = {"rows": rows, "is_open": is_open, "is_saved": "nu" in request.GET, "history": _history(person)}
    return render(request, "consent/staff/own.html", context)


@page
def answer(request: HttpRequest) -> HttpResponse:
    """All questions on one page; stored at once, and shown on the page of the own choices."""
    person, questions = request.portal.person, questions_today()
    data = request.POST if request.method == "POST" else None
    form = ChoicesForm(data, children=[person], questions=questions)
    if not form.is_bound:
        return _answer_page(request, form)
    if not form.is_valid():
        return _answer_page(request, form, status=422)
    values = {choice.purpose_id: choice.value for choice in form.choices()}
    return _stored(request, form, values, form.said()) or _answer_page(request, form, status=409)


@page
def change(request: HttpRequest, purpose: str) -> HttpResponse:
    """One answer, changed any day, without a reason (C9)."""
    question = next((item for item in questions_that_count() if item.purpose.slug == purpose), None)
    if question is None:
        raise Http404
    form = OneChoiceForm(request.POST if request.method == "POST" else None, question=question)
    if not form.is_bound:
        return _change_page(request, form)
    if not form.is_valid():
        return _change_page(request, form, status=422)
    values = {question.purpose.id: Value(form.cleaned_data["answer"])}
    said = f"own {question.purpose.id}:{form.cleaned_data['answer']}"
    return _stored(request, form, values, said) or _change_page(request, form, status=409)


@require_safe
@reading_is_recorded
def colleague(request: HttpRequest) -> HttpResponse:
    """May a picture of this colleague be used? Per place, with the reason (O12)."""
    if not may_check(request.portal.roles):
        raise PermissionDenied
    query = request.GET.get("q", "").replace("\0", "").strip()[:60]
    today, roles = current().today, request.portal.roles
    hits = find_staff(query, schools_of(roles), today) if query else []
    record_reading(Reading.PEOPLE_SEARCH, [hit.id for hit in hits])
    questions = questions_today()
    states = states_of_staff(
        [hit.id for hit in hits], [q.purpose for q in questions], request.portal.foundation
    )
    rows = [{"name": hit.full_name, "places": _places(questions, states[hit.id])} for hit in hits]
    return render(request, "consent/staff/colleague.html", {"query": query, "rows": rows})


def _places(questions: list[Question], states: dict[int, Any]) -> list[dict[str, Any]]:
    return [
        {
            "label": question.purpose.short_label,
            "icon": question.purpose.layer,
            "is_allowed": states[question.purpose.id].is_allowed,
            "reason": reason_words(states[question.purpose.id]),
        }
        for question in questions
    ]


def _stored(request: HttpRequest, form: Any, values: dict[int, Value], said: str) -> HttpResponse | None:
    """The way on when it is stored, once per form key; None when it was refused, with the words in the form."""
    person = request.portal.person

    def act() -> str:
        decide_for_self(staff_member=person, values=values, language=get_language() or "nl")
        return "stored"

    try:
        once(form.cleaned_data["key"], act, of=said)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None
    return HttpResponseRedirect(reverse("consent:own.home") + "?nu=1", status=303)


def _answer_page(request: HttpRequest, form: ChoicesForm, status: int = 200) -> HttpResponse:
    fields = [(question, form.shared_name(question)) for question in form.questions]
    return _questions_page(request, form, fields, status)


def _change_page(request: HttpRequest, form: OneChoiceForm, status: int = 200) -> HttpResponse:
    return _questions_page(request, form, [(form.question, "answer")], status)


def _questions_page(
    request: HttpRequest, form: Any, fields: list[tuple[Question, str]], status: int
) -> HttpResponse:
    """An answer of before is told in words, never ticked."""
    if form.is_bound:
        form.renew()
    latest = latest_of([request.portal.person.id])[request.portal.person.id]
    rows = [
        {
            "field": form[name],
            "picture": question.purpose.example,
            "current": yes_no(row.value)
            if (row := latest.get(question.purpose.id)) and still_counts(row, question.purpose)
            else "",
        }
        for question, name in fields
    ]
    return render(request, "consent/staff/own_ask.html", {"form": form, "rows": rows}, status=status)


def _history(person: StaffMember) -> list[dict[str, Any]]:
    rows = StaffAnswer.objects.filter(staff_member=person).select_related("version")
    language = get_language() or "nl"
    return [
        {
            "at": row.decided_at.astimezone(SCHOOL_TIME),
            "text": f"{text_in(row.version, language).title}: {yes_no(row.value)}",
        }
        for row in rows.prefetch_related("version__texts").order_by("-entry_id", "id")[:HISTORY_LENGTH]
    ]
