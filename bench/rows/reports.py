"""Row `incident-list`: "my reports" of a director among 200,000 reports, against the same page among 2,000."""

import contextlib
from functools import partial
from statistics import median

from bench.figures import Figure, Paired
from bench.ground import Ground, in_a_process
from bench.serving import Page, ask, ask_for, serving

MANY, FEW, ROUNDS, SECONDS = 200_000, 2_000, 7, 2.0


def incident_list(ground: Ground) -> list[Figure]:
    """The director handles as many in both; the server of each database is asked in turn."""
    with contextlib.ExitStack() as opened:
        pages = []
        for count in (MANY, FEW):
            cookie = in_a_process(partial(_fill, ground, count))
            database = f"reports-{count}"
            env = lambda port, database=database: ground.env(  # noqa: E731
                database, PORTAL_URL=f"http://127.0.0.1:{port}"
            )
            pid, port = opened.enter_context(
                serving("opmaat_portal.wsgi", env, ground.stack.logs / f"{database}.log")
            )
            page = Page(port, "/directie/", cookie, b"case-row")
            pages.append((page, [pid, ground.stack.pid("postgres")]))
            ask(page)
        rounds = []
        for number in range(ROUNDS + 1):
            pair = tuple(ask_for(page, roots, SECONDS) for page, roots in pages)
            if number:
                rounds.append(pair)
        size = len(ask(pages[0][0])) / 1000
    paired = Paired(tuple(a.cpu for a, _ in rounds), tuple(b.cpu for _, b in rounds))
    seen = f"{median(paired.ours):.1f} against {median(paired.floor):.1f} ms, {size:.0f} kB"
    what = f"CPU of my reports, {MANY:,} against {FEW:,}"
    return [Figure(what, paired.ratio, 1.25, noise=paired.noise, seen=seen)]


def _fill(ground: Ground, count: int) -> str:
    database = ground.new(f"reports-{count}")
    ground.enter(database)
    from bench.filling import signed_in
    from bench.reports import EMAIL, fill_with_reports

    fill_with_reports(ground.url(database), count)
    return signed_in(EMAIL, "password", "mfa")
