"""A few processes that are ready, as the children of the worker are, and do a piece of work when they are told."""

import contextlib
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

from .ground import RowFailed

PATIENCE = 100.0  # seconds for one piece
Work = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Worked:
    """One piece of work by all of them: seconds on the wall until the last was done, and CPU-seconds together."""

    seconds: float
    cpu: float


@contextlib.contextmanager
def crew(count: int, get_ready: Callable[[], Work]) -> Iterator[Callable[[int], Worked]]:
    """So many forks that each call `get_ready` once; gives what hands them a number each and waits for all.

    Raises RowFailed when one of them fails.
    """
    fork = multiprocessing.get_context("fork")
    pipes = [fork.Pipe() for _ in range(count)]
    children = [fork.Process(target=_serve, args=(get_ready, there), daemon=True) for _here, there in pipes]
    for child in children:
        child.start()
    lines = [here for here, _there in pipes]

    def work(each: int) -> Worked:
        begun = time.monotonic()
        for line in lines:
            line.send(each)
        used = sum(_hear(line) for line in lines)
        return Worked(time.monotonic() - begun, used)

    try:
        for line in lines:
            _hear(line)
        yield work
    finally:
        for child in children:
            child.kill()
            child.join(5)


def _hear(line: Connection) -> float:
    if not line.poll(PATIENCE):
        raise RowFailed(f"took more than {PATIENCE:.0f} s")
    is_good, said = line.recv()
    if not is_good:
        raise RowFailed(said)
    return said


def _serve(get_ready: Callable[[], Work], there: Connection) -> None:
    import traceback

    try:
        work = get_ready()
        there.send((True, 0.0))
        while True:
            each, used = there.recv(), time.process_time()
            work(each)
            there.send((True, time.process_time() - used))
    except BaseException:
        there.send((False, traceback.format_exc()))
