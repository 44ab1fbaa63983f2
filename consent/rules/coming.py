"""Who was enrolled, and still has to begin: asked before the first day, and a no for staff until then (R1, C1)."""

from datetime import date

from .verdict import Facts, Policy, State, state


def first_day(facts: Facts, school: int | None, on: date) -> date | None:
    """From when a pupil is at that school (None: at any): `on` itself for who is there, a later day for who comes.

    None for who left, or was never enrolled there.
    """
    days = [
        max(period.since, on)
        for period in facts.enrolments
        if (period.until is None or period.until >= on) and school in (None, period.school)
    ]
    return min(days, default=None)


def may_be_asked(facts: Facts, school: int | None, event_on: date | None, on: date) -> bool:
    """Whether that day a question may be answered about this pupil: one of the school where the pupil is or comes.

    About an event that is over before the first day nobody is asked (C7).
    """
    begins = first_day(facts, school, on)
    return begins is not None and (begins == on or event_on is None or begins <= event_on)


def state_from_first_day(facts: Facts, policy: Policy, on: date) -> State:
    """What the school may do on that day; for who still has to begin: on the first day, as things stand now.

    For families and the work list, so that nobody hears of a disagreement only when it counts. What staff may
    use is always `state`: until the first day it is no (C1), whatever was answered.
    """
    return state(facts, policy, first_day(facts, policy.school, on) or on)
