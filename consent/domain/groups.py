"""A group with all that a check of it asks, in one statement whatever its size."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from consent.domain.colleagues import KnownColleague, known_colleague
from consent.domain.facts import (
    BY_NAME,
    FACTS,
    KnownPupil,
    KnownPurpose,
    day,
    known_pupil,
    maybe_day,
    policy_from,
)
from consent.querysets import school_year_of
from consent.rules import Period, Wording
from ledger.acting import current
from schools.choices import RoleName
from schools.models import Foundation


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group of some school year: pupils and colleagues by name, the purposes that may be used there in order.

    Who left is among the pupils: the rule says so.
    """

    id: int
    code: str
    name: str
    school: str
    year: Period
    pupils: list[KnownPupil]
    purposes: list[KnownPurpose]
    colleagues: list[KnownColleague]


PUPILS = f"""
(SELECT json_agg(json_build_array({FACTS}) ORDER BY {BY_NAME})
  FROM schools_groupmembership m
  JOIN schools_pupil p ON p.foundation_id = m.foundation_id AND p.id = m.pupil_id
  WHERE m.foundation_id = g.foundation_id AND m.group_id = g.id)
"""  # noqa: S608
PURPOSES = """
(SELECT json_agg(json_build_array(u.id, u.slug, u.layer, u.short_label, u.all_must_agree, u.school_id, u.event_on,
    (SELECT json_agg(l.name ORDER BY l.position, l.id) FROM consent_place l
      WHERE l.foundation_id = u.foundation_id AND l.purpose_id = u.id),
    (SELECT json_agg(json_build_array(v.number, v.is_material, v.in_force_on) ORDER BY v.number)
      FROM consent_questionversion v WHERE v.foundation_id = u.foundation_id AND v.purpose_id = u.id))
    ORDER BY u.position, u.id)
  FROM consent_purpose u WHERE u.is_active AND u.foundation_id = g.foundation_id
    AND (u.school_id IS NULL OR u.school_id = g.school_id)
    AND (u.event_on IS NULL OR u.event_on >= %(year)s))
"""
# A seat in the council alone is no work at school. Who works for the foundation comes to every school. In three
# parts, each by an index: one condition over all roles read those of the whole foundation for each page.
COLLEAGUES = """
(SELECT json_agg(json_build_array(s.id, s.code, s.call_name, concat_ws(' ', s.call_name, nullif(s.prefix, ''),
      nullif(s.surname, '')),
    (SELECT json_agg(json_build_array(a.purpose_id, a.value, (a.decided_at AT TIME ZONE 'Europe/Amsterdam')::date,
        a.valid_until, v.number, a.id) ORDER BY a.entry_id, a.id)
      FROM consent_staffanswer a
      JOIN consent_questionversion v ON v.foundation_id = a.foundation_id AND v.id = a.version_id
      WHERE a.foundation_id = s.foundation_id AND a.staff_member_id = s.id))
    ORDER BY unaccent(lower(s.call_name)), unaccent(lower(s.surname)), s.id)
  FROM schools_staffmember s
  WHERE s.foundation_id = g.foundation_id AND NOT s.has_left AND s.id = ANY (ARRAY(
    SELECT r.staff_member_id FROM (
      SELECT r.* FROM schools_role r WHERE r.foundation_id = g.foundation_id AND r.school_id = g.school_id
      UNION ALL SELECT r.* FROM schools_role r WHERE r.foundation_id = g.foundation_id AND r.school_id IS NULL
        AND r.group_id = ANY (ARRAY(
          SELECT o.id FROM schools_group o WHERE o.foundation_id = g.foundation_id AND o.school_id = g.school_id))
      UNION ALL SELECT r.* FROM schools_role r WHERE r.foundation_id = g.foundation_id AND r.school_id IS NULL
        AND r.group_id IS NULL) r
    WHERE r.name <> %(council)s AND r.since <= %(today)s AND (r.until IS NULL OR r.until >= %(today)s))))
"""
GROUP = f"""
SELECT g.id, g.code, g.name, at.name, y.starts_on, y.ends_on, {PUPILS}, {PURPOSES}, {COLLEAGUES}
FROM schools_group g
JOIN schools_school at ON at.foundation_id = g.foundation_id AND at.id = g.school_id
JOIN schools_schoolyear y ON y.foundation_id = g.foundation_id AND y.id = g.year_id
WHERE g.code = %(code)s AND (%(reach)s::bigint[] IS NULL OR g.school_id = ANY(%(reach)s::bigint[]))
"""  # noqa: S608


def known_group(code: str, foundation: Foundation, reach: Collection[int] | None = None) -> KnownGroup | None:
    """The group with this code at one of these schools (None: at any), with what holds today."""
    with connection.cursor() as cursor:
        cursor.execute(GROUP, values_for(code, current().today, reach))
        row = cursor.fetchone()
    if row is None:
        return None
    pk, code, name, school, starts_on, ends_on, pupils, purposes, colleagues = row
    return KnownGroup(
        pk,
        code,
        name,
        school,
        Period(starts_on, ends_on),
        [known_pupil(one) for one in pupils or ()],
        [_known_purpose(one, foundation) for one in purposes or ()],
        [known_colleague(one) for one in colleagues or ()],
    )


def values_for(code: str, today: date, reach: Collection[int] | None) -> dict[str, Any]:
    """The values that `GROUP` is asked with."""
    return {
        "code": code,
        "today": today,
        "year": school_year_of(today)[0],  # an event counts until the end of its school year (C7)
        "council": str(RoleName.COUNCIL),
        "reach": None if reach is None else list(reach),
    }


def _known_purpose(row: list[Any], foundation: Foundation) -> KnownPurpose:
    pk, slug, layer, label, all_agree, school, event_on, covers, versions = row
    wordings = [Wording(number, is_material, day(on)) for number, is_material, on in versions or ()]
    policy = policy_from(pk, all_agree, wordings, foundation, school)
    return KnownPurpose(pk, slug, layer, label, tuple(covers or ()), policy, maybe_day(event_on))
