"""What the rule needs to know, read in one statement however many pupils there are."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from consent.choices import Value
from consent.models import Purpose
from consent.querysets import school_year_of
from consent.rules import Facts, FullAuthority, GivenAnswer, Period, Policy, Wording
from ledger.acting import current
from schools.models import Foundation, Group


@dataclass(frozen=True, slots=True)
class KnownPupil:
    """A pupil with everything that the rule asks; `surname` never leaves the staff's side."""

    id: int
    code: str
    call_name: str
    surname: str
    facts: Facts
    letters: int = 1
    birthday_too: bool = False

    @property
    def short_name(self) -> str:
        """Call name and as much of the surname as tells this pupil from the others of the list."""
        dot = "." if self.letters < len(self.surname) else ""
        name = f"{self.call_name} {self.surname[: self.letters]}".strip() + dot
        return f"{name} ({self.facts.born_on:%d-%m-%Y})" if self.birthday_too else name


@dataclass(frozen=True, slots=True)
class KnownPurpose:
    """A purpose as the check needs it: the word that staff tap, the places by name, how it is decided."""

    id: int
    slug: str
    layer: str
    short_label: str
    covers: tuple[str, ...]
    policy: Policy
    event_on: date | None = None


# One row per pupil with small arrays: one statement for 1, 28 or 400 pupils.
FACTS = """
  p.id, p.code, p.call_name, p.surname, p.born_on,
  (SELECT jsonb_agg(jsonb_build_array(e.since, e.until, e.school_id)) FROM schools_enrolment e
    WHERE e.foundation_id = p.foundation_id AND e.pupil_id = p.id),
  (SELECT jsonb_agg(jsonb_build_array(g.guardian_id, g.since, g.until, g.beyond_16)) FROM schools_guardianship g
    WHERE g.foundation_id = p.foundation_id AND g.pupil_id = p.id AND g.authority = 'full'),
  (SELECT jsonb_agg(jsonb_build_array(a.purpose_id, a.guardian_id, a.value,
      (a.decided_at AT TIME ZONE 'Europe/Amsterdam')::date, a.valid_until, v.number, a.answer_id)
      ORDER BY a.entry_id)
    FROM consent_latestanswer a
    JOIN consent_questionversion v ON v.foundation_id = a.foundation_id AND v.id = a.version_id
    WHERE a.foundation_id = p.foundation_id AND a.pupil_id = p.id)
"""
BY_NAME = "unaccent(lower(p.call_name)), unaccent(lower(p.surname)), p.id"
OF_IDS = f"SELECT {FACTS} FROM schools_pupil p WHERE p.id = ANY(%s) ORDER BY p.born_on, {BY_NAME}"  # noqa: S608
# The same as one value beside a group, so that a check page asks once for the group and all that is in it.
PUPILS_OF_GROUP = f"""
(SELECT jsonb_agg(jsonb_build_array({FACTS}) ORDER BY {BY_NAME})
  FROM schools_groupmembership m
  JOIN schools_pupil p ON p.foundation_id = m.foundation_id AND p.id = m.pupil_id
  WHERE m.foundation_id = schools_group.foundation_id AND m.group_id = schools_group.id)
"""  # noqa: S608
PURPOSES_OF_FOUNDATION = """
(SELECT jsonb_agg(jsonb_build_array(u.id, u.slug, u.layer, u.short_label, u.all_must_agree, u.school_id, u.event_on,
    (SELECT jsonb_agg(l.name ORDER BY l.position, l.id) FROM consent_place l
      WHERE l.foundation_id = u.foundation_id AND l.purpose_id = u.id),
    (SELECT jsonb_agg(jsonb_build_array(v.number, v.is_material, v.in_force_on) ORDER BY v.number)
      FROM consent_questionversion v WHERE v.foundation_id = u.foundation_id AND v.purpose_id = u.id))
    ORDER BY u.position, u.id)
  FROM consent_purpose u WHERE u.is_active AND u.foundation_id = schools_group.foundation_id
    AND (u.school_id IS NULL OR u.school_id = schools_group.school_id))
"""


def with_what_the_check_needs(groups: QuerySet[Group]) -> QuerySet[Group]:
    """These groups with their pupils and the purposes as raw rows, in one statement; see `pupils_in` and
    `purposes_at`. Who left is among the pupils: the rule says so."""
    return groups.annotate(
        pupil_rows=RawSQL(PUPILS_OF_GROUP, [], output_field=JSONField()),  # noqa: S611  fixed text
        purpose_rows=RawSQL(PURPOSES_OF_FOUNDATION, [], output_field=JSONField()),  # noqa: S611  fixed text
    )


def pupils_in(group: Any) -> list[KnownPupil]:
    """The pupils of a group from `with_what_the_check_needs`, by name."""
    return [_known_pupil(row) for row in group.pupil_rows or []]


def told_apart(pupils: Sequence[KnownPupil]) -> list[KnownPupil]:
    """Two pupils never bear the same name in one list: the wrong Zoë must not be ticked.

    More letters of the surname where the first one is not enough; the date of birth where nothing else is.
    """
    shown = list(pupils)
    for letters in range(2, 1 + max((len(pupil.surname) for pupil in pupils), default=0)):
        twice = _shown_twice(shown)
        if not twice:
            return shown
        shown = [replace(pupil, letters=letters) if _key(pupil) in twice else pupil for pupil in shown]
    twice = _shown_twice(shown)
    return [replace(pupil, birthday_too=True) if _key(pupil) in twice else pupil for pupil in shown]


def _key(pupil: KnownPupil) -> tuple[str, str]:
    return pupil.call_name, pupil.surname[: pupil.letters]


def _shown_twice(pupils: Sequence[KnownPupil]) -> set[tuple[str, str]]:
    counts = Counter(_key(pupil) for pupil in pupils)
    return {key for key, count in counts.items() if count > 1}


def purposes_at(group: Any, foundation: Foundation) -> list[KnownPurpose]:
    """The purposes that may be used at that school, in order; an event until the end of its school year."""
    first_day = school_year_of(current().today)[0]
    return [
        KnownPurpose(
            pk,
            slug,
            layer,
            label,
            tuple(covers or ()),
            _policy(
                pk,
                all_agree,
                [Wording(number, hard, _day(on)) for number, hard, on in versions or []],
                foundation,
                school,
            ),
            _maybe(event_on),
        )
        for pk, slug, layer, label, all_agree, school, event_on, covers, versions in group.purpose_rows or []
        if event_on is None or _day(event_on) >= first_day
    ]


def known_pupils(ids: Sequence[int]) -> list[KnownPupil]:
    """These pupils, eldest first."""
    with connection.cursor() as cursor:
        cursor.execute(OF_IDS, [list(ids)])
        return [_known_pupil(row) for row in cursor.fetchall()]


def _known_pupil(row: Sequence[Any]) -> KnownPupil:
    pk, code, call_name, surname, born_on, enrolments, authorities, answers = row
    return KnownPupil(pk, code, call_name, surname, _facts(_day(born_on), enrolments, authorities, answers))


def _facts(born_on: date, enrolments: Any, authorities: Any, answers: Any) -> Facts:
    return Facts(
        born_on,
        tuple(Period(_day(since), _maybe(until), school) for since, until, school in _rows(enrolments)),
        tuple(
            FullAuthority(guardian, Period(_day(since), _maybe(until)), beyond)
            for guardian, since, until, beyond in _rows(authorities)
        ),
        tuple(
            GivenAnswer(purpose, decider, Value(value), _day(on), _maybe(until), number, pk)
            for purpose, decider, value, on, until, number, pk in _rows(answers)
        ),
    )


def _rows(text: Any) -> list[list[Any]]:
    return (json.loads(text) if isinstance(text, str) else text) or []


def _day(day: str | date) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


def _maybe(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def policy_of(purpose: Purpose, foundation: Foundation) -> Policy:
    """How this purpose is decided here; `purpose` comes from `purposes_in_use`."""
    wordings = [Wording(v.number, v.is_material, v.in_force_on) for v in purpose.versions.all()]
    return _policy(purpose.id, purpose.all_must_agree, wordings, foundation, purpose.school_id)


def _policy(
    purpose: int,
    all_must_agree: bool,
    wordings: Iterable[Wording],
    foundation: Foundation,
    school: int | None,
) -> Policy:
    return Policy(
        purpose=purpose,
        all_must_agree=all_must_agree,
        wordings=tuple(wordings),
        decides_from_age=foundation.decides_from_age,
        reset_at_16=foundation.reset_at_16,
        pupil_may_veto=foundation.pupil_may_veto,
        school=school,
    )
