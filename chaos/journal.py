"""What the client knows, outside of PostgreSQL: a file to which it only adds, on the disk before it goes on.

No Django. A line that was being written when the client died is half a line, and is passed over.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class Noted:
    """What committed transactions are known to have done. Times are seconds since the epoch, after the commit."""

    put_at: dict[UUID, float] = field(default_factory=dict)
    stopped_at: dict[UUID, float] = field(default_factory=dict)
    acts: int = 0  # number of acts that are done
    begun: tuple[int, str] | None = (
        None  # the act that was begun and of which nobody knows whether it committed
    )


def begin(file: Path, act: int, kind: str) -> None:
    """Before the act: whoever goes on after a crash does this one again, with the same key."""
    _add(file, {"act": act, "begin": kind})


def done(file: Path, act: int, put: list[UUID], stopped: list[UUID]) -> None:
    """After its commit: from now on these messages may not be lost."""
    row = {"put": [str(pk) for pk in put], "stopped": [str(pk) for pk in stopped]}
    _add(file, {"act": act, "done": time.time(), **row})


def read(file: Path) -> Noted:
    noted = Noted()
    for row in _rows(file):
        if "begin" in row:
            noted.begun = (row["act"], row["begin"])
            continue
        noted.begun, noted.acts = None, noted.acts + 1
        for pk in row["put"]:
            noted.put_at.setdefault(UUID(pk), row["done"])
        for pk in row["stopped"]:
            noted.stopped_at.setdefault(UUID(pk), row["done"])
    return noted


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    if not file.exists():
        return
    for line in file.read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _add(file: Path, row: dict[str, Any]) -> None:
    """A line of its own, also after half a line."""
    with file.open("ab") as output:
        output.write(b"\n" + json.dumps(row).encode() + b"\n")
        output.flush()
        os.fsync(output.fileno())
