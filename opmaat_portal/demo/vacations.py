"""School vacations of two school years, per region, as the ministry of education advises them.

The summer and Christmas vacations are fixed by the ministry; a school may shift autumn, spring and the second
week of May, so every school must compare these days with its own calendar. Those of 2027-2028 were read from the
ministry's page; those of 2026-2027 come from memory and from the pattern of six years that repeats (2020-2021).
Vacations are rows of a table, not code, for exactly that reason (I7).
"""

from collections.abc import Iterator
from datetime import date

from schools.choices import HolidayRegion
from schools.models import Foundation, Vacation

NORTH, MIDDLE, SOUTH = HolidayRegion.NORTH, HolidayRegion.MIDDLE, HolidayRegion.SOUTH
EVERYWHERE = (NORTH, MIDDLE, SOUTH)
AUTUMN, CHRISTMAS, SPRING = "Herfstvakantie", "Kerstvakantie", "Voorjaarsvakantie"
MAY, SUMMER = "Meivakantie", "Zomervakantie"

# Name, regions, first day, last day: both included, from Saturday to Sunday.
ADVISED = (
    (AUTUMN, (NORTH,), date(2026, 10, 10), date(2026, 10, 18)),
    (AUTUMN, (MIDDLE, SOUTH), date(2026, 10, 17), date(2026, 10, 25)),
    (CHRISTMAS, EVERYWHERE, date(2026, 12, 19), date(2027, 1, 3)),
    (SPRING, (SOUTH,), date(2027, 2, 13), date(2027, 2, 21)),
    (SPRING, (NORTH, MIDDLE), date(2027, 2, 20), date(2027, 2, 28)),
    (MAY, EVERYWHERE, date(2027, 4, 24), date(2027, 5, 2)),
    (SUMMER, (NORTH,), date(2027, 7, 10), date(2027, 8, 22)),
    (SUMMER, (MIDDLE,), date(2027, 7, 17), date(2027, 8, 29)),
    (SUMMER, (SOUTH,), date(2027, 7, 24), date(2027, 9, 5)),
    (AUTUMN, (NORTH, MIDDLE), date(2027, 10, 16), date(2027, 10, 24)),
    (AUTUMN, (SOUTH,), date(2027, 10, 23), date(2027, 10, 31)),
    (CHRISTMAS, EVERYWHERE, date(2027, 12, 25), date(2028, 1, 9)),
    (SPRING, (NORTH,), date(2028, 2, 19), date(2028, 2, 27)),
    (SPRING, (MIDDLE, SOUTH), date(2028, 2, 26), date(2028, 3, 5)),
    (MAY, EVERYWHERE, date(2028, 4, 29), date(2028, 5, 7)),
    (SUMMER, (MIDDLE,), date(2028, 7, 8), date(2028, 8, 20)),
    (SUMMER, (NORTH,), date(2028, 7, 15), date(2028, 8, 27)),
    (SUMMER, (SOUTH,), date(2028, 7, 22), date(2028, 9, 3)),
)


def add_vacations(foundation: Foundation, region: HolidayRegion) -> list[Vacation]:
    """Those of the foundation, when all its schools lie in one region; they hold for every school of it."""
    return Vacation.objects.bulk_create(list(_rows(foundation, region)))


def _rows(foundation: Foundation, region: HolidayRegion) -> Iterator[Vacation]:
    for name, regions, since, until in ADVISED:
        if region in regions:
            yield Vacation(foundation=foundation, name=name, since=since, until=until)
