"""When a round may be, and on which day whom it reminds: every day of every short round, and more."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.rules import Days, days_of, next_reminder, reminder_due, why_no_such_round

START = date(2027, 2, 20)  # a week before the end of February
dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))
befores = st.lists(st.integers(0, 40), max_size=5)


def day(number: int) -> date:
    return START + timedelta(days=number)


@st.composite
def spans(draw):
    opens_on = draw(dates)
    return Days(opens_on, opens_on + timedelta(days=draw(st.integers(0, 60))))


# reminder_due


def test_every_reminder_of_every_short_round_on_every_day():
    """Counted by hand, in another way than the rule does: walk the days and see which reminder comes up."""
    for length in range(12):
        days = Days(day(0), day(length))
        for many in range(4):
            for before in combinations(range(13), many):
                came = 0
                on = [days.closes_on - timedelta(days=b) for b in sorted(before, reverse=True)]
                for number in range(-2, length + 3):
                    today = day(number)
                    for place, one in enumerate(on, 1):
                        if one == today and days.opens_on < one <= days.closes_on:
                            came = place
                    expected = came if days.opens_on < today <= days.closes_on else 0
                    assert reminder_due(days, before, today) == expected, (length, before, number)


@given(spans(), befores, dates)
def test_never_more_than_three_never_before_the_day_after_the_opening_never_after_the_closing(
    days, before, on
):
    number = reminder_due(days, before, on)

    assert 0 <= number <= 3
    if number:
        assert days.opens_on < on <= days.closes_on


@given(spans(), befores, dates)
def test_who_is_late_gets_the_newest_only(days, before, on):
    """The number never goes down as the days go by: an older reminder never follows a newer one."""
    if days.opens_on <= on < days.closes_on:
        assert reminder_due(days, before, on) <= reminder_due(days, before, on + timedelta(days=1))


@given(spans(), befores, dates)
def test_the_next_reminder_is_the_next_day_on_which_another_one_is_due(days, before, on):
    found = next_reminder(days, before, on)

    if found is not None:
        assert found > on
        assert reminder_due(days, before, found) > reminder_due(days, before, found - timedelta(days=1))


# days_of

ONE, TWO = Days(day(1), day(10)), Days(day(3), day(20))
GENERAL = Days(day(0), day(30))


@pytest.mark.parametrize(
    ("schools", "own", "expected"),
    [
        ({1}, {}, GENERAL),
        ({1}, {1: ONE}, ONE),
        ({2}, {1: ONE}, GENERAL),
        ({1, 2}, {1: ONE, 2: TWO}, Days(day(1), day(20))),
        ({1, 2}, {2: TWO}, Days(day(0), day(30))),
        (set(), {1: ONE}, GENERAL),
    ],
)
def test_a_family_at_two_schools_is_asked_once_on_the_first_day_until_the_last(schools, own, expected):
    assert days_of(schools, own, GENERAL) == expected


# why_no_such_round


@pytest.mark.parametrize(
    ("opens", "closes", "remind", "wrong"),
    [
        (0, 14, [7, 2], None),
        (0, 14, [], None),
        (0, 14, [13, 7, 1], None),
        (5, 14, [7], None),
        (0, 120, [7], None),
        (-1, 14, [7], ("opens_on", "past")),
        (0, 0, [], ("closes_on", "not_after_opening")),
        (5, 4, [], ("closes_on", "not_after_opening")),
        (0, 121, [7], ("closes_on", "after_year")),
        (0, 30, [10, 7, 5, 1], ("remind_before", "three_days")),
        (0, 14, [7, 7], ("remind_before", "three_days")),
        (0, 14, [14], ("remind_before", "not_in_round")),
        (0, 14, [0], ("remind_before", "not_in_round")),
        (0, 2, [7], ("remind_before", "not_in_round")),
    ],
)
def test_which_days_a_round_may_have(opens, closes, remind, wrong):
    found = why_no_such_round(
        days=Days(day(opens), day(closes)), today=START, year_ends_on=day(120), remind_before=remind
    )

    assert found == wrong


@given(spans(), befores)
def test_of_a_round_that_may_be_every_reminder_leaves_on_a_day_of_its_own(days, before):
    allowed = why_no_such_round(
        days=days, today=days.opens_on, year_ends_on=date(2036, 7, 31), remind_before=before
    )
    if allowed is None:
        length = (days.closes_on - days.opens_on).days
        seen = [reminder_due(days, before, days.opens_on + timedelta(days=n)) for n in range(length + 1)]
        assert sorted(set(seen) - {0}) == list(range(1, len(before) + 1))
