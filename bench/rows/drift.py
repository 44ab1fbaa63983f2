"""Row `drift`: 16 people who choose for one child at the same time leave no wrong row; and the proof is fast."""

import time
from statistics import median

from bench import cpu
from bench.clients import clients
from bench.figures import Figure, spread
from bench.ground import LARGE, SMALL, Ground, in_a_process

DATABASE, SECONDS, TIMES = "race", 10.0, 5


def drift(ground: Ground) -> list[Figure]:
    """The race is run through `decide`; the proof is the one that runs after every test (C11)."""
    rows, spent, seconds = in_a_process(lambda: _proof(ground))
    ground.new(DATABASE, like=SMALL)
    ground.enter(DATABASE)
    from bench.choosing import acts_of

    with clients(acts_of) as everybody:
        raced = everybody.do("race", SECONDS)
    wrong = _wrong()
    rates = [rows / each for each in spent]
    return [
        Figure(
            "wrong rows after a race on one child",
            wrong,
            0,
            seen=f"{raced.count} submissions",
        ),
        Figure(
            "rows proved per CPU-second, answers and fast state",
            median(rates),
            1_000_000,
            at_most=False,
            noise=spread(rates),
            seen=f"{rows:,} rows; {rows / median(seconds):,.0f} a second on the wall",
        ),
    ]


def _proof(ground: Ground) -> tuple[int, list[float], list[float]]:
    """How many rows it reads; in how many seconds of CPU of the database, and on the wall, each time."""
    ground.enter(LARGE)
    from bench.filling import BENCH, SLUG
    from consent.models import Answer, LatestAnswer
    from consent.querysets import drifted
    from ledger.acting import acting
    from schools.models import Foundation

    spent, seconds, server = [], [], [ground.stack.pid("postgres")]
    with acting(BENCH, [Foundation.objects.get(slug=SLUG).id]):
        rows = Answer.objects.count() + LatestAnswer.objects.count()
        for _ in range(TIMES):
            used, begun = cpu.milliseconds(server), time.monotonic()
            assert drifted() == []  # noqa: S101
            seconds.append(time.monotonic() - begun)
            spent.append((cpu.milliseconds(server) - used) / 1000)
    return rows, spent, seconds


def _wrong() -> int:
    from bench.filling import BENCH, SLUG
    from consent.querysets import drifted
    from ledger.acting import acting
    from schools.models import Foundation

    with acting(BENCH, [Foundation.objects.get(slug=SLUG).id]):
        return len(drifted())
