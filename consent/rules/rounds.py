"""When a round may be, and on which day whom it reminds (R1-R4)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST_REMINDERS = 3


@dataclass(frozen=True, slots=True)
class Days:
    """From when somebody is asked, and until when an answer is expected; both days included."""

    opens_on: date
    closes_on: date

    def remind_on(self, before: int) -> date:
        """The day of the reminder that leaves so many days before the closing day."""
        return self.closes_on - timedelta(days=before)


def days_of(schools: Collection[int], own: Mapping[int, Days], general: Days) -> Days:
    """The days of a family with children at these schools: the first one that opens, the last one that closes.

    `own`: what some schools chose; the others have those of the round. One message for all children (R2), so
    never before the first school asks, and never closed before the last one is.
    """
    mine = [own.get(school, general) for school in schools] or [general]
    return Days(min(days.opens_on for days in mine), max(days.closes_on for days in mine))


def reminder_due(days: Days, remind_before: Iterable[int], today: date) -> int:
    """The number of the reminder whose day has come: 1, 2 or 3; 0 when none has (R2).

    Counted back from the closing day. Who is late by a week gets the newest only, never two at once. A day that
    is not after the opening has no reminder: nobody is reminded of what came this morning.
    """
    if not days.opens_on < today <= days.closes_on:
        return 0
    on = [days.remind_on(before) for before in _counted_back(remind_before)]
    return max((number for number, day in enumerate(on, 1) if days.opens_on < day <= today), default=0)


def next_reminder(days: Days, remind_before: Iterable[int], today: date) -> date | None:
    """The first day after today on which a reminder leaves; None when there is none."""
    on = [days.remind_on(before) for before in _counted_back(remind_before)]
    return min((day for day in on if day > max(today, days.opens_on)), default=None)


def why_no_such_round(
    *, days: Days, today: date, year_ends_on: date, remind_before: Sequence[int]
) -> tuple[str, str] | None:
    """Which part of a round does not fit (the field), and why; None when all is well (R2, R4).

    It opens today or later, closes after that in its school year, and reminds in between: three times at most,
    each on a day of its own.
    """
    if days.opens_on < today:
        return "opens_on", "past"
    if days.closes_on <= days.opens_on:
        return "closes_on", "not_after_opening"
    if days.closes_on > year_ends_on:
        return "closes_on", "after_year"
    length = (days.closes_on - days.opens_on).days
    if len(remind_before) > MOST_REMINDERS or len(set(remind_before)) < len(remind_before):
        return "remind_before", "three_days"
    if any(not 0 < before < length for before in remind_before):
        return "remind_before", "not_in_round"
    return None


def _counted_back(remind_before: Iterable[int]) -> list[int]:
    return sorted(remind_before, reverse=True)[:MOST_REMINDERS]
