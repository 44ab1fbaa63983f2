"""The family's pages after signing in with a mailed code."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent.choices import Channel, Value
from consent.domain.decide import Choice, decide
from consent.forms import ChoicesForm, OneChoiceForm, Question
from consent.models import LatestAnswer, Submission
from ledger.domain.once import once
from ledger.refusal import Refusal
from schools.models import Pupil

from .asking import Sitting, ask, check_page, children_to_ask, questions_today, receipt_page, send
from .family import family_of
from .links import WAITING
from .words import yes_no


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every child, every choice, and what the school does now; over all foundations of this parent."""
    family = [family_of(guardian) for guardian in request.portal.guardians]
    context = {
        "to_answer": [question for part in family for question in part.to_answer],
        "children": [child for part in family for child in part.children],
    }
    return render(request, "consent/parents/home.html", context)


def answer(request: HttpRequest, foundation: str) -> HttpResponse:
    """The same questions as behind the link."""
    return ask(request, _sitting(request))


def choice(request: HttpRequest, foundation: str) -> HttpResponse:
    """Pass the choices on; what waited for a code is done then."""
    response = send(request, _sitting(request))
    if response.status_code == 303:
        request.session.pop(WAITING, None)
    return response


@require_safe
def check(request: HttpRequest, foundation: str) -> HttpResponse:
    """The answers that waited while a code was mailed, to be sent with one tap."""
    sitting = _sitting(request)
    waiting = request.session.get(WAITING) or {}
    if waiting.get("foundation") != foundation:
        return redirect(sitting.ask_url)
    form = ChoicesForm(waiting["answers"], children=children_to_ask(sitting), questions=questions_today())
    return check_page(request, sitting, form) if form.is_valid() else redirect(sitting.ask_url)


@require_safe
def receipt(request: HttpRequest, foundation: str, code: str) -> HttpResponse:
    sitting = _sitting(request)
    submission = get_object_or_404(Submission, code=code, guardian=sitting.guardian)
    return receipt_page(request, sitting, submission)


def change(request: HttpRequest, foundation: str, child: str, purpose: str) -> HttpResponse:
    """One answer of one child: yes to no in as many taps as no to yes, without a reason (C9)."""
    sitting = _sitting(request)
    pupil = next((pupil for pupil in children_to_ask(sitting) if pupil.code == child), None)
    question = next((question for question in questions_today() if question.purpose.slug == purpose), None)
    if pupil is None or question is None:
        raise Http404
    form = OneChoiceForm(request.POST if request.method == "POST" else None, question=question)
    if not form.is_bound:
        return _change_page(request, sitting, form, pupil, question)
    if not form.is_valid():
        return _change_page(request, sitting, form, pupil, question, status=422)
    try:
        code = once(form.cleaned_data["key"], lambda: _change(sitting, pupil, form))
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _change_page(request, sitting, form, pupil, question, status=409)
    return HttpResponseRedirect(sitting.receipt_url.replace("CODE", code), status=303)


def _change(sitting: Sitting, pupil: Pupil, form: OneChoiceForm) -> str:
    choice = Choice(pupil.id, form.question.purpose.id, Value(form.cleaned_data["answer"]))
    return decide(
        guardian=sitting.guardian,
        choices=[choice],
        channel=Channel.SIGNED_IN,
        language=get_language() or "nl",
    ).code


def _change_page(
    request: HttpRequest,
    sitting: Sitting,
    form: OneChoiceForm,
    pupil: Pupil,
    question: Question,
    status: int = 200,
) -> HttpResponse:
    now = LatestAnswer.objects.filter(
        guardian=sitting.guardian, pupil=pupil, purpose=question.purpose
    ).first()
    context: dict[str, Any] = {
        "form": form,
        "question": {
            "field": form["answer"],
            "picture": question.purpose.layer,
            "current": yes_no(now.value) if now else _("no answer yet"),
        },
        "child": {"name": pupil.call_name},
        "back_url": reverse("consent:parents.home"),
        "has_errors": bool(form.errors),
    }
    return render(request, "consent/parents/change.html", context, status=status)


def _sitting(request: HttpRequest) -> Sitting:
    """The guardian in the foundation that the address names; somebody else's foundation does not exist."""
    portal = request.portal
    if not portal.guardians:
        raise Http404
    slug = portal.foundation.slug
    return Sitting(
        guardian=portal.guardians[0],
        foundation=portal.foundation,
        channel=Channel.SIGNED_IN,
        ask_url=reverse("consent:parents.answer", args=[slug]),
        send_url=reverse("consent:parents.choice", args=[slug]),
        receipt_url=reverse("consent:parents.receipt", args=[slug, "CODE"]),
    )
