"""How a process is told to die at a named point: a file with the name of the point, in one folder. No Django.

Who reaches the point takes the order by renaming the file, so that exactly one process obeys it.
"""

import os
import signal
import time
from pathlib import Path

FOLDER = "CHAOS_ORDERS"
DIE, DIE_ALL, WAIT = "die", "die-all", "wait"
LONGEST_WAIT = 5.0  # seconds that a process stands still for somebody else to be killed


def obey(point: str) -> None:
    """Called by a process at this point. Does nothing unless an order lies there.

    `die`: kill -9 of this very process; `die-all`: of everything in its group (a worker with all its children);
    `wait`: stand still until the order is taken away, while somebody else is being killed.
    """
    folder = os.environ.get(FOLDER, "")
    if not folder or not (order := Path(folder, point)).exists():
        return
    try:
        how = order.read_text()
        order.rename(_reached(order))
    except FileNotFoundError:
        return  # another process was a moment faster
    if how == DIE:
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == DIE_ALL:
        os.killpg(os.getpgid(0), signal.SIGKILL)
    ends = time.monotonic() + LONGEST_WAIT
    while _reached(order).exists() and time.monotonic() < ends:
        time.sleep(0.01)


def give(folder: Path, point: str, how: str) -> None:
    """Lay the order, in one step: nobody reads half of it."""
    _reached(folder / point).unlink(missing_ok=True)
    scratch = folder / f"{point}.new"
    scratch.write_text(how)
    scratch.rename(folder / point)


def is_reached(folder: Path, point: str) -> bool:
    return _reached(folder / point).exists()


def take_back(folder: Path, point: str) -> None:
    """Nobody needs to die there any more; who stands still there goes on."""
    (folder / point).unlink(missing_ok=True)
    _reached(folder / point).unlink(missing_ok=True)


def _reached(order: Path) -> Path:
    return order.with_name(f"{order.name}.reached")
