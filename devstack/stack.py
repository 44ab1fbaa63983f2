"""Everything the portal needs around it, started and stopped as one, or one by one in a test."""

import contextlib
import os
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from . import commands, folder, processes, valkey
from .folder import DataFolder
from .postgres import Postgres
from .processes import Child, DevstackError

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "portal"
# Web first, so that nobody is half-way through an act when what it stands on goes away.
STOP_ORDER = ("web", "beat", "worker", "mailbox", "valkey", "postgres")
ENVIRONMENT_FILE = "environment.json"


class Stack:
    """The processes by name: postgres, valkey, mailbox, web, worker, beat. `env` is what the portal reads.

    What is set in `outside` (our own environment) wins: with DATABASE_URL no PostgreSQL is started, with
    REDIS_URL no Valkey, with EMAIL_URL no mailbox. Use `running()` rather than making one yourself.
    """

    def __init__(
        self, data: DataFolder, *, durable: bool, settings: str, port: int, outside: Mapping[str, str]
    ) -> None:
        self.data = data
        self.durable = durable
        self.port = port
        self.outside = dict(outside)
        self.logs = data.path / "logs"
        self.children: dict[str, Child] = {}
        self.sockets, self._sockets_lock = folder.for_sockets()
        self.postgres: Postgres | None = None
        self.mail_port = 0
        self._log_begins: dict[str, int] = {}
        self.env = self._first_environment(settings)
        self._starters: dict[str, Callable[[], Child]] = {
            "postgres": self._start_postgres,
            "valkey": self._start_valkey,
            "mailbox": self._start_mailbox,
        }

    def _first_environment(self, settings: str) -> dict[str, str]:
        ours = {
            "PORTAL_URL": f"http://127.0.0.1:{self.port}",
            "DEMO_MAILDIR": str(self.data.path / "mail"),
            "ALLOWED_HOSTS": "localhost",
            "PYTHONUNBUFFERED": "1",
            # Whoever prepares the database has run them: the worker need not load every page for it once more.
            "CELERY_SKIP_CHECKS": "1",
        }
        machine = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        chosen = {"DJANGO_SETTINGS_MODULE": settings, "PORT": str(self.port)}
        return machine | ours | self.data.secrets() | self.outside | chosen

    def is_ours(self, name: str) -> bool:
        """False for what the environment already provides."""
        given_by = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL", "mailbox": "EMAIL_URL"}
        return given_by.get(name, "") not in self.outside

    # -- one process -------------------------------------------------------------------------------

    def start(self, name: str, *, wait: bool = True, **changes: str) -> None:
        """Start one process; `changes` go on top of `env` for web, worker and beat only.

        With `wait` it returns when the process does its work: web answers /healthz, the worker is ready.
        """
        if self.is_running(name):
            raise DevstackError(f"{name} is already running.")
        if name in self._starters:
            self.children[name] = self._starters[name]()
        else:
            self.children[name] = self._start_portal(name, self.env | changes)
            self._remember()
            if wait:
                self.wait_until_ready(name)
        self._remember()

    def stop(self, name: str) -> None:
        """Stop one process politely; nothing happens when it does not run."""
        if child := self.children.pop(name, None):
            processes.stop(child)
            self._remember()

    def kill(self, name: str) -> None:
        """`kill -9`, as a power cut would: for the process and what it had started."""
        processes.kill(self.children.pop(name))
        self._remember()

    def signal(self, name: str, number: int) -> None:
        """Send any signal to one process, by its number."""
        os.kill(self.children[name].pid, number)

    def restart(self, name: str) -> None:
        """Stop and start again, at the same address."""
        self.stop(name)
        self.start(name)

    def pid(self, name: str) -> int:
        return self.children[name].pid

    def is_running(self, name: str) -> bool:
        return name in self.children and self.children[name].is_running()

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def database_url(self, role: str, database: str = DATABASE) -> str:
        """Our own PostgreSQL for a role: portal_app, portal_owner, portal_eraser or postgres."""
        if self.postgres is None:
            raise DevstackError("The database was given by DATABASE_URL; only its own roles are known.")
        return self.postgres.url(role, database)

    # -- how each is started -----------------------------------------------------------------------

    def _start_postgres(self) -> Child:
        if self.postgres is None:
            self.postgres = Postgres(
                self.data.path, self.sockets / "pg", self.log("postgres"), durable=self.durable
            )
        child = self.postgres.start()
        self.children["postgres"] = child
        self._remember()
        self.env["DATABASE_URL"] = self.postgres.url("portal_app", DATABASE)
        self.env["OWNER_DATABASE_URL"] = self.postgres.url("portal_owner", DATABASE)
        return child

    def prepare_database(self) -> None:
        """Roles and an empty database, as docker-compose does it; nothing happens when they are there."""
        if self.postgres is None:
            return
        self.postgres.sql(file=ROOT / "deploy" / "roles.sql")
        self.postgres.sql(file=ROOT / "deploy" / "database.sql")
        # Only here: the tests make databases of their own. In production the owner may not.
        self.postgres.sql(text="ALTER ROLE portal_owner CREATEDB;")

    def _start_valkey(self) -> Child:
        socket_file = self.sockets / "valkey.sock"
        self.env["REDIS_URL"] = f"redis+socket://{socket_file}"
        return valkey.start(
            data=self.data.path / "valkey", socket_file=socket_file, log=self.log("valkey"), env=self.env
        )

    def _start_mailbox(self) -> Child:
        command = commands.here(
            ("devstack.mailbox", "--maildir", self.env["DEMO_MAILDIR"], "--port", str(self.mail_port))
        )
        child = self._launch("mailbox", command, self.env, orphan_signal=signal.SIGKILL)
        try:
            processes.wait_until(
                lambda: self._said(child).endswith(b"\n"), child=child, seconds=20, what="The mailbox"
            )
        except BaseException:
            processes.kill(child)
            raise
        self.mail_port = int(self._said(child).split()[0])
        self.env["EMAIL_URL"] = f"smtp://127.0.0.1:{self.mail_port}"
        return child

    def _start_portal(self, name: str, env: Mapping[str, str]) -> Child:
        # An orphaned worker must not take its time: what it had in hand is still in the outbox.
        orphan_signal = signal.SIGTERM if name == "web" else signal.SIGKILL
        return self._launch(name, commands.here(commands.PORTAL[name]), env, orphan_signal=orphan_signal)

    def _launch(self, name: str, command: list[str], env: Mapping[str, str], *, orphan_signal: int) -> Child:
        log = self.log(name)
        self._log_begins[name] = log.stat().st_size if log.exists() else 0
        return processes.start(
            name, command, env=env, cwd=ROOT, log=log, orphan_signal=orphan_signal, patience=8
        )

    def _said(self, child: Child) -> bytes:
        """What a process has written in its log since it was started this time."""
        return self.log(child.name).read_bytes()[self._log_begins[child.name] :]

    def wait_until_ready(self, name: str, seconds: float = 60) -> None:
        """Return when a portal process does its work; DevstackError with the end of its log if it cannot."""
        child = self.children[name]
        checks = {"web": self._web_answers, "worker": lambda: b" ready." in self._said(child)}
        is_ready = checks.get(name, child.is_running)
        processes.wait_until(is_ready, child=child, seconds=seconds, what=f"The {name} process")

    def _web_answers(self) -> bool:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        # The portal answers to its own name only.
        headers = {"Host": urlsplit(self.env["PORTAL_URL"]).netloc}
        question = urllib.request.Request(f"http://127.0.0.1:{self.port}/healthz", headers=headers)
        try:
            with direct.open(question, timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
            return False

    # -- all together ------------------------------------------------------------------------------

    def start_ground(self, report: Callable[[str], None] = lambda text: None) -> None:
        """Database, broker and mailbox, each unless the environment provides it."""
        ended = processes.end_leftovers(self._note)
        if ended:
            report(f"ended what an earlier, killed start had left: {', '.join(ended)}")
        for log in self.logs.glob("*.log"):
            log.unlink()
        for name in self._starters:
            if self.is_ours(name):
                self.start(name)
        self.prepare_database()
        folder.write_private(self.data.path / ENVIRONMENT_FILE, self._environment_to_share())

    def _environment_to_share(self) -> dict[str, str]:
        inherited = {*self.outside, "PATH", "HOME", "LANG"}
        return {key: value for key, value in self.env.items() if key not in inherited}

    def stop_all(self) -> None:
        """Stop everything in order, and remove what is only for the time of running."""
        commands_first = [name for name in self.children if name not in STOP_ORDER]
        for name in commands.PORTAL:  # all at once: each takes a second or more to finish what it has in hand
            if self.is_running(name):
                self.signal(name, self.children[name].stop_signal)
        for name in (*commands_first, *STOP_ORDER):
            self.stop(name)
        (self.data.path / ENVIRONMENT_FILE).unlink(missing_ok=True)
        shutil.rmtree(self.sockets, ignore_errors=True)
        os.close(self._sockets_lock)

    @property
    def _note(self) -> Path:
        return self.data.path / "processes.json"

    def _remember(self) -> None:
        processes.remember(self._note, self.children.values())


@contextlib.contextmanager
def running(
    data_dir: Path | str | None = None,
    *,
    durable: bool = False,
    settings: str = "opmaat_portal.settings.test",
    port: int | None = None,
    outside: Mapping[str, str] = os.environ,
) -> Iterator[Stack]:
    """A Stack with database, roles, broker and mailbox up, and no portal process yet; all stopped at the end.

        with devstack.running() as stack:
            os.environ.update(stack.env)
            stack.start("worker")
            stack.kill("worker")

    Without `data_dir` it all lies in a new folder that is removed again. `durable=False`: PostgreSQL does not
    wait for the disk, so a power cut may lose data (`kill -9` does not). `port=None`: a free one.
    """
    is_temporary = data_dir is None
    data = DataFolder(folder.temporary() if data_dir is None else Path(data_dir))
    port = port or free_port()
    data.claim(address=f"http://127.0.0.1:{port}/")
    try:
        stack = Stack(data, durable=durable, settings=settings, port=port, outside=outside)
        try:
            stack.start_ground()
            yield stack
        finally:
            stack.stop_all()
            if is_temporary:
                shutil.rmtree(data.path, ignore_errors=True)
    finally:
        data.release()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_port_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
