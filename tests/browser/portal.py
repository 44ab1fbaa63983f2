"""A whole portal as `make demo` starts it, and how to look at it with a real Chromium."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

import devstack

ROOT = Path(__file__).resolve().parent.parent.parent
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
SMALLEST = {"width": 320, "height": 640}
# Size and colours in which a page is looked at: WCAG 1.4.10 asks for 320 px.
VIEWS = [(PHONE, "dark"), (DESK, "light"), (SMALLEST, "light")]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}},
}


# Who answered something, or through whose link: made-up history has no receipts in the mailbox.
USED = """
import json
from consent.models import LatestAnswer, LinkDevice
from ledger.acting import acting, system
from schools.models import Foundation
found = set()
for pk in Foundation.objects.values_list("id", flat=True):
    with acting(system("test"), [pk]):
        found |= set(LinkDevice.objects.values_list("link__guardian__email", flat=True))
        found |= set(LatestAnswer.objects.filter(guardian__isnull=False).values_list("guardian__email", flat=True))
print("FOUND", json.dumps(sorted(found)))
"""


class Site:
    """The running portal: its address, its mailbox, its processes."""

    def __init__(self, stack: devstack.Stack) -> None:
        self.stack = stack
        self.url = stack.env["PORTAL_URL"]
        self.taken: set[str] = set()  # families that a test has, so that another does not find its traces
        self._used: set[str] | None = None

    @property
    def used(self) -> set[str]:
        """The addresses of who answered in the demo's past, and of whose link a browser is known."""
        if self._used is None:
            self._used = set(json.loads(re.search(r"FOUND (.*)", self.manage("shell", "-c", USED))[1]))
        return self._used

    def mails(self, to: str, kind: str = "", *, most: float = 30) -> list[dict[str, str]]:
        """The mails to this address, newest first; waits until one of that kind has come."""
        until = time.monotonic() + most
        while True:
            address = f"{self.url}/demo/post.json?to={urllib.parse.quote(to)}"
            with urllib.request.urlopen(address) as answer:
                found = [mail for mail in json.load(answer) if kind in mail["kind"]]
            if found or time.monotonic() > until:
                return found
            time.sleep(0.2)

    def manage(self, *command: str) -> str:
        """Run a management command against this portal."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            env={**os.environ, **self.stack.env},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextlib.contextmanager
def running_portal() -> Iterator[Site]:
    """A small demo: database, broker, mailbox, web, worker and beat; gone again at the end."""
    outside = {"MAILS_FROM_HOUR": "0"}  # the suite also runs at night
    with devstack.running(settings="opmaat_portal.settings.demo", outside=outside) as stack:
        portal = Site(stack)
        portal.manage("migrate", "--database=owner", "-v0")
        portal.manage("load_demo", "--size", "small")
        for process in ("web", "worker", "beat"):
            stack.start(process)
        yield portal


def words_of(items: Locator, number: int) -> list[str]:
    """The texts of a list, once the browser has read all of it: a click returns when the page begins to come in."""
    expect(items).to_have_count(number)
    return items.all_inner_texts()


def check_look(page: Page) -> None:
    """axe finds nothing (target-size on), nothing scrolls sideways, main targets are large enough."""
    page.wait_for_load_state()
    found = Axe().run(page, options=AXE).response["violations"]
    assert found == [], [(rule["id"], [node["html"][:120] for node in rule["nodes"]][:3]) for rule in found]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def check_every_look(page: Page) -> None:
    """The same in every size and in both colours, without asking for the page again; ends as it began."""
    size = page.viewport_size
    for viewport, colours in VIEWS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=colours)
        check_look(page)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="light")
