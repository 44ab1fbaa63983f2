"""Which change takes an item away, by when, and who may do what in the register: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from consent.choices import Value
from consent.rules import KEEP_WORK, PUPIL, Facts, Policy, checking_roles, deciders_at, state
from ledger.acting import SCHOOL_TIME
from schools.choices import RoleName
from schools.models import Role
from schools.rules import schools_of

from .choices import Cause

# What somebody says who takes a yes back. "Talk first" does too: from then on it is no yes any more (C6).
TAKES_BACK = frozenset({Value.NO, Value.TALK})
# Both moments are those at which a request began: a no that came in together with the check was not seen by it,
# whichever began first. Longer than any request. A no that the check did see made it "do not use it".
SAME_MOMENT = timedelta(minutes=10)
MAY_END = KEEP_WORK | {RoleName.EDITOR}


@dataclass(frozen=True, slots=True)
class Said:
    """The latest answer of one decider about this person and purpose; PUPIL stands for the pupil."""

    decider: int | None
    value: Value
    at: datetime


@dataclass(frozen=True, slots=True)
class OnItem:
    """One person on one item. `allowed_at`: of the verdict; `lost_a_yes`: one it rested on was recorded in error."""

    allowed_at: datetime
    said: tuple[Said, ...]
    lost_a_yes: bool = False


def cause_of(person: OnItem, facts: Facts, policy: Policy) -> Cause | None:
    """Why this person must not be on the item any more; None when nothing was turned back (U3).

    A yes that merely runs out (its last day, another wording, a child that leaves, a pupil who starts to decide)
    is none. Who said it must have been a decider on that very day, and what is left without a yes that was an error
    is judged on the day of the verdict, so it does not matter when this is asked.
    """
    if any(_takes_back(one, person.allowed_at, facts, policy) for one in person.said):
        return Cause.TAKEN_BACK
    day = person.allowed_at.astimezone(SCHOOL_TIME).date()
    if person.lost_a_yes and not state(facts, policy, day).is_allowed:
        return Cause.IN_ERROR
    return None


def _takes_back(one: Said, allowed_at: datetime, facts: Facts, policy: Policy) -> bool:
    if one.at <= allowed_at - SAME_MOMENT or one.value not in TAKES_BACK:
        return False
    day = one.at.astimezone(SCHOOL_TIME).date()
    if one.decider in deciders_at(facts, policy.decides_from_age, day):
        return True
    return one.decider is PUPIL and one.value == Value.NO and policy.pupil_may_veto  # C6a


def register_schools(roles: Sequence[Role]) -> set[int] | None:
    """Of which schools somebody sees the register: those they check pictures for; None is all of them."""
    return schools_of(checking_roles(roles))


def may_see_register(roles: Sequence[Role]) -> bool:
    return bool(checking_roles(roles))


def ending_schools(roles: Iterable[Role]) -> set[int] | None:
    """Of which schools somebody sees to every item, also those of a colleague: office, director, editor."""
    return schools_of([role for role in roles if role.name in MAY_END])


def may_end(*, owner: int, school: int, me: int, roles: Iterable[Role]) -> bool:
    """Who changes an item in the register, and says that it is gone: who posted it, and who answers for the school."""
    schools = ending_schools(roles)
    return owner == me or schools is None or school in schools
