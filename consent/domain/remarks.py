"""A family says that something is wrong, or objects to one item: work for the school, with an answer in time."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consent.choices import Standing, TaskKind
from consent.domain.standing import Child
from consent.domain.tasks import close_task, open_task
from consent.domain.tell import day_in, family_url
from consent.domain.tell_pupil import pupil_url
from consent.models import Purpose, Task
from consent.rules import decides_alone
from ledger.acting import SCHOOL_TIME, current
from ledger.refusal import Refusal
from notices.domain.addressed import put_mails
from notices.domain.put import NewMessage, put_messages
from schools.models import Guardian, Pupil
from schools.querysets import own_address, vacations_of
from schools.rules import DaysOff, school_day_after

WRONG = (TaskKind.WRONG_ADDRESS, TaskKind.WRONG_CHILD, TaskKind.WRONG_AUTHORITY)
OF_THE_FAMILY = (*WRONG, TaskKind.OBJECTION)
SCHOOL_DAYS = 5
MOST_OBJECTIONS = 20  # at the same time, about one child: more is a talk with the school


class RemarkWaits(Refusal):
    code = "remark_waits"
    message = _("You told us this already. School is looking at it.")


class NotHere(Refusal):
    code = "not_here"
    message = _("That is not possible on this page. Ask the school.")


# To a pupil, who is spoken to otherwise than a parent.
ASK_SCHOOL = _("School is still looking at what you sent before. Ask the school.")


class TooManyObjections(Refusal):
    code = "too_many"
    message = _("School is still looking at many of your objections. Call the school.")


def may_remark(standing: Standing) -> bool:
    """Everybody the school knows as a parent of a pupil, also who is only informed: that may be what is wrong."""
    return standing != Standing.LEFT


def may_object(child: Child) -> bool:
    """C12: who decides, whatever was answered, also after the child left; from 16 the pupil, and nobody else."""
    return child.has_authority and child.standing in {Standing.DECIDES, Standing.LEFT}


def may_object_as_pupil(pupil: Pupil) -> bool:
    """C12: whoever is old enough to decide, also with a representative and after leaving; and who has a veto."""
    foundation, today = pupil.foundation, current().today
    return foundation.pupil_may_veto or decides_alone(pupil.born_on, foundation.decides_from_age, today)


def say_what_is_wrong(*, guardian: Guardian, child: Child, kind: TaskKind, text: str, language: str) -> Task:
    """Put it on the work list of the school, and confirm it by mail: it stands on the child's page until closed.

    Raises RemarkWaits while an earlier remark of this kind is open, and NotHere; then nothing is changed.
    """
    if kind not in WRONG or not may_remark(child.standing):
        raise NotHere
    with transaction.atomic():
        _lock(child.pupil)
        if _open(child.pupil, guardian, [kind]):
            raise RemarkWaits
        task = open_task(kind, pupil=child.pupil, guardian=guardian, text=text)
        if task is None:
            raise NotHere
        _confirm(task, guardian, child.pupil, language)
    return task


def object_to_item(
    *, pupil: Pupil, guardian: Guardian | None, text: str, purpose: Purpose | None, language: str
) -> Task:
    """C12: the school must look at this one item, whatever was answered; who objects gets a mail that it came in.

    Without guardian the pupil objects: the mail goes to the own address only. Raises TooManyObjections, NotHere
    (never been at a school here, or a pupil without a say).
    """
    if guardian is None and not may_object_as_pupil(pupil):
        raise NotHere
    with transaction.atomic():
        _lock(pupil)
        if _open(pupil, guardian, [TaskKind.OBJECTION]) >= MOST_OBJECTIONS:
            raise TooManyObjections(ASK_SCHOOL if guardian is None else "")
        task = open_task(
            TaskKind.OBJECTION,
            pupil=pupil,
            guardian=guardian,
            purpose=purpose,
            text=text,
            after_leaving=True,
        )
        if task is None:
            raise NotHere
        if guardian is not None:
            _confirm(task, guardian, pupil, language)
        else:
            _confirm_to_pupil(task, pupil, language)
    return task


def answer_by(opened_on: date, vacations: Sequence[DaysOff]) -> date:
    """When the family must have heard: 5 school days later, and never later than one calendar month (U3, AVG 12)."""
    return min(school_day_after(opened_on, SCHOOL_DAYS, vacations), _month_after(opened_on))


def answer_day(task: Task) -> date:
    """`answer_by` for this task, with the vacations of its school."""
    return answer_by(task.opened_at.astimezone(SCHOOL_TIME).date(), vacations_of(task.school_id))


def objections_of(pupil: Pupil) -> list[Task]:
    """What the pupil objected to, open ones first, newest first."""
    return [task for task in remarks_of(pupil.id, None) if task.kind == TaskKind.OBJECTION]


def remarks_of(pupil_id: int, guardian: Guardian | None) -> list[Task]:
    """What this guardian (or the pupil) said about this child, open ones first, newest first."""
    rows = Task.objects.filter(pupil_id=pupil_id, guardian=guardian, kind__in=OF_THE_FAMILY)
    return sorted(rows.order_by("-opened_at", "-id"), key=lambda task: task.closed_at is not None)


def finish_task(task: Task, *, outcome: str) -> None:
    """Close it by hand. Who told the school so gets a mail that the answer is on their page: not the answer (R6).

    Of other work only colleagues read what was done. Raises TaskDone when it was closed before.
    """
    with transaction.atomic():
        close_task(task, outcome=outcome)
        if TaskKind(task.kind) in OF_THE_FAMILY and task.guardian is not None:
            _tell_answered(task, task.guardian)


def _tell_answered(task: Task, guardian: Guardian) -> None:
    page = reverse("consent:parents.received", args=[task.foundation.slug, task.code])
    message = NewMessage(
        kind="consent/answered",
        guardian_id=guardian.id,
        language=guardian.language,
        cause=f"task:{task.code}",
        context={
            "name": task.pupil.call_name,
            "code": task.code,
            "answer_url": f"{settings.PORTAL_URL}{page}",
        },
        due_at=current().now,
    )
    put_messages([message])


def _lock(pupil: Pupil) -> None:
    Pupil.objects.select_for_update(no_key=True).get(id=pupil.id)


def _open(pupil: Pupil, guardian: Guardian | None, kinds: Sequence[TaskKind]) -> int:
    return Task.objects.filter(pupil=pupil, guardian=guardian, kind__in=kinds, closed_at=None).count()


def _confirm(task: Task, guardian: Guardian, pupil: Pupil, language: str) -> None:
    """Not what was written (R6): only that it came in, and when the school answers."""
    put_messages(
        [
            NewMessage(
                kind="consent/remark",
                guardian_id=guardian.id,
                language=language,
                cause=f"task:{task.code}",
                context={
                    "name": pupil.call_name,
                    "is_objection": task.kind == TaskKind.OBJECTION,
                    "answer_on": day_in(language, answer_day(task)),
                    "code": task.code,
                    "family_url": family_url(),
                },
                due_at=current().now,
            )
        ]
    )


def _confirm_to_pupil(task: Task, pupil: Pupil, language: str) -> None:
    words = {
        "answer_on": day_in(language, answer_day(task)),
        "code": task.code,
        "pupil_url": pupil_url(),
    }
    put_mails(
        "consent/pupil_remark",
        [pupil] if own_address(pupil) else [],
        words,
        foundation=pupil.foundation,
        due_at=current().now,
        language=language,
    )


def _month_after(day: date) -> date:
    first = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    last = (date(first.year + first.month // 12, first.month % 12 + 1, 1)).toordinal() - first.toordinal()
    return first.replace(day=min(day.day, last))
