"""The days on which no round writes to anybody: Sundays, national holidays, and the vacation of the school (R2)."""

from collections.abc import Collection
from datetime import date, timedelta

from django.conf import settings

from notices import quiet
from schools.models import School, Vacation
from schools.rules import LONGEST_GAP


def is_quiet_day(day: date) -> bool:
    """Nobody in the country gets a mail of a round on this day."""
    return settings.QUIET_TIMES and quiet.is_quiet_day(day)


def mail_day(day: date) -> date:
    """This day, or the first one after it on which mails of a round leave; vacations of one school not counted."""
    return next(
        day + timedelta(days=n) for n in range(LONGEST_GAP) if not is_quiet_day(day + timedelta(days=n))
    )


def closed_schools(day: date) -> frozenset[int]:
    """The schools that have a vacation on this day, by its region or of their own: their families are left alone."""
    if not settings.QUIET_TIMES:
        return frozenset()
    rows = Vacation.objects.filter(since__lte=day, until__gte=day).order_by()
    ids = set(rows.values_list("school_id", flat=True))
    if None in ids:
        return frozenset(School.objects.order_by().values_list("id", flat=True))
    return frozenset(pk for pk in ids if pk is not None)


def quiet_schools(day: date, schools: Collection[School]) -> list[School]:
    """Of these schools those whose families get no mail on this day: all of them on a Sunday or a holiday."""
    if is_quiet_day(day):
        return list(schools)
    closed = closed_schools(day)
    return [school for school in schools if school.id in closed]
