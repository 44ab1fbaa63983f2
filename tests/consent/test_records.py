"""The fold of answers into events: every short history, against the rule that the school goes by."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from consent.choices import EventState, Value
from consent.domain.records import PERIOD_ENDED, REWORDED, RecordedAnswer, events_of, start_of
from consent.rules import Facts, FullAuthority, GivenAnswer, Period, Policy, Wording, state
from ledger.acting import SCHOOL_TIME

FIRST = date(2026, 3, 20)  # the clock changes on the 29th
DAYS = 30
MOTHER, FATHER = 1, 2
YES, NO, TALK = Value.YES, Value.NO, Value.TALK
FAR = DAYS + 100
# What may be said on a day: nothing, a no, "talk first", or a yes for 4 days, for long, or without end.
SAID = (None, (NO, None), (TALK, None), (YES, 4), (YES, FAR), (YES, None))
SPOKEN_ON = (0, 10, 20)
REWORDINGS = (None, (7, True), (15, True), (15, False), (10, True))
STARTS = {EventState.GIVEN, EventState.RECONFIRMED}
ENDS = {EventState.WITHDRAWN, EventState.EXPIRED}
LEAVES = {EventState.REFUSED, EventState.REQUESTED}


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def noon(number: int) -> datetime:
    return start_of(day(number)) + timedelta(hours=12)


def wordings(rewording) -> tuple[Wording, ...]:
    first = Wording(1, is_material=True, in_force_on=day(-90))
    if rewording is None:
        return (first,)
    on, is_material = rewording
    return first, Wording(2, is_material=is_material, in_force_on=day(on))


def answer(number: int, said, known=(), *, decider=MOTHER, pk: int | None = None, **more) -> RecordedAnswer:
    value, days = said
    asked = max((one.number for one in known if one.in_force_on <= day(number)), default=1)
    until = day(number + days) if days is not None else None
    return RecordedAnswer(pk or number + 1, decider, value, noon(number), until, asked, **more)


def allowed(answers, known, number: int) -> bool:
    """What the school may do at the end of that day, by the one rule (consent.rules.state)."""
    given = tuple(
        GivenAnswer(
            1, one.decider, one.value, one.at.astimezone(SCHOOL_TIME).date(), one.valid_until, one.wording
        )
        for one in answers
        if one.at <= noon(number)
    )
    authority = (FullAuthority(MOTHER, Period(date(2010, 1, 1))),)
    facts = Facts(date(2016, 1, 1), (Period(date(2020, 1, 1)),), authority, given)
    return state(facts, Policy(1, False, known), day(number)).is_allowed


def standing(events) -> bool:
    """Whether the events say that there is a consent; checks on the way that each of them can follow the last."""
    is_given = False
    for event in events:
        if event.state in STARTS:
            assert is_given == (event.state == EventState.RECONFIRMED), events
            is_given = True
        elif event.state in ENDS:
            assert is_given, events
            is_given = False
        else:
            assert event.state in LEAVES, events
            assert not is_given, events
    return is_given


@pytest.mark.parametrize("rewording", REWORDINGS)
def test_after_every_history_the_events_say_what_the_rule_says_on_every_day(rewording):
    known = wordings(rewording)
    histories = 0
    for said in product(SAID, repeat=len(SPOKEN_ON)):
        spoken = zip(SPOKEN_ON, said, strict=True)
        answers = [answer(number, words, known) for number, words in spoken if words]
        for number in range(DAYS):
            told = events_of(answers, known, noon(number))
            assert standing(told) == allowed(answers, known, number), (said, number, told)
        histories += 1
    assert histories == len(SAID) ** 3


def test_events_that_were_told_once_are_never_told_differently_later():
    known = wordings((15, True))
    for said in product(SAID, repeat=len(SPOKEN_ON)):
        spoken = zip(SPOKEN_ON, said, strict=True)
        answers = [answer(number, words, known) for number, words in spoken if words]
        whole = events_of(answers, known, noon(DAYS))
        for number in range(DAYS):
            before = [one for one in answers if one.at <= noon(number)]
            assert events_of(before, known, noon(number)) == tuple(
                event for event in whole if event.at <= noon(number)
            )


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, YES, EventState.GIVEN),
        (None, NO, EventState.REFUSED),
        (None, TALK, EventState.REQUESTED),
        (YES, YES, EventState.RECONFIRMED),
        (YES, NO, EventState.WITHDRAWN),
        (YES, TALK, EventState.WITHDRAWN),
        (NO, YES, EventState.GIVEN),
        (NO, NO, EventState.REFUSED),
        (NO, TALK, EventState.REQUESTED),
        (TALK, YES, EventState.GIVEN),
        (TALK, NO, EventState.REFUSED),
        (TALK, TALK, EventState.REQUESTED),
    ],
)
def test_every_pair_of_answers(before, now, expected):
    answers = [answer(0, (before, None))] if before else []
    answers.append(answer(5, (now, None)))

    assert events_of(answers, wordings(None), noon(9))[-1].state == expected


def test_a_yes_ends_at_midnight_after_its_last_day_also_when_the_clock_changes():
    told = events_of([answer(0, (YES, 9))], wordings(None), noon(20))

    assert told[-1].state == EventState.EXPIRED
    assert told[-1].because == PERIOD_ENDED
    assert told[-1].at == datetime(2026, 3, 30, tzinfo=SCHOOL_TIME)
    assert start_of(date(2026, 3, 29)).utcoffset() != start_of(date(2026, 3, 30)).utcoffset()


def test_a_new_wording_ends_a_yes_and_says_so():
    told = events_of([answer(0, (YES, FAR))], wordings((15, True)), noon(20))

    assert [(event.state, event.because) for event in told] == [
        (EventState.GIVEN, ""),
        (EventState.EXPIRED, REWORDED),
    ]


def test_two_parents_are_folded_apart_and_told_in_order():
    answers = [
        answer(0, (YES, None), decider=MOTHER),
        answer(1, (NO, None), decider=FATHER),
        answer(2, (NO, None), decider=MOTHER),
        answer(3, (YES, None), decider=FATHER),
    ]

    assert [(event.state, event.answer) for event in events_of(answers, wordings(None), noon(9))] == [
        (EventState.GIVEN, 1),
        (EventState.REFUSED, 2),
        (EventState.WITHDRAWN, 3),
        (EventState.GIVEN, 4),
    ]


def test_taken_out_the_answer_before_counts_again():
    """A no that the office typed by mistake is taken out: the yes before it stands, and ends as it would have."""
    answers = [answer(0, (YES, 19)), answer(5, (NO, None), invalidated_at=noon(8)), answer(10, (NO, None))]

    assert [event.state for event in events_of(answers, wordings(None), noon(9))] == [
        EventState.GIVEN,
        EventState.WITHDRAWN,
        EventState.INVALIDATED,
    ]
    assert events_of(answers, wordings(None), noon(12))[-1].state == EventState.WITHDRAWN
    assert events_of(answers[:2], wordings(None), noon(25))[-1].state == EventState.EXPIRED


def test_a_yes_that_was_taken_out_does_not_end_a_second_time():
    answers = [answer(0, (YES, 4), invalidated_at=noon(2))]

    assert [event.state for event in events_of(answers, wordings(None), noon(20))] == [
        EventState.GIVEN,
        EventState.INVALIDATED,
    ]


def test_an_invalidation_that_waits_for_a_second_person_has_not_happened():
    told = events_of([answer(0, (YES, None), invalidated_at=None)], wordings(None), noon(9))

    assert [event.state for event in told] == [EventState.GIVEN]


def test_without_answers_there_is_nothing_to_tell():
    assert events_of([], wordings((7, True)), noon(20)) == ()
