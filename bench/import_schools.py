"""Empty schools that a file can be taken in for. For after `ground.enter`."""

from collections.abc import Sequence
from datetime import date

from ledger.acting import acting, system
from schools.choices import Governance, HolidayRegion, Sector
from schools.models import Foundation, School, SchoolYear

BENCH = system("bench")


def open_schools(brins: Sequence[str], *, is_new: bool) -> str:
    """Schools with these numbers, and their year, in a new foundation or the one that is there; its slug."""
    foundation = (
        Foundation.objects.create(slug="invoer", name="Stichting Invoer")
        if is_new
        else Foundation.objects.order_by("id")[0]
    )
    with acting(BENCH, [foundation.id]) as act:
        first_year = act.today.year - (act.today.month < 8)
        SchoolYear.objects.create(
            foundation=foundation,
            name=f"{first_year}-{first_year + 1}",
            starts_on=date(first_year, 8, 1),
            ends_on=date(first_year + 1, 7, 31),
        )
        for number, brin in enumerate(brins):
            School.objects.create(
                foundation=foundation,
                slug=f"invoer-{number}",
                name=f"De Invoer {number}",
                brin=brin,
                location_number="00",
                sector=Sector.PO,
                governance=Governance.PUBLIC,
                region=HolidayRegion.SOUTH,
            )
    return foundation.slug
