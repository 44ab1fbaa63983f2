"""What the rule needs to know, read in one statement however many pupils there are."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from consent.choices import Value
from consent.models import Purpose
from consent.rules import Facts, FullAuthority, GivenAnswer, Period, Policy, Wording
from schools.models import Foundation


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


VALUES = {str(value): value for value in Value}
# One row per pupil with small arrays: one statement for 1, 28 or 400 pupils.
FACTS = """
  p.id, p.code, p.call_name, p.surname, p.born_on,
  (SELECT json_agg(json_build_array(e.since, e.until, e.school_id)) FROM schools_enrolment e
    WHERE e.foundation_id = p.foundation_id AND e.pupil_id = p.id),
  (SELECT json_agg(json_build_array(g.guardian_id, g.since, g.until, g.beyond_16)) FROM schools_guardianship g
    WHERE g.foundation_id = p.foundation_id AND g.pupil_id = p.id AND g.authority = 'full'),
  (SELECT json_agg(json_build_array(a.purpose_id, a.guardian_id, a.value,
      (a.decided_at AT TIME ZONE 'Europe/Amsterdam')::date, a.valid_until, v.number, a.answer_id)
      ORDER BY a.entry_id)
    FROM consent_latestanswer a
    JOIN consent_questionversion v ON v.foundation_id = a.foundation_id AND v.id = a.version_id
    WHERE a.foundation_id = p.foundation_id AND a.pupil_id = p.id)
"""
BY_NAME = "unaccent(lower(p.call_name)), unaccent(lower(p.surname)), p.id"
OF_IDS = f"SELECT {FACTS} FROM schools_pupil p WHERE p.id = ANY(%s) ORDER BY p.born_on, {BY_NAME}"  # noqa: S608


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


def known_pupils(ids: Sequence[int]) -> list[KnownPupil]:
    """These pupils, eldest first."""
    with connection.cursor() as cursor:
        cursor.execute(OF_IDS, [list(ids)])
        return [known_pupil(row) for row in cursor.fetchall()]


def known_pupil(row: Sequence[Any]) -> KnownPupil:
    """A pupil from a row of `FACTS`."""
    pk, code, call_name, surname, born_on, enrolments, authorities, answers = row
    facts = Facts(
        born_on if isinstance(born_on, date) else date.fromisoformat(born_on),
        tuple(Period(day(since), maybe_day(until), school) for since, until, school in enrolments or ()),
        tuple(
            FullAuthority(guardian, Period(day(since), maybe_day(until)), beyond)
            for guardian, since, until, beyond in authorities or ()
        ),
        tuple(
            GivenAnswer(purpose, decider, VALUES[value], day(on), maybe_day(until), number, pk)
            for purpose, decider, value, on, until, number, pk in answers or ()
        ),
    )
    return KnownPupil(pk, code, call_name, surname, facts)


day = date.fromisoformat  # of a day as it stands in JSON


def maybe_day(text: str | None) -> date | None:
    """The same where there may be no day."""
    return date.fromisoformat(text) if text else None


def policy_of(purpose: Purpose, foundation: Foundation) -> Policy:
    """How this purpose is decided here; `purpose` comes from `purposes_in_use`."""
    wordings = [Wording(v.number, v.is_material, v.in_force_on) for v in purpose.versions.all()]
    return policy_from(purpose.id, purpose.all_must_agree, wordings, foundation, purpose.school_id)


def policy_from(
    purpose: int,
    all_must_agree: bool,
    wordings: Iterable[Wording],
    foundation: Foundation,
    school: int | None,
) -> Policy:
    """The same from plain values: what the foundation settled, and what this purpose asks."""
    return Policy(
        purpose=purpose,
        all_must_agree=all_must_agree,
        wordings=tuple(wordings),
        decides_from_age=foundation.decides_from_age,
        reset_at_16=foundation.reset_at_16,
        pupil_may_veto=foundation.pupil_may_veto,
        school=school,
    )
