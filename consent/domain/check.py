"""May I post this? The verdict for everybody who is on it, with a reason each, and what would help (U1)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from consent.domain.facts import KnownPupil, KnownPurpose
from consent.models import Check, CheckedPerson
from consent.rules import State, state
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from notices.doorbell import ring_changed
from schools.models import Group, StaffMember


@dataclass(frozen=True, slots=True)
class Seen:
    """One person on the picture, and what holds for them."""

    pupil: KnownPupil
    state: State


@dataclass(frozen=True, slots=True)
class Verdict:
    """`seen` has who may not be shown first; `others_allow` are purposes where everybody may be shown."""

    purpose: KnownPurpose
    seen: tuple[Seen, ...]
    others_allow: tuple[KnownPurpose, ...]

    @property
    def blocked(self) -> tuple[Seen, ...]:
        return tuple(person for person in self.seen if not person.state.is_allowed)

    @property
    def is_allowed(self) -> bool:
        return bool(self.seen) and not self.blocked

    @property
    def fingerprint(self) -> str:
        """Differs when the place, somebody on it or what holds for them differs: is this what was on the screen?"""
        people = sorted(f"{person.pupil.code} {person.state.reason}" for person in self.seen)
        return hashlib.sha256("\n".join([self.purpose.slug, *people]).encode()).hexdigest()[:16]


def look(*, purpose: KnownPurpose, pupils: Sequence[KnownPupil], purposes: Iterable[KnownPurpose]) -> Verdict:
    """Apply the rule to each person for this day: nothing is stored, nothing is remembered between two calls.

    Nobody chosen is never allowed (C6).
    """
    today = current().today
    seen = [Seen(pupil, state(pupil.facts, purpose.policy, today)) for pupil in pupils]
    others = [
        other
        for other in purposes
        if other.id != purpose.id
        and seen
        and all(state(pupil.facts, other.policy, today).is_allowed for pupil in pupils)
    ]
    seen.sort(key=lambda person: person.state.is_allowed)  # stable: by name within each half
    return Verdict(purpose, tuple(seen), tuple(others))


def keep_check(*, verdict: Verdict, group: Group, staff_member: StaffMember) -> Check:
    """Keep this verdict with the answers that it rested on, as proof that somebody looked (U1).

    A kept verdict is of that moment: it allows nothing later. One ledger entry.
    """
    act = current()
    with transaction.atomic():
        check = Check.objects.create(
            foundation_id=act.foundation,
            staff_member=staff_member,
            group=group,
            purpose_id=verdict.purpose.id,
            is_allowed=verdict.is_allowed,
            at=act.now,
        )
        CheckedPerson.objects.bulk_create(
            CheckedPerson(
                foundation_id=act.foundation,
                check_row=check,
                pupil_id=person.pupil.id,
                is_allowed=person.state.is_allowed,
                reason=person.state.reason,
                since=person.state.since,
                rests_on=list(person.state.rests_on),
            )
            for person in verdict.seen
        )
        record(
            Verb.CHECK_KEPT,
            "check",
            check.id,
            code=check.code,
            purpose=verdict.purpose.slug,
            allowed=verdict.is_allowed,
            people=[[person.pupil.id, str(person.state.reason)] for person in verdict.seen],
        )
    transaction.on_commit(partial(ring_changed, act.foundation, [person.pupil.id for person in verdict.seen]))
    return check
