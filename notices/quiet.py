"""When the mails of a round may leave: in the hours of a school day's family, never to wake or disturb anybody.

Pure: no database, no clock. Hours are those of the clock on the wall (Europe/Amsterdam), so a change of the clock
moves nothing that somebody would see.
"""

from collections.abc import Container
from datetime import date, datetime, time, timedelta

from django.conf import settings

from ledger.acting import SCHOOL_TIME
from schools.rules import LONGEST_GAP, is_national_holiday

SUNDAY, ONE_DAY = 6, timedelta(days=1)
NONE: frozenset[date] = frozenset()


def is_quiet_day(day: date, free_days: Container[date] = NONE) -> bool:
    """Sunday, a day off for every school (see `schools.rules.national_holidays`), or one of `free_days`."""
    return day.weekday() == SUNDAY or is_national_holiday(day) or day in free_days


def may_leave(moment: datetime, free_days: Container[date] = NONE) -> bool:
    """From MAILS_FROM_HOUR until MAILS_UNTIL_HOUR (that minute itself no more), on a day that is not quiet.

    `free_days`: vacations of the reader's school, known to the caller. Without QUIET_TIMES always.
    """
    if not settings.QUIET_TIMES:
        return True
    local = moment.astimezone(SCHOOL_TIME)
    return settings.MAILS_FROM_HOUR <= local.hour < settings.MAILS_UNTIL_HOUR and not is_quiet_day(
        local.date(), free_days
    )


def next_moment(moment: datetime, free_days: Container[date] = NONE) -> datetime:
    """The first moment from `moment` on at which a mail may leave; `moment` itself when it may.

    Free days that go on for more than a year cannot be right: then they are not looked at.
    """
    if may_leave(moment, free_days):
        return moment
    local = moment.astimezone(SCHOOL_TIME)
    first = local.date() if local.hour < settings.MAILS_FROM_HOUR else local.date() + ONE_DAY
    for ahead in range(LONGEST_GAP):
        day = first + ahead * ONE_DAY
        if not is_quiet_day(day, free_days):
            return datetime.combine(day, time(settings.MAILS_FROM_HOUR), tzinfo=SCHOOL_TIME)
    return next_moment(moment)
