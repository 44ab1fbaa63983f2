"""A web server with one worker, and somebody who asks it for one page again and again."""

import contextlib
import http.client
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from devstack import processes
from devstack.stack import ROOT, is_port_free

from . import cpu

SECONDS = 2.0  # one round of a page
FIRST_PORT, LAST_PORT = 20_000, 32_000  # below those that the kernel hands out to clients


@dataclass(frozen=True, slots=True)
class Page:
    """An address with the cookie of who asks, and a word that must stand in the answer; `part`: htmx asks for it."""

    port: int
    path: str
    cookie: str
    must_say: bytes
    part: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One round: CPU-milliseconds of server and database for each request, and requests per second."""

    cpu: float
    rate: float


def ask(page: Page) -> bytes:
    """One request on a connection of its own, as gunicorn's sync worker serves them; raises unless it is right."""
    connection = http.client.HTTPConnection("127.0.0.1", page.port, timeout=30)
    try:
        headers = {"Cookie": page.cookie} | ({"HX-Request": "true"} if page.part else {})
        connection.request("GET", page.path, headers=headers)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200 or page.must_say not in body:
        raise RuntimeError(f"{page.path} gave {response.status}: {body[:300]!r}")
    return body


def bytes_of_all(page: Page) -> int:
    """What a browser loads that has nothing yet: the page and every file of ours that it names, as they are sent."""
    body = ask(page)
    named = sorted(set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', body)))
    return len(body) + sum(len(ask(replace(page, path=path.decode(), must_say=b""))) for path in named)


def ask_for(page: Page, roots: list[int], seconds: float = SECONDS) -> Asked:
    """Ask for so many seconds; `roots` are the processes whose CPU counts."""
    count, used, begun = 0, cpu.milliseconds(roots), time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        ask(page)
        count += 1
    return Asked((cpu.milliseconds(roots) - used) / count, count / passed)


@contextlib.contextmanager
def serving(wsgi: str, env: Callable[[int], Mapping[str, str]], log: Path) -> Iterator[tuple[int, int]]:
    """gunicorn as in production with one worker: gives (pid, port). `env` is made when the port is known."""
    port = low_port()
    changes = {"PORT": str(port), "WEB_CONCURRENCY": "1"}
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", wsgi]
    child = processes.start("web", command, env={**env(port), **changes}, cwd=ROOT, log=log)
    try:
        processes.wait_until(lambda: _answers(port), child=child, seconds=60, what=wsgi)
        yield child.pid, port
    finally:
        processes.stop(child)


def low_port() -> int:
    ports = list(range(FIRST_PORT, LAST_PORT))
    random.shuffle(ports)
    return next(port for port in ports if is_port_free(port))


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        time.sleep(0.05)
        return False
    finally:
        connection.close()
