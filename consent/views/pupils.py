"""The pupil's own pages: all questions on one page, check, send, receipt; one answer changed; a veto (C2, C6a, C8)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.links import hidden_address
from consent.choices import Channel, Value
from consent.domain.askable import still_counts
from consent.domain.decide import Choice
from consent.domain.decide_as_pupil import decide_as_pupil
from consent.domain.receipt_paper import can_be_printed
from consent.forms import ChoicesForm, KeyForm, OneChoiceForm, Question, in_own_language
from consent.models import Answer, LatestAnswer, Submission
from consent.querysets import taken_out, text_in
from ledger.acting import SCHOOL_TIME
from ledger.domain.once import once
from ledger.refusal import Refusal
from schools.querysets import own_address

from .mine import Mine, has_answered, mine_of
from .receipts import pdf_response
from .words import yes_no

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def answer(request: HttpRequest) -> HttpResponse:
    """GET: the questions. POST: the check page, or the questions again with what is missing. Stores nothing."""
    mine = mine_of(request.portal.person)
    if (waiting := _waiting(request, mine)) is not None:
        return waiting
    form = _form(request, mine)
    if not form.is_bound:
        return _ask_page(request, mine, form)
    if "change" in request.POST:
        return _ask_page(request, mine, form, show_errors=False)
    return _check_page(request, mine, form) if form.is_valid() else _ask_page(request, mine, form, status=422)


@page
def choice(request: HttpRequest) -> HttpResponse:
    """Pass the choices on, once per form key; a refusal keeps every answer."""
    if request.method != "POST":
        return redirect("consent:pupils.answer")
    mine = mine_of(request.portal.person)
    if (waiting := _waiting(request, mine)) is not None:
        return waiting
    form = _form(request, mine)
    if not form.is_valid():
        return _ask_page(request, mine, form, status=422)
    try:
        code = once(form.cleaned_data["key"], lambda: _decide(mine, form.choices()), of=form.said())
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _ask_page(request, mine, form, status=409)
    return _to_receipt(code)


@page
def change(request: HttpRequest, purpose: str) -> HttpResponse:
    """One answer changed: yes to no in as many taps as no to yes (C9)."""
    mine = mine_of(request.portal.person)
    question = _question(mine, purpose)
    if (waiting := _waiting(request, mine)) is not None:
        return waiting
    form = OneChoiceForm(request.POST if request.method == "POST" else None, question=question)
    if not form.is_bound:
        return _change_page(request, mine, form)
    if not form.is_valid():
        return _change_page(request, mine, form, status=422)
    choices = [Choice(mine.pupil.id, question.purpose.id, Value(form.cleaned_data["answer"]))]
    try:
        code = once(form.cleaned_data["key"], lambda: _decide(mine, choices), of=form.said(mine.pupil))
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _change_page(request, mine, form, status=409)
    return _to_receipt(code)


@require_POST
def veto(request: HttpRequest, purpose: str) -> HttpResponse:
    """C6a: a pupil who does not decide yet says no, or takes that back; never a yes."""
    mine = mine_of(request.portal.person)
    question, form = _question(mine, purpose), KeyForm(request.POST)
    value = request.POST.get("answer", "")
    if not form.is_valid() or value not in {Value.NO, Value.BACK}:
        return _refused(request, mine, "", status=422)
    choices = [Choice(mine.pupil.id, question.purpose.id, Value(value))]
    said = f"veto {question.purpose.id}:{value}"
    try:
        code = once(form.cleaned_data["key"], lambda: _decide(mine, choices), of=said)
    except Refusal as refusal:
        return _refused(request, mine, refusal.message, status=409)
    return _to_receipt(code)


@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What the pupil chose; may be opened again. Of somebody else it does not exist."""
    pupil, found = request.portal.person, _own(request, code)
    answers = list(
        found.answers.select_related("purpose", "version", "follows")
        .prefetch_related("version__texts")
        .order_by("purpose__position", "id")
    )
    latest = set(LatestAnswer.objects.filter(answer__in=answers).values_list("answer_id", flat=True))
    gone, mine = taken_out(answers), mine_of(pupil)
    context = {
        "at": found.at.astimezone(SCHOOL_TIME),
        "sent_to": hidden_address(own_address(pupil)),
        "rows": [_receipt_row(mine, row, is_out=row.id in gone) for row in answers],
        "withdrawn": any(row.value == Value.NO and _was_yes(row) for row in answers if row.id not in gone),
        "is_replaced": len(latest | gone) < len(answers),
        "pdf_url": reverse("consent:pupils.receipt_pdf", args=[found.code]) if can_be_printed(found) else "",
    }
    return render(request, "consent/pupils/receipt.html", context)


@require_safe
def receipt_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a PDF, to keep or to print."""
    found = _own(request, code)
    return pdf_response(request, found, reverse("consent:pupils.receipt", args=[found.code]))


def _own(request: HttpRequest, code: str) -> Submission:
    mine = Submission.objects.filter(code=code, pupil=request.portal.person)
    found = mine.first() if code.isalnum() else None
    if found is None:
        raise Http404
    return found


def _decide(mine: Mine, choices: list[Choice]) -> str:
    return decide_as_pupil(
        pupil=mine.pupil, choices=choices, channel=Channel.SIGNED_IN, language=get_language() or "nl"
    ).code


def _to_receipt(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("consent:pupils.receipt", args=[code]), status=303)


def _form(request: HttpRequest, mine: Mine) -> ChoicesForm:
    data = request.POST if request.method == "POST" else None
    return ChoicesForm(data, children=[mine.pupil], questions=mine.questions)


def _question(mine: Mine, slug: str) -> Question:
    found = next((question for question in mine.questions if question.purpose.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _waiting(request: HttpRequest, mine: Mine) -> HttpResponse | None:
    """Who does not decide (yet), or comes with an address of a parent, reads why; a form is refused in words."""
    if mine.decides and not mine.must_wait and mine.questions:
        return None
    return _refused(request, mine, mine.must_wait, status=409 if request.method == "POST" else 200)


def _refused(request: HttpRequest, mine: Mine, words: Any, *, status: int) -> HttpResponse:
    return render(request, "consent/pupils/wait.html", {"words": words}, status=status)


def _ask_page(
    request: HttpRequest, mine: Mine, form: ChoicesForm, *, status: int = 200, show_errors: bool = True
) -> HttpResponse:
    has_errors = show_errors and bool(form.errors)
    if form.is_bound:
        if not show_errors:
            form.errors.clear()
        form.renew()
    context = {
        "form": form,
        "rows": [_ask_row(mine, question, form[form.shared_name(question)]) for question in mine.questions],
        "has_answered": has_answered(mine),
        "has_errors": has_errors,
        "is_repeated": form.is_bound,
    }
    return render(request, "consent/pupils/ask.html", context, status=status)


def _ask_row(mine: Mine, question: Question, field: Any) -> dict[str, Any]:
    """An answer of before is told in words, never ticked."""
    row = mine.latest.get(question.purpose.id)
    is_now = row is not None and still_counts(row, question.purpose)
    return {
        "field": field,
        "picture": question.purpose.example,
        "previous": yes_no(row.value) if row and not is_now else "",
        "current": yes_no(row.value) if row and is_now else "",
    }


def _check_page(request: HttpRequest, mine: Mine, form: ChoicesForm) -> HttpResponse:
    """All answers once more; nothing is stored before the last button."""
    carried = ChoicesForm(form.data, children=form.children, questions=form.questions, as_check=True)
    carried.renew()
    rows = [
        {"label": question.text.title, "answer": yes_no(form.value_for(mine.pupil, question))}
        for question in form.questions
    ]
    return render(request, "consent/pupils/check.html", {"form": carried, "rows": rows})


def _change_page(request: HttpRequest, mine: Mine, form: OneChoiceForm, status: int = 200) -> HttpResponse:
    if form.is_bound:
        form.renew()
    row = _ask_row(mine, form.question, form["answer"])
    context = {"form": form, "row": row, "has_errors": bool(form.errors)}
    return render(request, "consent/pupils/change.html", context, status=status)


def _receipt_row(mine: Mine, answer: Answer, *, is_out: bool) -> dict[str, Any]:
    """In the language of the page, as on every other one: a screen never mixes two; mail and PDF keep theirs."""
    slug = answer.purpose.slug
    text = text_in(answer.version, get_language() or "nl")
    is_asked = mine.decides and slug in {question.purpose.slug for question in mine.questions}
    return {
        "label": in_own_language(text.title, text.language),
        "answer": yes_no(answer.value),
        "url": reverse("consent:pupils.change", args=[slug]) if is_asked else "",
        "note": _("This was entered in error. It does not count.") if is_out else "",
        "is_new": False,
    }


def _was_yes(answer: Answer) -> bool:
    return answer.follows is not None and answer.follows.value == Value.YES
