"""Row `consent-write`: 16 people choose at the same time in one foundation, against bare insert and upsert.

Ours is all that a submission does: rules, lock on the child, answers, fast state, ledger, receipt, message to the other
parent of who changed something, reminders, tasks, doorbell. The floor writes as many rows into tables of the same
columns and indexes, in two statements, and does nothing else.
"""

import contextlib
import threading
from collections.abc import Iterator
from statistics import median

import psycopg

from bench.clients import Clients, Round, clients
from bench.figures import Figure, Paired
from bench.ground import SMALL, Ground

DATABASE, ROUNDS, SECONDS, EVERY = "writes", 7, 2.0, 0.02
GOALS = {"": 0.7, " and 5 ms of work": 0.85}
# Somebody waits for a row, a tuple or a key that another transaction holds. Not: for more room in a file.
WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock' AND wait_event <> 'extend'
"""


def consent_write(ground: Ground) -> list[Figure]:
    """The ratio of submissions per second; and nobody ever waits for somebody with another child."""
    ground.new(DATABASE, like=SMALL)
    ground.enter(DATABASE)
    from bench.choosing import acts_of, lay_floor

    lay_floor(ground.url(DATABASE))
    with clients(acts_of) as everybody, _watched(ground.url(DATABASE)) as seen:
        figures = [_figure(everybody, work, goal) for work, goal in GOALS.items()]
    waited = sum(seen)
    figures.append(
        Figure("waits for a lock of another child", waited, 0, seen=f"looked {len(seen)} times at 16 clients")
    )
    return figures


def _figure(everybody: Clients, work: str, goal: float) -> Figure:
    rounds: list[tuple[Round, Round]] = []
    for number in range(ROUNDS + 1):
        pair = everybody.do("ours" + work, SECONDS), everybody.do("floor" + work, SECONDS)
        if number:  # the first one warms up
            rounds.append(pair)
    paired = Paired(tuple(a.rate for a, _ in rounds), tuple(b.rate for _, b in rounds))
    seen = f"{median(paired.ours):.0f} against {median(paired.floor):.0f} a second"
    what = f"submissions{work} against bare writing"
    return Figure(what, paired.ratio, goal, at_most=False, noise=paired.noise, seen=seen)


@contextlib.contextmanager
def _watched(database_url: str) -> Iterator[list[int]]:
    """How many connections waited for a lock, looked at 50 times a second."""
    seen: list[int] = []
    is_over = threading.Event()

    def look() -> None:
        with psycopg.connect(database_url, autocommit=True) as database:
            while not is_over.wait(EVERY):
                (count,) = database.execute(WAITING, [DATABASE]).fetchone() or (0,)
                seen.append(count)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()
