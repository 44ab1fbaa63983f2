"""Child processes that never outlive the one that started them.

Three nets, because each has a hole: a polite stop in order (misses `kill -9`), the kernel's
parent-death signal (Linux only), and a note on disk of who was started, read at the next start.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
# Loaded here and not in the child: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class DevstackError(Exception):
    """Something a person can act on; its text is shown as it is, without a traceback."""


@dataclass
class Child:
    """One started process, leader of its own process group."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path | None
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0
    born: int | None = field(default=None)

    @property
    def pid(self) -> int:
        return self.popen.pid

    def is_running(self) -> bool:
        return self.popen.poll() is None


def born_at(pid: int) -> int | None:
    """The kernel's start time of a process; None when it is gone. With the pid it names one process only."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    is_zombie = fields[0] == "Z"
    return None if is_zombie else int(fields[19])


def _prepare_child(orphan_signal: int, parent: int) -> Callable[[], None]:
    """What the child does between fork and exec, after it has changed user (that would clear the signal)."""

    def prepare() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, orphan_signal)
        if os.getppid() != parent:  # the parent died before the signal was set
            os._exit(1)

    return prepare


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    log: Path | None = None,
    user: tuple[int, int] | None = None,
    stop_signal: int = signal.SIGTERM,
    orphan_signal: int = signal.SIGTERM,
    patience: float = 10.0,
) -> Child:
    """Start a process in a session of its own; it gets `orphan_signal` the moment this process dies.

    Without `log` it writes to our own output. `user` is (uid, gid) to run as. Main thread only: the kernel
    counts the death of the starting *thread* as the death of the parent.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError(f"start {name} from the main thread, or it dies together with this thread")
    with _open_log(log) as output:
        popen = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
            user=user[0] if user else None,
            group=user[1] if user else None,
            extra_groups=[] if user else None,
            preexec_fn=_prepare_child(orphan_signal, os.getpid()),  # noqa: PLW1509  imports nothing, takes no lock
        )
    return Child(name, popen, log, stop_signal, patience, born_at(popen.pid))


@contextlib.contextmanager
def _open_log(log: Path | None) -> Iterable[IO[bytes] | None]:
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        yield output


def stop(child: Child) -> None:
    """Ask politely, wait `patience` seconds, then end the whole process group."""
    if child.popen.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.pid, child.stop_signal)
            os.kill(child.pid, signal.SIGCONT)  # a test may have paused it
        _wait_without_reaping(child, child.patience)
    kill(child)


def kill(child: Child) -> None:
    """`kill -9` for the process and everything left in its group. No effect when already reaped."""
    if child.popen.returncode is not None:
        return
    # Not reaped yet, so the number of the process and of its group cannot have been given to anybody else.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.popen.wait()


def _wait_without_reaping(child: Child, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while time.monotonic() < deadline:
        try:
            if os.waitid(os.P_PID, child.pid, options) is not None:
                return True
        except ChildProcessError:
            return True
        time.sleep(0.02)
    return False


def wait_until(is_ready: Callable[[], bool], *, child: Child, seconds: float, what: str) -> None:
    """Return when `is_ready()`; DevstackError with the end of the log when the child dies or time is up."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        if not child.is_running():
            raise DevstackError(
                f"{what} stopped while starting (exit {child.popen.returncode}).{log_end(child)}"
            )
        if time.monotonic() > deadline:
            raise DevstackError(f"{what} was not ready after {seconds:.0f} seconds.{log_end(child)}")
        time.sleep(0.02)


def log_end(child: Child, lines: int = 25) -> str:
    """The last lines of a child's log, to be put behind a message."""
    if child.log is None or not child.log.exists():
        return ""
    tail = child.log.read_text(errors="replace").splitlines()[-lines:]
    return f" The end of {child.log}:\n  " + "\n  ".join(tail)


def remember(note: Path, children: Iterable[Child]) -> None:
    """Write down who is running, for the next start after a `kill -9` of this one."""
    rows = [
        {"name": child.name, "pid": child.pid, "born": child.born, "stop_signal": int(child.stop_signal)}
        for child in children
    ]
    scratch = note.with_suffix(".new")
    scratch.write_text(json.dumps(rows))
    scratch.replace(note)


def end_leftovers(note: Path, seconds: float = 5.0) -> list[str]:
    """End what an earlier, killed start of the same data folder left behind; returns the names it had to end.

    Only processes whose pid *and* start time are in the note: a recycled pid is somebody else's.
    """
    try:
        rows = json.loads(note.read_text())
    except (OSError, ValueError):
        return []
    alive = [row for row in rows if row["born"] and born_at(row["pid"]) == row["born"]]
    _wait_for_end(alive, seconds)  # the parent-death signal is probably at work already
    ended = []
    for number_of in (lambda row: row["stop_signal"], lambda row: signal.SIGKILL):
        for row in alive:
            if born_at(row["pid"]) == row["born"]:
                ended.append(row["name"])
                with contextlib.suppress(ProcessLookupError):
                    os.kill(row["pid"], number_of(row))
        _wait_for_end(alive, seconds)
    note.unlink(missing_ok=True)
    return sorted(set(ended))


def _wait_for_end(rows: list[dict[str, int]], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(born_at(row["pid"]) == row["born"] for row in rows):
        time.sleep(0.05)


def caught_signals(pid: int) -> int:
    """The mask of signals that a process has a handler for; 0 when it cannot be read."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:")), 0)


def die_with_parent() -> None:
    """Let this process itself be asked to stop when the one that started it (make) is killed."""
    if _libc is not None:
        parent = os.getppid()
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
