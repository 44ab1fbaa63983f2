"""Children who were enrolled and still have to begin."""

import uuid
from datetime import date, timedelta
from typing import Any

from schools.models import Enrolment, Guardianship, Pupil
from tests.cast import Cast, school_year, today, years_ago


def next_summer() -> date:
    """The first day of the school year after this one."""
    return date(today().year + (today().month >= 8), 8, 1)


def coming(cast: Cast, *parents: Any, since: date | None = None, name: str = "Lot") -> Pupil:
    """A child of these parents who begins at De Baken after the summer, or on that day."""
    since = since or next_summer()
    with cast.acting():
        school_year(cast.home, since)
        child = Pupil.objects.create(
            foundation=cast.home,
            source_key=f"99AA-{uuid.uuid4().hex[:8]}",
            call_name=name,
            surname="Nieuw",
            born_on=years_ago(4),
        )
        Enrolment.objects.create(foundation=cast.home, pupil=child, school=cast.beacon, since=since)
        for parent in parents:
            Guardianship.objects.create(
                foundation=cast.home,
                guardian=parent,
                pupil=child,
                authority="full",
                since=today() - timedelta(days=3),
                source="test",
            )
    return child
