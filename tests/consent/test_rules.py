"""The rule of consent, over every combination; numbers are those of the domain (C1-C9)."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.choices import Reason, Value
from consent.rules import (
    PUPIL,
    Facts,
    FullAuthority,
    GivenAnswer,
    LinkStrength,
    Period,
    Policy,
    Wording,
    birthday,
    link_may_say_yes,
    state,
)

TODAY = date(2026, 11, 21)
BORN = date(2016, 5, 4)
PAPER, EVENT = 1, 9
AMINA, ERIK, THIRD = 11, 12, 13
ALWAYS = Period(date(2000, 1, 1))
FIRST = Wording(1, True, date(2020, 8, 1))
LENIENT = Policy(PAPER, all_must_agree=False, wordings=(FIRST,))
STRICT = replace(LENIENT, all_must_agree=True)


def answer(decider, value, *, on=TODAY, purpose=PAPER, valid_until=date(2027, 7, 31), wording=1, id=0):
    until = valid_until if value == Value.YES else None
    return GivenAnswer(purpose, decider, value, on, until, wording, id)


def child(*answers, deciders=(AMINA, ERIK), born_on=BORN, enrolments=(ALWAYS,)):
    authorities = tuple(FullAuthority(guardian, ALWAYS) for guardian in deciders)
    return Facts(born_on, enrolments, authorities, answers)


# -- exhaustively: every answer of up to three deciders -----------------------------------------------------

SAID = [None, Value.YES, Value.NO, Value.TALK, "expired", "reworded"]


def as_answers(said):
    for guardian, what in zip((AMINA, ERIK, THIRD), said, strict=False):
        if what == "expired":
            yield answer(guardian, Value.YES, valid_until=TODAY - timedelta(days=1))
        elif what == "reworded":
            yield answer(guardian, Value.YES, wording=0)
        elif what is not None:
            yield answer(guardian, what)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("policy", [LENIENT, STRICT], ids=["one is enough", "all must agree"])
def test_every_combination_of_deciders(count, policy):
    deciders = (AMINA, ERIK, THIRD)[:count]
    for said in itertools.product(SAID, repeat=count):
        found = state(child(*as_answers(said), deciders=deciders), policy, TODAY)
        yes, no = said.count(Value.YES), said.count(Value.NO)

        talk = said.count(Value.TALK)

        allowed = no + talk == 0 and (yes == count if policy.all_must_agree else yes > 0)
        assert found.is_allowed is allowed, said
        assert found.is_allowed is (found.reason == Reason.AGREED), said
        if no:  # C4: any no wins, and only a yes beside it makes it a conflict
            assert found.reason == (Reason.CONFLICT if yes else Reason.REFUSED), said
        elif talk:  # C6: as long as one decider wants to talk first it is no, also beside a yes
            assert found.reason == Reason.TALK_FIRST, said
        if all(what is None for what in said):
            assert found.reason == Reason.NO_ANSWER  # C6: silence


# -- hypothesis: any facts, any policy, any day ---------------------------------------------------------------

days = st.dates(date(2005, 1, 1), date(2035, 12, 31))
periods = st.builds(
    lambda since, length: Period(since, None if length is None else since + timedelta(days=length)),
    days,
    st.none() | st.integers(0, 4000),
)
answers = st.builds(
    GivenAnswer,
    purpose=st.sampled_from([PAPER, EVENT]),
    decider=st.sampled_from([PUPIL, AMINA, ERIK, THIRD]),
    value=st.sampled_from(list(Value)),
    decided_on=days,
    valid_until=st.none() | days,
    wording=st.integers(1, 3),
    id=st.integers(1, 10**6),
)
families = st.builds(
    Facts,
    born_on=days,
    enrolments=st.lists(periods, max_size=2).map(tuple),
    authorities=st.lists(
        st.builds(FullAuthority, st.sampled_from([AMINA, ERIK, THIRD]), periods, st.booleans()), max_size=4
    ).map(tuple),
    answers=st.lists(answers, max_size=8).map(tuple),
)
wordings = st.lists(st.builds(Wording, st.integers(1, 3), st.booleans(), days), max_size=3).map(tuple)
policies = st.builds(
    Policy,
    purpose=st.just(PAPER),
    all_must_agree=st.booleans(),
    wordings=wordings,
    decides_from_age=st.just(16),
    reset_at_16=st.booleans(),
    pupil_may_veto=st.booleans(),
)


@given(families, policies, days)
def test_only_an_agreed_yes_allows(facts, policy, on):
    found = state(facts, policy, on)

    assert found.is_allowed is (found.reason == Reason.AGREED)
    if found.is_allowed:
        given_yes = {a.id for a in facts.answers if a.value == Value.YES and a.purpose == policy.purpose}
        assert found.rests_on
        assert set(found.rests_on) <= given_yes


@given(families, policies, days)
def test_c1_without_enrolment_it_is_no(facts, policy, on):
    found = state(replace(facts, enrolments=()), policy, on)

    assert (found.is_allowed, found.reason) == (False, Reason.NOT_ENROLLED)


@given(families, policies, days, answers)
def test_c3_only_the_latest_answer_of_a_decider_counts(facts, policy, on, last):
    """What this decider said before the last word makes no difference."""
    if on >= birthday(facts.born_on, 16):
        on = birthday(facts.born_on, 16) - timedelta(days=1)
    last = last._replace(purpose=PAPER)
    others = tuple(a for a in facts.answers if a.decider != last.decider)

    long_story = replace(facts, answers=(*facts.answers, last))
    short_story = replace(facts, answers=(*others, last))

    assert state(long_story, policy, on) == state(short_story, policy, on)


@given(families, policies, days)
def test_c3_a_no_never_expires(facts, policy, on):
    no = answer(AMINA, Value.NO, on=date(2005, 1, 1))
    born = replace(
        facts, born_on=on, answers=(no,), authorities=(FullAuthority(AMINA, ALWAYS),), enrolments=(ALWAYS,)
    )

    assert state(born, policy, on).reason == Reason.REFUSED


@given(families, policies, days, st.sampled_from([AMINA, ERIK, THIRD]))
def test_c4_a_no_of_a_decider_always_wins(facts, policy, on, guardian):
    young = replace(
        facts,
        born_on=on - timedelta(days=3650),
        enrolments=(ALWAYS,),
        authorities=(*facts.authorities, FullAuthority(guardian, ALWAYS)),
        answers=(*facts.answers, answer(guardian, Value.NO, on=on)),
    )
    later_yes = [
        answer(g, Value.YES, on=on, valid_until=None, wording=3)
        for g in (AMINA, ERIK, THIRD)
        if g != guardian
    ]

    assert not state(young, policy, on).is_allowed
    assert not state(replace(young, answers=(*young.answers, *later_yes)), policy, on).is_allowed


@given(families, policies, days)
def test_c5_a_stricter_purpose_never_allows_more(facts, policy, on):
    lenient = state(facts, replace(policy, all_must_agree=False), on)
    strict = state(facts, replace(policy, all_must_agree=True), on)

    assert lenient.is_allowed or not strict.is_allowed


@given(families, policies, days)
def test_c7_answers_for_another_purpose_make_no_difference(facts, policy, on):
    only = replace(facts, answers=tuple(a for a in facts.answers if a.purpose == policy.purpose))

    assert state(facts, policy, on) == state(only, policy, on)


@given(families, policies, days)
def test_c2_a_guardian_without_full_authority_makes_no_difference(facts, policy, on):
    if on >= birthday(facts.born_on, 16):
        on = birthday(facts.born_on, 16) - timedelta(days=1)
    deciding = {a.guardian for a in facts.authorities if a.period.covers(on)}
    mine = replace(facts, answers=tuple(a for a in facts.answers if a.decider in deciding | {PUPIL}))

    assert state(facts, policy, on) == state(mine, policy, on)


@given(families, policies, days)
def test_c9_after_a_new_no_of_every_decider_it_is_no_and_after_a_new_yes_it_is_yes(facts, policy, on):
    """Nothing locks a choice: the last word of all deciders always holds, in both directions."""
    if on >= birthday(facts.born_on, 16):
        on = birthday(facts.born_on, 16) - timedelta(days=1)
    deciders = {a.guardian for a in facts.authorities if a.period.covers(on)}
    facts = replace(
        facts, enrolments=(ALWAYS,), answers=tuple(a for a in facts.answers if a.decider is not PUPIL)
    )
    said = {
        value: replace(
            facts,
            answers=facts.answers
            + tuple(answer(g, value, on=on, valid_until=None, wording=3) for g in sorted(deciders)),
        )
        for value in (Value.NO, Value.YES)
    }

    assert not state(said[Value.NO], policy, on).is_allowed
    assert state(said[Value.YES], policy, on).is_allowed is bool(deciders)


@given(families, policies, days)
def test_c6a_a_pupils_veto_only_ever_forbids(facts, policy, on):
    if on >= birthday(facts.born_on, 16):
        on = birthday(facts.born_on, 16) - timedelta(days=1)
    without = replace(facts, answers=tuple(a for a in facts.answers if a.decider is not PUPIL))
    may, may_not = replace(policy, pupil_may_veto=True), replace(policy, pupil_may_veto=False)

    assert state(facts, may_not, on) == state(without, may_not, on)
    if state(facts, may, on).is_allowed:
        assert state(without, may, on).is_allowed


@given(families, policies, days)
def test_c8_from_16_only_the_pupils_own_answer_counts_once_given(facts, policy, on):
    parents = tuple(authority._replace(beyond_age=False) for authority in facts.authorities)
    born = on.replace(year=on.year - 17, day=1)
    grown = replace(facts, born_on=born, enrolments=(ALWAYS,), authorities=parents)
    own = answer(PUPIL, Value.YES, on=on, valid_until=None, wording=3)
    no_of_parents = tuple(answer(g, Value.NO, on=on) for g in (AMINA, ERIK, THIRD))

    found = state(replace(grown, answers=(*grown.answers, own, *no_of_parents)), policy, on)

    assert found.is_allowed


# -- single cases that a reader wants to see spelled out ------------------------------------------------------


def test_one_yes_is_enough_where_not_all_must_agree():
    assert state(child(answer(AMINA, Value.YES)), LENIENT, TODAY).is_allowed


def test_c5_where_all_must_agree_one_yes_waits_for_the_other():
    found = state(child(answer(AMINA, Value.YES)), STRICT, TODAY)

    assert (found.is_allowed, found.reason) == (False, Reason.NOT_ALL_ANSWERED)


def test_c4_conflict_names_the_day_of_the_no():
    no_day = TODAY - timedelta(days=3)
    found = state(child(answer(AMINA, Value.YES), answer(ERIK, Value.NO, on=no_day)), LENIENT, TODAY)

    assert (found.reason, found.since) == (Reason.CONFLICT, no_day)


def test_a_yes_counts_on_its_last_day_and_not_the_day_after():
    facts = child(answer(AMINA, Value.YES, valid_until=TODAY))

    assert state(facts, LENIENT, TODAY).is_allowed
    assert state(facts, LENIENT, TODAY + timedelta(days=1)).reason == Reason.EXPIRED


def test_a_material_wording_ends_a_yes_on_the_day_it_comes_in_force():
    changed = replace(LENIENT, wordings=(FIRST, Wording(2, True, TODAY)))
    facts = child(answer(AMINA, Value.YES))

    assert state(facts, changed, TODAY - timedelta(days=1)).is_allowed
    assert state(facts, changed, TODAY).reason == Reason.REWORDED


def test_a_minor_wording_ends_nothing():
    changed = replace(LENIENT, wordings=(FIRST, Wording(2, False, TODAY)))

    assert state(child(answer(AMINA, Value.YES)), changed, TODAY).is_allowed


def test_without_a_decider_it_is_no():
    assert state(child(deciders=()), LENIENT, TODAY).reason == Reason.NO_DECIDER


def test_a_guardian_who_loses_authority_no_longer_counts():
    lost = FullAuthority(ERIK, Period(date(2016, 5, 4), TODAY - timedelta(days=1)))
    facts = Facts(
        BORN,
        (ALWAYS,),
        (FullAuthority(AMINA, ALWAYS), lost),
        (answer(AMINA, Value.YES), answer(ERIK, Value.NO, on=TODAY - timedelta(days=9))),
    )

    assert state(facts, STRICT, TODAY).is_allowed
    assert state(facts, STRICT, TODAY - timedelta(days=1)).reason == Reason.CONFLICT


def test_born_on_29_february_becomes_16_on_29_february_and_15_on_1_march():
    assert birthday(date(2012, 2, 29), 16) == date(2028, 2, 29)
    assert birthday(date(2012, 2, 29), 15) == date(2027, 3, 1)


def test_c8_the_parents_yes_stays_in_force_at_16_until_it_ends():
    born = TODAY.replace(year=TODAY.year - 16)
    before = TODAY - timedelta(days=30)
    facts = child(answer(AMINA, Value.YES, on=before, valid_until=TODAY + timedelta(days=5)), born_on=born)

    assert state(facts, LENIENT, TODAY).is_allowed
    assert state(facts, LENIENT, TODAY + timedelta(days=6)).reason == Reason.PUPIL_DECIDES


def test_c8_with_reset_the_parents_yes_lapses_on_the_birthday():
    born = TODAY.replace(year=TODAY.year - 16)
    facts = child(answer(AMINA, Value.YES, on=TODAY - timedelta(days=30)), born_on=born)
    reset = replace(LENIENT, reset_at_16=True)

    assert state(facts, reset, TODAY - timedelta(days=1)).is_allowed
    assert state(facts, reset, TODAY).reason == Reason.PUPIL_DECIDES


def test_c8_what_a_parent_says_after_the_birthday_does_not_count():
    born = (TODAY - timedelta(days=10)).replace(year=TODAY.year - 16)
    facts = child(answer(AMINA, Value.YES, on=TODAY), born_on=born)

    assert state(facts, LENIENT, TODAY).reason == Reason.PUPIL_DECIDES


@pytest.mark.parametrize(
    ("always", "closed_days_ago", "is_known", "devices", "may"),
    [
        (False, 0, False, 0, True),
        (False, 0, False, 1, True),
        (False, 0, False, 2, False),  # a third browser
        (False, 0, True, 2, True),
        (False, 1, True, 1, False),  # after the round
        (True, 0, True, 1, False),  # the foundation always asks for a code
    ],
)
def test_when_a_link_may_say_yes(always, closed_days_ago, is_known, devices, may):
    link = LinkStrength(always, TODAY - timedelta(days=closed_days_ago), is_known, devices)

    assert link_may_say_yes(link, TODAY) is may
