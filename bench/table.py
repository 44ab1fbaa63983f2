"""What was measured, as a table to read and as a file to compare."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .figures import Figure


@dataclass(frozen=True, slots=True)
class Told:
    """One row: its figures; or why there are none: `why` it is not built, or the `trouble` that it ended in."""

    row: str
    figures: tuple[Figure, ...] = ()
    why: str = ""
    trouble: str = ""
    seconds: float = 0.0

    @property
    def is_missed(self) -> bool:
        return bool(self.trouble) or any(figure.is_missed for figure in self.figures)


def print_table(told: Sequence[Told], seconds: float) -> None:
    """One line per figure: the row, what, goal, result with its noise, verdict, and what was seen beside it."""
    print(f"\n{'row':<14} {'figure':<50} {'goal':>9}  {'result':>8} {'noise':>6}  verdict")
    for row in told:
        for figure in row.figures:
            goal = f"{'≤' if figure.at_most else '≥'} {figure.goal:g}"
            least = f" (least {figure.least:g})" if figure.least is not None else ""
            print(
                f"{row.row:<14} {figure.what:<50} {goal:>9}  {figure.value:>8.3g} {figure.noise:>6.2g}  "
                f"{figure.verdict}{least}{'; ' + figure.seen if figure.seen else ''}"
            )
        if row.why:
            print(f"{row.row:<14} not built: {row.why}")
        if row.trouble:
            print(f"{row.row:<14} FAILED\n{row.trouble}")
    missed = [row.row for row in told if row.is_missed]
    print(f"\n{seconds:.0f} s. " + (f"Missed: {', '.join(missed)}." if missed else "Every goal is met."))


def write_results(told: Sequence[Told], path: Path) -> None:
    """The same for a program; the machine is told, because only ratios travel."""
    rows = {
        row.row: {
            "figures": [figure.as_json() for figure in row.figures],
            "not_built": row.why,
            "trouble": row.trouble,
            "seconds": round(row.seconds, 1),
        }
        for row in told
    }
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.machine()}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    path.write_text(
        json.dumps({"at": at, "machine": machine, "rows": rows}, indent=2, ensure_ascii=False) + "\n"
    )
