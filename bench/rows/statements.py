"""Row `queries`: how many SQL statements a check page takes, for a group of 1, 28 and 400 pupils.

In this process, through the whole of the portal, counted as tests/counting.py does. The lists are counted in
tests/bench/test_lists.py, at 1 and at 3 items.
"""

from bench.figures import Figure
from bench.ground import SMALL, Ground

SIZES = (1, 28, 400)


def queries(ground: Ground) -> list[Figure]:
    """Session, user, reach, roles, the check itself, and who looked; beside them BEGIN, set_config and COMMIT."""
    ground.enter(ground.new("queries", like=SMALL))
    from django.conf import settings
    from django.test import Client

    from bench.filling import signed_in
    from tests.counting import statements

    client = Client(HTTP_HOST="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in().partition("=")[2]
    counts = [statements(client, _address_of(pupils)) for pupils in SIZES]
    seen = ", ".join(f"{size} pupils: {count}" for size, count in zip(SIZES, counts, strict=True))
    return [
        Figure("SQL statements of a check page", max(counts), 6, seen=seen),
        Figure("more of them for 400 pupils than for 1", counts[-1] - counts[0], 0),
    ]


def _address_of(pupils: int) -> str:
    """A group of so many pupils at the school of the teacher, all of them chosen."""
    from bench.filling import SLUG
    from ledger.acting import acting, system
    from schools.models import Foundation, Group, GroupMembership, Pupil, Role

    foundation = Foundation.objects.get(slug=SLUG)
    with acting(system("bench"), [foundation.id]):
        mine = Role.objects.select_related("group").get(staff_member__email="maat@example.org").group
        group = Group.objects.create(
            foundation=foundation, school_id=mine.school_id, year_id=mine.year_id, source_key=f"of-{pupils}"
        )
        GroupMembership.objects.bulk_create(
            GroupMembership(foundation=foundation, group=group, pupil=pupil)
            for pupil in Pupil.objects.order_by("id")[:pupils]
        )
    return f"/team/groep/{group.code}/?place=vraag-1&everyone=1"
