"""Measure the rows of the benchmark on a stack of its own, in a folder that is removed again.

    python -m bench                 all of them
    python -m bench growth rls      only these

Prints one table, writes bench/results.json, and exits 1 when a figure falls short of its goal by more than its noise.
Ctrl-C stops everything that it started.
"""

import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

import devstack
from devstack import stack

from .figures import Figure
from .ground import Ground, RowFailed, in_a_process
from .rows import NOT_BUILT, ROWS
from .table import Told, print_table, write_results

SETTINGS = "opmaat_portal.settings.demo"  # those of the portal; only quiet times are off, whatever the day
NOBODY_LISTENS = "smtp://127.0.0.1:9"
RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("row", nargs="*", choices=[*ROWS, *NOT_BUILT, []], help="none: all of them")
    wanted = parser.parse_args().row or [*ROWS, *NOT_BUILT]
    begun = time.monotonic()
    with devstack.running(
        durable=False, settings=SETTINGS, port=stack.free_port(), outside={"EMAIL_URL": NOBODY_LISTENS}
    ) as whole:
        ground = Ground(whole)
        ground.prepare()
        told = [measure(ground, name) for name in wanted if name in ROWS]
    told += [Told(name, why=why) for name, why in NOT_BUILT.items() if name in wanted]
    print_table(told, time.monotonic() - begun)
    write_results(told, RESULTS)
    return 1 if any(row.is_missed for row in told) else 0


def measure(ground: Ground, name: str) -> Told:
    """One row in a process of its own; what goes wrong in it counts as missed, and the other rows go on."""
    row, begun = ROWS[name], time.monotonic()
    print(f"- {name}: {row.about}", flush=True)
    figures: list[Figure] = []
    trouble = ""
    try:
        for size in row.needs:
            ground.filled(size)
        figures = in_a_process(lambda: row.measure(ground))
    except RowFailed as failed:
        trouble = str(failed)
    return Told(name, tuple(figures), trouble=trouble, seconds=time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main())
