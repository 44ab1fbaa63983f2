"""The files of schools are taken in by `import_school`, against COPY of the very rows that this leaves.

Ours is the command of the terminal in a warm process: reading both files, comparing with what is known, keeping the
preview, reading it back, comparing once more, writing with its journal, and the ledger. The floor is one COPY for
each table, in one transaction, of the rows that ours had written a moment before (people, places, links, roles, and
the mailboxes with their reaches), in their order, into the same tables with the same indexes and foreign keys of an
equal database; by the superuser, since row-level security forbids COPY to everybody else. Nothing is read or
compared there. CPU of our process and PostgreSQL; they take turns, school by school.

5,000 pupils: five schools of 1,000 into an empty foundation. 250,000: the same five into a foundation that has so many
already, all with a mailbox. All 250 schools would take longer than a row may: the rate is told.
"""

import contextlib
import io
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psycopg

from bench import cpu
from bench.figures import Figure, Paired
from bench.ground import LARGE, PUPILS, Ground, in_a_process
from bench.school_files import brin_of, files_of

PUPILS_OF_SCHOOL, SCHOOLS = 1_000, 5
GOAL, AGAIN_GOAL = 5.0, 1.0
# In an order in which nothing refers to what is not there yet.
TABLES = (
    "schools_group",
    "schools_pupil",
    "schools_guardian",
    "schools_staffmember",
    "schools_enrolment",
    "schools_groupmembership",
    "schools_guardianship",
    "schools_role",
    "accounts_user",
    "accounts_reach",
)


def imports(ground: Ground) -> list[Figure]:
    """CPU of five schools in an empty and in a large foundation against COPY, and of the same files again."""
    small = in_a_process(lambda: _measure(ground, like="", pupils=SCHOOLS * PUPILS_OF_SCHOOL))
    large = in_a_process(lambda: _measure(ground, like=LARGE, pupils=PUPILS[LARGE]))
    return [*small, *large]


def _measure(ground: Ground, *, like: str, pupils: int) -> list[Figure]:
    ours = ground.new("import-ours", like=like) if like else ground.new("import-ours")
    slug = in_a_process(lambda: _prepare(ground, ours, is_new=not like))
    floor = ground.new("import-floor", like=ours)
    ground.enter(ours)
    folder = ground.stack.data.path / "imports"
    folder.mkdir(exist_ok=True)
    roots = [os.getpid(), ground.stack.pid("postgres")]
    first, again, raw, seconds = [], [], [], []
    with psycopg.connect(ground.url(ours)) as source, psycopg.connect(ground.url(floor)) as target:
        for number in range(SCHOOLS + 1):
            files = _written(folder, number)
            last = _last_ids(source)
            begun = time.monotonic()
            first.append(_cpu(roots, lambda files=files: _take_in(slug, files)))
            seconds.append(time.monotonic() - begun)
            rows = _rows_since(source, last)
            raw.append(_cpu(roots, lambda rows=rows: _copy(target, rows)))
            again.append(_cpu(roots, lambda files=files: _take_in(slug, files)))
    fresh = Paired(tuple(first[1:]), tuple(raw[1:]))  # the first school warms up
    once_more = Paired(tuple(again[1:]), tuple(first[1:]))
    seen = (
        f"{median(first[1:]):.0f} against {median(raw[1:]):.0f} ms for a school of {PUPILS_OF_SCHOOL:,}; "
        f"{PUPILS_OF_SCHOOL / median(seconds[1:]):.0f} pupils/s"
    )
    where = f"{pupils:,} pupils"
    return [
        Figure(f"CPU of an import against COPY, {where}", fresh.ratio, GOAL, noise=fresh.noise, seen=seen),
        Figure(f"CPU of the same file again, {where}", once_more.ratio, AGAIN_GOAL, noise=once_more.noise),
    ]


def _prepare(ground: Ground, name: str, *, is_new: bool) -> str:
    """A foundation with empty schools; who is there already can sign in. Gives its slug."""
    ground.enter(name)
    from bench.import_schools import open_schools

    slug = open_schools([brin_of(number) for number in range(SCHOOLS + 1)], is_new=is_new)
    with psycopg.connect(ground.url(name), autocommit=True) as database:
        database.execute(GIVE_MAILBOXES)
        for table in TABLES:  # what was filled by COPY has drawn no number
            database.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")  # noqa: S608
        if not is_new:  # a new foundation has no statistics either when its first file comes
            database.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
    return slug


GIVE_MAILBOXES = """
INSERT INTO accounts_user (email, password, is_active, language, created_at, sessions_round)
SELECT DISTINCT ON (email) email, '!' || code, true, 'nl', now(), 0
FROM (SELECT email, code FROM schools_guardian UNION ALL SELECT email, code FROM schools_pupil) p
WHERE email <> '' ON CONFLICT DO NOTHING;
INSERT INTO accounts_reach (user_id, foundation_id, capacity, person_id)
SELECT u.id, p.foundation_id, p.capacity, p.id
FROM (SELECT id, foundation_id, email, 'guardian' AS capacity FROM schools_guardian
      UNION ALL SELECT id, foundation_id, email, 'pupil' FROM schools_pupil) p
JOIN accounts_user u USING (email);
"""


def _written(folder: Path, number: int) -> tuple[Path, Path]:
    edexml, parents = files_of(number, PUPILS_OF_SCHOOL, datetime.now(UTC).date())
    names = folder / f"{number}.xml", folder / f"{number}.csv"
    names[0].write_bytes(edexml)
    names[1].write_bytes(parents)
    return names


def _take_in(slug: str, files: tuple[Path, Path]) -> None:
    from django.core.management import call_command

    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        call_command("import_school", slug, *map(str, files), stdout=told, stderr=told)


def _cpu(roots: Sequence[int], act: Callable[[], None]) -> float:
    before = cpu.milliseconds(roots)
    act()
    return cpu.milliseconds(roots) - before


def _last_ids(database: psycopg.Connection) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in TABLES:
        row = database.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()  # noqa: S608
        found[table] = row[0] if row else 0
    database.rollback()
    return found


def _rows_since(database: psycopg.Connection, last: dict[str, int]) -> list[tuple[str, bytes]]:
    rows = [(table, _rows_of(database, table, last[table])) for table in TABLES]
    database.rollback()
    return rows


def _rows_of(database: psycopg.Connection, table: str, after: int) -> bytes:
    new = f"SELECT * FROM {table} WHERE id > {after} ORDER BY id"  # noqa: S608
    with database.cursor() as cursor, cursor.copy(f"COPY ({new}) TO STDOUT") as copy:
        return b"".join(bytes(part) for part in copy)


def _copy(database: psycopg.Connection, rows: Sequence[tuple[str, bytes]]) -> None:
    for table, data in rows:
        with database.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(data)
    database.commit()
