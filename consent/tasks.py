"""What has to be done when its day has come; ids in, one domain call, safe to run twice."""

from collections.abc import Callable
from contextlib import suppress

from celery import shared_task

from ledger.acting import acting, system
from notices.doorbell import ring_for
from schools.models import Foundation

from .domain import piles
from .domain.coming_of_age import tell_coming_of_age
from .domain.inviting import FamilyNotAsked, ask_new_pupil, families_to_ask
from .domain.reminding import remind
from .domain.rounds import rounds_to_write, write_portion
from .querysets import rounds_running


@shared_task
def write_rounds(foundation_id: int | None = None) -> int:
    """Write to everybody whose day has come: of this foundation, or of all; each portion stands when it is done.

    A process that dies half-way loses nothing: who has a link is passed over by the next one.
    """
    return _everywhere(_write, foundation_id)


@shared_task
def ask_new_families() -> int:
    """Ask the parents of every pupil who is new, where a round for that goes on (R1)."""
    return _everywhere(_ask_new)


@shared_task
def remind_due() -> int:
    """Put the reminders of every round whose day came, also when yesterday's run did not happen (R2)."""
    return _everywhere(_remind)


def _write(foundation_id: int) -> int:
    with acting(system("round"), [foundation_id]) as act:
        rounds, day, written = rounds_to_write(act.today), act.today, 0
    for round_ in rounds:
        after: int | None = 0
        while after is not None:
            with acting(system("round"), [foundation_id]):
                planned, after = write_portion(round_, after, day)
                written += planned.written
    return written


def _ask_new(foundation_id: int) -> int:
    with acting(system("enrolment"), [foundation_id]):
        waiting = [enrolment.pupil for enrolment in families_to_ask()]
    asked = 0
    for pupil in waiting:
        with acting(system("enrolment"), [foundation_id]), suppress(FamilyNotAsked):
            asked += ask_new_pupil(pupil)
    return asked


def _remind(foundation_id: int) -> int:
    with acting(system("reminder"), [foundation_id]) as act:
        rounds = list(rounds_running(act.today).order_by("id"))
    written = 0
    for round_ in rounds:
        with acting(system("reminder"), [foundation_id]):
            written += remind(round_)
    return written


def _everywhere(do: Callable[[int], int], foundation_id: int | None = None) -> int:
    """In this foundation, or in each; trouble in one keeps nothing from the others, and is raised at the end."""
    done, errors = 0, []
    for one in _foundations(foundation_id):
        try:
            done += do(one)
        except Exception as error:  # the others first
            errors.append(error)
    if errors:
        raise ExceptionGroup("some foundations were not done", errors)
    return done


def _foundations(foundation_id: int | None) -> list[int]:
    if foundation_id is not None:
        return [foundation_id]
    return list(Foundation.objects.order_by("id").values_list("id", flat=True))


@shared_task
def make_piles(foundation_id: int) -> None:
    """Make the forms on paper of this foundation that wait; rings again when some are left."""
    if piles.make_due(foundation_id):
        ring_for(piles.TASK, foundation_id, queue=piles.QUEUE)


@shared_task
def sweep_piles() -> None:
    """Ring for every foundation where a pile of forms waits, and forget the PDFs that are old."""
    for foundation_id in _foundations(None):
        with acting(system("paper"), [foundation_id]) as act:
            piles.forget_old(act.now)
            is_due = piles.has_due(act.now)
        if is_due:
            ring_for(piles.TASK, foundation_id, queue=piles.QUEUE)


@shared_task
def tell_of_age() -> int:
    """Tell every family whose pupil will decide, or decides from today, also when earlier runs were missed (C8)."""
    told = 0
    for foundation_id in _foundations(None):
        with acting(system("coming_of_age"), [foundation_id]):
            told += tell_coming_of_age()
    return told
