"""Sixteen people who choose at the same time: each a process with a connection of its own, as the workers of a web
server are. Django is set up already when they are started, by `Ground.enter`."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

CLIENTS, PATIENCE = 16, 120.0
# What one client does once, for the so manieth time; it is made in the client's own process.
Act = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Round:
    """How often it was done by all of them together, per second."""

    count: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


class Clients:
    """All of them; each knows the same acts by name."""

    def __init__(self, lines: Sequence[Connection]) -> None:
        self.lines = lines

    def do(self, name: str, seconds: float) -> Round:
        """Everybody does this for so many seconds, and ends what was begun. What goes wrong with one is raised."""
        begun = time.monotonic()
        for line in self.lines:
            line.send((name, seconds))
        counts = []
        for line in self.lines:
            if not line.poll(PATIENCE):
                raise RuntimeError(f"{name} took more than {PATIENCE:.0f} s")
            found = line.recv()
            if isinstance(found, str):
                raise RuntimeError(found)
            counts.append(found)
        return Round(sum(counts), time.monotonic() - begun)


@contextmanager
def clients(make: Callable[[int], dict[str, Act]], count: int = CLIENTS) -> Iterator[Clients]:
    """`make` gives the acts of the so manieth client, in its own process."""
    from django.db import connections

    connections.close_all()
    lines, children = [], []
    for number in range(count):
        here, there = multiprocessing.Pipe()
        child = multiprocessing.get_context("fork").Process(target=_live, args=(make, number, there))
        child.start()
        there.close()
        lines.append(here)
        children.append(child)
    try:
        yield Clients(lines)
    finally:
        for child in children:
            child.kill()
            child.join()


def _live(make: Callable[[int], dict[str, Act]], number: int, line: Connection) -> None:
    """Until the other end is closed."""
    acts = make(number)
    done = dict.fromkeys(acts, 0)
    while True:
        try:
            name, seconds = line.recv()
        except EOFError:
            return
        line.send(_do(acts[name], done, name, seconds))


def _do(act: Act, done: dict[str, int], name: str, seconds: float) -> Any:
    import traceback

    before, until = done[name], time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            act(done[name])
            done[name] += 1
    except Exception:
        return traceback.format_exc()
    return done[name] - before
