"""Who may do what with people and places: pure predicates over the roles of today."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from .choices import RoleName
from .models import Foundation, Role

# Since and until, both included.
DaysOff = tuple[date, date]
ONE_DAY, LONGEST_GAP, MOST_DAYS = timedelta(days=1), 366, 3660
# Who speaks with parents for the school; a teacher knows those of the own group.
ROLES_THAT_FIND_PARENTS = frozenset(
    {
        RoleName.OFFICE,
        RoleName.TEAM_LEADER,
        RoleName.DEPARTMENT_LEADER,
        RoleName.DIRECTOR,
        RoleName.ADMINISTRATOR,
    }
)
IMPORTING_ROLES = (RoleName.OFFICE, RoleName.ADMINISTRATOR)


def is_concept(language: str, foundation: Foundation) -> bool:
    """Nobody has read this translation for this foundation yet. Dutch is no translation."""
    return language != "nl" and language not in foundation.approved_languages


def may_import(roles: Iterable[Role]) -> bool:
    """Has the room "import" at all: the school office, and the administrator of the foundation."""
    return any(role.name in IMPORTING_ROLES for role in roles)


def may_import_into(roles: Iterable[Role], school_id: int) -> bool:
    """The office for its own school only; the administrator for every school of the foundation."""
    return any(
        role.name == RoleName.ADMINISTRATOR or (role.name == RoleName.OFFICE and role.school_id == school_id)
        for role in roles
    )


def may_find_colleagues(roles: Iterable[Role]) -> bool:
    """Everybody who works here; a seat in the council alone is no work here."""
    return any(role.name != RoleName.COUNCIL for role in roles)


def roles_that_find_parents(roles: Iterable[Role]) -> list[Role]:
    """The roles that find a parent by name; a role at one school finds those of that school only."""
    return [role for role in roles if role.name in ROLES_THAT_FIND_PARENTS]


def schools_of(roles: Iterable[Role]) -> set[int] | None:
    """The schools that these roles are at; None when one of them is for the whole foundation."""
    found: set[int] = set()
    for role in roles:
        if role.group is not None:
            found.add(role.group.school_id)
        elif role.school_id is None:
            return None
        else:
            found.add(role.school_id)
    return found


def is_second_person(*, first_id: int | None, first_email: str, other_id: int, other_email: str) -> bool:
    """Two pairs of eyes are two persons and two mailboxes: one mailbox may stand for two staff members."""
    return first_id != other_id and (not first_email or first_email.casefold() != other_email.casefold())


def national_holidays(year: int) -> frozenset[date]:
    """Days off for every school of the Netherlands; 5 May only in lustrum years.

    Not Good Friday: no law closes a school on it. Who does close has it among the vacations.
    """
    import holidays  # the calendars of the world: not at every start

    days = holidays.country_holidays("NL", years=year, language="en_US")
    return frozenset(day for day, name in days.items() if name != "Good Friday")


def is_national_holiday(day: date) -> bool:
    """A day off for every school: see `national_holidays`."""
    return day in _holidays(day.year)


def is_school_day(day: date, vacations: Sequence[DaysOff]) -> bool:
    """Not in a weekend, no national holiday, and in none of these vacations (I7)."""
    return (
        day.weekday() < 5
        and not is_national_holiday(day)
        and not any(since <= day <= until for since, until in vacations)
    )


def school_day_after(start: date, days: int, vacations: Sequence[DaysOff]) -> date:
    """The school day that is `days` school days later; the day of `start` itself does not count (I7).

    Vacations that fill more than a year cannot be right: then the last day of that year is given.
    """
    day, left = start, days
    for _ in range(days * 2 + LONGEST_GAP):
        if left == 0:
            break
        day += ONE_DAY
        left -= is_school_day(day, vacations)
    return day


def school_days_between(start: date, end: date, vacations: Sequence[DaysOff]) -> int:
    """How many school days lie after `start`, up to and including `end`; 0 when `end` is not later."""
    return sum(
        is_school_day(start + n * ONE_DAY, vacations)
        for n in range(1, min((end - start).days, MOST_DAYS) + 1)
    )


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return national_holidays(year)
