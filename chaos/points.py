"""The named points at which something dies, and in which order: the same for the same seed. No Django."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .orders import DIE, DIE_ALL, WAIT

CONNECTIONS = 2  # to the mail server: one for each child of the worker (devstack.commands: --concurrency=2)


@dataclass(frozen=True, slots=True)
class Point:
    """`hook`: where a process must stand before anything happens, and `how` that process takes it (`orders`).

    `victims` are killed at that moment. `in_flight`: mails that may come a second time because of it, with the
    same Message-ID; those for which the server had said 250 and nobody had written that down yet (R12).
    """

    name: str
    hook: str = ""
    how: str = DIE
    victims: tuple[str, ...] = ()
    in_flight: int = 0


EVERYTHING = ("client", "beat", "worker", "smtp", "valkey", "postgres")
POINTS = (
    Point("worker:between-lease-and-smtp", "worker:after-lease"),
    Point("worker:in-the-middle-of-a-slice", "worker:before-smtp", DIE_ALL, in_flight=CONNECTIONS),
    Point("worker:after-smtp-before-accepted", "worker:after-smtp", in_flight=1),
    Point("worker:after-accepted-before-books", "worker:before-books"),
    Point("worker:in-books", "worker:in-books", DIE_ALL, in_flight=CONNECTIONS),
    Point("worker:anywhere", victims=("worker",), in_flight=CONNECTIONS),
    Point("beat:anywhere", victims=("beat",)),
    Point("broker:kill", victims=("valkey",)),
    Point("broker:flushall", victims=("flushall",)),
    Point("broker:kill+lose-aof", victims=("valkey", "aof")),
    Point("broker:in-put", "client:in-transaction", WAIT, ("valkey",)),
    Point("smtp:kill-mid-batch", "smtp:before-writing", in_flight=CONNECTIONS),
    Point("smtp:kill-after-250", "smtp:after-writing", in_flight=CONNECTIONS),
    Point("smtp:anywhere", victims=("smtp",), in_flight=CONNECTIONS),
    Point("postgres:anywhere", victims=("postgres",), in_flight=CONNECTIONS),
    Point("postgres:in-put", "client:in-transaction", WAIT, ("postgres",), CONNECTIONS),
    Point("postgres:in-books", "worker:in-books", WAIT, ("postgres",), CONNECTIONS),
    Point("postgres:after-smtp", "worker:after-smtp", WAIT, ("postgres",), CONNECTIONS),
    Point("postgres:one-connection", victims=("backend",), in_flight=CONNECTIONS),
    Point("client:kill-in-transaction", "client:in-transaction"),
    Point("client:kill-after-commit", "client:after-commit"),
    Point("worker+broker", "worker:before-smtp", WAIT, ("worker", "valkey"), CONNECTIONS),
    Point("everything-at-once", victims=EVERYTHING, in_flight=CONNECTIONS),
)
# A run of seconds begins with these: one of every kind of victim.
FIRST = (
    "postgres:in-put",
    "worker:after-smtp-before-accepted",
    "smtp:kill-after-250",
    "broker:flushall",
    "worker:in-books",
    "client:kill-in-transaction",
)


def schedule(seed: int, *, is_short: bool = False) -> Iterator[Point]:
    """Every point once, in an order drawn from the seed; then every point once more, in another; without end."""
    rng = Random(seed)
    if is_short:
        first = [point for point in POINTS if point.name in FIRST]
        yield from rng.sample(first, len(first))
    while True:
        yield from rng.sample(POINTS, len(POINTS))
