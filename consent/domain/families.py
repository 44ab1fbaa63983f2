"""Who decides for whom, in portions: a foundation of 94,000 parents takes no more memory than one of 900."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from consent.domain.counted import born_until
from ledger.acting import current
from ledger.sql import array_of
from schools.models import Foundation

PORTION = 2_000

# The guardians who decide for anybody on that day, in order of their ids.
DECIDING = """
SELECT DISTINCT g.guardian_id FROM schools_guardianship g
WHERE g.foundation_id = %(foundation)s AND g.guardian_id > %(after)s AND g.authority = 'full'
  AND g.since <= %(day)s AND (g.until IS NULL OR g.until >= %(day)s)
ORDER BY g.guardian_id LIMIT %(size)s
"""
# Their children who are enrolled, if only from a later day (R1); who is of age only with a legal representative.
CHILDREN = """
SELECT g.guardian_id, p.id, p.call_name, e.school_id, g.may_be_contacted
FROM schools_guardianship g
JOIN schools_pupil p ON p.foundation_id = g.foundation_id AND p.id = g.pupil_id
JOIN schools_enrolment e ON e.foundation_id = p.foundation_id AND e.pupil_id = p.id
     AND (e.until IS NULL OR e.until >= %(day)s)
WHERE g.foundation_id = %(foundation)s AND g.authority = 'full'
  AND (%(guardians)s::bigint[] IS NULL OR g.guardian_id = ANY (%(guardians)s::bigint[]))
  AND g.since <= %(day)s AND (g.until IS NULL OR g.until >= %(day)s)
  AND (g.beyond_16 OR p.born_on > %(grown)s)
ORDER BY g.guardian_id, p.born_on DESC, p.call_name, p.id
"""


@dataclass(slots=True)
class Family:
    """The children that one guardian decides for, youngest first, and the schools they go to.

    About who is in `unnamed` this guardian may not be contacted: no mail names them.
    """

    children: dict[int, str] = field(default_factory=dict)
    schools: set[int] = field(default_factory=set)
    unnamed: set[int] = field(default_factory=set)

    @property
    def call_names(self) -> list[str]:
        """The names in a mail; none when there is no child about whom this guardian may be contacted."""
        return [name for pk, name in self.children.items() if pk not in self.unnamed]


def families_of(guardian_ids: Collection[int], day: date) -> dict[int, Family]:
    """For whom these guardians decide on that day (C2); a pupil who decides alone is in no family."""
    found: dict[int, Family] = {}
    with connection.cursor() as cursor:
        cursor.execute(CHILDREN, _parameters(day, guardian_ids))
        for row in cursor.fetchall():
            _add_child(found, row)
    return found


def _parameters(day: date, guardian_ids: Collection[int] | None) -> dict[str, Any]:
    guardians = None if guardian_ids is None else array_of(guardian_ids)
    foundation = Foundation.objects.get(id=current().foundation)
    grown = born_until(foundation.decides_from_age, day)
    return {"day": day, "foundation": foundation.id, "guardians": guardians, "grown": grown}


def _add_child(found: dict[int, Family], row: tuple[int, int, str, int, bool]) -> None:
    guardian_id, pupil_id, call_name, school, may_be_contacted = row
    family = found.setdefault(guardian_id, Family())
    family.children[pupil_id] = call_name
    family.schools.add(school)
    if not may_be_contacted:
        family.unnamed.add(pupil_id)


def families_after(after: int, day: date, size: int = PORTION) -> tuple[dict[int, Family], int | None]:
    """The next families, of guardians with a higher id than `after`; and the id to go on from, None at the end."""
    with connection.cursor() as cursor:
        cursor.execute(
            DECIDING, {"foundation": current().foundation, "after": after, "day": day, "size": size}
        )
        ids = [row[0] for row in cursor.fetchall()]
    return families_of(ids, day) if ids else {}, ids[-1] if len(ids) == size else None


def families_on(day: date) -> Iterator[dict[int, Family]]:
    """All families of that day, a portion at a time: one statement, read through a cursor of the server.

    For who only looks. Who writes takes `families_after`: a transaction for each portion, that stands when it is done.
    """
    families: dict[int, Family] = {}
    with connection.chunked_cursor() as cursor:
        cursor.execute(CHILDREN, _parameters(day, None))
        while rows := cursor.fetchmany(PORTION):
            for row in rows:
                if len(families) >= PORTION and row[0] not in families:
                    yield families
                    families = {}
                _add_child(families, row)
    yield families
