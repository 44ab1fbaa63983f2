"""An answer that was entered in error: find it, say so, and the second person who agrees or not (C3).

What was answered is shown only to who entered it: others judge by the reason, not by the choice (C4).
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consent.domain.invalidate import TakenOut, agree, refuse, take_out
from consent.forms import JudgeForm, TakeOutForm
from consent.models import Answer, Invalidation, Submission
from consent.rules import GIVEN_THEMSELVES, may_take_out_alone, taking_out_roles, work_reach
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from ledger.refusal import Refusal
from schools.models import Enrolment, Pupil
from schools.querysets import find_pupils, groups_for, here_or_coming
from schools.rules import schools_of

from .tasks import own_children
from .words import yes_no

MOST = 50


@require_safe
@reading_is_recorded
def find(request: HttpRequest) -> HttpResponse:
    """Search a child; then what people at school entered about that child. A receipt number leads straight on."""
    roles = taking_out_roles(request.portal.roles)
    if not roles:
        raise PermissionDenied
    query = request.GET.get("q", "").replace("\0", "").strip()[:60]
    if query.isalnum() and Submission.objects.filter(code=query).exists():
        record_reading(Reading.FAMILY_FILE, [])
        return redirect("consent:staff.correction", query)
    groups = list(groups_for(roles, current().today).values_list("id", flat=True))
    mine = own_children(request.portal.person) if query else []
    hits = [hit for hit in find_pupils(query, groups) if hit.pupil_id not in mine] if query else []
    child = _child(request, roles)
    record_reading(Reading.FAMILY_FILE, [hit.pupil_id for hit in hits] + ([child.id] if child else []))
    context = {
        "query": query,
        "hits": [
            {"name": hit.pupil.short_name, "group": hit.group.name, "code": hit.pupil.code} for hit in hits
        ],
        "child": child.short_name if child else "",
        "entered": _entered(child) if child else [],
    }
    return render(request, "consent/staff/corrections.html", context)


@require_safe
@reading_is_recorded
def correction(request: HttpRequest, code: str) -> HttpResponse:
    """One time that somebody answered: what may be taken out of it, and what waits for a second person."""
    submission, answers = _submission(request, code)
    record_reading(Reading.FAMILY_FILE, [answer.pupil_id for answer in answers])
    return _page(request, submission, answers)


@require_POST
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """These were entered in error: at once, or after a second person."""
    submission, answers = _submission(request, code)
    if not _may_ask(request, answers):
        raise PermissionDenied
    # All of them: posted once more, an answer that is out by now gives the result of the first time.
    form = TakeOutForm(request.POST, options=[(str(answer.id), "") for answer in answers])
    if not form.is_valid():
        return _page(request, submission, answers, form=form, status=422)
    chosen = [answer for answer in answers if str(answer.id) in form.cleaned_data["answers"]]
    reason = form.cleaned_data["reason"]

    def act() -> str:
        take_out(chosen, reason=reason, by=request.portal.person)
        return reverse("consent:staff.correction", args=[submission.code])

    return _do(request, code, form, act, f"take out {[answer.id for answer in chosen]} {reason}")


@require_POST
def judge(request: HttpRequest, code: str) -> HttpResponse:
    """The second person agrees, or does not; who asked may take it back."""
    submission, answers = _submission(request, code)
    rows = _to_judge(request, answers)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _page(request, submission, answers, judging=form, status=422)

    def act() -> str:
        if form.cleaned_data["seen"] != _seen(rows):
            raise TakenOut
        if form.cleaned_data["agrees"] == "yes":
            agree(rows, by=request.portal.person, email=request.user.email)
        else:
            refuse(rows)
        return reverse("consent:staff.correction", args=[submission.code])

    said = f"judge {form.cleaned_data['seen']} {form.cleaned_data['agrees']}"
    return _do(request, code, form, act, said)


def _do(request: HttpRequest, code: str, form: Any, act: Any, said: str) -> HttpResponse:
    """Once per form key; a refusal shows the page as it is now, with the reason."""
    try:
        return HttpResponseRedirect(once(form.cleaned_data["key"], act, of=said), status=303)
    except Refusal as refusal:
        submission, answers = _submission(request, code)
        return _page(request, submission, answers, refusal=refusal.message, status=409)


def _child(request: HttpRequest, roles: Sequence[Any]) -> Pupil | None:
    """The child in the address, of the own schools; another one does not exist."""
    code = request.GET.get("leerling", "")
    if not code:
        return None
    here = _pupils_here(schools_of(roles)).exclude(id__in=own_children(request.portal.person))
    found = here.filter(code=code).first() if code.isalnum() else None
    if found is None:
        raise Http404
    return found


def _pupils_here(schools: set[int] | frozenset[int] | None) -> Any:
    if schools is None:
        return Pupil.objects.order_by("id")
    here = Enrolment.objects.filter(here_or_coming(current().today), school_id__in=schools)
    return Pupil.objects.filter(id__in=here.order_by().values("pupil_id")).order_by("id")


def _submission(request: HttpRequest, code: str) -> tuple[Submission, list[Answer]]:
    """With its answers about children at the own schools; never about an own child. None left: 404."""
    reach = work_reach(request.portal.roles)
    if not reach.has_schools:
        raise PermissionDenied
    answers = list(
        Answer.objects.filter(submission__code=code, pupil__in=_pupils_here(reach.schools))
        .exclude(pupil__in=own_children(request.portal.person))
        .select_related("submission__recorded_by", "submission__guardian", "pupil", "purpose")
        .prefetch_related("invalidations__asked_by")
        .order_by("pupil__call_name", "purpose__position", "id")
    )
    if not answers:
        raise Http404
    return answers[0].submission, answers


def _may_ask(request: HttpRequest, answers: Sequence[Answer]) -> bool:
    roles = taking_out_roles(request.portal.roles)
    here = _pupils_here(schools_of(roles)) if roles else Pupil.objects.none()
    wanted = {answer.pupil_id for answer in answers}
    return bool(roles) and here.filter(id__in=wanted).count() == len(wanted)


def _options(
    request: HttpRequest, submission: Submission, answers: Sequence[Answer]
) -> list[tuple[str, str]]:
    """The answers that nobody asked to take out yet."""
    return [
        (str(answer.id), _label(request, submission, answer))
        for answer in answers
        if not answer.invalidations.all()
    ]


def _label(request: HttpRequest, submission: Submission, answer: Answer) -> str:
    label = f"{answer.pupil.short_name}, {answer.purpose.short_label}"
    is_own = submission.recorded_by_id == request.portal.person.id
    return f"{label}: {yes_no(answer.value)}" if is_own else label


def _to_judge(request: HttpRequest, answers: Sequence[Answer]) -> list[Invalidation]:
    """What others asked; when there is nothing of others, what this person asked, to take it back."""
    waiting = [row for answer in answers for row in answer.invalidations.all() if row.in_force_at is None]
    waiting.sort(key=lambda row: row.id)
    others = [row for row in waiting if row.asked_by_id != request.portal.person.id]
    return others or waiting


def _seen(rows: Sequence[Invalidation]) -> str:
    return ",".join(str(row.id) for row in rows)


def _page(
    request: HttpRequest,
    submission: Submission,
    answers: Sequence[Answer],
    *,
    form: TakeOutForm | None = None,
    judging: JudgeForm | None = None,
    refusal: Any = "",
    status: int = 200,
) -> HttpResponse:
    rows = _to_judge(request, answers)
    context = _form_words(request, submission, answers, form) | {
        "submission": _submission_words(submission),
        "out": [_label(request, submission, answer) for answer in answers if _is_out(answer)],
        "waiting": _waiting_words(request, submission, answers, rows),
        "judge_form": _judge_form(rows) if rows else None,
        "is_mine": bool(rows) and rows[0].asked_by_id == request.portal.person.id,
        "refusal": refusal or _first_error(judging),
        "has_errors": status != 200,
        "may_find": bool(taking_out_roles(request.portal.roles)),
    }
    return render(request, "consent/staff/correction.html", context, status=status)


def _form_words(
    request: HttpRequest, submission: Submission, answers: Sequence[Answer], form: TakeOutForm | None
) -> dict[str, Any]:
    """The form with what nobody asked about yet; None when there is nothing left, or this person may not ask."""
    options = _options(request, submission, answers)
    form = form or TakeOutForm(options=options)
    form.fields["answers"].choices = options
    if form.is_bound:
        form.renew()
    is_open = bool(options) and _may_ask(request, answers)
    return {"form": form if is_open else None, "is_alone": _is_alone(request, submission)}


def _judge_form(rows: Sequence[Invalidation]) -> JudgeForm:
    """Always a fresh one: a page that is shown again is about what waits now."""
    form = JudgeForm()
    form.fields["seen"].initial = _seen(rows)
    return form


def _first_error(judging: JudgeForm | None) -> str:
    return str(next(iter(judging.errors.values()))[0]) if judging and judging.errors else ""


def _is_out(answer: Answer) -> bool:
    return any(row.in_force_at is not None for row in answer.invalidations.all())


def _is_alone(request: HttpRequest, submission: Submission) -> bool:
    return may_take_out_alone(
        channel=submission.channel,
        recorded_by=submission.recorded_by_id,
        recorded_on=submission.at.astimezone(SCHOOL_TIME).date(),
        me=request.portal.person.id,
        on=current().today,
    )


def _waiting_words(
    request: HttpRequest, submission: Submission, answers: Sequence[Answer], rows: Sequence[Invalidation]
) -> list[dict[str, Any]]:
    labels = {answer.id: _label(request, submission, answer) for answer in answers}
    return [
        {
            "label": labels[row.answer_id],
            "reason": row.reason,
            "asked_by": row.asked_by.full_name,
            "asked_at": row.asked_at,
        }
        for row in rows
    ]


def _submission_words(submission: Submission) -> dict[str, Any]:
    return {
        "code": submission.code,
        "url": reverse("consent:staff.correction", args=[submission.code]),
        "at": submission.at,
        "channel": submission.get_channel_display(),
        "who": submission.guardian.full_name if submission.guardian else "",
        "recorded_by": submission.recorded_by.full_name if submission.recorded_by else "",
    }


def _entered(child: Pupil) -> list[dict[str, Any]]:
    """What people at school entered about this child, the newest first."""
    mine = Answer.objects.filter(pupil=child).order_by().values("submission_id")
    found = Submission.objects.filter(id__in=mine).exclude(channel__in=GIVEN_THEMSELVES)
    rows = found.select_related("guardian", "recorded_by").order_by("-at", "-id")
    return [_submission_words(row) for row in rows[:MOST]]
