"""The numbers of the list are those of the rule, counted in a few statements however many pupils there are."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.choices import Value
from consent.domain.counted import (
    SAID_NO,
    Standing,
    born_until,
    parents_to_ask_anew,
    parents_who_said_yes,
    runs_out,
    standing_of,
)
from consent.domain.facts import known_pupils, policy_of
from consent.domain.purposes import freeze_wording
from consent.domain.store import keep_latest
from consent.models import Answer, LatestAnswer, Purpose
from consent.querysets import purposes_in_use
from consent.rules import birthday, is_asked_of, state
from schools.choices import Authority
from schools.models import Enrolment, Foundation, Guardianship, Pupil
from tests.cast import guardian, pupil, today, years_ago
from tests.consent.test_purposes import WORDS, add, day, reworded, say


def by_the_rule(cast, on: date) -> dict[int, Standing]:
    foundation = Foundation.objects.get(id=cast.home.id)
    counts: dict[int, Counter] = {}
    for purpose in purposes_in_use():
        policy, counts[purpose.id] = policy_of(purpose, foundation), Counter()
        for child in known_pupils(list(Pupil.objects.values_list("id", flat=True))):
            if is_asked_of(child.facts, policy.school, on):
                found = state(child.facts, policy, on)
                word = "yes" if found.is_allowed else "no" if found.reason in SAID_NO else "silent"
                counts[purpose.id][word] += 1
    return {pk: Standing(**count) for pk, count in counts.items()}


def families(cast, dice: random.Random, number: int) -> None:
    """Pupils of every age with none, one or two guardians of every kind, some of whom moved or left."""
    for n in range(number):
        place = dice.choice([cast.group_8a, cast.group_7b])
        born_on = years_ago(dice.choice([8, 11, 15, 16, 17]))
        child = pupil(place, f"Kind{n}", "Telt", born_on)
        for parent in range(dice.randrange(3)):
            level = dice.choice([Authority.FULL, Authority.FULL, Authority.INFORMED])
            adult = guardian(cast.home, f"Ouder{n}-{parent}", "Telt", [child], authority=level, email="")
            tie = Guardianship.objects.filter(guardian=adult)
            if level == Authority.FULL:
                tie.update(
                    until=dice.choice([None, None, day(-1)]), beyond_16=dice.choice([False, False, True])
                )
        if dice.random() < 0.2:
            Enrolment.objects.filter(pupil=child).update(until=day(dice.choice([-1, 0])))


def answers(cast, dice: random.Random) -> None:
    """Anything that may stand, whoever said it: what counts of it is for the rule to say."""
    purposes = list(Purpose.objects.prefetch_related("versions").order_by("id"))
    template = LatestAnswer.objects.get()
    LatestAnswer.objects.all().delete()
    for child in Pupil.objects.order_by("id"):
        who = [*child.guardianships.order_by("id").values_list("guardian_id", flat=True), None]
        for purpose in purposes:
            for decider in who:
                if dice.random() < 0.6:
                    template.pk = None
                    template.pupil, template.purpose, template.guardian_id = child, purpose, decider
                    template.value = dice.choice(list(Value.values))
                    template.valid_until = dice.choice([None, day(-1), day(0), day(30)])
                    template.version = dice.choice(list(purpose.versions.all()))
                    template.save(force_insert=True)


@pytest.mark.parametrize("seed", range(4))
def test_the_database_counts_as_the_rule_says(cast, seed):
    dice = random.Random(seed)
    own = add(cast, school=cast.harbour)
    say(cast, cast.karol, cast.bo, Value.YES, cast.purposes["papier"])
    with cast.acting():
        Foundation.objects.filter(id=cast.home.id).update(
            pupil_may_veto=seed % 2 == 0, reset_at_16=seed % 3 == 0
        )
        cast.home.refresh_from_db()
        freeze_wording(purpose=cast.purposes["sociaal"], words=WORDS, is_material=True, in_force_on=today())
        families(cast, dice, 25)
        answers(cast, dice)
        purposes = list(purposes_in_use())

        counted = standing_of(purposes, today())

        assert counted == by_the_rule(cast, today())
        assert sum(one.yes for one in counted.values()) > 0
        assert sum(one.no for one in counted.values()) > 0
        assert own.id in counted
        LatestAnswer.objects.all().delete()
        keep_latest([Answer.objects.get().id])  # what was really answered stands again (C11)


def test_the_statements_do_not_grow_with_pupils_or_questions(cast):
    def statements() -> int:
        with cast.acting(), CaptureQueriesContext(connection) as seen:
            standing_of(list(purposes_in_use()), today())
        return len(seen.captured_queries)

    before = statements()
    add(cast)
    with cast.acting():
        for n in range(20):
            pupil(cast.group_8a, f"Kind{n}", "Telt", years_ago(9))

    assert statements() == before


@pytest.mark.parametrize(
    ("on", "born_on"),
    [
        (date(2026, 3, 1), date(2010, 3, 1)),
        (date(2026, 2, 28), date(2010, 2, 28)),
        (date(2028, 2, 29), date(2012, 2, 29)),
        (date(2024, 2, 29), date(2008, 2, 29)),
        (date(2025, 3, 1), date(2009, 3, 1)),
    ],
)
def test_the_age_is_the_age_of_the_rule_around_29_february(on, born_on):
    for age in (12, 15, 16, 18):
        last = born_until(age, on)
        assert birthday(last, age) <= on
        assert birthday(last + timedelta(days=1), age) > on
    assert birthday(born_on, 16) <= on


# -- who is asked anew ----------------------------------------------------------------------------------------


def test_a_material_change_asks_anew_each_parent_whose_yes_ends_and_nobody_else(cast):
    papier = cast.purposes["papier"]
    say(cast, cast.amina, cast.noor, Value.YES, papier)
    say(cast, cast.erik, cast.noor, Value.NO, papier)
    say(cast, cast.karol, cast.bo, Value.YES, papier)
    say(cast, cast.selin, cast.mila, Value.YES, cast.purposes["besloten"])
    with cast.acting():
        assert parents_who_said_yes(papier, on=today()) == 2
        assert parents_to_ask_anew(papier, today()) == 0
        freeze_wording(purpose=papier, words=WORDS, is_material=True, in_force_on=today())

        fresh = purposes_in_use().get(id=papier.id)
        assert parents_to_ask_anew(fresh, today()) == 2
        assert runs_out(fresh, on=today()) == 0
    say(cast, cast.karol, cast.bo, Value.NO, papier)

    with cast.acting():
        assert parents_to_ask_anew(purposes_in_use().get(id=papier.id), today()) == 1


def test_a_minor_change_and_one_that_is_planned_ask_nobody_anew_yet(cast, as_):
    papier = cast.purposes["papier"]
    say(cast, cast.karol, cast.bo, Value.YES, papier)
    with cast.acting():
        freeze_wording(purpose=papier, words=WORDS, is_material=False, in_force_on=today())
        freeze_wording(purpose=papier, words=WORDS, is_material=True, in_force_on=day(3))

        assert parents_to_ask_anew(purposes_in_use().get(id=papier.id), today()) == 0
        assert parents_to_ask_anew(purposes_in_use().get(id=papier.id), day(3)) == 1
    page = as_(cast.ada).get("/beheer/vragen/papier/")
    assert (page.context["must_answer"], page.context["coming"]) == (0, day(3))


def test_the_check_of_a_material_change_says_how_many_parents_and_of_a_minor_one_none(cast, as_):
    papier, client = cast.purposes["papier"], as_(cast.ada)
    say(cast, cast.karol, cast.bo, Value.YES, papier)
    with cast.acting():
        material = client.post("/beheer/vragen/papier/tekst/", reworded(papier))
        minor = client.post("/beheer/vragen/papier/tekst/", reworded(papier, kind="minor"))

    assert material.context["parents"] == 1
    assert minor.context["parents"] == 0
    assert b"panel-warn" in material.content
    assert b"panel-warn" not in minor.content
