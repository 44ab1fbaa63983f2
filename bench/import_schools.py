"""Empty schools that a file can be taken in for. For after `ground.enter`."""

from collections.abc import Sequence

from ledger.acting import acting, system
from schools.choices import Governance, HolidayRegion, Sector
from schools.models import Foundation, School

BENCH = system("bench")


def open_schools(count: int, brins: Sequence[str], *, is_new: bool) -> str:
    """So many schools with these numbers, in a new foundation or in the one that is there; gives its slug."""
    foundation = (
        Foundation.objects.create(slug="invoer", name="Stichting Invoer")
        if is_new
        else Foundation.objects.order_by("id")[0]
    )
    with acting(BENCH, [foundation.id]):
        for number in range(count):
            School.objects.create(
                foundation=foundation,
                slug=f"invoer-{number}",
                name=f"De Invoer {number}",
                brin=brins[number],
                location_number="00",
                sector=Sector.PO,
                governance=Governance.PUBLIC,
                region=HolidayRegion.SOUTH,
            )
    return foundation.slug
