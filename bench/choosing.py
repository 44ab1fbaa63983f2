"""What one client does: choose nine times for one child as a parent does, or write as many bare rows.

Imported when Django is set up.
"""

import time
from functools import partial
from itertools import count

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from bench.clients import CLIENTS, Act
from bench.filling import SLUG
from consent.choices import Channel, Value
from consent.domain.decide import Choice, decide
from consent.models import LatestAnswer, Purpose
from ledger.acting import Actor, acting, system
from ledger.choices import ActorKind
from schools.models import Foundation, Pupil

WORK = 0.005
TABLES = ("answer", "latestanswer")


def acts_of(number: int) -> dict[str, Act]:
    """The acts of this client, with children of its own. Half of the choices change something for the child."""
    connection.close()
    foundation = Foundation.objects.get(slug=SLUG).id
    with acting(system("bench"), [foundation]):
        pupils = list(Pupil.objects.order_by("id")[number::CLIENTS])
        purposes = list(Purpose.objects.order_by("id"))
        said = {
            row.pupil_id: row
            for row in LatestAnswer.objects.filter(pupil__in=pupils, purpose=purposes[0]).select_related(
                "guardian"
            )
        }

    entries = count(time.time_ns())

    def ours(turn: int, work: float = 0.0) -> None:
        pupil = pupils[turn % len(pupils)]
        guardian = said[pupil.id].guardian
        with acting(Actor(ActorKind.GUARDIAN, guardian.id, "link"), [foundation]):
            decide(
                guardian=guardian,
                choices=[Choice(pupil.id, purpose.id, value_at(turn)) for purpose in purposes],
                channel=Channel.SIGNED_IN,
                language="nl",
            )
            time.sleep(work) if work else None

    def floor(turn: int, work: float = 0.0) -> None:
        row = said[pupils[turn % len(pupils)].id]
        now, entry = timezone.now(), next(entries)
        until = None
        rows = [
            (
                foundation,
                row.entry_id,
                row.pupil_id,
                purpose.id,
                row.guardian_id,
                "full",
                str(value_at(turn)),
                row.version_id,
                "nl",
                "0" * 64,
                "signed_in",
                now,
                until,
                entry,
            )
            for purpose in purposes
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                INSERT % ",".join(["(" + ",".join(["%s"] * 14) + ")"] * len(rows)),
                [x for r in rows for x in r],
            )
            cursor.execute(UPSERT, [[pk for (pk,) in cursor.fetchall()]])
            time.sleep(work) if work else None

    return {
        "ours": ours,
        "floor": floor,
        "ours and 5 ms of work": partial(ours, work=WORK),
        "floor and 5 ms of work": partial(floor, work=WORK),
    }


INSERT = """INSERT INTO bench_answer (foundation_id, submission_id, pupil_id, purpose_id, guardian_id, authority, value, version_id, language, text_sha256, channel, decided_at, valid_until, entry_id) VALUES %s RETURNING id"""
UPSERT = """
INSERT INTO bench_latestanswer AS kept (foundation_id, pupil_id, purpose_id, guardian_id, value, version_id,
    decided_at, valid_until, entry_id, answer_id)
SELECT foundation_id, pupil_id, purpose_id, guardian_id, value, version_id, decided_at, valid_until, entry_id, id
FROM bench_answer WHERE id = ANY(%s)
ON CONFLICT (foundation_id, pupil_id, purpose_id, guardian_id) DO UPDATE SET
    value = excluded.value, version_id = excluded.version_id, decided_at = excluded.decided_at,
    valid_until = excluded.valid_until, entry_id = excluded.entry_id, answer_id = excluded.answer_id
"""


def value_at(turn: int) -> Value:
    return Value.YES if turn % 4 in (0, 3) else Value.NO


def lay_floor(database_url: str) -> None:
    """Tables of the same columns and indexes, filled alike; without wall, without references."""
    with psycopg.connect(database_url, autocommit=True) as database:
        for table in TABLES:
            database.execute(f"CREATE TABLE bench_{table} (LIKE consent_{table} INCLUDING ALL)")
            database.execute(
                f"INSERT INTO bench_{table} OVERRIDING SYSTEM VALUE SELECT * FROM consent_{table}"
            )
            database.execute(f"SELECT setval(pg_get_serial_sequence('bench_{table}', 'id'), 100000000)")
            database.execute(f"GRANT ALL ON bench_{table} TO portal_app")
        database.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO portal_app")
        database.execute("VACUUM ANALYZE")
