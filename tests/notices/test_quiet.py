"""When the mails of a round may leave: both clock changes, leap day, Christmas into New Year, vacations."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ledger.acting import SCHOOL_TIME
from notices import quiet

MINUTE, ONE_DAY = timedelta(minutes=1), timedelta(days=1)
YEARS = datetime(2025, 1, 1), datetime(2032, 12, 31)  # noqa: DTZ001  hypothesis adds the zone
MOMENTS = st.datetimes(*YEARS, timezones=st.just(UTC))
# Around what is special: clock changes, leap day, King's Day, Christmas into New Year, Liberation Day of a lustrum.
SPECIAL = st.sampled_from(
    [
        datetime(2026, 3, 29, tzinfo=UTC),
        datetime(2026, 10, 25, tzinfo=UTC),
        datetime(2028, 2, 29, tzinfo=UTC),
        datetime(2027, 4, 27, tzinfo=UTC),
        datetime(2026, 12, 25, tzinfo=UTC),
        datetime(2026, 12, 31, tzinfo=UTC),
        datetime(2030, 5, 5, tzinfo=UTC),
    ]
).flatmap(lambda moment: st.integers(-5000, 5000).map(lambda minutes: moment + minutes * MINUTE))
FREE = st.lists(
    st.tuples(st.dates(date(2025, 1, 1), date(2032, 12, 31)), st.integers(1, 45)), max_size=3
).map(lambda spans: frozenset(since + n * ONE_DAY for since, days in spans for n in range(days)))


@pytest.fixture(autouse=True, scope="module")
def _quiet_times_hold():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quiet.settings, "QUIET_TIMES", True)
        patch.setattr(quiet.settings, "MAILS_FROM_HOUR", 7)
        patch.setattr(quiet.settings, "MAILS_UNTIL_HOUR", 20)
        yield


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SCHOOL_TIME)


def said(moment: datetime) -> str:
    return f"{moment.astimezone(SCHOOL_TIME):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T06:59", "2026-11-20 07:00"),
        ("2026-11-20T07:00", "2026-11-20 07:00"),
        ("2026-11-20T19:59", "2026-11-20 19:59"),
        ("2026-11-20T20:00", "2026-11-21 07:00"),  # a Saturday is no rest day for mail
        ("2026-11-21T20:00", "2026-11-23 07:00"),  # Sunday is
        ("2026-03-28T23:00", "2026-03-30 07:00"),  # over the clock that goes forward
        ("2026-10-24T23:00", "2026-10-26 07:00"),  # and back
        ("2028-02-28T21:00", "2028-02-29 07:00"),
        ("2026-12-24T20:00", "2026-12-28 07:00"),  # two days of Christmas, a Saturday that is one, Sunday
        ("2026-12-31T20:30", "2027-01-02 07:00"),
        ("2026-04-03T12:00", "2026-04-03 12:00"),  # Good Friday: no law closes a school
        ("2026-04-05T12:00", "2026-04-07 07:00"),  # Easter
        ("2026-04-27T12:00", "2026-04-28 07:00"),  # King's Day
        ("2026-05-05T12:00", "2026-05-05 12:00"),  # Liberation Day, not in a lustrum
        ("2025-05-05T12:00", "2025-05-06 07:00"),  # and in one
        ("2026-05-14T09:00", "2026-05-15 07:00"),  # Ascension
        ("2026-05-24T09:00", "2026-05-26 07:00"),  # Whitsun
    ],
)
def test_the_first_moment_that_disturbs_nobody(moment, expected):
    assert said(quiet.next_moment(at(moment))) == expected


def test_a_mail_waits_until_the_vacation_is_over():
    autumn = frozenset(date(2026, 10, 17) + n * ONE_DAY for n in range(9))

    assert said(quiet.next_moment(at("2026-10-16T21:00"), autumn)) == "2026-10-26 07:00"
    assert not quiet.may_leave(at("2026-10-20T12:00"), autumn)
    assert quiet.may_leave(at("2026-10-20T12:00"))


def test_free_days_that_never_end_are_not_believed():
    for_ever = frozenset(date(2026, 1, 1) + n * ONE_DAY for n in range(900))

    assert said(quiet.next_moment(at("2026-11-20T21:00"), for_ever)) == "2026-11-21 07:00"


def test_where_quiet_times_are_off_everything_leaves_at_once(monkeypatch):
    monkeypatch.setattr(quiet.settings, "QUIET_TIMES", False)
    sunday_night = at("2026-11-22T03:00")

    assert quiet.may_leave(sunday_night)
    assert quiet.next_moment(sunday_night) == sunday_night


@examples(max_examples=60)
@given(moment=MOMENTS | SPECIAL, free=FREE)
def test_the_next_moment_is_allowed_not_earlier_and_stays_itself(moment, free):
    found = quiet.next_moment(moment, free)

    assert found >= moment
    assert quiet.may_leave(found, free)
    assert quiet.next_moment(found, free) == found
    assert (found == moment) == quiet.may_leave(moment, free)


@examples(max_examples=25)
@given(moment=SPECIAL)
def test_no_minute_before_it_would_have_done(moment):
    found = quiet.next_moment(moment)

    minutes = int((found - moment) / MINUTE)
    assert not any(quiet.may_leave(moment + n * MINUTE) for n in range(minutes))
    assert found == moment or not quiet.may_leave(found - timedelta(microseconds=1))
