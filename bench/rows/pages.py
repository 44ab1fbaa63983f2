"""Pages against the bare sheet: CPU of server and database for each request, interleaved."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench.figures import Figure, Paired
from bench.ground import PUPILS, SMALL, Ground, in_a_process
from bench.serving import Page, ask, ask_for, bytes_of_all, serving

ROUNDS = 7
FLOOR = "floor"


def quick_check(ground: Ground) -> list[Figure]:
    """The check of a whole group for one place, with its verdict and the form that keeps it.

    As a tap asks for it (htmx draws the verdict alone), and as the whole page that comes without JavaScript.
    """

    def page(port: int) -> Page:
        from bench.filling import SLUG, signed_in
        from ledger.acting import acting, system
        from schools.models import Foundation, GroupMembership, Role

        with acting(system("bench"), [Foundation.objects.get(slug=SLUG).id]):
            group = Role.objects.select_related("group").get(staff_member__email="maat@example.org").group
            codes = GroupMembership.objects.filter(group=group).values_list("pupil__code", flat=True)
            chosen = "".join(f"&pupil={code}" for code in codes.order_by("id"))
        return Page(port, f"/team/groep/{group.code}/?place=vraag-1{chosen}", signed_in(), b"verdict-no")

    with _both(ground, page) as (whole, floor, roots):
        pages = {
            "CPU of a tap, against the bare sheet": replace(whole, part=True),
            "CPU of the whole page": whole,
        }
        return _figures(pages, floor, roots, goal=0.7, least=1.0)


def parent_form(ground: Ground) -> list[Figure]:
    """From the mailed link to the questions for three children, one question a layer; and what a phone loads for it."""

    def page(port: int) -> Page:
        from bench.filling import ask_family

        return Page(port, f"/toestemming/{ask_family()}/", "linkapparaat=bench", b'id="ask"')

    with _both(ground, page) as (ours, floor, roots):
        first_load = bytes_of_all(ours)
        return [
            *_figures({"CPU of the page, against the bare sheet": ours}, floor, roots, goal=0.8),
            Figure("kB that a first visit loads", first_load / 1000, 100),
        ]


def _figures(
    pages: dict[str, Page], floor: Page, roots: list[int], *, goal: float, least: float | None = None
) -> list[Figure]:
    """Rounds of each page of ours and of the floor in turn; the first of each warms up, and does not count."""
    everything = [*pages.values(), floor]
    rounds = [[ask_for(page, roots) for page in everything] for _ in range(ROUNDS + 1)][1:]
    bare = [asked[-1] for asked in rounds]
    figures = []
    for number, (what, page) in enumerate(pages.items()):
        ours = [asked[number] for asked in rounds]
        paired = Paired(tuple(one.cpu for one in ours), tuple(one.cpu for one in bare))
        seen = (
            f"{median(paired.ours):.1f} against {median(paired.floor):.1f} ms, "
            f"{median(one.rate for one in ours):.0f} against {median(one.rate for one in bare):.0f} pages/s, "
            f"{len(ask(page)) / 1000:.1f} against {len(ask(floor)) / 1000:.1f} kB"
        )
        figures.append(Figure(what, paired.ratio, goal, noise=paired.noise, least=least, seen=seen))
    return figures


@contextlib.contextmanager
def _both(ground: Ground, page: Callable[[int], Page]) -> Iterator[tuple[Page, Page, list[int]]]:
    """Our server and that of the floor, each with one worker; and the processes whose CPU counts."""
    logs = ground.stack.logs
    with _floor(ground, logs / "floor.log") as (floor_pid, floor):
        env = lambda port: ground.env(SMALL, PORTAL_URL=f"http://127.0.0.1:{port}")  # noqa: E731
        ground.enter(SMALL)
        with serving("opmaat_portal.wsgi", env, logs / "ours.log") as (pid, port):
            yield page(port), floor, [pid, floor_pid, ground.stack.pid("postgres")]


@contextlib.contextmanager
def _floor(ground: Ground, log: Path) -> Iterator[tuple[int, Page]]:
    ground.new(FLOOR, like="template1")
    env = {**os.environ, **ground.stack.env, "DATABASE_URL": ground.url(FLOOR, "portal_owner")}
    env["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"

    def fill() -> str:
        os.environ.update(env)
        import django

        django.setup()
        from bench.floor.filling import fill

        return fill(PUPILS[SMALL])

    cookie, group = in_a_process(fill).split()
    with serving("bench.floor.wsgi", lambda port: env, log) as (pid, port):
        yield pid, Page(port, f"/sheet/{group}/", cookie, b"</table>")
