"""May a picture of this person be used for this purpose, on this day? One pure function: `state`.

It knows no database and no clock. Everything that depends on a date (age, authority, enrolment, wording,
expiry) is folded here, each time it is asked, so no job has to run on time for the answer to be right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from schools.choices import RoleName
from schools.models import Role

from .choices import Reason, Value

# From how many browsers a personal link may say yes.
TRUSTED_BROWSERS = 2
PUPIL = None  # the decider of an answer that the pupil gave


@dataclass(frozen=True, slots=True)
class Period:
    """From a day until a day, both included; of an enrolment also at which school."""

    since: date
    until: date | None = None
    school: int | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class FullAuthority:
    """A guardian may decide for the child during this period (C2)."""

    guardian: int
    period: Period


@dataclass(frozen=True, slots=True)
class GivenAnswer:
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


@dataclass(frozen=True, slots=True)
class Wording:
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
        return max((w.number for w in self.wordings if w.is_material and w.in_force_on <= day), default=0)


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


def deciders_on(authorities: Iterable[FullAuthority], on: date) -> frozenset[int]:
    """The guardians with full authority on that day (C2)."""
    return frozenset(authority.guardian for authority in authorities if authority.period.covers(on))


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
    latest = _latest_of_each(answer for answer in facts.answers if answer.purpose == policy.purpose)  # C7, C3
    grown_on = birthday(facts.born_on, policy.decides_from_age)
    if on < grown_on:
        return _judge(deciders_on(facts.authorities, on), latest, policy, on, may_veto=policy.pupil_may_veto)
    if PUPIL in latest:
        return _judge(frozenset({PUPIL}), latest, policy, on)
    if policy.reset_at_16:
        return State(False, Reason.PUPIL_DECIDES)  # C8
    return _frozen(facts, policy, on, grown_on)


def _frozen(facts: Facts, policy: Policy, on: date, grown_on: date) -> State:
    """C8: what the parents had answered before the birthday stays in force until the pupil's first answer."""
    before = _latest_of_each(
        answer
        for answer in facts.answers
        if answer.purpose == policy.purpose and answer.decided_on < grown_on
    )
    eve = date.fromordinal(grown_on.toordinal() - 1)
    found = _judge(deciders_on(facts.authorities, eve), before, policy, on)
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


@dataclass(frozen=True, slots=True)
class LinkStrength:
    """What is known of the link that an answer comes through."""

    needs_code_always: bool
    closes_on: date
    is_known_device: bool
    devices_before: int


def link_may_say_yes(link: LinkStrength, on: date) -> bool:
    """A link may say yes during the round, from at most two browsers, unless the foundation always asks a code.

    A no may always be said: the weakest key can only make a child safer.
    """
    if link.needs_code_always or on > link.closes_on:
        return False
    return link.is_known_device or link.devices_before < TRUSTED_BROWSERS


# Who may ask "may I post this?": everybody with a role at the school, of the groups of that school.
MAY_CHECK = frozenset(
    {
        RoleName.TEACHER,
        RoleName.MENTOR,
        RoleName.SUBSTITUTE,
        RoleName.PHASE_COORDINATOR,
        RoleName.TEAM_LEADER,
        RoleName.DEPARTMENT_LEADER,
        RoleName.EDITOR,
        RoleName.OFFICE,
        RoleName.ANTI_BULLYING,
        RoleName.DIRECTOR,
        RoleName.ADMINISTRATOR,
    }
)


def may_check(roles: Sequence[Role]) -> bool:
    """U1: who works with pictures of pupils; not the board, the DPO or the confidential adviser."""
    return bool(checking_roles(roles))


def checking_roles(roles: Sequence[Role]) -> list[Role]:
    """The roles that open groups for a check: a seat in the council of another school opens nothing there."""
    return [role for role in roles if role.name in MAY_CHECK]


def may_ask_parents(roles: Iterable[Role]) -> bool:
    """Who may start a round: it mails every parent, so only the administrator of the foundation."""
    return any(role.name == RoleName.ADMINISTRATOR for role in roles)


def may_set_questions(roles: Iterable[Role]) -> bool:
    """Who may change what parents are asked: the wording is proof, so only the administrator of the foundation."""
    return any(role.name == RoleName.ADMINISTRATOR for role in roles)


def why_no_such_round(
    *, opens_on: date, remind_on: date, closes_on: date, year_ends_on: date
) -> tuple[str, str] | None:
    """Which day of a round does not fit (the field), and why; None when all three do (R2, R4).

    The reminder comes after the day of the mail and before the closing day, the round closes in its school year.
    """
    if closes_on <= opens_on:
        return "closes_on", "not_after_today"
    if closes_on > year_ends_on:
        return "closes_on", "after_year"
    if remind_on <= opens_on:
        return "remind_on", "not_after_today"
    return ("remind_on", "not_before_closing") if remind_on >= closes_on else None
