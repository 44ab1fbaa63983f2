"""One child on the family's page: every choice, what happened, and no to everything with one tap."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from consent.choices import Standing, Value
from consent.domain.remarks import may_object, may_remark, remarks_of
from consent.domain.standing import Child, children_known_to
from consent.domain.withdraw import withdraw_all
from consent.forms import Question, WithdrawForm
from consent.models import LatestAnswer
from ledger.domain.once import once
from ledger.refusal import Refusal

from .family import choice_rows, school_now
from .happened import what_happened
from .remark_words import remark_rows
from .sitting import Sitting, answers_before, questions_that_count, signed_in
from .words import groups_or_first_day

Latest = dict[tuple[int, int], LatestAnswer]


@require_safe
def one(request: HttpRequest, foundation: str, child: str) -> HttpResponse:
    """Everything about one child that this parent may know; a child of somebody else does not exist."""
    sitting = signed_in(request)
    return child_page(request, sitting, child_or_404(sitting, child))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, foundation: str, child: str) -> HttpResponse:
    """No for every purpose, and on to the receipt; a GET only leads back to the child."""
    sitting = signed_in(request)
    mine = child_or_404(sitting, child)
    if mine.standing != Standing.DECIDES:
        raise Http404
    if request.method != "POST":
        return redirect(child_url(sitting, mine))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return child_page(request, sitting, mine, form, status=422)
    try:
        code = once(form.cleaned_data["key"], lambda: _withdraw(sitting, mine), of=_said(sitting, mine, form))
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return child_page(request, sitting, mine, form, status=409)
    return HttpResponseRedirect(sitting.url("receipt", code), status=303)


def child_or_404(sitting: Sitting, code: str) -> Child:
    found = children_known_to(sitting.guardian, code=code) if code.isalnum() else []
    if not found:
        raise Http404
    return found[0]


def child_url(sitting: Sitting, child: Child) -> str:
    return reverse("consent:parents.child", args=[sitting.key, child.pupil.code])


def child_page(
    request: HttpRequest,
    sitting: Sitting,
    child: Child,
    form: WithdrawForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page in parts, each of them empty where it is not for this parent (see the template)."""
    form = form or WithdrawForm()
    context = {
        "child": {
            "name": child.pupil.call_name,
            "group": groups_or_first_day([child.pupil.id]).get(child.pupil.id, ""),
        },
        "form": form,
        "remarks": remark_rows(remarks_of(child.pupil.id, sitting.guardian)),
        **_choices(sitting, child, form),
        **_ways(sitting, child),
    }
    return render(request, "consent/parents/child.html", context, status=status)


def _choices(sitting: Sitting, child: Child, form: WithdrawForm) -> dict[str, Any]:
    """What was chosen and what happened since; rows to change only for who decides today."""
    questions = questions_that_count([child.known]) if child.has_authority else []
    latest = answers_before(sitting.guardian, [child.pupil])
    decides = child.standing == Standing.DECIDES and bool(questions)
    form.show_for(_mark(latest))
    return {
        "rows": choice_rows(sitting.guardian, child, questions, latest) if decides else [],
        "sentences": [] if decides else school_now(sitting.guardian, child, questions, latest),
        "may_withdraw": decides and _has_something_to_withdraw(latest, questions),
        **what_happened(sitting.guardian, child, questions),
    }


def _withdraw(sitting: Sitting, child: Child) -> str:
    return withdraw_all(
        guardian=sitting.guardian,
        pupil=child.pupil,
        channel=sitting.channel,
        language=get_language() or "nl",
    ).code


def _said(sitting: Sitting, child: Child, form: WithdrawForm) -> str:
    """The act and its content, for `once`. A page that was left open while a yes was given again must still be
    able to say no: then what is taken back is another yes, and another act. Only a repeat finds nothing to do."""
    latest = answers_before(sitting.guardian, [child.pupil])
    is_repeat = _is_all_no(latest, questions_that_count([child.known]))
    return f"withdraw {child.pupil.id}:{form.cleaned_data['seen'] if is_repeat else _mark(latest)}"


def _has_something_to_withdraw(latest: Latest, questions: Sequence[Question]) -> bool:
    asked = {question.purpose.id for question in questions}
    return any(row.value != Value.NO for (_pupil, purpose), row in latest.items() if purpose in asked)


def _is_all_no(latest: Latest, questions: Sequence[Question]) -> bool:
    now = {purpose: row.value for (_pupil, purpose), row in latest.items()}
    return all(now.get(question.purpose.id) == Value.NO for question in questions)


def _mark(latest: Latest) -> str:
    """Which answers stand: the newest of them."""
    return str(max((row.answer_id for row in latest.values()), default=0))


def _ways(sitting: Sitting, child: Child) -> dict[str, str]:
    """Where the buttons of this page lead; "" where this parent has none."""
    address = [sitting.key, child.pupil.code]
    return {
        "withdraw_url": reverse("consent:parents.withdraw", args=address),
        "remark_url": reverse("consent:parents.remark", args=address) if may_remark(child.standing) else "",
        "objection_url": reverse("consent:parents.objection", args=address) if may_object(child) else "",
    }
