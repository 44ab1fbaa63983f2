"""Which day it is at school, whatever the machine's clock says."""

from datetime import UTC, date, datetime

import time_machine


def test_the_clock_of_the_machine_says_what_day_it_is_at_school(cast):
    """23.30 UTC in winter and 22.30 UTC in summer is the next day already."""
    for moment, day in (
        (datetime(2028, 1, 15, 22, 59, 59, tzinfo=UTC), date(2028, 1, 15)),
        (datetime(2028, 1, 15, 23, 0, tzinfo=UTC), date(2028, 1, 16)),
        (datetime(2028, 7, 1, 22, 0, tzinfo=UTC), date(2028, 7, 2)),
        (datetime(2028, 3, 25, 23, 0, tzinfo=UTC), date(2028, 3, 26)),
        (datetime(2028, 3, 26, 22, 0, tzinfo=UTC), date(2028, 3, 27)),
    ):
        with time_machine.travel(moment, tick=False), cast.acting() as act:
            assert act.today == day
