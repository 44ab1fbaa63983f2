"""Colleagues on a picture: who can be tapped beside the pupils of a group, with what they said of themselves (O12)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from consent.domain.facts import VALUES, day, maybe_day
from consent.domain.own import as_given, latest_of
from consent.rules import PUPIL, GivenAnswer
from schools.models import Role, StaffMember
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


def known_colleague(row: Sequence[Any]) -> KnownColleague:
    """A colleague from a row of `COLLEAGUES_OF_GROUP`."""
    pk, code, call_name, full_name, answers = row
    return KnownColleague(pk, code, call_name, full_name, tuple(_given(answer) for answer in answers or ()))


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
    return GivenAnswer(purpose, PUPIL, VALUES[value], day(on), maybe_day(until), number, pk)
