"""How long somebody waits: for a command of Django, and for a demo that was there before.

The second start is that of `make demo` as somebody types it, on a folder that a first start of this row has filled.
Python may write down what it compiled, as it does for everybody who did not forbid it (the Makefile takes that
prohibition away); the first run of each does not count.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.figures import Figure, spread
from bench.ground import Ground
from bench.serving import low_port
from devstack.stack import DATABASE, ROOT

CHECKS, STARTS = 5, 3
CHECK_GOAL, AGAIN_GOAL = 1.5, 10.0  # seconds of CPU, seconds
PATIENCE, ENOUGH = 110.0, 65.0  # seconds: for one start, and after which no other one is begun
FROM_HERE = ("PATH", "HOME", "LANG")


def start(ground: Ground) -> list[Figure]:
    """`manage.py check` in CPU-seconds, and `make demo` on kept data in seconds until it says it is ready."""
    return [_check(ground), _again(ground.stack.data.path / "again")]


def _check(ground: Ground) -> Figure:
    env = {**_plain(), **ground.env(DATABASE)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    runs = [_cpu_of([sys.executable, "manage.py", "check"], env) for _ in range(CHECKS + 1)][1:]
    seen = f"from {min(runs):.2f} to {max(runs):.2f} s in {CHECKS} runs"
    return Figure("CPU-seconds of manage.py check", median(runs), CHECK_GOAL, noise=spread(runs), seen=seen)


def _cpu_of(command: list[str], env: Mapping[str, str]) -> float:
    """Of the process and all that it waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _again(data: Path) -> Figure:
    begun = time.monotonic()
    with _demo(data) as first:
        pass
    again: list[float] = []
    while not again or (len(again) < STARTS and time.monotonic() - begun < ENOUGH):
        with _demo(data) as seconds:
            again.append(seconds)
    seen = (
        f"the first start took {first:.0f} s, the others {', '.join(f'{seconds:.1f}' for seconds in again)} s"
    )
    what = "seconds until `make demo` is ready, again"
    return Figure(what, median(again), AGAIN_GOAL, noise=spread(again), seen=seen)


@contextmanager
def _demo(data: Path) -> Iterator[float]:
    """The demo, up; gives the seconds that it took. Stopped as Ctrl-C does: everything in the terminal is told."""
    env = {**_plain(), "DATA": str(data), "PORT": str(low_port())}
    begun = time.monotonic()
    process = subprocess.Popen(
        ["make", "--no-print-directory", "demo"],
        env=env,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield _until_ready(process, begun)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def _until_ready(process: "subprocess.Popen[str]", begun: float) -> float:
    said: list[str] = []
    assert process.stdout is not None  # noqa: S101  it was asked for
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ready in"):
            return time.monotonic() - begun
        if time.monotonic() - begun > PATIENCE:
            break
    raise RuntimeError(f"the demo was not ready:\n{''.join(said[-30:])}")


def _plain() -> dict[str, str]:
    """No database, broker or forbidding of ours: what a terminal has."""
    return {name: os.environ[name] for name in FROM_HERE if name in os.environ}
