"""Reminders: three at most, counted back from the closing day, none after any answer, none on a quiet day (R2)."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from consent.choices import LeftOut, Value
from consent.domain.holding import pause, resume
from consent.domain.reminding import next_number, plan_of_reminder, remind, remind_now
from consent.domain.rounds import start_round
from consent.models import PersonalLink, Round
from consent.rules import Days
from ledger.acting import SCHOOL_TIME
from ledger.choices import Verb
from ledger.models import Entry
from notices.models import Message
from schools.models import SchoolYear, Vacation
from tests.cast import today

from .links import link_of
from .test_before_first_day import say

FIRST, SECOND, THIRD = "consent/reminder", "consent/reminder_2", "consent/reminder_3"


@pytest.fixture(autouse=True)
def _a_long_year(cast):
    with cast.acting():
        SchoolYear.objects.filter(id=cast.year.id).update(ends_on=today() + timedelta(days=120))
        cast.year.refresh_from_db()


def start(cast, *, closes=20, before=(10, 5, 2), **more) -> Round:
    with cast.acting():
        return start_round(
            name="Jaarvraag",
            year=cast.year,
            purposes=more.pop("purposes", list(cast.purposes.values())),
            opens_on=today(),
            closes_on=today() + timedelta(days=closes),
            remind_before=before,
            **more,
        ).round


def on_day(cast, round_, number, act=remind):
    with cast.acting(now=timezone.now() + timedelta(days=number)):
        return act(Round.objects.get(id=round_.id))


def sent(cast, kind=None) -> dict[str, list[str]]:
    """By call name which reminders were put."""
    with cast.acting():
        rows = Message.objects.filter(kind__startswith="consent/reminder").order_by("id")
        found: dict[str, list[str]] = {}
        for name, row_kind in rows.values_list("guardian__call_name", "kind"):
            found.setdefault(name, []).append(row_kind)
    return {name: sorted(kinds) for name, kinds in found.items()}


def test_in_a_whole_round_a_silent_parent_is_reminded_three_times_and_never_more(cast):
    round_ = start(cast)

    put = {number: on_day(cast, round_, number) for number in range(25)}

    assert {number: many for number, many in put.items() if many} == {10: 4, 15: 4, 18: 4}
    assert sent(cast) == {name: [FIRST, SECOND, THIRD] for name in ("Amina", "Erik", "Karol", "Selin")}


@pytest.mark.parametrize("value", [Value.NO, Value.YES, Value.TALK])
def test_after_any_answer_none(cast, value):
    round_ = start(cast)
    on_day(cast, round_, 10)
    say(cast, cast.karol, cast.bo, value)

    for number in (15, 18):
        on_day(cast, round_, number)

    assert sent(cast)["Karol"] == [FIRST]
    assert sent(cast)["Selin"] == [FIRST, SECOND, THIRD]


def test_when_nothing_ran_for_a_week_only_the_newest_leaves(cast):
    round_ = start(cast)

    on_day(cast, round_, 16)
    on_day(cast, round_, 17)

    assert set(map(tuple, sent(cast).values())) == {(SECOND,)}


def test_an_answer_about_something_else_is_no_answer_to_this_round(cast):
    round_ = start(cast, purposes=[cast.purposes["sociaal"]])
    say(cast, cast.karol, cast.bo, Value.YES)  # about paper

    assert on_day(cast, round_, 10) == 4


def test_each_school_has_its_own_days_and_a_family_of_both_the_last(cast):
    first, last = Days(today(), today() + timedelta(days=10)), Days(today(), today() + timedelta(days=20))
    round_ = start(cast, own_days={cast.beacon.id: first, cast.harbour.id: last})

    assert on_day(cast, round_, 5) == 3  # the beacon closes on day 10
    assert on_day(cast, round_, 15) == 1
    assert (sent(cast)["Selin"], sent(cast)["Karol"]) == ([SECOND], [SECOND])


def test_a_school_that_opens_later_is_written_to_on_its_day(cast):
    later = Days(today() + timedelta(days=3), today() + timedelta(days=20))
    round_ = start(cast, own_days={cast.harbour.id: later})

    with cast.acting():
        assert set(round_.links.values_list("guardian__call_name", flat=True)) == {"Amina", "Erik", "Karol"}
    from consent.tasks import write_rounds

    assert write_rounds(cast.home.id) == 0


def test_reminded_by_hand_counts_as_one_of_the_three_and_not_again_the_next_day(cast):
    round_ = start(cast)

    assert on_day(cast, round_, 8, remind_now) == 4
    assert on_day(cast, round_, 8, remind_now) == 0, "two administrators at once"
    assert on_day(cast, round_, 10) == 0, "that was the first one"
    assert on_day(cast, round_, 15) == 4

    assert sent(cast)["Selin"] == [FIRST, SECOND]
    with cast.acting():
        assert next_number(round_) == 3
        assert Entry.objects.filter(verb=Verb.ROUND_REMINDED, subject_id=round_.id).count() == 1


def test_after_three_by_hand_there_is_no_fourth(cast):
    round_ = start(cast)
    for number in (3, 7, 13):
        assert on_day(cast, round_, number, remind_now) == 4

    assert on_day(cast, round_, 17, remind_now) == 0
    assert on_day(cast, round_, 18) == 0
    with cast.acting():
        assert next_number(round_) is None


def test_a_round_that_waits_reminds_nobody_and_goes_on_where_it_was(cast):
    round_ = start(cast)
    with cast.acting():
        pause(round_)
    assert on_day(cast, round_, 10) == 0
    assert on_day(cast, round_, 10, remind_now) == 0
    with cast.acting():
        resume(round_)

    assert on_day(cast, round_, 11) == 4


def test_the_preview_names_who_is_left_out_and_why(cast):
    round_ = start(cast)
    say(cast, cast.erik, cast.noor, Value.NO)
    with cast.acting(now=timezone.now() + timedelta(days=4)):
        cast.selin.email = ""
        cast.selin.save()
        PersonalLink.objects.filter(guardian=cast.karol).update(no_reminders_at=timezone.now())
        plan = plan_of_reminder(round_, 1)

    assert plan.mailed == [cast.amina.id]
    assert plan.left_out[LeftOut.NO_ADDRESS] == [cast.selin.id]
    assert plan.left_out[LeftOut.NO_REMINDERS] == [cast.karol.id]


# No reminders, by the link in the mail


def test_a_scanner_that_opens_the_link_stops_nothing_and_one_button_does(cast, client):
    round_ = start(cast)
    address = f"{link_of(cast, cast.karol)}herinneringen/"
    for _time in range(3):
        assert client.get(address).status_code == 200
    assert on_day(cast, round_, 10) == 4

    for _time in range(2):
        assert client.post(address).status_code == 303

    assert "geen herinneringen meer" in client.get(address).content.decode()
    assert on_day(cast, round_, 15) == 3
    with cast.acting():
        states = dict(
            Message.objects.filter(guardian=cast.karol, kind=FIRST).values_list(
                "guardian__call_name", "state"
            )
        )
        assert states == {"Karol": "stopped"}, "what waited is taken back"
        assert Entry.objects.filter(verb=Verb.REMINDERS_REFUSED).count() == 1


def test_the_link_of_nobody_stops_nothing(client):
    assert client.get("/toestemming/onbekend/herinneringen/").status_code == 404
    assert client.post("/toestemming/onbekend/herinneringen/").status_code == 404


# Quiet days


def at(day: date):
    return datetime(day.year, day.month, day.day, 12, tzinfo=SCHOOL_TIME)


def next_weekday(weekday: int, after: date) -> date:
    return after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)


def test_no_reminder_on_a_sunday_but_on_the_monday_after(cast, settings):
    settings.QUIET_TIMES = True
    sunday = next_weekday(6, today() + timedelta(days=2))
    round_ = start(cast, closes=(sunday - today()).days + 5, before=[5])

    with cast.acting(now=at(sunday)):
        assert remind(round_) == 0
    put = []
    for number in range(1, 5):
        with cast.acting(now=at(sunday + timedelta(days=number))):
            put.append(remind(round_))
    assert max(put) == sum(put) == 4, "once, on the first day that is not quiet"


def test_a_school_in_its_vacation_is_left_alone_and_reminded_after_it(cast, settings):
    settings.QUIET_TIMES = True
    monday = next_weekday(0, today() + timedelta(days=2))
    round_ = start(cast, closes=(monday - today()).days + 9, before=[9])
    with cast.acting():
        Vacation.objects.create(
            foundation=cast.home,
            school=cast.harbour,
            name="Vrij",
            since=monday,
            until=monday + timedelta(days=1),
        )

    put = []
    for number in range(8):
        with cast.acting(now=at(monday + timedelta(days=number))):
            put.append(remind(round_))

    assert sum(put) == 4
    assert set(map(tuple, sent(cast).values())) == {(FIRST,)}
    with cast.acting():
        due = dict(Message.objects.filter(kind=FIRST).values_list("guardian__call_name", "due_at"))
    assert due["Selin"].astimezone(SCHOOL_TIME).date() > monday + timedelta(days=1)
    assert due["Karol"] < due["Selin"]
