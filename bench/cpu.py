"""How much CPU a process and all that it started have used, from /proc (Linux)."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICK = 1000 / os.sysconf("SC_CLK_TCK")


def milliseconds(roots: Iterable[int]) -> float:
    """CPU-milliseconds of these processes, their children, and the children that have ended."""
    return sum(_used(pid) for pid in _family(roots))


def _used(pid: int) -> float:
    """Living threads to the nanosecond; children that ended and were waited for in ticks of 10 ms."""
    used = 0.0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for thread in (PROC / str(pid) / "task").iterdir():
            used += int((thread / "schedstat").read_text().split()[0]) / 1e6
        fields = _stat(pid)
        used += (int(fields[13]) + int(fields[14])) * TICK
    return used


def _family(roots: Iterable[int]) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """The fields behind the name, so that [0] is the state and [1] the parent."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
