"""What waits for the handler now, and until when, in school days (I7)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from incidents.choices import State
from schools.rules import DaysOff, is_school_day, school_day_after, school_days_between

# Receipt is confirmed within 2 school days (I7). The other two are ours: a measure that waits weeks for a talk with
# the parents is no measure, and who reports hears something before a fortnight has passed.
CONFIRM_DAYS, PARENTS_DAYS, ANSWER_DAYS = 2, 1, 10
# Between these hours of a school day a mail about a report may come; at night only what is to be told at once.
MORNING, EVENING = time(7), time(20)


class StepKind(StrEnum):
    CONFIRM = "confirm"  # open it: the reporter hears that it was received and seen
    TAKE_UP = "take_up"
    ANSWER = "answer"  # the reporter hears what school does
    DECIDE = "decide"
    TELL_PARENTS = "tell_parents"
    ENFORCE = "enforce"
    RESUME = "resume"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """`decided_on`: when the measure that is not in force yet was decided; `parents_to_tell`: for that measure."""

    state: State
    today: date
    received_on: date
    is_answered: bool = False
    decided_on: date | None = None
    parents_to_tell: bool = False
    vacations: tuple[DaysOff, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """`due_on` None: no term. `is_halfway`: half of the term has passed and it is not late yet."""

    kind: StepKind
    due_on: date | None = None
    is_late: bool = False
    is_halfway: bool = False


def told_from(now: datetime, *, is_at_once: bool, vacations: tuple[DaysOff, ...] = ()) -> datetime:
    """When the handler may be told, in the time zone of `now` (school time): now, or the next morning of school."""
    today = now.date()
    if is_at_once or (is_school_day(today, vacations) and MORNING <= now.time() < EVENING):
        return now
    is_early = is_school_day(today, vacations) and now.time() < MORNING
    day = today if is_early else school_day_after(today, 1, vacations)
    return datetime.combine(day, MORNING, tzinfo=now.tzinfo)


def next_step(facts: CaseFacts) -> Step | None:
    """The one step that comes first; None when the case is closed."""
    if facts.state == State.CLOSED:
        return None
    if facts.state == State.RECEIVED:
        return _within(StepKind.CONFIRM, facts.received_on, CONFIRM_DAYS, facts)
    if facts.decided_on is not None and facts.state != State.WAITING:
        if facts.parents_to_tell:
            return _within(StepKind.TELL_PARENTS, facts.decided_on, PARENTS_DAYS, facts)
        return Step(StepKind.ENFORCE)
    if not facts.is_answered and facts.state != State.WITHDRAWN:
        answer = _within(StepKind.ANSWER, facts.received_on, ANSWER_DAYS, facts)
        if facts.state not in FIRST or answer.is_halfway or answer.is_late:
            return answer
    return Step(FIRST.get(facts.state, StepKind.CLOSE))


# What the state itself asks; an answer to the reporter goes before it once half of its term has passed.
FIRST = {
    State.TRIAGED: StepKind.TAKE_UP,
    State.PROPOSED: StepKind.DECIDE,
    State.WAITING: StepKind.RESUME,
}


def _within(kind: StepKind, start: date, days: int, facts: CaseFacts) -> Step:
    due_on = school_day_after(start, days, facts.vacations)
    if facts.today > due_on:  # not counted how late: a report may be years old
        return Step(kind, due_on, is_late=True)
    passed = school_days_between(start, facts.today, facts.vacations)
    return Step(kind, due_on, is_halfway=passed * 2 >= days)
