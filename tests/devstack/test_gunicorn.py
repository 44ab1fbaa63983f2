"""The web process with the configuration of deploy/, on a portal that says only "ok"."""

import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import commands, processes
from devstack.stack import ROOT, free_port


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[processes.Child, int]]:
    port = free_port()
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PORT": str(port)}
    command = commands.here((*commands.WEB[:-1], "tests.devstack.idle_wsgi"))
    child = processes.start("web", command, env=env, cwd=ROOT, log=tmp_path / "web.log")
    processes.wait_until(lambda: answers(port), child=child, seconds=30, what="gunicorn")
    yield child, port
    processes.stop(child)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return answer.read() == b"ok"
    except OSError:
        return False


def test_silent_connections_of_browsers_hold_nobody_up(web: tuple[processes.Child, int]) -> None:
    _, port = web
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
    begun = time.monotonic()

    answered = answers(port)

    assert answered
    assert time.monotonic() - begun < 2
    for line in silent:
        line.close()


def test_it_leaves_no_remote_control_in_the_home_folder(
    web: tuple[processes.Child, int], tmp_path: Path
) -> None:
    assert [path.name for path in tmp_path.iterdir()] == ["web.log"]


def test_its_workers_end_when_it_is_killed(web: tuple[processes.Child, int]) -> None:
    child, _ = web
    workers = [int(pid) for pid in Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()]
    assert workers

    os.kill(child.pid, signal.SIGKILL)

    deadline = time.monotonic() + 10
    while any(processes.born_at(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(processes.born_at(pid) for pid in workers)
