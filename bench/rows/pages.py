"""Pages against the bare sheet: CPU of server and database for each request, interleaved."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench.figures import Figure, Paired
from bench.ground import PUPILS, SMALL, Ground, in_a_process
from bench.serving import Asked, Page, ask, ask_for, serving

ROUNDS = 7
FLOOR = "floor"


def quick_check(ground: Ground) -> list[Figure]:
    """The check of a whole group for one place, with its verdict and the form that keeps it."""

    def page(port: int) -> Page:
        from bench.filling import SLUG, signed_in
        from ledger.acting import acting, system
        from schools.models import Foundation, GroupMembership, Role

        with acting(system("bench"), [Foundation.objects.get(slug=SLUG).id]):
            group = Role.objects.select_related("group").get().group
            codes = GroupMembership.objects.filter(group=group).values_list("pupil__code", flat=True)
            chosen = "".join(f"&pupil={code}" for code in codes.order_by("id"))
        return Page(port, f"/team/groep/{group.code}/?place=vraag-1{chosen}", signed_in(), b"verdict-no")

    with _both(ground, page) as (ours, floor, roots):
        return [_figure("CPU of the page, against the bare sheet", ours, floor, roots, goal=0.7, least=1.0)]


def _figure(
    what: str, ours: Page, floor: Page, roots: list[int], *, goal: float, least: float | None
) -> Figure:
    rounds: list[tuple[Asked, Asked]] = []
    ask(ours), ask(floor)
    for number in range(ROUNDS + 1):
        pair = ask_for(ours, roots), ask_for(floor, roots)
        if number:  # the first one warms up
            rounds.append(pair)
    paired = Paired(tuple(a.cpu for a, _ in rounds), tuple(b.cpu for _, b in rounds))
    seen = (
        f"{median(paired.ours):.1f} against {median(paired.floor):.1f} ms, "
        f"{median(a.rate for a, _ in rounds):.0f} against {median(b.rate for _, b in rounds):.0f} pages/s, "
        f"{len(ask(ours)) / 1000:.1f} against {len(ask(floor)) / 1000:.1f} kB"
    )
    return Figure(what, paired.ratio, goal, noise=paired.noise, least=least, seen=seen)


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
