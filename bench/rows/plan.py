"""Row `plan`: a round for 94,000 guardians in a minute, in the memory of one for 5,000.

Each step runs in a process of its own, so that its peak of memory is its own. The worker's task is called as Celery
calls it; nothing is delivered.
"""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bench import cpu
from bench.figures import Figure
from bench.ground import Ground, in_a_process

SIZES = (5_000, 94_000)
MOST_SECONDS, MOST_PREVIEW, MOST_GROWTH = 60.0, 10.0, 1.25
QUESTIONS, OPEN_FOR, REMIND_BEFORE = 5, 20, [10, 5]


@dataclass(frozen=True, slots=True)
class Measured:
    """One step at one size: seconds on the wall and of CPU (this process, PostgreSQL), MB at the peak, what it did."""

    seconds: float
    cpu: float
    database: float
    peak: float
    count: int


def plan(ground: Ground) -> list[Figure]:
    """Preview, start and writing at both sizes; each guardian gets a link, its key, a message and its ticket."""
    small, large = (_all_steps(ground, size) for size in SIZES)
    writing = [large["start"], large["write"]]
    seconds = sum(step.seconds for step in writing)
    seen = (
        f"{sum(step.count for step in writing):,} messages, CPU {sum(step.cpu for step in writing):.1f} s of ours, "
        f"{sum(step.database for step in writing):.1f} s of PostgreSQL"
    )
    preview = large["plan"]
    growth = {name: large[name].peak / small[name].peak for name in STEPS}
    worst = max(growth, key=lambda name: growth[name])
    return [
        Figure("writing a round for 94,000, in seconds", seconds, MOST_SECONDS, seen=seen),
        Figure(
            "preview of that round, in seconds",
            preview.seconds,
            MOST_PREVIEW,
            seen=f"CPU {preview.cpu:.1f} s of ours, {preview.database:.1f} s of PostgreSQL",
        ),
        Figure(
            "memory at 94,000 against 5,000",
            growth[worst],
            MOST_GROWTH,
            seen=f"at most in {worst}: {large[worst].peak:.0f} against {small[worst].peak:.0f} MB",
        ),
    ]


def _all_steps(ground: Ground, guardians: int) -> dict[str, Measured]:
    database = ground.new(f"plan-{guardians}")
    foundation = in_a_process(lambda: _make(ground, database, guardians))
    return {
        name: in_a_process(lambda step=step: _measure(ground, database, step, foundation))
        for name, step in STEPS.items()
    }


def _make(ground: Ground, database: str, guardians: int) -> int:
    ground.enter(database)
    return fill_foundation(ground, database, guardians)


def fill_foundation(ground: Ground, database: str, guardians: int) -> int:
    """A foundation with so many guardians and five questions, in the database that was entered; gives its id."""
    from bench.filling import BENCH, ask_questions, school_year
    from bench.people import Size, fill
    from ledger.acting import acting
    from schools.models import Foundation

    foundation = Foundation.objects.create(slug="maat", name="Stichting Maat")
    with acting(BENCH, [foundation.id]) as act:
        today, year = act.today, school_year(foundation, act.today)
        ask_questions(today, QUESTIONS)
    fill(ground.url(database), foundation.id, year.id, Size.of(guardians), today)
    return foundation.id


def _measure(ground: Ground, database: str, step: Callable[[int], int], foundation: int) -> Measured:
    ground.enter(database)
    import consent.tasks  # noqa: F401  what a worker has in memory before it begins

    postgres = [ground.stack.pid("postgres")]
    begun, used, theirs = time.monotonic(), time.process_time(), cpu.milliseconds(postgres)
    count = step(foundation)
    seconds, ours = time.monotonic() - begun, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(seconds, ours, (cpu.milliseconds(postgres) - theirs) / 1000, peak, count)


# -- the steps, in order; each gives how many it was about


def _plan(foundation: int) -> int:
    from bench.filling import BENCH
    from ledger.acting import acting

    with acting(BENCH, [foundation]) as act:
        return _asked(act.today)


def _asked(today: date) -> int:
    from consent.domain.asked import plan_round
    from consent.querysets import purposes_to_ask

    found = plan_round(
        purposes=list(purposes_to_ask(today)), opens_on=today, closes_on=today + timedelta(days=OPEN_FOR)
    )
    assert found.fingerprint  # noqa: S101  the preview makes it too
    return len(found.asked)


def start(foundation: int) -> int:
    """What the click of an administrator does; gives how many messages are written with it."""
    from bench.filling import BENCH
    from consent.domain.rounds import start_round
    from consent.models import Purpose
    from ledger.acting import acting
    from schools.models import SchoolYear

    with acting(BENCH, [foundation]) as act:
        return start_round(
            name="Jaarvraag",
            year=SchoolYear.objects.get(),
            purposes=list(Purpose.objects.order_by("id")),
            opens_on=act.today,
            closes_on=act.today + timedelta(days=OPEN_FOR),
            remind_before=REMIND_BEFORE,
        ).written


def write(foundation: int) -> int:
    """What the worker does after it."""
    from consent.tasks import write_rounds

    return write_rounds(foundation)


STEPS: dict[str, Callable[[int], int]] = {"plan": _plan, "start": start, "write": write}
