"""Asking, checking and sending: the same sitting for who comes by link and for who signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from consent.choices import Channel, Value
from consent.domain.decide import CodeNeeded, decide
from consent.forms import ChoicesForm, Question
from consent.models import LatestAnswer, PersonalLink, Submission
from consent.querysets import purposes_in_use, text_in, version_on
from consent.rules import decides_alone
from ledger.acting import current
from ledger.domain.once import once
from ledger.refusal import Refusal
from schools.models import Foundation, Guardian, Pupil
from schools.querysets import children_of, group_names

from .words import yes_no


@dataclass(frozen=True, slots=True)
class Sitting:
    """Who answers, through which door, and where each step of it lives."""

    guardian: Guardian
    foundation: Foundation
    channel: Channel
    ask_url: str
    send_url: str
    receipt_url: str
    code_url: str = ""
    link: PersonalLink | None = None
    device_hash: str = ""


def children_to_ask(sitting: Sitting) -> list[Pupil]:
    """The children this guardian decides for today; who decides alone is not among them (C2)."""
    today = current().today
    age = sitting.foundation.decides_from_age
    return [
        child
        for child in children_of(sitting.guardian, today)
        if not decides_alone(child.born_on, age, today)
    ]


def questions_today() -> list[Question]:
    """Every purpose in the words of today and the reader's language."""
    language = get_language() or "nl"
    today = current().today
    return [Question(purpose, text_in(version_on(purpose, today), language)) for purpose in purposes_in_use()]


def ask(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """GET: the questions. POST: the check page, or the questions again with what is missing. Stores nothing."""
    children, questions = children_to_ask(sitting), questions_today()
    if not children:
        return render(request, "consent/parents/nobody_to_ask.html")
    if request.method != "POST":
        return ask_page(request, sitting, ChoicesForm(children=children, questions=questions))
    form = ChoicesForm(request.POST, children=children, questions=questions)
    if "change" in request.POST:
        return ask_page(request, sitting, form, show_errors=False)
    if not form.is_valid():
        return ask_page(request, sitting, form, status=422)
    return check_page(request, sitting, form)


def send(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Pass the choices on, once per form key, and lead to the receipt; a refusal keeps every answer."""
    if request.method != "POST":
        return HttpResponseRedirect(sitting.ask_url)
    children, questions = children_to_ask(sitting), questions_today()
    form = ChoicesForm(request.POST, children=children, questions=questions)
    if not children or not form.is_valid():
        return ask_page(request, sitting, form, status=422)
    try:
        code = once(form.cleaned_data["key"], lambda: _decide(sitting, form).code)
    except CodeNeeded:
        return code_page(request, sitting, form)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return ask_page(request, sitting, form, status=409)
    return HttpResponseRedirect(sitting.receipt_url.replace("CODE", code), status=303)


def _decide(sitting: Sitting, form: ChoicesForm) -> Submission:
    return decide(
        guardian=sitting.guardian,
        choices=form.choices(),
        channel=sitting.channel,
        language=get_language() or "nl",
        link=sitting.link,
        device_hash=sitting.device_hash,
    )


def ask_page(
    request: HttpRequest, sitting: Sitting, form: ChoicesForm, *, status: int = 200, show_errors: bool = True
) -> HttpResponse:
    """The one page for all children; an answer of before is told in words, never ticked."""
    if not show_errors:
        form.errors.clear()
    before = _answers_before(sitting.guardian, form.children)
    groups = group_names([child.id for child in form.children], current().today)
    context = {
        "form": form,
        "scope": form["scope"] if "scope" in form.fields else None,
        "shared": [
            _row(
                form,
                form.shared_name(question),
                question,
                [before.get((child.id, question.purpose.id)) for child in form.children],
            )
            for question in form.questions
        ],
        "children": [
            {
                "name": child.call_name,
                "group": groups.get(child.id, ""),
                "questions": [
                    _row(
                        form,
                        form.own_name(child, question),
                        question,
                        [before.get((child.id, question.purpose.id))],
                    )
                    for question in form.questions
                ]
                if "scope" in form.fields
                else [],
            }
            for child in form.children
        ],
        "ask_url": sitting.ask_url,
        "has_errors": bool(form.errors) and show_errors,
        "answered_before": bool(before),
    }
    return render(request, "consent/parents/ask.html", context, status=status)


def check_page(request: HttpRequest, sitting: Sitting, form: ChoicesForm) -> HttpResponse:
    """All answers once more; nothing is stored before the last button."""
    carried = ChoicesForm(form.data, children=form.children, questions=form.questions, as_check=True)
    groups = group_names([child.id for child in form.children], current().today)
    children = [
        {
            "code": child.code,
            "name": child.call_name,
            "group": groups.get(child.id, ""),
            "answers": [
                {"label": question.text.title, "answer": yes_no(form.value_for(child, question))}
                for question in form.questions
            ],
        }
        for child in form.children
    ]
    context = {
        "form": carried,
        "children": children,
        "ask_url": sitting.ask_url,
        "send_url": sitting.send_url,
    }
    return render(request, "consent/parents/check.html", context)


def code_page(request: HttpRequest, sitting: Sitting, form: ChoicesForm) -> HttpResponse:
    """A yes through this link asks for a mailed code; the answers travel along, and all-no is one step away."""
    carried = ChoicesForm(form.data, children=form.children, questions=form.questions, as_check=True)
    context = {
        "form": carried,
        "code_url": sitting.code_url,
        "ask_url": sitting.ask_url,
        "sent_to": hidden_address(sitting.guardian.email),
    }
    return render(request, "consent/parents/code_needed.html", context, status=403)


def receipt_page(request: HttpRequest, sitting: Sitting, submission: Submission) -> HttpResponse:
    """What was decided, in words; the same for yes and for no."""
    answers = list(
        submission.answers.select_related("pupil", "version__purpose", "follows").order_by(
            "purpose__position", "id"
        )
    )
    pupils = {answer.pupil_id: answer.pupil for answer in answers}
    groups = group_names(list(pupils), current().today)
    texts = {answer.version_id: text_in(answer.version, submission.language).title for answer in answers}
    children = [
        {
            "name": pupil.call_name,
            "group": groups.get(pupil.id, ""),
            "answers": [
                {"label": texts[answer.version_id], "answer": yes_no(answer.value), "note": ""}
                for answer in answers
                if answer.pupil_id == pupil.id
            ],
        }
        for pupil in sorted(pupils.values(), key=lambda pupil: pupil.born_on, reverse=True)
    ]
    withdrawn = any(
        answer.value == Value.NO and answer.follows and answer.follows.value == Value.YES
        for answer in answers
    )
    context = {
        "at": submission.at.astimezone(),
        "sent_to": hidden_address(sitting.guardian.email),
        "children": children,
        "withdrawn": withdrawn,
        "change_url": sitting.ask_url,
    }
    return render(request, "consent/parents/receipt.html", context)


def hidden_address(email: str) -> str:
    """Enough to recognise the own address, too little to learn it: s…@voorbeeld.nl."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}" if at else ""


def _answers_before(guardian: Guardian, children: Sequence[Pupil]) -> dict[tuple[int, int], LatestAnswer]:
    rows = LatestAnswer.objects.filter(guardian=guardian, pupil__in=children)
    return {(row.pupil_id, row.purpose_id): row for row in rows}


def _row(
    form: ChoicesForm, name: str, question: Question, before: Sequence[LatestAnswer | None]
) -> dict[str, Any]:
    """One question; what was chosen before is shown only where it is the same for all these children."""
    values = {row.value if row else "" for row in before}
    same = values.pop() if len(values) == 1 else ""
    is_now = same and all(row and _still_counts(row) for row in before)
    return {
        "field": form[name],
        "picture": question.purpose.layer,
        "previous": "" if is_now or not same else yes_no(same),
        "current": yes_no(same) if is_now else "",
    }


def _still_counts(row: LatestAnswer) -> bool:
    return row.valid_until is None or current().today <= row.valid_until
