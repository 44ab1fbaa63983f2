"""May a picture of this person be used for this purpose, on this day? One pure function: `state`.

It knows no database and no clock. Everything that depends on a date (age, authority, enrolment, wording,
expiry) is folded here, each time it is asked, so no job has to run on time for the answer to be right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from consent.choices import Reason, Value

PUPIL = None  # the decider of an answer that somebody gave about themselves: the pupil, a colleague

# What a check makes by the hundred is a NamedTuple: frozen too, and made in a quarter of the time of a dataclass.


class Period(NamedTuple):
    """From a day until a day, both included; of an enrolment also at which school."""

    since: date
    until: date | None = None
    school: int | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class FullAuthority(NamedTuple):
    """A guardian may decide for the child during this period (C2).

    `beyond_age`: a legal representative (curatele, mentorschap), who decides also for a pupil who is old enough.
    """

    guardian: int
    period: Period
    beyond_age: bool = False


class GivenAnswer(NamedTuple):
    """One answer; `decider` is a guardian's id, or None for the pupil. `valid_until` bounds a yes only."""

    purpose: int
    decider: int | None
    value: Value
    decided_on: date
    valid_until: date | None
    wording: int
    id: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one pupil; `answers` in the order in which they were given."""

    born_on: date
    enrolments: tuple[Period, ...]
    authorities: tuple[FullAuthority, ...]
    answers: tuple[GivenAnswer, ...]


class Wording(NamedTuple):
    """A version of the question; a material one ends every yes on an older number from that day (C3)."""

    number: int
    is_material: bool
    in_force_on: date


@dataclass(frozen=True, slots=True)
class Policy:
    """How one purpose of one foundation is decided; `school`: it is an addition of that school only."""

    purpose: int
    all_must_agree: bool
    wordings: tuple[Wording, ...]
    decides_from_age: int = 16
    reset_at_16: bool = False
    pupil_may_veto: bool = False
    school: int | None = None

    def oldest_wording_that_counts(self, day: date) -> int:
        return max([w.number for w in self.wordings if w.is_material and w.in_force_on <= day], default=0)


@dataclass(frozen=True, slots=True)
class State:
    """The verdict for one person and one purpose. `since`: the day of the answer that settled it, if one did."""

    is_allowed: bool
    reason: Reason
    since: date | None = None
    rests_on: tuple[int, ...] = ()


def birthday(born_on: date, age: int) -> date:
    """The day on which somebody becomes `age`; born on 29 February: 1 March in other years (C2)."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def decides_alone(born_on: date, policy_age: int, on: date) -> bool:
    """From the birthday itself the pupil decides, and nobody else (C2, C8; UAVG 5)."""
    return on >= birthday(born_on, policy_age)


def deciders_at(facts: Facts, age: int, on: date) -> frozenset[int | None]:
    """Who decides on that day (C2, C6a): the guardians; from the birthday the pupil alone, unless a legal
    representative decides also beyond that age. PUPIL stands for the pupil."""
    if not decides_alone(facts.born_on, age, on):
        return deciders_on(facts.authorities, on)
    return _representatives(facts, on) or frozenset({PUPIL})


def decides_since(facts: Facts, age: int, on: date) -> date:
    """Since when a pupil who decides on that day does so: the birthday, or the day after a representative's last."""
    ended = [
        authority.period.until + timedelta(days=1)
        for authority in facts.authorities
        if authority.beyond_age and authority.period.until is not None and authority.period.until < on
    ]
    return max([birthday(facts.born_on, age), *ended])


def _representatives(facts: Facts, on: date) -> frozenset[int]:
    return deciders_on((authority for authority in facts.authorities if authority.beyond_age), on)


def deciders_on(authorities: Iterable[FullAuthority], on: date) -> frozenset[int]:
    """The guardians with full authority on that day (C2)."""
    return frozenset([authority.guardian for authority in authorities if authority.period.covers(on)])


def is_asked_of(facts: Facts, school: int | None, on: date) -> bool:
    """A purpose of one school is only about who is enrolled there on that day; the others about every pupil (C1)."""
    return any(period.covers(on) and school in (None, period.school) for period in facts.enrolments)


def state(facts: Facts, policy: Policy, on: date) -> State:
    """Whether a picture may be used on that day, and why (C1-C8).

    Silence, doubt, expiry and everything unknown are a no (C6). Answers for another purpose never count,
    in neither direction (C7).
    """
    if not is_asked_of(facts, policy.school, on):
        return State(False, Reason.NOT_ENROLLED)  # C1
    latest = _latest_of_each(
        [answer for answer in facts.answers if answer.purpose == policy.purpose]
    )  # C7, C3
    deciders = deciders_at(facts, policy.decides_from_age, on)
    if PUPIL not in deciders:
        return _judge(deciders, latest, policy, on, may_veto=policy.pupil_may_veto)
    since = decides_since(facts, policy.decides_from_age, on)
    if PUPIL in latest and _is_own_choice(latest[PUPIL], since):
        return _judge(deciders, latest, policy, on)
    if policy.reset_at_16:
        return State(False, Reason.PUPIL_DECIDES)  # C8
    return _frozen(facts, policy, on, since)


def staff_state(answers: Iterable[GivenAnswer], policy: Policy, on: date, *, works_here: bool) -> State:
    """Whether a picture of a colleague may be used on that day (O12, B4, L1): what they last said about themselves.

    As for pupils: silence, a yes that ran out and a changed question are a no; who left is not shown (C3, C6).
    """
    if not works_here:
        return State(False, Reason.NOT_ENROLLED)
    own = [answer for answer in answers if answer.purpose == policy.purpose]
    latest: dict[int | None, GivenAnswer] = {PUPIL: own[-1]._replace(decider=PUPIL)} if own else {}
    return _judge(frozenset({PUPIL}), latest, policy, on)


def _is_own_choice(answer: GivenAnswer, since: date) -> bool:
    """A no of before the pupil decided (a veto, C6a) goes on; a yes of that time never counts."""
    return answer.value == Value.NO or (answer.value != Value.BACK and answer.decided_on >= since)


def _frozen(facts: Facts, policy: Policy, on: date, since: date) -> State:
    """C8: what the deciders before the pupil had answered stays in force until the pupil's first answer."""
    before = _latest_of_each(
        answer for answer in facts.answers if answer.purpose == policy.purpose and answer.decided_on < since
    )
    eve = since - timedelta(days=1)
    found = _judge(deciders_at(facts, policy.decides_from_age, eve), before, policy, on)
    silent = found.reason in {Reason.NO_ANSWER, Reason.NO_DECIDER, Reason.EXPIRED, Reason.REWORDED}
    return State(False, Reason.PUPIL_DECIDES) if silent else found


def _latest_of_each(answers: Iterable[GivenAnswer]) -> dict[int | None, GivenAnswer]:
    return {answer.decider: answer for answer in answers}


def _judge(
    deciders: frozenset[int | None],
    latest: dict[int | None, GivenAnswer],
    policy: Policy,
    on: date,
    *,
    may_veto: bool = False,
) -> State:
    if not deciders:
        return State(False, Reason.NO_DECIDER)
    given = [latest[decider] for decider in sorted(deciders, key=str) if decider in latest]
    noes = [answer for answer in given if answer.value == Value.NO]  # C3: a no does not expire
    yeses = [answer for answer in given if _is_valid_yes(answer, policy, on)]
    if may_veto and PUPIL in latest and latest[PUPIL].value == Value.NO:
        return _because(Reason.REFUSED, [latest[PUPIL]])  # C6a: a veto, never a yes
    if noes:
        return _because(Reason.CONFLICT if yeses else Reason.REFUSED, noes)  # C4
    if talks := [answer for answer in given if answer.value == Value.TALK]:
        return _because(Reason.TALK_FIRST, talks)  # C6: a no until it is answered, also beside a yes
    if yeses and (len(yeses) == len(deciders) or not policy.all_must_agree):
        days = [answer.decided_on for answer in yeses]
        since = max(days) if policy.all_must_agree else min(days)
        return State(True, Reason.AGREED, since, tuple(answer.id for answer in yeses))  # C5
    return State(False, _why_not_yet(given, yeses, policy, on))  # C6


def _is_valid_yes(answer: GivenAnswer, policy: Policy, on: date) -> bool:
    """C3: a yes counts until its own last day, and only on a wording that still says the same."""
    return (
        answer.value == Value.YES
        and (answer.valid_until is None or on <= answer.valid_until)
        and answer.wording >= policy.oldest_wording_that_counts(on)
    )


def _because(reason: Reason, noes: Sequence[GivenAnswer]) -> State:
    first = min(answer.decided_on for answer in noes)
    return State(False, reason, first, tuple(answer.id for answer in noes))


def _why_not_yet(
    given: Sequence[GivenAnswer], yeses: Sequence[GivenAnswer], policy: Policy, on: date
) -> Reason:
    if yeses:
        return Reason.NOT_ALL_ANSWERED
    if any(answer.wording < policy.oldest_wording_that_counts(on) for answer in given):
        return Reason.REWORDED
    return Reason.EXPIRED if given else Reason.NO_ANSWER


def is_asked_on(event_on: date | None, day: date) -> bool:
    """An event is asked about until its day; after it the answer can only be changed (C9)."""
    return event_on is None or day <= event_on


def pupil_may_say(value: Value, *, decides: bool, may_veto: bool) -> bool:
    """From the age a pupil says anything; before it only no, and taking that back, where a veto exists (C6a)."""
    if decides:
        return value != Value.BACK
    return may_veto and value in {Value.NO, Value.BACK}
