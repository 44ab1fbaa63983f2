"""School days and terms (I7), over weekends, national holidays and vacations."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.choices import State
from incidents.rules import CaseFacts, StepKind, next_step
from schools.models import Vacation
from schools.querysets import vacations_at, vacations_of
from schools.rules import is_school_day, national_holidays, school_day_after, school_days_between

AUTUMN = (date(2026, 10, 17), date(2026, 10, 25))
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
VACATIONS = st.lists(
    st.tuples(DAYS, st.integers(0, 60)).map(lambda one: (one[0], one[0] + timedelta(days=one[1]))), max_size=5
)


@pytest.mark.parametrize(
    ("start", "days", "vacations", "wanted"),
    [
        (date(2026, 11, 16), 2, (), date(2026, 11, 18)),  # Monday
        (date(2026, 11, 19), 2, (), date(2026, 11, 23)),  # Thursday, over the weekend
        (date(2026, 11, 21), 2, (), date(2026, 11, 24)),  # Saturday
        (date(2026, 10, 15), 2, (AUTUMN,), date(2026, 10, 26)),  # Thursday before the autumn vacation
        (date(2026, 4, 24), 1, (), date(2026, 4, 28)),  # Friday, then King's day on Monday
        (date(2026, 4, 2), 2, (), date(2026, 4, 7)),  # Good Friday counts, Easter Monday does not
        (date(2025, 5, 2), 1, (), date(2025, 5, 6)),  # 5 May in a lustrum year
        (date(2026, 5, 4), 1, (), date(2026, 5, 5)),  # and in an ordinary one
        (date(2026, 12, 24), 1, (), date(2026, 12, 28)),
        (date(2026, 11, 16), 0, (), date(2026, 11, 16)),
    ],
)
def test_terms_count_school_days(start, days, vacations, wanted):
    assert school_day_after(start, days, vacations) == wanted


@given(DAYS, st.integers(1, 30), VACATIONS)
def test_a_term_ends_on_a_school_day_and_has_so_many_of_them(start, days, vacations):
    end = school_day_after(start, days, vacations)

    assert end.weekday() < 5
    assert not any(since <= end <= until for since, until in vacations)
    assert end not in national_holidays(end.year)
    assert is_school_day(end, vacations)
    assert school_days_between(start, end, vacations) == days
    assert school_days_between(start, end - timedelta(days=1), vacations) == days - 1


@given(DAYS, st.integers(-400, 0))
def test_nothing_lies_between_a_day_and_an_earlier_one(start, days):
    assert school_days_between(start, start + timedelta(days=days), ()) == 0


def test_a_vacation_without_end_does_not_hang():
    for_ever = ((date(2026, 1, 1), date(2999, 1, 1)),)

    assert school_day_after(date(2026, 3, 2), 2, for_ever) < date(2027, 4, 1)


def test_vacations_are_those_of_the_foundation_and_of_the_own_school(cast):
    with cast.acting():
        for name, school, since in (
            ("herfst", None, date(2026, 10, 17)),
            ("studiedag", cast.beacon, date(2026, 11, 2)),
            ("elders", cast.harbour, date(2026, 11, 3)),
        ):
            Vacation.objects.create(
                foundation=cast.home, school=school, name=name, since=since, until=since + timedelta(days=1)
            )

        assert vacations_of(cast.beacon.id) == (
            (date(2026, 10, 17), date(2026, 10, 18)),
            (date(2026, 11, 2), date(2026, 11, 3)),
        )
        both = [cast.beacon.id, cast.harbour.id]
        assert vacations_at(iter(both)) == {pk: vacations_of(pk) for pk in both}
        assert vacations_at(both)[cast.harbour.id] == (
            (date(2026, 10, 17), date(2026, 10, 18)),
            (date(2026, 11, 3), date(2026, 11, 4)),
        )


MONDAY = date(2026, 11, 16)


def step(state, *, days=0, **facts):
    return next_step(CaseFacts(state=state, today=MONDAY + timedelta(days=days), received_on=MONDAY, **facts))


def test_a_new_report_is_opened_within_two_school_days_with_a_warning_halfway():
    found = [step(State.RECEIVED, days=days) for days in range(4)]

    assert {one.kind for one in found} == {StepKind.CONFIRM}
    assert {one.due_on for one in found} == {date(2026, 11, 18)}
    assert [(one.is_halfway, one.is_late) for one in found] == [
        (False, False),
        (True, False),
        (True, False),
        (False, True),
    ]


def test_a_vacation_moves_the_end_of_the_term():
    found = step(State.RECEIVED, days=10, vacations=((date(2026, 11, 17), date(2026, 11, 29)),))

    assert (found.due_on, found.is_late, found.is_halfway) == (date(2026, 12, 1), False, False)


@pytest.mark.parametrize(
    ("state", "facts", "kind"),
    [
        (State.TRIAGED, {}, StepKind.TAKE_UP),
        (State.TRIAGED, {"days": 7}, StepKind.ANSWER),  # half of ten school days have passed
        (State.TRIAGED, {"days": 7, "is_answered": True}, StepKind.TAKE_UP),
        (State.HANDLING, {}, StepKind.ANSWER),
        (State.HANDLING, {"is_answered": True}, StepKind.CLOSE),
        (State.PROPOSED, {}, StepKind.DECIDE),
        (State.DECIDED, {"decided_on": MONDAY, "parents_to_tell": True}, StepKind.TELL_PARENTS),
        (State.DECIDED, {"decided_on": MONDAY}, StepKind.ENFORCE),
        (State.PROPOSED, {"decided_on": MONDAY}, StepKind.ENFORCE),
        (State.IN_FORCE, {}, StepKind.ANSWER),
        (State.IN_FORCE, {"is_answered": True}, StepKind.CLOSE),
        (State.WAITING, {"decided_on": MONDAY, "parents_to_tell": True}, StepKind.RESUME),
        (State.REFERRED, {"is_answered": True}, StepKind.CLOSE),
        (State.WITHDRAWN, {}, StepKind.CLOSE),
    ],
)
def test_one_step_comes_first(state, facts, kind):
    assert step(state, **facts).kind == kind


def test_parents_are_told_on_the_next_school_day():
    friday = date(2026, 11, 20)
    facts = {"decided_on": friday, "parents_to_tell": True}

    assert step(State.DECIDED, days=6, **facts).due_on == date(2026, 11, 23)
    assert step(State.DECIDED, days=7, **facts).is_late is False
    assert step(State.DECIDED, days=8, **facts).is_late is True


def test_a_closed_case_asks_nothing():
    assert step(State.CLOSED, days=400) is None
