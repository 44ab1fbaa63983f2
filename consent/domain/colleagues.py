"""Colleagues on a picture: who can be tapped beside the pupils of a group, with what they said of themselves (O12)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL

from consent.choices import Value
from consent.domain.own import as_given, latest_of
from consent.rules import PUPIL, GivenAnswer
from schools.choices import RoleName
from schools.models import Group, Role, StaffMember
from schools.querysets import in_force


@dataclass(frozen=True, slots=True)
class KnownColleague:
    """Somebody who works here today; `answers` are about themselves, in the order in which they were given."""

    id: int
    code: str
    call_name: str
    full_name: str
    answers: tuple[GivenAnswer, ...]

    @property
    def short_name(self) -> str:
        """Colleagues know each other by the whole name."""
        return self.full_name


# A seat in the council alone is no work at school. Who works for the foundation comes to every school. In three
# parts, each by an index: one condition over all roles read those of the whole foundation for each page.
COLLEAGUES_OF_GROUP = """
(SELECT jsonb_agg(jsonb_build_array(s.id, s.code, s.call_name, concat_ws(' ', s.call_name, nullif(s.prefix, ''),
      nullif(s.surname, '')),
    (SELECT jsonb_agg(jsonb_build_array(a.purpose_id, a.value, (a.decided_at AT TIME ZONE 'Europe/Amsterdam')::date,
        a.valid_until, v.number, a.id) ORDER BY a.entry_id, a.id)
      FROM consent_staffanswer a
      JOIN consent_questionversion v ON v.foundation_id = a.foundation_id AND v.id = a.version_id
      WHERE a.foundation_id = s.foundation_id AND a.staff_member_id = s.id))
    ORDER BY unaccent(lower(s.call_name)), unaccent(lower(s.surname)), s.id)
  FROM schools_staffmember s
  WHERE s.foundation_id = schools_group.foundation_id AND NOT s.has_left AND s.id = ANY (ARRAY(
    SELECT r.staff_member_id FROM (
      SELECT r.* FROM schools_role r WHERE r.foundation_id = schools_group.foundation_id
        AND r.school_id = schools_group.school_id
      UNION ALL SELECT r.* FROM schools_role r WHERE r.foundation_id = schools_group.foundation_id
        AND r.school_id IS NULL AND r.group_id = ANY (ARRAY(
          SELECT g.id FROM schools_group g
          WHERE g.foundation_id = schools_group.foundation_id AND g.school_id = schools_group.school_id))
      UNION ALL SELECT r.* FROM schools_role r WHERE r.foundation_id = schools_group.foundation_id
        AND r.school_id IS NULL AND r.group_id IS NULL) r
    WHERE r.name <> %s AND r.since <= %s AND (r.until IS NULL OR r.until >= %s))))
"""


def with_colleagues(groups: QuerySet[Group], on: date) -> QuerySet[Group]:
    """These groups with everybody who works at their school on that day as raw rows; see `colleagues_in`."""
    params = [str(RoleName.COUNCIL), on, on]
    return groups.annotate(
        colleague_rows=RawSQL(COLLEAGUES_OF_GROUP, params, output_field=JSONField())  # noqa: S611  fixed text
    )


def colleagues_in(group: Any) -> list[KnownColleague]:
    """The colleagues of a group from `with_colleagues`, by name."""
    return [
        KnownColleague(pk, code, call_name, full_name, tuple(_given(row) for row in answers or []))
        for pk, code, call_name, full_name, answers in group.colleague_rows or []
    ]


def colleagues_with(
    codes: Collection[str], school_ids: Collection[int] | None, on: date
) -> list[KnownColleague]:
    """Those with these codes who work on that day at these schools, for the foundation, or anywhere (None)."""
    roles = Role.objects.filter(in_force(on))
    if school_ids is not None:
        here = Q(school_id__in=school_ids) | Q(group__school_id__in=school_ids) | Q(school=None, group=None)
        roles = roles.filter(here)
    at_work = StaffMember.objects.filter(
        code__in=codes, has_left=False, id__in=roles.order_by().values("staff_member_id")
    )
    people = list(at_work.order_by("call_name", "surname", "id"))
    said = latest_of([person.id for person in people])
    return [
        KnownColleague(
            person.id,
            person.code,
            person.call_name,
            person.full_name,
            tuple(as_given(row) for row in said[person.id].values()),
        )
        for person in people
    ]


def _given(row: Sequence[Any]) -> GivenAnswer:
    purpose, value, on, until, number, pk = row
    return GivenAnswer(purpose, PUPIL, Value(value), _day(on), _day(until) if until else None, number, pk)


def _day(text: str) -> date:
    return date.fromisoformat(text)
