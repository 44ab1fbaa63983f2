"""What a choice gives the school to do: a conflict, a talk. It comes and goes with its cause."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from django.db.models import Exists, OuterRef

from consent.choices import ENDED, Reason, TaskKind, Value
from consent.domain.facts import known_pupils, policy_of
from consent.domain.tasks import TaskDone, close_task, open_task
from consent.models import AnswerRow, LatestAnswer, Purpose, Task
from consent.querysets import purposes_on
from consent.rules import State, state_from_first_day
from ledger.acting import current
from schools.models import Foundation, Pupil

States = Mapping[tuple[int, int], State]
# A pupil with the guardian who decides, or None for the pupil.
Decider = tuple[int, int | None]


def keep_tasks(before: States, after: States, answers: Sequence[AnswerRow]) -> None:
    """Put conflicts and wishes to talk on the work list of the school, and take off what is over (C4, C6).

    `before` and `after` have the same children and purposes; `answers` were just given, or taken out. A
    conflict that somebody closed by hand while it lasts is not opened again. One or two statements when
    there is nothing to do. Acts in the transaction that is open.
    """
    children = {pupil_id for pupil_id, _purpose_id in after}
    deciders = {(row.pupil_id, row.guardian_id) for row in answers}
    kinds = (TaskKind.CONFLICT, TaskKind.TALK)
    waiting = list(Task.objects.filter(pupil_id__in=children, kind__in=kinds, closed_at=None).order_by("id"))
    _open_conflicts(before, after)
    over = [task for task in waiting if task.kind == TaskKind.CONFLICT and not _lasts(task, after)]
    _close(over, "agree")
    talks = [
        task
        for task in waiting
        if task.kind == TaskKind.TALK and (task.pupil_id, task.guardian_id) in deciders
    ]
    if talks or any(row.value == Value.TALK for row in answers):
        wanted = _who_wants_to_talk(deciders)
        _open_talks(answers, wanted)
        _close([task for task in talks if (task.pupil_id, task.guardian_id) not in wanted], "answered")


def open_what_waits() -> int:
    """Put on the lists what follows from answers that came in all at once, as those of the demo; the number of
    tasks that are open then. Doing it twice changes nothing, but opens again what was closed by hand while it
    lasts."""
    foundation, today = Foundation.objects.get(id=current().foundation), current().today
    yes = LatestAnswer.objects.filter(
        pupil=OuterRef("pupil"), purpose=OuterRef("purpose"), value=Value.YES
    ).order_by()
    differ = LatestAnswer.objects.filter(Exists(yes), value=Value.NO).order_by()
    policies = [policy_of(purpose, foundation) for purpose in purposes_on(today)]
    now = {
        (child.id, policy.purpose): state_from_first_day(child.facts, policy, today)
        for child in known_pupils(sorted(set(differ.values_list("pupil_id", flat=True))))
        for policy in policies
    }
    talks = LatestAnswer.objects.filter(value=Value.TALK).select_related("pupil", "guardian").order_by("id")
    keep_tasks({}, now, list(talks))
    return Task.objects.filter(closed_at=None).count()


def conflicts_in(states: States, pupil_id: int) -> list[int]:
    """The purposes about which the parents of this child do not choose the same."""
    return [
        purpose_id
        for (child, purpose_id), found in states.items()
        if child == pupil_id and found.reason == Reason.CONFLICT
    ]


def _lasts(task: Task, after: States) -> bool:
    return bool(conflicts_in(after, task.pupil_id))


def _open_conflicts(before: States, after: States) -> None:
    """Once per child, whatever the number of purposes; who refused is nowhere in it."""
    fresh: dict[int, int] = {}
    for (pupil_id, purpose_id), found in after.items():
        was = before.get((pupil_id, purpose_id))
        if found.reason == Reason.CONFLICT and (was is None or was.reason != Reason.CONFLICT):
            fresh.setdefault(pupil_id, purpose_id)
    for pupil in Pupil.objects.filter(id__in=fresh).order_by("id") if fresh else ():
        open_task(TaskKind.CONFLICT, pupil=pupil, purpose=Purpose.objects.get(id=fresh[pupil.id]))


def _who_wants_to_talk(deciders: Iterable[Decider]) -> dict[Decider, set[int]]:
    """The purposes about which each of these deciders wants to talk first, by their latest answers."""
    rows = LatestAnswer.objects.filter(
        pupil_id__in={pupil_id for pupil_id, _guardian_id in deciders}, value=Value.TALK
    ).order_by("id")
    found: dict[Decider, set[int]] = {}
    for row in rows:
        if (row.pupil_id, row.guardian_id) in deciders:
            found.setdefault((row.pupil_id, row.guardian_id), set()).add(row.purpose_id)
    return found


def _open_talks(answers: Sequence[AnswerRow], wanted: Mapping[Decider, set[int]]) -> None:
    """Only for what was said just now: a talk that was held already does not come back by another answer."""
    said = {
        (row.pupil_id, row.guardian_id)
        for row in answers
        if row.value == Value.TALK and row.purpose_id in wanted.get((row.pupil_id, row.guardian_id), ())
    }
    for row in {(row.pupil_id, row.guardian_id): row for row in answers}.values():
        if (row.pupil_id, row.guardian_id) in said:
            open_task(TaskKind.TALK, pupil=row.pupil, guardian=row.guardian)


def _close(tasks: Iterable[Task], why: str) -> None:
    for task in tasks:
        with suppress(TaskDone):  # somebody at school was a moment earlier
            close_task(task, outcome=ENDED[why])
