"""The verdict: who may not be shown and why, what would help, and what is kept of it (U1)."""

from datetime import timedelta

import pytest

from consent.choices import Channel, Layer, Reason, Value
from consent.domain.check import keep_check, look
from consent.domain.decide import Choice, decide
from consent.domain.facts import KnownPupil, KnownPurpose
from consent.domain.groups import known_group
from consent.domain.purposes import freeze_wording
from consent.models import Answer, Check, CheckedPerson
from consent.rules import Facts, FullAuthority, GivenAnswer, Period, Policy, State, Wording
from consent.views.verdicts import verdict_words
from consent.views.words import reason_words
from ledger.acting import Actor, current
from ledger.choices import ActorKind, Verb
from ledger.models import Entry
from schools.models import Group
from tests.cast import WORDS, pupil, today, years_ago

LONG_AGO = Period(years_ago(17))
SOCIAL = KnownPurpose(
    7,
    "sociaal",
    Layer.SOCIAL,
    "Sociale media",
    ("Instagram",),
    Policy(7, True, (Wording(1, True, years_ago(3)), Wording(2, True, years_ago(1)))),
)
PAPER = KnownPurpose(
    8, "papier", Layer.PAPER, "Papier", ("Schoolgids",), Policy(8, False, (Wording(1, True, years_ago(3)),))
)


def child(name: str = "Lina", *answers: GivenAnswer, age: int = 9, guardians: int = 2, enrolled: bool = True):
    facts = Facts(
        years_ago(age),
        (LONG_AGO,) if enrolled else (),
        tuple(FullAuthority(number, LONG_AGO) for number in range(1, guardians + 1)),
        answers,
    )
    return KnownPupil(sum(map(ord, name)), name.upper(), name, "Bakker", facts)


def said(value: Value, by: int | None = 1, *, purpose=SOCIAL, wording: int = 2, until=None, ago: int = 20):
    return GivenAnswer(purpose.id, by, value, today() - timedelta(days=ago), until, wording, 1000 + ago)


CASES = {
    Reason.AGREED: child("A", said(Value.YES, 1), said(Value.YES, 2)),
    Reason.REFUSED: child("B", said(Value.NO, 1)),
    Reason.CONFLICT: child("C", said(Value.YES, 1), said(Value.NO, 2)),
    Reason.NO_ANSWER: child("D"),
    Reason.NOT_ALL_ANSWERED: child("E", said(Value.YES, 1)),
    Reason.EXPIRED: child("F", said(Value.YES, 1, until=years_ago(1))),
    Reason.REWORDED: child("G", said(Value.YES, 1, wording=1)),
    Reason.TALK_FIRST: child("H", said(Value.TALK, 1)),
    Reason.PUPIL_DECIDES: child("I", age=16),
    Reason.NO_DECIDER: child("J", guardians=0),
    Reason.NOT_ENROLLED: child("K", said(Value.YES, 1), enrolled=False),
}


def judge(*pupils: KnownPupil, purpose=SOCIAL):
    return look(purpose=purpose, pupils=pupils, purposes=[PAPER, SOCIAL])


def shown(verdict):
    return verdict_words(verdict, "/team/groep/X/", current().now)


def test_the_cases_below_are_all_the_reasons_there_are():
    assert set(CASES) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_comes_out_of_the_rule(cast, reason):
    with cast.acting():
        verdict = judge(CASES[reason])

    assert verdict.seen[0].state.reason == reason
    assert verdict.is_allowed == (reason == Reason.AGREED)


def test_every_reason_has_words_of_its_own_also_in_dutch(cast, settings):
    from django.utils import translation

    for language in ("en", "nl"):
        with cast.acting(), translation.override(language):
            words = {reason_words(State(False, reason, today())) for reason in Reason}
        assert len(words) == len(Reason)


def test_the_day_of_a_no_stands_with_it_and_its_year_when_that_was_long_ago(cast):
    with cast.acting():
        recent = reason_words(State(False, Reason.REFUSED, today() - timedelta(days=3)))
        old = reason_words(State(False, Reason.REFUSED, years_ago(2)))

    assert str(years_ago(2).year) in old
    assert str((today() - timedelta(days=3)).year) not in recent


def test_one_no_makes_the_whole_a_no_and_names_only_who_is_in_the_way(cast):
    with cast.acting():
        words = shown(judge(CASES[Reason.AGREED], CASES[Reason.REFUSED], CASES[Reason.NO_ANSWER]))

    assert (words["kind"], words["allowed"], words["count"]) == ("no", 1, 3)
    assert [row["name"] for row in words["rows"]] == ["B B.", "D B."]


def test_nobody_chosen_is_not_allowed(cast):
    with cast.acting():
        verdict = look(purpose=SOCIAL, pupils=[], purposes=[PAPER, SOCIAL])

    assert not verdict.is_allowed
    assert verdict.others_allow == ()


@pytest.mark.parametrize("reason", Reason)
def test_ask_first_only_where_asking_may_help_and_a_no_beside_it_is_a_no(cast, reason):
    asks = {Reason.TALK_FIRST, Reason.PUPIL_DECIDES}
    with cast.acting():
        alone = shown(judge(CASES[reason]))["kind"]
        beside = shown(judge(CASES[reason], CASES[Reason.REFUSED]))["kind"]

    assert alone == ("ask" if reason in asks else "ok" if reason == Reason.AGREED else "no")
    assert beside == "no"


def test_what_would_help_leaves_out_who_may_not_and_names_a_place_where_all_may(cast):
    lina = child("Lina", said(Value.NO, 1), said(Value.YES, 1, purpose=PAPER, wording=1))
    bram = child("Bram", said(Value.YES, 1), said(Value.YES, 2), said(Value.YES, 1, purpose=PAPER, wording=1))
    with cast.acting():
        ways = shown(judge(bram, lina))["ways"]

    assert [way["url"] for way in ways] == [
        "/team/groep/X/?place=sociaal&pupil=BRAM",
        "/team/groep/X/?place=papier&pupil=LINA&pupil=BRAM",
    ]
    assert "Lina" in ways[0]["text"]
    assert "Papier" in ways[1]["text"]


def test_c7_a_yes_for_paper_says_nothing_about_social_media(cast):
    lina = child("Lina", said(Value.YES, 1, purpose=PAPER), said(Value.YES, 2, purpose=PAPER))
    with cast.acting():
        assert judge(lina, purpose=PAPER).is_allowed
        assert judge(lina).seen[0].state.reason == Reason.NO_ANSWER


def test_leaving_out_everybody_is_no_help(cast):
    with cast.acting():
        assert shown(judge(CASES[Reason.REFUSED]))["ways"] == []


def test_many_in_the_way_are_counted_instead_of_named(cast):
    noes = [child(name, said(Value.NO, 1)) for name in ("L", "M", "N", "O")]
    with cast.acting():
        text = shown(judge(CASES[Reason.AGREED], *noes))["ways"][0]["text"]

    assert "4" in text
    assert "M" not in text.split()


def test_the_reach_of_social_media_is_told_only_where_it_is_allowed(cast):
    with cast.acting():
        allowed = shown(judge(CASES[Reason.AGREED]))
        refused = shown(judge(CASES[Reason.REFUSED]))

    assert (allowed["reaches_far"], refused["reaches_far"]) == (True, False)


def test_the_fingerprint_tells_two_screens_apart_and_not_two_orders(cast):
    a, b = CASES[Reason.AGREED], CASES[Reason.REFUSED]
    other_reason = child("B", said(Value.NO, 1), said(Value.YES, 2))
    with cast.acting():
        same = {judge(a, b).fingerprint, judge(b, a).fingerprint}
        differs = {
            judge(a).fingerprint,
            judge(a, other_reason).fingerprint,
            judge(a, b, purpose=PAPER).fingerprint,
        }

    assert len(same) == 1
    assert len(differs | same) == 4


# From here on with what stands in the database.


def say(cast, guardian, pupil, value, *slugs):
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "link")):
        decide(
            guardian=guardian,
            choices=[Choice(pupil.id, cast.purposes[slug].id, value) for slug in slugs],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def at_the_desk(cast, group):
    """What a check page reads of this group: pupils and purposes."""
    found = known_group(group.code, cast.home)
    return found.pupils, found.purposes


def reason_at(cast, group, slug: str, name: str) -> Reason:
    with cast.acting(read_only=True):
        pupils, purposes = at_the_desk(cast, group)
        purpose = next(purpose for purpose in purposes if purpose.slug == slug)
        chosen = [pupil for pupil in pupils if pupil.call_name == name]
        return look(purpose=purpose, pupils=chosen, purposes=purposes).seen[0].state.reason


def test_the_desk_reads_pupils_by_name_and_purposes_in_order_with_their_places(cast):
    with cast.acting(read_only=True):
        pupils, purposes = at_the_desk(cast, cast.group_8a)

    assert [pupil.short_name for pupil in pupils] == ["Bo Ł.", "Noor Y.", "Sam Y."]
    assert [(p.slug, p.covers) for p in purposes][1:] == [
        ("besloten", ("Ouderapp 1", "Ouderapp 2")),
        ("sociaal", ("Sociale media 1", "Sociale media 2")),
    ]


def test_an_empty_group_and_a_foundation_without_purposes_have_an_empty_desk(cast):
    with cast.acting():
        empty = Group.objects.create(
            foundation=cast.home, school=cast.beacon, year=cast.year, source_key="leeg", name="Leeg"
        )
        cast.purposes["papier"].__class__.objects.update(is_active=False)
        assert at_the_desk(cast, empty) == ([], [])


def test_what_a_parent_chose_reaches_the_desk_with_authority_and_wording(cast):
    say(cast, cast.amina, cast.noor, Value.YES, "sociaal", "papier")
    assert reason_at(cast, cast.group_8a, "sociaal", "Noor") == Reason.NOT_ALL_ANSWERED
    assert reason_at(cast, cast.group_8a, "papier", "Noor") == Reason.AGREED

    say(cast, cast.erik, cast.noor, Value.NO, "papier")
    assert reason_at(cast, cast.group_8a, "papier", "Noor") == Reason.CONFLICT
    assert reason_at(cast, cast.group_8a, "sociaal", "Bo") == Reason.NO_ANSWER
    assert reason_at(cast, cast.group_8a, "sociaal", "Sam") == Reason.PUPIL_DECIDES

    say(cast, cast.karol, cast.bo, Value.YES, "besloten")
    with cast.acting():
        freeze_wording(purpose=cast.purposes["besloten"], words=WORDS, is_material=True, in_force_on=today())
    assert reason_at(cast, cast.group_8a, "besloten", "Bo") == Reason.REWORDED


def test_a_kept_check_names_the_answers_it_rested_on_and_stays_as_it_was(cast):
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    with cast.acting(Actor(ActorKind.STAFF, cast.joost.id, "teacher")):
        pupils, purposes = at_the_desk(cast, cast.group_8a)
        chosen = [pupil for pupil in pupils if pupil.call_name in {"Bo", "Noor"}]
        verdict = look(purpose=purposes[0], pupils=chosen, purposes=purposes)
        check = keep_check(verdict=verdict, group=cast.group_8a, staff_member=cast.joost)

    say(cast, cast.karol, cast.bo, Value.NO, "papier")

    with cast.acting():
        kept = Check.objects.get(id=check.id)
        bo, noor = CheckedPerson.objects.filter(check_row=kept).order_by("reason")
        first = Answer.objects.order_by("id").first()
        entry = Entry.objects.get(verb=Verb.CHECK_KEPT)
        assert (kept.is_allowed, kept.staff_member_id, kept.purpose.slug) == (False, cast.joost.id, "papier")
        assert (bo.is_allowed, bo.reason, bo.rests_on) == (True, Reason.AGREED, [first.id])
        assert (noor.is_allowed, noor.reason, noor.rests_on) == (False, Reason.NO_ANSWER, [])
        assert (entry.subject_id, entry.actor_id, entry.capacity) == (kept.id, cast.joost.id, "teacher")


def test_no_word_of_a_verdict_names_a_guardian(cast):
    with cast.acting():
        lone = pupil(cast.group_8a, "Tess", "Visser", years_ago(8))
    say(cast, cast.amina, cast.noor, Value.YES, "sociaal")
    say(cast, cast.erik, cast.noor, Value.NO, "sociaal")
    say(cast, cast.karol, cast.bo, Value.NO, "sociaal")

    with cast.acting():
        pupils, purposes = at_the_desk(cast, cast.group_8a)
        text = str(shown(look(purpose=purposes[2], pupils=pupils, purposes=purposes)))

    assert lone.call_name in text
    for guardian in (cast.amina, cast.erik, cast.karol, cast.ward):
        assert guardian.call_name not in text
        assert guardian.email not in text
