"""Which change takes an item away: every answer, moment, decider and age against U3."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from types import SimpleNamespace

import pytest

from consent.choices import Reason, Value
from consent.rules import PUPIL, Facts, FullAuthority, GivenAnswer, Period, Policy, Wording, state
from ledger.acting import SCHOOL_TIME
from publications.choices import Cause
from publications.rules import OnItem, Said, cause_of, ending_schools, may_end

ALLOWED_AT = datetime(2026, 11, 4, 10, tzinfo=SCHOOL_TIME)
TODAY = date(2026, 11, 10)
PARENT, OTHER, STRANGER = 1, 2, 3
BEFORE, SAME, AFTER = (ALLOWED_AT + timedelta(minutes=n) for n in (-11, -9, 1))
ALWAYS, ENDED = Period(date(2000, 1, 1)), Period(date(2000, 1, 1), date(2026, 11, 9))
POLICY = Policy(7, all_must_agree=False, wordings=(Wording(1, True, date(2020, 1, 1)),))


def child(age: int, *answers: GivenAnswer, enrolled: Period = ALWAYS, **authority) -> Facts:
    return Facts(
        born_on=date(2026 - age, 1, 1),
        enrolments=(enrolled,),
        authorities=tuple(FullAuthority(who, ALWAYS, **authority) for who in (PARENT, OTHER)),
        answers=answers,
    )


def cause(said: Said, facts: Facts, policy: Policy = POLICY) -> Cause | None:
    return cause_of(OnItem(ALLOWED_AT, (said,)), facts, policy)


def test_only_a_no_or_talk_of_who_decides_after_the_verdict_takes_an_item_away():
    """The whole table, said another way than the code does."""
    table = product(
        (10, 16), (False, True), (False, True), (PARENT, STRANGER, PUPIL), Value, (BEFORE, SAME, AFTER)
    )
    counts = Counter()
    for age, beyond, veto, decider, value, at in table:
        decides = decider in ({PARENT, OTHER} if age < 16 or beyond else {PUPIL})
        vetoes = decider is PUPIL and veto and value == Value.NO
        expected = at != BEFORE and ((decides and value in {Value.NO, Value.TALK}) or vetoes)

        found = cause(
            Said(decider, value, at), child(age, beyond_age=beyond), replace(POLICY, pupil_may_veto=veto)
        )

        assert found == (Cause.TAKEN_BACK if expected else None), (age, beyond, veto, decider, value, at)
        counts[found] += 1
    assert counts == {None: 250, Cause.TAKEN_BACK: 38}


def test_who_decided_on_that_day_counts_also_when_somebody_else_does_now():
    """A parent said no the day before the birthday: the same at whatever day it is asked (C8)."""
    facts = replace(child(10), born_on=date(2010, 11, 6))
    eve = datetime(2026, 11, 5, 23, 59, tzinfo=SCHOOL_TIME)

    assert cause(Said(PARENT, Value.NO, eve), facts) == Cause.TAKEN_BACK
    assert cause(Said(PARENT, Value.NO, eve + timedelta(minutes=1)), facts) is None
    assert cause(Said(PUPIL, Value.NO, eve + timedelta(minutes=1)), facts) == Cause.TAKEN_BACK


def yes(decider: int = PARENT, **changes) -> GivenAnswer:
    return GivenAnswer(
        **{
            "purpose": 7,
            "decider": decider,
            "value": Value.YES,
            "decided_on": date(2026, 10, 1),
            "valid_until": None,
            "wording": 1,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("facts", "policy", "reason"),
    [
        (child(10, yes(valid_until=date(2026, 11, 9))), POLICY, Reason.EXPIRED),
        (
            child(10, yes()),
            replace(POLICY, wordings=(*POLICY.wordings, Wording(2, True, TODAY))),
            Reason.REWORDED,
        ),
        (
            child(10, yes(), enrolled=Period(date(2020, 1, 1), date(2026, 11, 9))),
            POLICY,
            Reason.NOT_ENROLLED,
        ),
        (replace(child(10, yes()), authorities=(FullAuthority(PARENT, ENDED),)), POLICY, Reason.NO_DECIDER),
        (
            replace(child(10, yes()), born_on=date(2010, 11, 6)),
            replace(POLICY, reset_at_16=True),
            Reason.PUPIL_DECIDES,
        ),
    ],
)
def test_what_merely_runs_out_is_no_cause(facts, policy, reason):
    """It blocks every new use, and does not flood the school with take-downs (U3)."""
    assert state(facts, policy, TODAY).reason == reason

    for lost in (False, True):
        item = OnItem(ALLOWED_AT, (Said(PARENT, Value.YES, BEFORE),), lost_a_yes=lost)
        assert cause_of(item, facts, policy) is None


def test_a_yes_in_error_that_hid_an_expired_one_is_a_cause_on_any_later_day():
    """Judged on the day of the verdict: neither that the year ended nor that the child left makes it right."""
    last_year = yes(valid_until=date(2026, 10, 30))
    left = child(10, last_year, enrolled=ENDED)

    for facts in (child(10, last_year), left):
        assert cause_of(OnItem(ALLOWED_AT, (), lost_a_yes=True), facts, POLICY) == Cause.IN_ERROR


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("left", [(), (yes(OTHER),), (yes(PARENT, value=Value.NO),)])
def test_a_yes_in_error_is_a_cause_unless_another_yes_carries_the_item(left, strict):
    policy = replace(POLICY, all_must_agree=strict)
    carried = left == (yes(OTHER),) and not strict

    found = cause_of(OnItem(ALLOWED_AT, (), lost_a_yes=True), child(10, *left), policy)

    assert found == (None if carried else Cause.IN_ERROR)


@pytest.mark.parametrize(
    "name", ["teacher", "office", "director", "editor", "administrator", "anti_bullying"]
)
@pytest.mark.parametrize("owner", [5, 6])
@pytest.mark.parametrize("at", [1, 2, None])
def test_who_posted_it_and_who_answers_for_the_school_may_end_it(name, owner, at):
    role = SimpleNamespace(name=name, school_id=at, group=None)

    found = may_end(owner=owner, school=1, me=5, roles=[role])

    answers_for_it = name in {"office", "director", "editor", "administrator"} and at in {1, None}
    assert found == (owner == 5 or answers_for_it)
    assert ending_schools([]) == set()
