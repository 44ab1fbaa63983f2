"""One answer of one child, changed: yes to no in as many taps as no to yes, without a reason (C9)."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.links import hidden_address
from consent.choices import Value
from consent.domain.askable import still_counts
from consent.domain.decide import Choice, CodeNeeded, decide
from consent.forms import OneChoiceForm
from ledger.domain.once import once
from ledger.refusal import Refusal
from schools.models import Pupil

from .asking import nobody_page
from .sitting import (
    Sitting,
    answers_before,
    children_to_ask,
    grown_children,
    questions_that_count,
)
from .words import yes_no


def change_one(request: HttpRequest, sitting: Sitting, child: str, purpose: str) -> HttpResponse:
    """Show the question, or store the new answer and lead to its receipt. 404: not a child of this guardian."""
    pupil = next((pupil for pupil in children_to_ask(sitting) if pupil.code == child), None)
    asked = questions_that_count([pupil]) if pupil else []
    question = next((question for question in asked if question.purpose.slug == purpose), None)
    if pupil is None and child in {known.code for known in grown_children(sitting)}:
        return nobody_page(request, sitting, status=409 if request.method == "POST" else 200)
    if pupil is None or question is None:
        raise Http404
    form = OneChoiceForm(request.POST if request.method == "POST" else None, question=question)
    if not form.is_bound:
        return _change_page(request, sitting, form, pupil)
    if not form.is_valid():
        return _change_page(request, sitting, form, pupil, status=422)
    try:
        code = once(form.cleaned_data["key"], lambda: _change(sitting, pupil, form), of=form.said(pupil))
    except CodeNeeded:
        return _code_page(request, sitting, pupil, form)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _change_page(request, sitting, form, pupil, status=409)
    return HttpResponseRedirect(sitting.url("receipt", code), status=303)


def _change(sitting: Sitting, pupil: Pupil, form: OneChoiceForm) -> str:
    choice = Choice(pupil.id, form.question.purpose.id, Value(form.cleaned_data["answer"]))
    return decide(
        guardian=sitting.guardian,
        choices=[choice],
        channel=sitting.channel,
        language=get_language() or "nl",
        link=sitting.link,
        device_hash=sitting.device_hash,
    ).code


def _change_page(
    request: HttpRequest, sitting: Sitting, form: OneChoiceForm, pupil: Pupil, status: int = 200
) -> HttpResponse:
    if form.is_bound:
        form.renew()
    purpose = form.question.purpose
    now = answers_before(sitting.guardian, [pupil]).get((pupil.id, purpose.id))
    context = {
        "form": form,
        "question": {
            "field": form["answer"],
            "picture": purpose.example,
            "current": yes_no(now.value) if now and still_counts(now, purpose) else _("no answer yet"),
        },
        "child": {"name": pupil.call_name},
        "ask_url": sitting.url("answer"),
        "is_link": sitting.link is not None,
        "has_errors": bool(form.errors),
    }
    return render(request, "consent/parents/change.html", context, status=status)


def _code_page(request: HttpRequest, sitting: Sitting, pupil: Pupil, form: OneChoiceForm) -> HttpResponse:
    """After the code the same question is asked once more: this yes is one tap."""
    context = {
        "form": form,
        "code_url": sitting.url("code", pupil.code, form.question.purpose.slug),
        "ask_url": sitting.url("change", pupil.code, form.question.purpose.slug),
        "sent_to": hidden_address(sitting.guardian.email),
        "asks_again": True,
    }
    return render(request, "consent/parents/code_needed.html", context, status=403)
