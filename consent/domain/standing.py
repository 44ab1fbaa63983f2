"""Which children a guardian has something to do with, and how: the same answer for every page of the family."""

from collections.abc import Sequence
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
    return children_by_guardian([guardian], code=code)[guardian.id]


def children_by_guardian(guardians: Sequence[Guardian], *, code: str = "") -> dict[int, list[Child]]:
    """The same of several guardians (one mailbox in several foundations), by id; in two statements."""
    today = current().today
    ties = Guardianship.objects.filter(
        in_force(today), guardian__in=guardians, authority__in=[Authority.FULL, Authority.INFORMED]
    ).select_related("pupil")
    if code:
        ties = ties.filter(pupil__code=code)
    by_pair = {(tie.guardian_id, tie.pupil_id): tie for tie in ties.order_by("-since", "-id")}
    youngest_first = known_pupils(sorted({pupil_id for _guardian_id, pupil_id in by_pair}))[::-1]
    return {
        guardian.id: [
            child
            for known in youngest_first
            if (tie := by_pair.get((guardian.id, known.id)))
            and (child := _child(guardian, known, tie, today))
        ]
        for guardian in guardians
    }


def _child(guardian: Guardian, known: KnownPupil, tie: Guardianship, on: date) -> Child | None:
    standing = standing_on(known.facts, guardian.id, guardian.foundation.decides_from_age, on)
    has_authority = guardian.id in deciders_on(known.facts.authorities, on)
    if not has_authority and standing == Standing.LEFT:
        return None
    return Child(tie.pupil, known, standing, has_authority, tie.since)


def standing_on(facts: Facts, guardian_id: int, decides_from_age: int, on: date) -> Standing:
    """C1, R1, C2, C8: not here and not coming, old enough to decide, decided for by this guardian, or by another."""
    if first_day(facts, None, on) is None:
        return Standing.LEFT
    if guardian_id in deciders_at(facts, decides_from_age, on):
        return Standing.DECIDES
    return Standing.GROWN if decides_alone(facts.born_on, decides_from_age, on) else Standing.INFORMED
