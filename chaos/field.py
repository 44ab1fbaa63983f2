"""The stack of a chaos run: everything really runs, is really killed, and is started again. No Django."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import devstack
from devstack import folder, processes, stack
from devstack.stack import ROOT

from . import evidence, orders

SETTINGS = "chaos.settings"
# A worker that died is noticed in seconds instead of minutes; the lease stays longer than any slice takes.
SHORT = {"OUTBOX_LEASE_SECONDS": "5", "OUTBOX_SWEEP_SECONDS": "1", "MAILS_FROM_HOUR": "0"}
GROUND, PORTAL = ("postgres", "valkey", "smtp"), ("worker", "beat")


class Field:
    """Who runs by name: postgres, valkey, smtp, worker, beat, client."""

    def __init__(self, whole: devstack.Stack, seed: int, stop_seconds: float) -> None:
        self.stack = whole
        self.seed = seed
        self.stop_seconds = stop_seconds
        self.maildir = Path(whole.env["DEMO_MAILDIR"])
        self.journal = whole.data.path / "journal"
        self.orders = Path(whole.env[orders.FOLDER])
        self.died_by_themselves: list[str] = []
        self.keeps_its_data = False
        self._mail_port = int(whole.env["EMAIL_URL"].rpartition(":")[2])

    @property
    def database(self) -> str:
        return self.stack.database_url("postgres")

    # -- starting ----------------------------------------------------------------------------------

    def prepare(self, seats: int) -> None:
        """Tables, people, and everybody at work."""
        self.run("manage.py", "migrate", "--database=owner", "--noinput", "--verbosity=0")
        self.run("-m", "chaos.people", "--seats", str(seats))
        self.start("smtp")
        for name in (*PORTAL, "client"):
            self.start(name)
        self.stack.wait_until_ready("worker")

    def run(self, *command: str) -> None:
        """A command of the portal, to its end; DevstackError when it fails."""
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.stack.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise devstack.DevstackError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")

    def start(self, name: str) -> None:
        """The portal's processes come up by themselves while the run goes on; the ground answers at once."""
        if name in PORTAL:
            self.stack.start(name, wait=False)
        elif name == "client":
            self._launch(name, "chaos.client", "--journal", self.journal, "--seed", self.seed)
        elif name == "smtp":
            child = self._launch(name, "chaos.mailbox", "--maildir", self.maildir, "--port", self._mail_port)
            processes.wait_until(self._smtp_answers, child=child, seconds=20, what="The mail server")
        else:
            self.stack.start(name)

    def _launch(self, name: str, module: str, *arguments: object) -> processes.Child:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        child = processes.start(
            name,
            command,
            env=self.stack.env,
            cwd=ROOT,
            log=self.stack.log(name),
            orphan_signal=signal.SIGKILL,
        )
        self.stack.children[name] = child
        return child

    def _smtp_answers(self) -> bool:
        with socket.socket() as line:
            line.settimeout(2)
            return line.connect_ex(("127.0.0.1", self._mail_port)) == 0

    def revive(self, *, expected: bool) -> None:
        """Start again whoever is dead, the ground first. Not `expected`: nobody had killed them."""
        for name in GROUND + PORTAL + ("client",):
            self._revive(name, expected=expected)

    def _revive(self, name: str, *, expected: bool) -> None:
        if self.stack.is_running(name):
            return
        dead = self.stack.children.pop(name, None)
        if dead is not None and not expected:
            self.died_by_themselves.append(f"{name} ({dead.popen.returncode})")
        self.start(name)

    # -- killing -----------------------------------------------------------------------------------

    def kill(self, victim: str) -> None:
        """`kill -9`, or what comes nearest for a thing that is no process."""
        if victim == "flushall":
            self._flush()
        elif victim == "aof":  # the broker is dead already
            for file in (self.stack.data.path / "valkey").rglob("*"):
                if file.is_file():
                    file.unlink()
        elif victim == "backend":
            self._kill_one_connection()
        elif victim == "postgres":
            self._kill_postgres()
        else:
            self.stack.kill(victim)

    def _kill_postgres(self) -> None:
        """The server and every connection, each by its own number: they are in no group together.

        What it had written is in the cache of the kernel, which outlives a process: this is the death of a
        process, not of a machine. (The run has `fsync` on, as production has it.)
        """
        born = {pid: processes.born_at(pid) for pid in self._connections()}
        self.stack.kill("postgres")
        for pid, moment in born.items():
            if moment is not None and processes.born_at(pid) == moment:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _kill_one_connection(self) -> None:
        """A server that loses one connection that way throws out all the others, and recovers by itself."""
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(self._connections()[-1], signal.SIGKILL)

    def _connections(self) -> list[int]:
        pid = self.stack.pid("postgres")
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def _flush(self) -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(self.stack.env["REDIS_URL"].partition("://")[2])
            line.sendall(b"FLUSHALL\r\n")
            line.recv(16)

    # -- the end -----------------------------------------------------------------------------------

    def drain(self, seconds: float) -> float:
        """Nobody puts any more; wait until nothing waits, at most so long. Gives the seconds that it took."""
        self.stack.stop("client")
        begun = time.monotonic()
        evidence.strike_the_clock(self.database)
        while evidence.tickets(self.database) and time.monotonic() - begun < seconds:
            for name in GROUND + PORTAL:
                self._revive(name, expected=False)
            time.sleep(0.2)
        return time.monotonic() - begun


@contextmanager
def open_field(seed: int, stop_seconds: float) -> Iterator[Field]:
    """A stack in a new folder of its own, with nothing of the demo or of other tests; all ended when it is over.

    The folder goes too, unless `keeps_its_data` says that there is something to look at.
    """
    data = folder.temporary()
    given = {
        "EMAIL_URL": f"smtp://127.0.0.1:{stack.free_port()}",
        orders.FOLDER: str(data / "orders"),
        **SHORT,
    }
    keeps = False
    try:
        with devstack.running(data, durable=True, settings=SETTINGS, outside=given) as whole:
            (data / "orders").mkdir()
            field = Field(whole, seed, stop_seconds)
            yield field
            keeps = field.keeps_its_data
    finally:
        if not keeps:
            shutil.rmtree(data, ignore_errors=True)
