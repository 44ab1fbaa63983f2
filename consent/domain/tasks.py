"""Work for a school that comes out of choices and remarks: opened once, closed with what was done."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consent.choices import TaskKind
from consent.models import Purpose, Task
from ledger.acting import current
from ledger.choices import ActorKind, Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.models import Guardian, Pupil
from schools.querysets import in_force


class TaskDone(Refusal):
    code = "task_done"
    message = _("This was done already.")


def open_task(
    kind: TaskKind,
    *,
    pupil: Pupil,
    guardian: Guardian | None = None,
    purpose: Purpose | None = None,
    text: str = "",
    after_leaving: bool = False,
) -> Task | None:
    """Put it on the work list of the school that the pupil goes to, or will (R1); None when there is none.

    Of one kind, child and guardian there is one open task: the one that is there already is given back. Only
    objections may be several, each to an item of its own (C12). `after_leaving`: the last school will do.
    """
    today = current().today
    been = pupil.enrolments.filter(since__lte=today).order_by("since", "id")
    coming = pupil.enrolments.filter(since__gt=today).order_by("since", "id")
    enrolment = (
        been.filter(in_force(today)).last() or coming.first() or (been.last() if after_leaving else None)
    )
    if enrolment is None:
        return None
    try:
        with transaction.atomic():
            task = Task.objects.create(
                foundation_id=pupil.foundation_id,
                kind=kind,
                school_id=enrolment.school_id,
                pupil=pupil,
                guardian=guardian,
                purpose=purpose,
                text=text,
                opened_at=current().now,
            )
    except IntegrityError as error:
        if "task_open_once" not in str(error):
            raise
        return Task.objects.get(pupil=pupil, kind=kind, guardian=guardian, closed_at=None)
    record(Verb.TASK_OPENED, "pupil", pupil.id, kind=str(kind))
    return task


def close_task(task: Task, *, outcome: str) -> None:
    """Done, by whoever acts now, with what was done in a few words. Raises TaskDone when it was closed before."""
    actor = current().actor
    with transaction.atomic():
        fresh = Task.objects.select_for_update(no_key=True).get(id=task.id)
        if fresh.closed_at is not None:
            raise TaskDone
        fresh.closed_at, fresh.outcome = current().now, outcome
        fresh.closed_by_id = actor.id if actor.kind == ActorKind.STAFF else None
        fresh.save(update_fields=["closed_at", "closed_by", "outcome"])
        record(Verb.TASK_CLOSED, "pupil", fresh.pupil_id, kind=fresh.kind)
