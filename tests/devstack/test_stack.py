"""The ground under the portal: real servers, really killed."""

import json
import mailbox
import os
import shutil
import signal
import smtplib
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

import devstack
from devstack import folder, processes
from devstack.demo import wanted_port
from devstack.folder import AlreadyRunningError
from devstack.stack import ROOT

GROUND = {"postgres", "valkey", "mailbox"}


@pytest.fixture
def data() -> Iterator[Path]:
    made = folder.temporary()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def up() -> Iterator[devstack.Stack]:
    """One running stack for the tests that leave it as it was."""
    with devstack.running(outside={}, port=8123) as stack:
        yield stack


@contextmanager
def launched(data: Path, *portal: str) -> Iterator[tuple[subprocess.Popen[str], dict]]:
    """A stack in a process of its own, and what it said about itself."""
    command = [sys.executable, "-m", "tests.devstack.launcher", str(data), *portal]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def all_gone(pids: dict[str, int], seconds: float = 10) -> bool:
    return eventually(lambda: not any(processes.born_at(pid) for pid in pids.values()), seconds)


def eventually(is_so: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return is_so()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_launcher(data: Path, number: int) -> None:
    with launched(data) as (process, said):
        assert set(said["pids"]) == GROUND

        process.send_signal(number)
        process.wait(timeout=30)

    assert all_gone(said["pids"])


def test_no_portal_process_outlives_the_launcher(data: Path) -> None:
    portal = {"web", "worker", "beat"}
    with launched(data, *sorted(portal)) as (process, said):
        family = {str(pid): pid for pid in said["pids"].values()}
        for parent in said["pids"].values():
            family |= {pid: int(pid) for pid in children_of(parent)}
        assert portal < set(said["pids"])
        assert len(family) > len(said["pids"])  # gunicorn's and Celery's own children, and PostgreSQL's

        process.kill()
        process.wait()

    assert all_gone(family)


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_start_right_after_kill_9_keeps_the_data(data: Path) -> None:
    with launched(data) as (process, said):
        with psycopg.connect(said["env"]["OWNER_DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        process.kill()
        process.wait()

        with devstack.running(data, outside={}) as stack:
            assert ask(stack.env["OWNER_DATABASE_URL"], "SELECT one FROM kept") == 1
            assert stack.env["SECRET_KEY"] == said["env"]["SECRET_KEY"]


def test_two_stacks_run_side_by_side(up: devstack.Stack, data: Path) -> None:
    with devstack.running(data, outside={}) as other:
        for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY"):
            assert up.env[name] != other.env[name]
        with psycopg.connect(other.env["OWNER_DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE mine ()")
        assert ask(up.env["OWNER_DATABASE_URL"], "SELECT to_regclass('mine')") is None


def test_the_same_data_twice_is_refused_in_plain_words(up: devstack.Stack) -> None:
    with pytest.raises(AlreadyRunningError) as refused, devstack.running(up.data.path, outside={}):
        pass

    assert "already running: http://127.0.0.1:8123/" in str(refused.value)


def test_a_taken_port_is_refused_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        monkeypatch.setenv("PORT", str(somebody.getsockname()[1]))

        with pytest.raises(devstack.DevstackError, match="in use by another program"):
            wanted_port()


def test_nothing_listens_on_tcp_but_the_mailbox(up: devstack.Stack) -> None:
    assert ask(up.env["DATABASE_URL"], "SHOW listen_addresses") == ""
    assert "Ready to accept connections tcp" not in up.log("valkey").read_text()
    sockets = [path for path in up.sockets.rglob("*") if path.is_socket()]
    assert {path.name for path in sockets} == {".s.PGSQL.5432", "valkey.sock"}
    # Whoever is not the server's user or root stops at the folder, or at the socket itself.
    assert stat.S_IMODE((up.sockets / "pg").stat().st_mode) == 0o700
    assert stat.S_IMODE((up.sockets / "valkey.sock").stat().st_mode) == 0o700


def test_the_roles_are_walled_in(up: devstack.Stack) -> None:
    assert ask(up.env["DATABASE_URL"], "SELECT current_user") == "portal_app"
    assert ask(up.env["OWNER_DATABASE_URL"], "SELECT current_user") == "portal_owner"
    loose = "rolname LIKE 'portal%' AND (rolsuper OR rolbypassrls OR rolcreaterole)"
    assert ask(up.env["DATABASE_URL"], f"SELECT count(*) FROM pg_roles WHERE {loose}") == 0
    with psycopg.connect(up.env["DATABASE_URL"]) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("CREATE TABLE not_allowed ()")


@pytest.mark.parametrize("name", ["postgres", "valkey", "mailbox"])
def test_each_can_be_killed_and_started_at_the_same_address(up: devstack.Stack, name: str) -> None:
    before = dict(up.env)
    first = up.pid(name)

    up.kill(name)
    assert not up.is_running(name)
    up.start(name)

    assert up.pid(name) != first
    assert up.env == before
    assert ask(up.env["DATABASE_URL"], "SELECT 1") == 1


def test_a_recycled_process_number_does_not_stop_the_database(up: devstack.Stack) -> None:
    assert up.postgres is not None
    lock = up.postgres.cluster / "postmaster.pid"
    up.kill("postgres")
    lines = lock.read_text().splitlines()
    innocent = subprocess.Popen(["sleep", "60"], user=up.postgres.user[0] if up.postgres.user else None)
    try:
        lock.write_text("\n".join([str(innocent.pid), *lines[1:]]) + "\n")

        up.start("postgres")

        assert ask(up.env["DATABASE_URL"], "SELECT 1") == 1
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_a_note_about_a_recycled_process_number_ends_nobody(tmp_path: Path) -> None:
    innocent = subprocess.Popen(["sleep", "60"])
    try:
        born = processes.born_at(innocent.pid)
        assert born is not None
        note = tmp_path / "processes.json"
        note.write_text(
            json.dumps([{"name": "web", "pid": innocent.pid, "born": born - 1, "stop_signal": 15}])
        )

        assert processes.end_leftovers(note) == []
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_mail_is_on_disk_when_the_sender_hears_so(up: devstack.Stack) -> None:
    port = urlsplit(up.env["EMAIL_URL"]).port
    with smtplib.SMTP("127.0.0.1", port or 0) as line:
        line.sendmail("portaal@example.org", ["ouder@example.org"], "Subject: Toestemming\n\nDag.\n")

    [letter] = list(mailbox.Maildir(up.env["DEMO_MAILDIR"], create=False))

    assert letter["Subject"] == "Toestemming"
    assert letter["X-RcptTo"] == "ouder@example.org"


def test_what_the_environment_provides_is_not_started(data: Path) -> None:
    outside = {
        "DATABASE_URL": "postgres://portal_app@db/portal",
        "OWNER_DATABASE_URL": "postgres://portal_owner@db/portal",
        "REDIS_URL": "redis://broker/0",
    }

    with devstack.running(data, outside=outside) as stack:
        assert set(stack.children) == {"mailbox"}
        assert {name: stack.env[name] for name in outside} == outside


def test_secrets_are_made_once_and_for_the_owner_only(data: Path) -> None:
    first = folder.DataFolder(data).secrets()

    assert folder.DataFolder(data).secrets() == first
    assert all(len(secret) >= 32 for secret in first.values())
    assert stat.S_IMODE((data / "secrets.json").stat().st_mode) == 0o600


def test_what_killed_runs_left_behind_is_swept_away(up: devstack.Stack) -> None:
    left = folder.temporary()
    (left / "lock").touch()
    long_ago = time.time() - 2 * folder.SWEEP_AFTER_SECONDS
    for path in (left, up.data.path, up.sockets):
        os.utime(path, (long_ago, long_ago))

    made = folder.temporary()
    sockets, lock = folder.for_sockets()

    assert not left.exists()
    assert up.data.path.exists()
    assert (up.sockets / "valkey.sock").exists()
    made.rmdir()
    os.close(lock)
    shutil.rmtree(sockets)


def test_another_terminal_finds_the_running_stack(
    up: devstack.Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = json.loads((up.data.path / "environment.json").read_text())
    for name in shared:
        monkeypatch.delenv(name, raising=False)

    assert devstack.attach(up.data.path)

    assert {name: os.environ[name] for name in shared} == shared
    assert shared["DATABASE_URL"] == up.env["DATABASE_URL"]
    assert stat.S_IMODE((up.data.path / "environment.json").stat().st_mode) == 0o600


def test_another_terminal_finds_nothing_when_nothing_runs(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert not devstack.attach(data)
    assert "DATABASE_URL" not in os.environ


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")
def test_a_data_folder_that_nobody_can_reach_keeps_its_database_elsewhere(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)

    with devstack.running(hidden / "data", outside={}) as stack:
        assert stack.postgres is not None
        home = stack.postgres.home
        assert home.parent == Path("/var/tmp")
    with devstack.running(hidden / "data", outside={}) as stack:
        assert stack.postgres is not None
        assert stack.postgres.home == home

    shutil.rmtree(home)


def test_the_container_gets_the_same_roles_with_passwords(up: devstack.Stack, tmp_path: Path) -> None:
    assert up.postgres is not None
    for role in ("portal_owner", "portal_app", "portal_eraser"):
        (tmp_path / f"{role}_password").write_text(f'it\'s "{role}" $1')
    env = {
        "PATH": f"{up.postgres.binaries.folder}:{os.environ['PATH']}",
        "PGHOST": str(up.postgres.socket),
        "SQL_DIR": str(ROOT / "deploy"),
        "SECRETS_DIR": str(tmp_path),
    }

    subprocess.run(["bash", ROOT / "deploy" / "initdb.sh"], env=env, check=True)

    rows = up.postgres.sql(
        text="SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256$%' ORDER BY 1"
    )
    assert rows.split() == ["portal_app", "portal_eraser", "portal_owner"]
