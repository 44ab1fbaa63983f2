"""Asking, checking and sending: the same for who comes by link and for who signed in."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from accounts.links import hidden_address
from consent.domain.askable import still_counts
from consent.domain.decide import CodeNeeded, decide
from consent.domain.kiosk import decide_at_kiosk
from consent.forms import ChoicesForm, Question
from consent.models import LatestAnswer, Submission
from ledger.acting import current
from ledger.domain.once import once
from ledger.refusal import Refusal
from schools.querysets import group_names

from .sitting import (
    Sitting,
    answers_before,
    children_to_ask,
    grown_children,
    questions_today,
)
from .words import first_day_words, grown_words, yes_no


def ask(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """GET: the questions. POST: the check page, or the questions again with what is missing. Stores nothing."""
    children = children_to_ask(sitting)
    questions = questions_today(children)
    if not children or not questions:
        return nobody_page(request, sitting)
    if request.method != "POST":
        return ask_page(request, sitting, ChoicesForm(children=children, questions=questions))
    form = ChoicesForm(request.POST, children=children, questions=questions)
    if "change" in request.POST:
        form.spread()
        return ask_page(request, sitting, form, show_errors=False)
    if not form.is_valid():
        return ask_page(request, sitting, form, status=422)
    return check_page(request, sitting, form)


def send(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Pass the choices on, once per form key, and lead to the receipt; a refusal keeps every answer."""
    if request.method != "POST":
        return redirect(sitting.url("answer"))
    children = children_to_ask(sitting)
    questions = questions_today(children)
    if not children or not questions:
        return nobody_page(request, sitting, status=409)
    form = ChoicesForm(request.POST, children=children, questions=questions)
    if not form.is_valid():
        return ask_page(request, sitting, form, status=422)
    try:
        code = once(form.cleaned_data["key"], lambda: _decide(sitting, form).code, of=form.said())
    except CodeNeeded:
        return code_page(request, sitting, form)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return ask_page(request, sitting, form, status=409)
    return HttpResponseRedirect(sitting.url("receipt", code), status=303)


def _decide(sitting: Sitting, form: ChoicesForm) -> Submission:
    if sitting.visit:
        return decide_at_kiosk(visit=sitting.visit, choices=form.choices(), language=get_language() or "nl")
    return decide(
        guardian=sitting.guardian,
        choices=form.choices(),
        channel=sitting.channel,
        language=get_language() or "nl",
        link=sitting.link,
        device_hash=sitting.device_hash,
    )


def nobody_page(request: HttpRequest, sitting: Sitting, *, status: int = 200) -> HttpResponse:
    """There is no child to decide for, or nothing is asked; of a child that decides alone it says so (L1)."""
    context = {"grown": grown_sentences(sitting)}
    return render(request, "consent/parents/nobody_to_ask.html", context, status=status)


def grown_sentences(sitting: Sitting) -> list[str]:
    return [grown_words(child.call_name) for child in grown_children(sitting)]


def ask_page(
    request: HttpRequest, sitting: Sitting, form: ChoicesForm, *, status: int = 200, show_errors: bool = True
) -> HttpResponse:
    """The one page for all children; an answer of before is told in words, never ticked."""
    has_errors = show_errors and bool(form.errors)
    if form.is_bound:
        if not show_errors:
            form.errors.clear()
        form.renew()
    # On a tablet nothing of before is shown: a letter proves too little for that.
    before = {} if sitting.visit else answers_before(sitting.guardian, form.children)
    context = {
        "form": form,
        "scope": form["scope"] if "scope" in form.fields else None,
        "shared": _shared_rows(form, before),
        "children": _children_rows(form, before),
        "ask_url": sitting.url("answer"),
        "changes": _changes(sitting, form, before),
        "has_errors": has_errors,
        "is_repeated": form.is_bound,
        "grown": grown_sentences(sitting),
    }
    return render(request, "consent/parents/ask.html", context, status=status)


def check_page(request: HttpRequest, sitting: Sitting, form: ChoicesForm) -> HttpResponse:
    """All answers once more; nothing is stored before the last button."""
    coming = first_day_words([child.id for child in form.children])
    children = [
        {
            "code": child.code,
            "name": child.call_name,
            "from_day": coming.get(child.id, ""),
            "answers": [
                {"label": question.title, "answer": yes_no(form.value_for(child, question))}
                for question in form.questions_of(child)
            ],
        }
        for child in form.children
    ]
    context = {
        "form": _carried(form),
        "children": children,
        "ask_url": sitting.url("answer"),
        "send_url": sitting.url("choice"),
    }
    return render(request, "consent/parents/check.html", context)


def code_page(request: HttpRequest, sitting: Sitting, form: ChoicesForm) -> HttpResponse:
    """A yes through this link asks for a mailed code; the answers travel along, and all-no is one step away."""
    context = {
        "form": _carried(form),
        "code_url": sitting.url("code"),
        "ask_url": sitting.url("answer"),
        "sent_to": hidden_address(sitting.guardian.email),
    }
    return render(request, "consent/parents/code_needed.html", context, status=403)


def _carried(form: ChoicesForm) -> ChoicesForm:
    """The same answers as hidden fields, with a key of their own: one page, one act."""
    carried = ChoicesForm(form.data, children=form.children, questions=form.questions, as_check=True)
    carried.renew()
    return carried


def _shared_rows(form: ChoicesForm, before: dict[tuple[int, int], LatestAnswer]) -> list[dict[str, Any]]:
    return [
        _row(
            form,
            form.shared_name(question),
            question,
            [
                before.get((child.id, question.purpose.id))
                for child in form.children
                if question.is_for(child)
            ],
        )
        for question in form.questions
    ]


def _children_rows(form: ChoicesForm, before: dict[tuple[int, int], LatestAnswer]) -> list[dict[str, Any]]:
    ids = [child.id for child in form.children]
    coming = first_day_words(ids)
    groups = coming | group_names(ids, current().today)
    has_own = "scope" in form.fields
    return [
        {
            "name": child.call_name,
            "group": groups.get(child.id, ""),
            "from_day": coming.get(child.id, ""),
            "questions": [
                _row(
                    form,
                    form.own_name(child, question),
                    question,
                    [before.get((child.id, question.purpose.id))],
                )
                for question in (form.questions_of(child) if has_own else [])
            ],
        }
        for child in form.children
    ]


def _row(
    form: ChoicesForm, name: str, question: Question, before: Sequence[LatestAnswer | None]
) -> dict[str, Any]:
    """One question; what was chosen before is shown only where it is the same for all these children."""
    values = {row.value if row else "" for row in before}
    same = values.pop() if len(values) == 1 else ""
    is_now = bool(same) and all(still_counts(row, question.purpose) for row in before)
    return {
        "field": form[name],
        "picture": question.purpose.example,
        "previous": "" if is_now or not same else yes_no(same),
        "current": yes_no(same) if is_now else "",
    }


def _changes(
    sitting: Sitting, form: ChoicesForm, before: dict[tuple[int, int], LatestAnswer]
) -> list[dict[str, Any]]:
    """Who has answered everything may change one thing without answering all again (C9, UX-P6)."""
    if not all(
        still_counts(before.get((child.id, question.purpose.id)), question.purpose)
        for child, question in form.pairs
    ):
        return []
    return [
        {
            "name": child.call_name,
            "rows": [
                {
                    "label": question.title,
                    "answer": yes_no(before[child.id, question.purpose.id].value),
                    "url": sitting.url("change", child.code, question.purpose.slug),
                }
                for question in form.questions_of(child)
            ],
        }
        for child in form.children
    ]
