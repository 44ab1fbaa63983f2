"""May I post this? The verdict for everybody who is on it, with a reason each, and what would help (U1)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import transaction

from consent.choices import Reason
from consent.domain.colleagues import KnownColleague
from consent.domain.facts import KnownPupil, KnownPurpose
from consent.domain.groups import KnownGroup
from consent.models import Check, CheckedPerson
from consent.rules import Policy, State, staff_state, state
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from notices.doorbell import ring_changed
from schools.models import Group, StaffMember


@dataclass(frozen=True, slots=True)
class Seen:
    """One person on the picture, a pupil or a colleague, and what holds for them.

    `only_for`: activities for which there is a yes, where nothing was said about this place (C7, S4).
    """

    who: KnownPupil | KnownColleague
    state: State
    only_for: tuple[KnownPurpose, ...] = ()

    @property
    def is_colleague(self) -> bool:
        return isinstance(self.who, KnownColleague)


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
        people = sorted(f"{person.who.code} {person.state.reason}" for person in self.seen)
        return hashlib.sha256("\n".join([self.purpose.slug, *people]).encode()).hexdigest()[:16]


def look(
    *,
    purpose: KnownPurpose,
    pupils: Sequence[KnownPupil],
    purposes: Iterable[KnownPurpose],
    colleagues: Sequence[KnownColleague] = (),
) -> Verdict:
    """Apply the rule to each person for this day: nothing is stored, nothing is remembered between two calls.

    Nobody chosen is never allowed (C6).
    """
    today, purposes = current().today, list(purposes)
    people: list[KnownPupil | KnownColleague] = [*pupils, *colleagues]
    seen = [_seen(who, purpose, purposes, today) for who in people]
    seen.sort(key=lambda person: person.state.is_allowed)  # stable: by name within each half
    others = [  # who is blocked here comes first: most often that settles it elsewhere too
        other
        for other in purposes
        if other.id != purpose.id
        and seen
        and all(_state_of(person.who, other.policy, today).is_allowed for person in seen)
    ]
    return Verdict(purpose, tuple(seen), tuple(others))


def _seen(
    who: KnownPupil | KnownColleague, purpose: KnownPurpose, purposes: Iterable[KnownPurpose], on: date
) -> Seen:
    found = _state_of(who, purpose.policy, on)
    if found.reason != Reason.NO_ANSWER or purpose.event_on is not None:
        return Seen(who, found)
    events = (other for other in purposes if other.event_on is not None)
    return Seen(who, found, tuple(e for e in events if _state_of(who, e.policy, on).is_allowed))


def _state_of(who: KnownPupil | KnownColleague, policy: Policy, on: date) -> State:
    """Pupils by who decides for them (C2), colleagues by what they said of themselves (O12)."""
    if isinstance(who, KnownColleague):
        return staff_state(who.answers, policy, on, works_here=True)
    return state(who.facts, policy, on)


def keep_check(*, verdict: Verdict, group: KnownGroup | Group, staff_member: StaffMember) -> Check:
    """Keep this verdict with the answers that it rested on, as proof that somebody looked (U1).

    A kept verdict is of that moment: it allows nothing later. One ledger entry.
    """
    act = current()
    with transaction.atomic():
        check = Check.objects.create(
            foundation_id=act.foundation,
            staff_member=staff_member,
            group_id=group.id,
            purpose_id=verdict.purpose.id,
            is_allowed=verdict.is_allowed,
            at=act.now,
        )
        CheckedPerson.objects.bulk_create(
            CheckedPerson(
                foundation_id=act.foundation,
                check_row=check,
                pupil_id=None if person.is_colleague else person.who.id,
                staff_member_id=person.who.id if person.is_colleague else None,
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
            people=_written(person for person in verdict.seen if not person.is_colleague),
            colleagues=_written(person for person in verdict.seen if person.is_colleague),
        )
    pupils = [person.who.id for person in verdict.seen if not person.is_colleague]
    transaction.on_commit(partial(ring_changed, act.foundation, pupils))
    return check


def _written(people: Iterable[Seen]) -> list[list[object]]:
    return [[person.who.id, str(person.state.reason)] for person in people]
