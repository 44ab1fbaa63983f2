"""Which children a guardian has something to do with, and how: the same answer for every page of the family."""

from dataclasses import dataclass
from datetime import date

from consent.choices import Standing
from consent.domain.facts import KnownPupil, known_pupils
from consent.rules import Facts, deciders_at, deciders_on, decides_alone, first_day
from ledger.acting import current
from schools.choices import Authority
from schools.models import Guardian, Guardianship, Pupil
from schools.querysets import in_force


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a guardian. `since`: from when this guardian is one; `has_authority`: may decide until 16."""

    pupil: Pupil
    known: KnownPupil
    standing: Standing
    has_authority: bool
    since: date


def children_known_to(guardian: Guardian, *, code: str = "") -> list[Child]:
    """The children of this guardian today, or the one with that code; youngest first. Without authority: none.

    Of a child who left, only who decided knows it still: there is nothing left to be informed of.
    """
    today = current().today
    ties = Guardianship.objects.filter(
        in_force(today), guardian=guardian, authority__in=[Authority.FULL, Authority.INFORMED]
    ).select_related("pupil")
    if code:
        ties = ties.filter(pupil__code=code)
    by_pupil = {tie.pupil_id: tie for tie in ties.order_by("-since", "-id")}
    age = guardian.foundation.decides_from_age
    found = []
    for known in reversed(known_pupils(sorted(by_pupil))):
        tie = by_pupil[known.id]
        standing = standing_on(known.facts, guardian.id, age, today)
        has_authority = guardian.id in deciders_on(known.facts.authorities, today)
        if has_authority or standing != Standing.LEFT:
            found.append(Child(tie.pupil, known, standing, has_authority, tie.since))
    return found


def standing_on(facts: Facts, guardian_id: int, decides_from_age: int, on: date) -> Standing:
    """C1, R1, C2, C8: not here and not coming, old enough to decide, decided for by this guardian, or by another."""
    if first_day(facts, None, on) is None:
        return Standing.LEFT
    if guardian_id in deciders_at(facts, decides_from_age, on):
        return Standing.DECIDES
    return Standing.GROWN if decides_alone(facts.born_on, decides_from_age, on) else Standing.INFORMED
