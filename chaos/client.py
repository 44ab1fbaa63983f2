"""The process that keeps putting work in the portal, and that dies at named points too.

    python -m chaos.client --journal FILE --seed 1234

Killed and started again it goes on where its journal ends: the act of which nobody knows whether it committed is
done once more, with the same key.
"""

import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import FrameType
from typing import TypeVar
from uuid import UUID

from . import journal

KINDS = {"answer": 8, "code": 8, "stop": 1, "reminder": 1}
QUIET_BELOW = 120  # mails that wait; fewer, and a kill would hit an idle worker
PAUSE, AFTER_AN_ERROR = 0.1, 0.2  # seconds

Result = TypeVar("Result")
_asked_to_stop: list[bool] = []


def main() -> None:
    import django

    parser = ArgumentParser()
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    choice = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    django.setup()
    work(choice.journal, choice.seed)


def work(file: Path, seed: int) -> None:
    """One act after the other until SIGTERM; each is tried until its commit is certain."""
    noted = journal.read(file)
    number, kind = noted.begun or (noted.acts, "")
    while not _asked_to_stop:
        kind = kind or _patiently(lambda number=number: _next_kind(seed, number))
        journal.begin(file, number, kind)
        put, stopped = _patiently(lambda number=number, kind=kind: _do(kind, number, seed))
        journal.done(file, number, put, stopped)
        number, kind = number + 1, ""
        time.sleep(PAUSE)


def _next_kind(seed: int, number: int) -> str:
    from .acts import is_quiet

    if is_quiet(QUIET_BELOW):
        return "round"
    return Random(f"kind {seed}:{number}").choices(list(KINDS), list(KINDS.values()))[0]


def _do(kind: str, number: int, seed: int) -> tuple[list[UUID], list[UUID]]:
    from schools.models import Foundation

    from . import acts

    return acts.do(Foundation.objects.get().id, kind, number, seed)


def _patiently(act: Callable[[], Result]) -> Result:
    """Try until it succeeds: a database that is away, or that went away in the middle, comes back."""
    from django.db import InterfaceError, OperationalError, connections

    while True:
        try:
            return act()
        except (OperationalError, InterfaceError):
            connections.close_all()
            time.sleep(AFTER_AN_ERROR)


def _stop(number: int, frame: FrameType | None) -> None:
    _asked_to_stop.append(True)


if __name__ == "__main__":
    main()
