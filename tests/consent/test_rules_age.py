"""Who decides at which age: parents, the pupil, a legal representative, a veto (C2, C6a, C8); every combination."""

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given

from consent.choices import Reason, Value
from consent.rules import (
    PUPIL,
    FullAuthority,
    Period,
    birthday,
    deciders_at,
    decides_alone,
    decides_since,
    pupil_may_say,
    state,
)
from ledger.acting import NOBODY, SCHOOL_TIME, Acting
from tests.consent.test_rules import (
    AMINA,
    ERIK,
    LENIENT,
    STRICT,
    TODAY,
    answer,
    child,
    days,
    families,
    policies,
)

SIXTEEN = TODAY.replace(year=TODAY.year - 16)
THE_DAY, EVE, LONG_AGO = TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=400)
SAID = [None, Value.YES, Value.NO, Value.TALK]


def represented(*answers, by=(ERIK,), born_on=SIXTEEN, until=None):
    """Amina and Erik have authority; those in `by` decide also beyond the age."""
    authorities = tuple(
        FullAuthority(guardian, Period(date(2000, 1, 1), until if guardian in by else None), guardian in by)
        for guardian in (AMINA, ERIK)
    )
    return replace(child(*answers, born_on=born_on), authorities=authorities)


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "frozen"])
@pytest.mark.parametrize("policy", [LENIENT, STRICT], ids=["one is enough", "all must agree"])
def test_c8_every_combination_around_the_birthday(policy, reset):
    """Whatever two parents said before and after the day, and the pupil after it: whose word counts."""
    policy = replace(policy, reset_at_16=reset)
    for amina, erik, late, own in itertools.product(SAID, SAID, [None, Value.YES, Value.NO], SAID):
        parents = [
            answer(who, what, on=LONG_AGO) for who, what in ((AMINA, amina), (ERIK, erik)) if what is not None
        ]
        too_late = [answer(AMINA, late, on=THE_DAY)] if late else []
        pupil = [answer(PUPIL, own, on=THE_DAY)] if own else []
        said = (amina, erik, late, own, reset)

        before = state(child(*parents, born_on=SIXTEEN), policy, EVE)
        on_the_day = state(child(*parents, born_on=SIXTEEN), policy, THE_DAY)
        after = state(child(*parents, *too_late, *pupil, born_on=SIXTEEN), policy, THE_DAY)
        if own:
            expected = {Value.YES: Reason.AGREED, Value.NO: Reason.REFUSED, Value.TALK: Reason.TALK_FIRST}
            assert after.reason == expected[own], said
        else:
            assert after == on_the_day, said
            silent = before.reason == Reason.NO_ANSWER
            assert (after.reason == Reason.PUPIL_DECIDES) is (reset or silent), said
            assert after.is_allowed is (before.is_allowed and not reset), said


@pytest.mark.parametrize("value", [Value.YES, Value.NO])
def test_c8_what_a_parent_says_on_the_day_makes_no_difference(value):
    facts = child(answer(AMINA, Value.TALK, on=LONG_AGO), born_on=SIXTEEN)
    late = child(answer(AMINA, Value.TALK, on=LONG_AGO), answer(ERIK, value, on=THE_DAY), born_on=SIXTEEN)

    assert state(late, LENIENT, THE_DAY) == state(facts, LENIENT, THE_DAY)


@pytest.mark.parametrize("policy", [LENIENT, STRICT], ids=["one is enough", "all must agree"])
def test_c6a_a_legal_representative_decides_beyond_the_age_in_every_combination(policy):
    """Only the representative counts from the birthday: no other parent, and of the pupil at most a veto."""
    for amina, erik, own, veto in itertools.product(SAID, SAID, [*SAID, Value.BACK], [True, False]):
        rows = [
            answer(who, what)
            for who, what in ((AMINA, amina), (ERIK, erik), (PUPIL, own))
            if what is not None
        ]
        found = state(represented(*rows), replace(policy, pupil_may_veto=veto), THE_DAY)
        said = (amina, erik, own, veto)

        vetoed = veto and own == Value.NO
        expected = {
            None: Reason.NO_ANSWER, Value.YES: Reason.AGREED, Value.NO: Reason.REFUSED, Value.TALK: Reason.TALK_FIRST
        }[erik]  # fmt: skip
        assert found.reason == (Reason.REFUSED if vetoed else expected), said


def test_two_representatives_must_agree_like_parents():
    both = represented(answer(AMINA, Value.YES), answer(ERIK, Value.NO), by=(AMINA, ERIK))

    assert state(both, LENIENT, THE_DAY).reason == Reason.CONFLICT


def test_below_the_age_a_representative_is_a_parent_like_the_other():
    young = represented(answer(AMINA, Value.NO), answer(ERIK, Value.YES), born_on=date(2016, 5, 4))

    assert state(young, LENIENT, TODAY).reason == Reason.CONFLICT


def test_when_the_representation_ends_its_last_word_stays_until_the_pupil_chooses():
    ended = TODAY - timedelta(days=5)
    born = SIXTEEN.replace(year=SIXTEEN.year - 2)
    parents_yes = answer(AMINA, Value.YES, on=LONG_AGO - timedelta(days=600), valid_until=None)
    no = answer(ERIK, Value.NO, on=LONG_AGO)
    facts = represented(parents_yes, no, born_on=born, until=ended)

    assert deciders_at(facts, 16, ended) == {ERIK}
    assert deciders_at(facts, 16, ended + timedelta(days=1)) == {PUPIL}
    assert decides_since(facts, 16, TODAY) == ended + timedelta(days=1)
    # Not the old yes of the parents, which the representative had turned back.
    assert state(facts, LENIENT, TODAY).reason == Reason.REFUSED
    chosen = replace(facts, answers=(*facts.answers, answer(PUPIL, Value.YES)))
    assert state(chosen, LENIENT, TODAY).is_allowed


@given(families, policies, days)
def test_exactly_one_side_decides_on_any_day(facts, policy, on):
    deciders = deciders_at(facts, policy.decides_from_age, on)
    grown = decides_alone(facts.born_on, policy.decides_from_age, on)
    beyond = {a.guardian for a in facts.authorities if a.beyond_age and a.period.covers(on)}

    if grown:
        assert deciders == (beyond or {PUPIL})
        assert decides_since(facts, policy.decides_from_age, on) <= on or beyond
    else:
        assert PUPIL not in deciders


@given(families, policies, days)
def test_a_yes_of_before_the_pupil_decided_never_counts(facts, policy, on):
    age = policy.decides_from_age
    if PUPIL not in deciders_at(facts, age, on):
        return
    since = decides_since(facts, age, on)
    without = replace(facts, answers=tuple(a for a in facts.answers if a.decider is not PUPIL))
    early = replace(
        without, answers=(*without.answers, answer(PUPIL, Value.YES, on=since - timedelta(days=1), wording=3))
    )

    assert state(early, policy, on) == state(without, policy, on)


@given(families, policies, days)
def test_a_no_that_was_taken_back_leaves_what_the_others_said(facts, policy, on):
    without = replace(facts, answers=tuple(a for a in facts.answers if a.decider is not PUPIL))
    back = replace(
        without, answers=(*without.answers, answer(PUPIL, Value.NO, on=on), answer(PUPIL, Value.BACK, on=on))
    )

    assert state(back, policy, on) == state(without, policy, on)


def test_a_veto_of_before_goes_on_after_the_birthday():
    facts = child(
        answer(AMINA, Value.YES, on=LONG_AGO), answer(PUPIL, Value.NO, on=LONG_AGO), born_on=SIXTEEN
    )

    assert state(facts, replace(LENIENT, pupil_may_veto=True), EVE).reason == Reason.REFUSED
    assert state(facts, LENIENT, THE_DAY).reason == Reason.REFUSED


def test_what_a_pupil_may_say_in_every_combination():
    allowed = {
        (decides, may_veto): {
            value for value in Value if pupil_may_say(value, decides=decides, may_veto=may_veto)
        }
        for decides, may_veto in itertools.product([True, False], repeat=2)
    }

    assert allowed == {
        (True, True): {Value.YES, Value.NO, Value.TALK},
        (True, False): {Value.YES, Value.NO, Value.TALK},
        (False, True): {Value.NO, Value.BACK},
        (False, False): set(),
    }


# -- the moment itself: local midnight, 29 February, the clock that changes -------------------------------------


def decides_at(born_on, moment):
    """At this moment, by the calendar of the school (Europe/Amsterdam)."""
    return decides_alone(born_on, 16, Acting(NOBODY, (), read_only=True, now=moment).today)


@pytest.mark.parametrize(
    "the_day",
    [
        date(2026, 11, 21),
        date(2028, 2, 29),  # born on 29 February, a leap year
        date(2026, 3, 29),  # the clock goes forward that night
        date(2026, 10, 25),  # and back
        date(2027, 1, 1),
        date(2026, 8, 1),  # the school year turns
    ],
)
def test_the_pupil_decides_from_midnight_of_the_school(the_day):
    born = the_day.replace(year=the_day.year - 16)
    midnight = datetime.combine(the_day, datetime.min.time(), tzinfo=SCHOOL_TIME)

    assert not decides_at(born, midnight - timedelta(seconds=1))
    assert decides_at(born, midnight)


def test_born_on_29_february_a_pupil_decides_at_17_from_1_march():
    born = date(2012, 2, 29)

    assert birthday(born, 17) == date(2029, 3, 1)
    assert not decides_alone(born, 17, date(2029, 2, 28))
    assert decides_alone(born, 17, date(2029, 3, 1))


def test_the_age_is_a_setting():
    facts = child(answer(AMINA, Value.YES, on=LONG_AGO), born_on=SIXTEEN)

    assert state(facts, replace(LENIENT, decides_from_age=18, reset_at_16=True), TODAY).is_allowed
