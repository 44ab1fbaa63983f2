"""What was decided, in words: the same page for yes and for no, and it may be kept and opened again."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.links import hidden_address
from consent.choices import Reason, Value
from consent.domain.facts import known_pupils, policy_of
from consent.domain.receipt_paper import can_be_printed, receipt_pdf
from consent.forms import in_own_language
from consent.models import Answer, LatestAnswer, Submission
from consent.querysets import purposes_on, taken_out, text_in
from consent.rules import State, state_from_first_day
from ledger.acting import SCHOOL_TIME, current
from notices.models import Message
from notices.pdf import PdfFailed

from .sitting import Sitting, children_to_ask, grown_children
from .words import groups_or_first_day, grown_words, yes_no

RETRY_SECONDS = "60"
Rows = list[dict[str, Any]]
# Of a child that this parent decides for no more: what was said, and nothing of what holds now.
CLOSED = {"note": "", "url": ""}


def receipt_page(request: HttpRequest, sitting: Sitting, code: str) -> HttpResponse:
    """The receipt with this code; of somebody else, or through another link, it does not exist."""
    submission = _own(sitting, code)
    answers = list(
        submission.answers.select_related("pupil", "purpose", "version", "follows")
        .prefetch_related("version__texts")
        .order_by("purpose__position", "id")
    )
    latest = set(LatestAnswer.objects.filter(answer__in=answers).values_list("answer_id", flat=True))
    gone = taken_out(answers)
    children = _children(sitting, answers, latest, gone)
    context = {
        "at": submission.at.astimezone(SCHOOL_TIME),
        "sent_to": hidden_address(sitting.guardian.email) if _was_mailed(submission) else "",
        "children": children,
        "may_change": any(child["is_mine"] for child in children),
        # A tablet tells nothing of before, so neither that it was a yes.
        "withdrawn": not sitting.visit
        and any(_is_withdrawal(answer) for answer in answers if answer.id not in gone),
        "is_replaced": len(latest | gone) < len(answers),
        "change_url": sitting.url("answer"),
        "pdf_url": sitting.url("receipt_pdf", code)
        if can_be_printed(submission) and not sitting.visit
        else "",
    }
    return render(request, "consent/parents/receipt.html", context)


def receipt_file(request: HttpRequest, sitting: Sitting, code: str) -> HttpResponse:
    """The same receipt as PDF; when none can be made, a page that says so and leads to the other one."""
    return pdf_response(request, _own(sitting, code), sitting.url("receipt", code))


def pdf_response(request: HttpRequest, submission: Submission, receipt_url: str) -> HttpResponse:
    """The paper, or why there is none now, with the way back to the page that says the same."""
    context = {"receipt_url": receipt_url, "is_later": can_be_printed(submission)}
    context["is_pupil"] = submission.pupil_id is not None
    if not context["is_later"]:
        return render(request, "consent/parents/receipt_not_now.html", context, status=404)
    try:
        made = receipt_pdf(submission)
    except PdfFailed:
        response = render(request, "consent/parents/receipt_not_now.html", context, status=503)
        response["Retry-After"] = RETRY_SECONDS
        return response
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="ontvangst-{submission.code}.pdf"'
    response["Content-Language"] = submission.language
    return response


def _own(sitting: Sitting, code: str) -> Submission:
    mine: dict[str, Any] = {"link": sitting.link} if sitting.link else {"guardian": sitting.guardian}
    if sitting.visit:  # of this letter, since its code was typed
        mine |= {"kiosk": sitting.visit.kiosk, "at__gte": sitting.visit.began_at}
    submission = Submission.objects.filter(code=code, **mine).first() if code.isalnum() else None
    if submission is None:
        raise Http404
    return submission


def _was_mailed(submission: Submission) -> bool:
    return Message.objects.filter(cause=f"submission:{submission.code}", kind="consent/receipt").exists()


def _is_withdrawal(answer: Answer) -> bool:
    return bool(answer.value == Value.NO and answer.follows and answer.follows.value == Value.YES)


def _children(sitting: Sitting, answers: Sequence[Answer], latest: set[int], gone: set[int]) -> Rows:
    pupils = {answer.pupil_id: answer.pupil for answer in answers}
    groups = groups_or_first_day(list(pupils))
    changeable = {child.id for child in children_to_ask(sitting)}
    grown = {child.id: grown_words(child.call_name) for child in grown_children(sitting)}
    now = _states(sitting, list(pupils))

    def more(answer: Answer) -> dict[str, str]:
        return {"note": _note(answer, now, latest, gone), "url": _change_url(sitting, answer, now)}

    return [
        {
            "name": pupil.call_name,
            "group": groups.get(pupil.id, ""),
            "is_mine": pupil.id in changeable,
            "grown": grown.get(pupil.id, ""),
            "answers": [
                _row(answer) | (more(answer) if pupil.id in changeable else CLOSED)
                for answer in answers
                if answer.pupil_id == pupil.id
            ],
        }
        for pupil in sorted(pupils.values(), key=lambda pupil: pupil.born_on, reverse=True)
    ]


def _row(answer: Answer) -> dict[str, str]:
    return {"label": _title(answer), "answer": yes_no(answer.value)}


def _title(answer: Answer) -> str:
    """The question in the language of the page: a screen never mixes two. The mail keeps that of the choice."""
    text = text_in(answer.version, get_language() or "nl")
    return in_own_language(text.title, text.language)


def _change_url(sitting: Sitting, answer: Answer, now: dict[tuple[int, int], State]) -> str:
    """Nothing where it is not asked about this child any more: an event of last year, a school that was left."""
    found = now.get((answer.pupil_id, answer.purpose_id))
    is_asked = found is not None and found.reason != Reason.NOT_ENROLLED and not sitting.visit
    return sitting.url("change", answer.pupil.code, answer.purpose.slug) if is_asked else ""


def _states(sitting: Sitting, pupil_ids: Sequence[int]) -> dict[tuple[int, int], State]:
    purposes = list(purposes_on(current().today))
    return {
        (child.id, purpose.id): state_from_first_day(
            child.facts, policy_of(purpose, sitting.foundation), current().today
        )
        for child in known_pupils(pupil_ids)
        for purpose in purposes
    }


def _note(answer: Answer, now: dict[tuple[int, int], State], latest: set[int], gone: set[int]) -> str:
    """Where the parents do not choose the same: what school does; never who said what (C4).

    Who wants to talk first reads what holds until then (C6).
    """
    if answer.id in gone:
        return _("This was entered in error. It does not count.")
    if answer.id not in latest:
        return ""
    if answer.value == Value.TALK:
        return _("Until we have talked, it is no. School will contact you.")
    found = now.get((answer.pupil_id, answer.purpose_id))
    if answer.value == Value.YES and found and not found.is_allowed:
        return _("Not all parents said yes. That is why we use nothing.")
    return ""
