"""`make demo`: everything up, an address to open, and all gone again at Ctrl-C.

python -m devstack.demo            PORT (8000) and DATA (.data) come from the environment
python -m devstack.demo reset      remove the data; the next start begins anew
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from . import folder, prepared, processes, stack
from .folder import DataFolder
from .processes import DevstackError
from .stack import DATABASE, ROOT, Stack

SETTINGS = "opmaat_portal.settings.demo"
PEOPLE = "people.txt"
PORTAL = ("web", "worker", "beat")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_MASK = sum(1 << (number - 1) for number in STOP_SIGNALS)
PARENT_CAUGHT = processes.caught_signals(os.getppid())


class StopAsked(BaseException):
    """Ctrl-C, `kill`, or the terminal went away."""


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("act", nargs="?", choices=("start", "reset"), default="start")
    parser.add_argument("--with-parent", action="store_true", help="stop when the starter dies")
    choice = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # in order with what the commands print, also in a file
    if choice.with_parent:
        processes.die_with_parent()
    data = DataFolder(ROOT / (os.environ.get("DATA") or ".data"))
    try:
        if choice.act == "reset":
            return reset(data)
        return demo(data, port=wanted_port())
    except DevstackError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


def wanted_port() -> int:
    """PORT from the environment, free at this moment; DevstackError in plain words when it is not."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise DevstackError(f"PORT={given} is no port number. Choose from 1024 to 65535: make demo PORT=8001")
    if not stack.is_port_free(int(given)):
        raise DevstackError(
            f"Port {given} is in use by another program. Try: make demo PORT={int(given) + 1}"
        )
    return int(given)


def demo(data: DataFolder, *, port: int) -> int:
    """Start, tell, wait for Ctrl-C, stop. Returns the exit code."""
    address = f"http://127.0.0.1:{port}/"
    data.claim(address=address)
    asked = listen_for_stop()
    whole = None
    try:
        whole = Stack(data, durable=True, settings=SETTINGS, port=port, outside=os.environ)
        begun = time.monotonic()
        start_everything(whole)
        tell(whole, address, time.monotonic() - begun)
        watch(whole)
        return 0  # not reached: watch() ends with an exception
    except StopAsked:
        return 0
    finally:
        asked.append(True)  # from here on a second Ctrl-C must not interrupt the stopping
        if whole is not None:
            # Not with step(): stopping must go on when there is no terminal any more to tell it to.
            with contextlib.suppress(OSError):
                print("\n- Stopping ... ", end="", flush=True)
            whole.stop_all()
            with contextlib.suppress(OSError):
                print("all stopped.", flush=True)
        data.release()


def listen_for_stop() -> list[bool]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into StopAsked; later ones only reach the returned list."""
    asked: list[bool] = []

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(True)
        if len(asked) == 1:
            raise StopAsked

    for number in STOP_SIGNALS:
        signal.signal(number, ask)
    return asked


def start_everything(whole: Stack) -> None:
    """The steps of a start, each with its seconds."""
    print(f"Opmaat portal, demo. Data in {shown(whole.data.path)}, logs in {shown(whole.logs)}.")
    with step("Database, broker and mailbox"):
        whole.start_ground(report=print)
    if prepared.is_prepared(whole.postgres, DATABASE, ROOT, whole.data.path / PEOPLE):
        print("- Tables and people: still as these sources made them.", flush=True)
    else:
        prepare(whole)
        prepared.mark_prepared(whole.postgres, DATABASE, ROOT)
    with step("Web, worker and beat"):
        for name in PORTAL:
            whole.start(name, wait=False)
        for name in PORTAL:
            whole.wait_until_ready(name)


def prepare(whole: Stack) -> None:
    """Tables and people, by a command that tells of its own progress; DevstackError when it fails."""
    command = [sys.executable, "manage.py", "prepare_demo", "--people", str(whole.data.path / PEOPLE)]
    child = whole.children["prepare_demo"] = processes.start("prepare_demo", command, env=whole.env, cwd=ROOT)
    while child.is_running():
        pause(0.05)
    whole.children.pop("prepare_demo")
    if child.popen.returncode != 0:
        raise DevstackError("The demo could not be prepared; the reason is above.")


def tell(whole: Stack, address: str, seconds: float) -> None:
    """The address and who to sign in as."""
    print(f"\nReady in {seconds:.0f} seconds:  {address}\n", flush=True)
    print(f"Sign in with one tap at {address}accounts/login/ as one of these:")
    print((whole.data.path / PEOPLE).read_text())
    print(f"Everybody's mail: {address}demo/post/    Stop: Ctrl-C", flush=True)


def watch(whole: Stack) -> None:
    """Wait until somebody asks to stop; DevstackError when one of the processes dies by itself."""
    while True:
        for name, child in whole.children.items():
            if not child.is_running():
                code = child.popen.returncode
                raise DevstackError(f"{name} stopped by itself (exit {code}).{processes.log_end(child)}")
        pause(0.3)


def pause(seconds: float) -> None:
    """Wait a moment; StopAsked when make was told to stop.

    A Ctrl-C in a terminal reaches make and us. `kill -INT` of make alone does not reach us: make stops catching
    that signal and waits for us to end, and that is how it shows.
    """
    time.sleep(seconds)
    caught = processes.caught_signals(os.getppid())
    if PARENT_CAUGHT & ~caught & STOP_MASK:
        raise StopAsked


def reset(data: DataFolder) -> int:
    """Remove the data folder and the database that belongs to it; refuses while a demo uses them."""
    if not data.path.exists():
        print("There is nothing to reset.")
        return 0
    if not (data.path / "lock").exists():
        raise DevstackError(f"{data.path} does not look like the data of a demo: nothing removed.")
    data.claim(address="being reset")
    processes.end_leftovers(data.path / "processes.json")
    remembered = data.path / "postgres.location"
    if remembered.exists():
        home = Path(remembered.read_text().strip())
        if home.name.startswith(folder.PREFIX) and folder.is_ours(home):
            shutil.rmtree(home)
    shutil.rmtree(data.path)
    data.release()
    print(f"Removed {shown(data.path)}. The next `make demo` begins anew.")
    return 0


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done, then how long it took."""
    print(f"- {text} ...", end=" ", flush=True)
    begun = time.monotonic()
    yield
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


def shown(path: Path) -> str:
    """A path as somebody in the project's folder would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())
