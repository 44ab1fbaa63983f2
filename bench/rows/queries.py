"""Rows `growth` and `rls`: the one statement of the check page, in a small and a large database, with and without wall.

The statement is taken from the page's own code, with the parameters that it has for each of these groups.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from statistics import median
from typing import Any

import psycopg

from bench import cpu
from bench.figures import Figure, interleaved
from bench.ground import LARGE, PUPILS, SMALL, Ground, in_a_process

GROUPS, ROUNDS, TIMES = 8, 41, 2
PAST_THE_WALL = "bench_past_the_wall"
Statement = tuple[str, dict[str, Any]]


def growth(ground: Ground) -> list[Figure]:
    """250,000 pupils against 5,000: what PostgreSQL reads, and how long it works."""
    sizes = (LARGE, SMALL)
    asked = {size: in_a_process(partial(_statements, ground, size)) for size in sizes}
    with contextlib.ExitStack() as opened:
        large, small = (opened.enter_context(_open(ground.url(size, "portal_app"))) for size in sizes)
        read = {
            size: [buffers(database, statement) for statement in asked[size]]
            for size, database in ((LARGE, large), (SMALL, small))
        }
        paired = interleaved(_used(large, asked[LARGE]), _used(small, asked[SMALL]), ROUNDS)
    most, least = median(read[LARGE]), median(read[SMALL])
    seen = f"{PUPILS[LARGE]:,} against {PUPILS[SMALL]:,} pupils"
    return [
        Figure(
            "buffers of the check query", most / least, 1.1, seen=f"{most:.0f} against {least:.0f}; {seen}"
        ),
        Figure("CPU of the check query", paired.ratio, 1.25, noise=paired.noise, seen=_milliseconds(paired)),
    ]


def rls(ground: Ground) -> list[Figure]:
    """The same statement as the app's role, and as one that passes every wall; the plans are its own affair."""
    asked = in_a_process(partial(_statements, ground, LARGE))
    with psycopg.connect(ground.url(LARGE), autocommit=True) as server:
        server.execute(f"DROP ROLE IF EXISTS {PAST_THE_WALL}")
        server.execute(f"CREATE ROLE {PAST_THE_WALL} LOGIN BYPASSRLS IN ROLE portal_app")
    with contextlib.ExitStack() as opened:
        roles = ("portal_app", PAST_THE_WALL)
        walled, bare = (opened.enter_context(_open(ground.url(LARGE, role))) for role in roles)
        assert not _is_walled(bare) and _is_walled(walled)  # noqa: S101, PT018
        paired = interleaved(_used(walled, asked), _used(bare, asked), ROUNDS)
    what = "CPU of the check query behind the wall, without it"
    return [Figure(what, paired.ratio, 1.1, noise=paired.noise, seen=_milliseconds(paired))]


def _milliseconds(paired: Any) -> str:
    return f"{median(paired.ours):.2f} against {median(paired.floor):.2f} ms"


# -- the statement


def _statements(ground: Ground, size: str) -> list[Statement]:
    ground.enter(size)
    from bench.filling import IN_GROUP, SLUG
    from ledger.acting import acting, system
    from schools.models import Foundation

    with acting(system("bench"), [Foundation.objects.get(slug=SLUG).id]) as act:
        return [check_query(group, act.today) for group in full_groups(IN_GROUP, GROUPS)]


def full_groups(pupils: int, count: int) -> list[Any]:
    """So many groups of exactly this many pupils, spread over the whole of the foundation."""
    from django.db.models import Count

    from schools.models import Group

    found = Group.objects.annotate(count=Count("memberships")).filter(count=pupils).order_by("id")
    ids = list(found.values_list("id", flat=True))
    return list(Group.objects.filter(id__in=ids[:: len(ids) // count][:count]).order_by("id"))


def check_query(group: Any, today: date) -> Statement:
    """What the check page of this group asks, for a teacher of it; not sent."""
    from consent.domain.groups import GROUP, values_for

    return GROUP, values_for(group.code, today, {group.school_id})


# -- measuring it


@contextlib.contextmanager
def _open(url: str) -> Iterator[psycopg.Connection]:
    """A connection that keeps plans, as the portal's do, in a transaction as `acting()` opens it."""
    with psycopg.connect(url, prepare_threshold=3) as database:
        open_foundation(database)
        yield database
        database.rollback()


def open_foundation(database: psycopg.Connection) -> None:
    """As `acting()` tells it: the only foundation."""
    (foundation,) = database.execute("SELECT max(id) FROM schools_foundation").fetchone() or ()
    database.execute(
        "SELECT set_config('portal.foundations', %s, true), set_config('portal.actor', 'system:0', true)",
        [str(foundation)],
    )


def buffers(database: psycopg.Connection, statement: Statement) -> int:
    """Pages of 8 kB that it looked at, in memory or not; on a warm catalogue."""
    text, params = statement
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}"
    for _ in range(2):
        (plans,) = database.execute(explain, params).fetchone() or ()
    plan = (json.loads(plans) if isinstance(plans, str) else plans)[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def _used(database: psycopg.Connection, statements: Sequence[Statement]) -> Callable[[], float]:
    """CPU-milliseconds of its process for one statement, over all of them a few times."""

    def once() -> float:
        pid = database.info.backend_pid
        before = cpu.milliseconds([pid])
        for _ in range(TIMES):
            for text, params in statements:
                rows = database.execute(text, params).fetchall()
                assert len(rows) == 1 and rows[0]  # noqa: S101, PT018
        return (cpu.milliseconds([pid]) - before) / (TIMES * len(statements))

    return once


def _is_walled(database: psycopg.Connection) -> bool:
    """Sees nothing once no foundation is open."""
    database.execute("SAVEPOINT nobody")
    database.execute("SELECT set_config('portal.foundations', '', true)")
    found = database.execute("SELECT FROM schools_group LIMIT 1").fetchone()
    database.execute("ROLLBACK TO SAVEPOINT nobody")
    return found is None
