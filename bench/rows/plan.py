"""Row `plan`: a round for 94,000 guardians in a minute, in the memory of one for 5,000.

Each step runs in a process of its own, so that its peak of memory is its own. The worker's task is called as Celery
calls it; nothing is delivered.
"""

import multiprocessing
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from multiprocessing.connection import Connection

from bench.people import Size, fill
from consent.choices import Layer
from consent.domain.asked import plan_round
from consent.domain.holding import stop
from consent.domain.progress import progress_of, progress_per_group, progress_per_school
from consent.domain.purposes import add_purpose
from consent.domain.reminding import remind
from consent.domain.rounds import start_round
from consent.models import Purpose, Round
from consent.querysets import purposes_to_ask
from consent.tasks import write_rounds
from ledger.acting import acting, current, system
from notices.domain.stop import clear_stopped
from schools.models import Foundation, SchoolYear

SIZES = (5_000, 94_000)
MOST_SECONDS, MOST_PREVIEW, MOST_GROWTH = 60.0, 10.0, 1.25
OPEN_FOR, REMIND_BEFORE = 20, [10, 5]
WRITE = ("start_round", "write_rounds")
BENCH = system("bench")


@dataclass(frozen=True, slots=True)
class Measured:
    """One step at one size: seconds on the wall and of CPU in this process, MB at the peak, and what it did."""

    seconds: float
    cpu: float
    peak: float
    count: int


def run(database_url: str, sizes: Sequence[int]) -> int:
    """Measure every step at every size, print the table; 1 when a goal is missed."""
    found: dict[int, dict[str, Measured]] = {}
    for guardians in sizes:
        size = Size.of(guardians)
        begun = time.monotonic()
        foundation = _in_a_process(partial(_make, database_url, size)).count
        print(f"{size}: filled in {time.monotonic() - begun:.0f} s", flush=True)
        found[guardians] = {}
        for name, step in STEPS.items():
            found[guardians][name] = _in_a_process(partial(step, foundation))
    return report(found)


def report(found: Mapping[int, Mapping[str, Measured]]) -> int:
    """The table, and what is missed."""
    sizes = sorted(found)
    print("\nstep            " + "".join(f"  {size:>7} guardians: s  cpu s   MB  did" for size in sizes))
    for name in STEPS:
        cells = [found[size][name] for size in sizes]
        print(
            f"{name:<16}"
            + "".join(f"{m.seconds:>21.1f} {m.cpu:>6.1f} {m.peak:>4.0f} {m.count:>6}" for m in cells)
        )
    missed = _missed(found)
    print("\n" + ("\n".join(missed) if missed else "All goals are met."))
    return 1 if missed else 0


def _missed(found: Mapping[int, Mapping[str, Measured]]) -> list[str]:
    small, large = found[min(found)], found[max(found)]
    missed = []
    whole = sum(large[name].seconds for name in WRITE)
    if whole > MOST_SECONDS:
        missed.append(f"MISSED: a round is written in {whole:.0f} s, not in {MOST_SECONDS:.0f}")
    if large["plan_round"].seconds > MOST_PREVIEW:
        missed.append(f"MISSED: a preview takes {large['plan_round'].seconds:.1f} s, not {MOST_PREVIEW:.0f}")
    for name in STEPS:
        growth = large[name].peak / small[name].peak
        if growth > MOST_GROWTH:
            missed.append(f"MISSED: {name} takes {growth:.2f}x the memory, not {MOST_GROWTH}x")
    return missed


# -- the steps, in order; each gives how many it was about


def _plan(foundation: int) -> int:
    with acting(BENCH, [foundation]) as act:
        return len(_plan_of(act.today).asked)


def _plan_of(today: date):
    purposes = list(purposes_to_ask(today))
    plan = plan_round(purposes=purposes, opens_on=today, closes_on=today + timedelta(days=OPEN_FOR))
    assert plan.fingerprint  # noqa: S101  the preview makes it too
    return plan


def _start(foundation: int) -> int:
    with acting(BENCH, [foundation]) as act:
        return start_round(
            name="Jaarvraag",
            year=SchoolYear.objects.get(),
            purposes=list(Purpose.objects.order_by("id")),
            opens_on=act.today,
            closes_on=act.today + timedelta(days=OPEN_FOR),
            remind_before=REMIND_BEFORE,
        ).written


def _remind(foundation: int) -> int:
    from django.utils import timezone

    with acting(BENCH, [foundation], now=timezone.now() + timedelta(days=OPEN_FOR - REMIND_BEFORE[0])):
        return remind(Round.objects.get())


def _on_the_round(act: Callable[[Round], int]) -> Callable[[int], int]:
    def step(foundation: int) -> int:
        with acting(BENCH, [foundation]):
            return act(Round.objects.get())

    return step


STEPS: dict[str, Callable[[int], int]] = {
    "nothing": lambda foundation: 0,
    "plan_round": _plan,
    "start_round": _start,
    "write_rounds": write_rounds,
    "progress_of": _on_the_round(lambda round_: progress_of(round_).asked),
    "per_school": _on_the_round(lambda round_: len(progress_per_school(round_))),
    "per_group": _on_the_round(lambda round_: len(progress_per_group(round_))),
    "remind": _remind,
    "stop": _on_the_round(stop),
    "clear_stopped": lambda foundation: clear_stopped(),
}


def _make(database_url: str, size: Size) -> int:
    foundation = Foundation.objects.create(slug=f"maat-{size.guardians}", name="Stichting Maat")
    with acting(BENCH, [foundation.id]) as act:
        today = act.today
        year = SchoolYear.objects.create(
            foundation=foundation,
            name="2000-2001",
            starts_on=today - timedelta(days=60),
            ends_on=today + timedelta(days=300),
        )
        for number in range(5):
            add_purpose(
                slug=f"vraag-{number}",
                layer=Layer.PAPER,
                short_label=f"Vraag {number}",
                all_must_agree=False,
                places=[f"Plaats {number}"],
                words={"nl": (f"Vraag {number}", "Waar het over gaat")},
                in_force_on=current().today - timedelta(days=30),
            )
    fill(database_url, foundation.id, year.id, size, today)
    return foundation.id


# -- a process for each step


def _in_a_process(step: Callable[[], int]) -> Measured:
    """Run it in a fork without connections of its parent; raises when it fails there."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_measure, args=(step, there))
    child.start()
    there.close()
    try:
        return here.recv()
    finally:
        child.join()


def _measure(step: Callable[[], int], there: Connection) -> None:
    begun, used = time.monotonic(), time.process_time()
    count = step()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    there.send(Measured(time.monotonic() - begun, time.process_time() - used, peak, count))
