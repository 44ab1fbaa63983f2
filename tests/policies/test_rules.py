"""Where a version stands and whether it may be put in force: every combination that P2 and P3 name."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.choices import Origin, Outcome, State
from policies.domain.publish import WORDS
from policies.rules import (
    AGREED,
    Decided,
    VersionFacts,
    may_publish,
    may_see_versions,
    state_on,
    why_not_publish,
)
from schools.choices import RoleName

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)


def facts(outcome: Outcome | None = Outcome.CONSENT, **changed) -> VersionFacts:
    covers, is_kept = changed.pop("covers", "a"), changed.pop("is_kept", False)
    decided = outcome and Decided(outcome, TODAY - DAY, covers, is_kept)
    return VersionFacts(**{"origin": Origin.PORTAL, "sha256": "a", "decided": decided, **changed})


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        (facts(None), State.CONCEPT),
        (facts(Outcome.REFUSED), State.CONCEPT),
        (facts(Outcome.NOT_DECIDED), State.CONCEPT),
        (facts(covers="b"), State.CONCEPT),
        (facts(), State.CONSENTED),
        (facts(Outcome.ADVICE), State.CONSENTED),
        (facts(covers="b", is_kept=True), State.CONSENTED),
        (facts(in_force_on=TODAY + DAY), State.SCHEDULED),
        (facts(in_force_on=TODAY), State.IN_FORCE),
        (facts(in_force_on=TODAY - DAY, followed_on=TODAY + DAY), State.IN_FORCE),
        (facts(in_force_on=TODAY - DAY, followed_on=TODAY), State.SUPERSEDED),
        (facts(in_force_on=TODAY, followed_on=TODAY), State.SUPERSEDED),
    ],
)
def test_the_state_follows_from_the_facts_and_the_day(given_facts, expected):
    assert state_on(given_facts, TODAY) == expected


def test_a_planned_version_is_in_force_on_its_day_without_anybody_doing_anything():
    planned = facts(in_force_on=TODAY + DAY, followed_on=TODAY + 3 * DAY)

    states = [state_on(planned, TODAY + days * DAY) for days in range(4)]
    assert states == [State.SCHEDULED, State.IN_FORCE, State.IN_FORCE, State.SUPERSEDED]


@pytest.mark.parametrize(
    ("given_facts", "on", "why"),
    [
        (facts(), TODAY, ""),
        (facts(Outcome.ADVICE), TODAY + DAY, ""),
        (facts(covers="b", is_kept=True), TODAY, ""),
        (facts(Outcome.UNKNOWN, is_kept=True), TODAY, ""),
        (facts(None), TODAY, "no_decision"),
        (facts(Outcome.NOT_DECIDED), TODAY, "no_decision"),
        (facts(Outcome.UNKNOWN), TODAY, "no_decision"),
        (facts(Outcome.REFUSED), TODAY, "refused"),
        (facts(covers="b"), TODAY, "not_covered"),
        (facts(is_empty=True), TODAY, "empty"),
        (facts(in_force_on=TODAY), TODAY, "already"),
        (facts(), TODAY - DAY, "in_past"),
        (facts(), TODAY - 2 * DAY, "before_decision"),
        (facts(Outcome.UNKNOWN, origin=Origin.BEFORE), TODAY, ""),
        (facts(origin=Origin.BEFORE), TODAY - DAY, ""),
        (facts(None, origin=Origin.BEFORE), TODAY, "no_decision"),
        (facts(Outcome.REFUSED, origin=Origin.BEFORE), TODAY, "refused"),
        (facts(origin=Origin.BEFORE), TODAY - 2 * DAY, "before_decision"),
        (facts(Outcome.UNKNOWN, origin=Origin.BEFORE), TODAY + DAY, "not_before"),
        (facts(Outcome.UNKNOWN, origin=Origin.BEFORE, first_portal_on=TODAY), TODAY, "not_before"),
        (facts(Outcome.UNKNOWN, origin=Origin.BEFORE, first_portal_on=TODAY + DAY), TODAY, ""),
    ],
)
def test_why_a_version_may_not_be_put_in_force(given_facts, on, why):
    assert why_not_publish(given_facts, on, today=TODAY) == why
    assert why == "" or why in WORDS


@given(
    outcome=st.sampled_from([None, *Outcome]),
    origin=st.sampled_from(list(Origin)),
    covers=st.sampled_from(["a", "b"]),
    is_kept=st.booleans(),
    is_empty=st.booleans(),
    days=st.integers(-3, 3),
)
def test_nothing_of_the_portal_is_in_force_without_the_council(
    outcome, origin, covers, is_kept, is_empty, days
):
    version = facts(outcome, origin=origin, covers=covers, is_kept=is_kept, is_empty=is_empty)

    if why_not_publish(version, TODAY + days * DAY, today=TODAY) == "":
        assert outcome in AGREED or (outcome == Outcome.UNKNOWN and (is_kept or origin == Origin.BEFORE))
        assert covers == "a" or is_kept
        assert not is_empty
        assert days <= 0 if origin == Origin.BEFORE else days >= 0


@pytest.mark.parametrize("role", list(RoleName))
def test_who_writes_and_who_looks(role):
    roles = [SimpleNamespace(name=str(role))]

    assert may_publish(roles) == (role in (RoleName.ADMINISTRATOR, RoleName.POLICY_OFFICER))
    assert may_see_versions(roles) == (may_publish(roles) or role == RoleName.BOARD)
