"""Row `drift`: 16 people who choose for one child at the same time leave no wrong row; and the proof is fast."""

import time
from statistics import median

from bench.clients import clients
from bench.figures import Figure, spread
from bench.ground import LARGE, SMALL, Ground, in_a_process

DATABASE, SECONDS, TIMES = "race", 10.0, 5


def drift(ground: Ground) -> list[Figure]:
    """The race is run through `decide`; the proof is the one that runs after every test (C11)."""
    rows, seconds = in_a_process(lambda: _proof(ground))
    ground.new(DATABASE, like=SMALL)
    ground.enter(DATABASE)
    from bench.choosing import acts_of

    with clients(acts_of) as everybody:
        raced = everybody.do("race", SECONDS)
    wrong = _wrong()
    rates = [rows / each for each in seconds]
    return [
        Figure(
            "wrong rows after a race on one child",
            wrong,
            0,
            seen=f"{raced.count} submissions",
        ),
        Figure(
            "rows proved each second, of answers and fast state",
            median(rates),
            1_000_000,
            at_most=False,
            noise=spread(rates),
            seen=f"{rows:,} rows in {median(seconds):.1f} s",
        ),
    ]


def _proof(ground: Ground) -> tuple[int, list[float]]:
    """How many rows it reads, and in how many seconds, each time."""
    ground.enter(LARGE)
    from bench.filling import BENCH, SLUG
    from consent.models import Answer, LatestAnswer
    from consent.querysets import drifted
    from ledger.acting import acting
    from schools.models import Foundation

    seconds = []
    with acting(BENCH, [Foundation.objects.get(slug=SLUG).id]):
        rows = Answer.objects.count() + LatestAnswer.objects.count()
        for _ in range(TIMES):
            begun = time.monotonic()
            assert drifted() == []  # noqa: S101
            seconds.append(time.monotonic() - begun)
    return rows, seconds


def _wrong() -> int:
    from bench.filling import BENCH, SLUG
    from consent.querysets import drifted
    from ledger.acting import acting
    from schools.models import Foundation

    with acting(BENCH, [Foundation.objects.get(slug=SLUG).id]):
        return len(drifted())
