"""What one client does: choose nine times for one child as a parent does, or write as many bare rows.

Imported when Django is set up.
"""

import time
from collections.abc import Sequence
from itertools import count
from typing import Any

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from bench.clients import CLIENTS, Act
from bench.filling import BENCH, SLUG
from consent.choices import Channel, Value
from consent.domain.decide import Choice, decide
from consent.models import LatestAnswer, Purpose
from ledger.acting import Actor, acting
from ledger.choices import ActorKind
from schools.models import Foundation, Guardian, Guardianship, Pupil

WORK = 0.005
TABLES = ("answer", "latestanswer")
OURS, FLOOR, WORKING, RACE = "ours", "floor", " and 5 ms of work", "race"
COLUMNS = ("foundation_id", "submission_id", "pupil_id", "purpose_id", "guardian_id", "authority", "value",
           "version_id", "language", "text_sha256", "channel", "decided_at", "valid_until", "entry_id")  # fmt: skip
INSERT = f"INSERT INTO bench_answer ({', '.join(COLUMNS)}) VALUES %s RETURNING id"  # noqa: S608
UPSERT = """
INSERT INTO bench_latestanswer AS kept (foundation_id, pupil_id, purpose_id, guardian_id, value, version_id,
    decided_at, valid_until, entry_id, answer_id)
SELECT foundation_id, pupil_id, purpose_id, guardian_id, value, version_id, decided_at, valid_until, entry_id, id
FROM bench_answer WHERE id = ANY(%s)
ON CONFLICT (foundation_id, pupil_id, purpose_id, guardian_id) DO UPDATE SET
    value = excluded.value, version_id = excluded.version_id, decided_at = excluded.decided_at,
    valid_until = excluded.valid_until, entry_id = excluded.entry_id, answer_id = excluded.answer_id
"""


def acts_of(number: int) -> dict[str, Act]:
    """The acts of this client, with children of its own; in a race all of them are about the first child.

    Half of the choices change something for the child, so that the other parent is told.
    """
    connection.close()
    foundation = Foundation.objects.get(slug=SLUG).id
    with acting(BENCH, [foundation]):
        pupils = list(Pupil.objects.order_by("id")[number::CLIENTS])
        purposes = list(Purpose.objects.order_by("id").values_list("id", flat=True))
        said = {
            row.pupil_id: row
            for row in LatestAnswer.objects.filter(purpose=purposes[0]).select_related("guardian")
        }
        hot = Guardianship.objects.order_by("id").select_related("guardian")
        racers = [row.guardian for row in hot.filter(pupil=Pupil.objects.earliest("id"))]
        child = Pupil.objects.earliest("id").id
    entries = count(time.time_ns())

    def chosen(turn: int) -> Any:
        return said[pupils[turn % len(pupils)].id]

    def ours(turn: int, work: float = 0) -> None:
        row = chosen(turn)
        _choose(foundation, row.guardian, row.pupil_id, purposes, _value_at(turn), work)

    def floor(turn: int, work: float = 0) -> None:
        _insert_and_upsert(chosen(turn), purposes, _value_at(turn), next(entries), work)

    def race(turn: int) -> None:
        _choose(foundation, racers[(turn + number) % len(racers)], child, purposes, _value_at(turn), 0)

    return {
        OURS: ours,
        FLOOR: floor,
        OURS + WORKING: lambda turn: ours(turn, WORK),
        FLOOR + WORKING: lambda turn: floor(turn, WORK),
        RACE: race,
    }


def _choose(
    foundation: int, guardian: Guardian, pupil_id: int, purposes: Sequence[int], value: Value, work: float
) -> None:
    with acting(Actor(ActorKind.GUARDIAN, guardian.id, "link"), [foundation]):
        decide(
            guardian=guardian,
            choices=[Choice(pupil_id, purpose, value) for purpose in purposes],
            channel=Channel.SIGNED_IN,
            language="nl",
        )
        if work:
            time.sleep(work)


def _insert_and_upsert(row: Any, purposes: Sequence[int], value: Value, entry: int, work: float) -> None:
    said = [str(value), row.version_id, "nl", "0" * 64, "signed_in", timezone.now(), None, entry]
    rows = [
        [row.foundation_id, row.entry_id, row.pupil_id, purpose, row.guardian_id, "full", *said]
        for purpose in purposes
    ]
    marks = ", ".join(f"({', '.join(['%s'] * len(COLUMNS))})" for _ in rows)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT % marks, [value for one in rows for value in one])
        cursor.execute(UPSERT, [[pk for (pk,) in cursor.fetchall()]])
        if work:
            time.sleep(work)


def _value_at(turn: int) -> Value:
    return Value.YES if turn % 4 in (0, 3) else Value.NO


def lay_floor(database_url: str) -> None:
    """Tables of the same columns, indexes and rows; without wall, without references."""
    with psycopg.connect(database_url, autocommit=True) as database:
        for table in TABLES:
            database.execute(f"CREATE TABLE bench_{table} (LIKE consent_{table} INCLUDING ALL)")
            database.execute(
                f"INSERT INTO bench_{table} OVERRIDING SYSTEM VALUE SELECT * FROM consent_{table}"  # noqa: S608
            )
            database.execute(f"SELECT setval(pg_get_serial_sequence('bench_{table}', 'id'), 100000000)")
            database.execute(f"GRANT ALL ON bench_{table} TO portal_app")
        database.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO portal_app")
        database.execute("VACUUM ANALYZE")
