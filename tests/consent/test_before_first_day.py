"""Enrolment before the first school day: asked and answered already, and a no for staff until that day (R1, C1)."""

from datetime import date, timedelta

import pytest

from consent.choices import Channel, Layer, Reason, TaskKind, Value
from consent.domain.decide import Choice, NotAsked, NotYours, decide
from consent.domain.entering import enter_form
from consent.domain.facts import known_pupils, policy_of
from consent.domain.families import families_on
from consent.domain.papers import print_forms, sheets_for
from consent.domain.purposes import add_purpose
from consent.domain.standing import children_known_to
from consent.models import LatestAnswer, PaperForm, Task
from consent.querysets import purposes_in_use
from consent.rules import Facts, Period, first_day, may_be_asked, state
from ledger.acting import Actor
from ledger.choices import ActorKind
from notices.models import Message
from schools.models import Guardianship
from tests.cast import today

from .coming import coming, next_summer
from .links import fill, link_of, send, start, words

DAY = date(2028, 3, 6)


def enrolled(*periods: tuple[int, int | None, int]) -> Facts:
    """Stays as (first day, last day, school), in days from DAY."""
    return Facts(
        DAY,
        tuple(
            Period(DAY + timedelta(days=a), None if b is None else DAY + timedelta(days=b), school)
            for a, b, school in periods
        ),
        (),
        (),
    )


@pytest.mark.parametrize(
    ("stays", "school", "expected"),
    [
        ([(-9, None, 1)], None, 0),
        ([(0, None, 1)], None, 0),
        ([(5, None, 1)], None, 5),
        ([(5, None, 1)], 2, None),
        ([(-9, -1, 1)], None, None),
        ([(-9, 0, 1)], None, 0),
        ([(-9, 3, 1), (4, None, 2)], None, 0),
        ([(-9, 3, 1), (4, None, 2)], 2, 4),
        ([(-9, -2, 1), (8, None, 1), (6, 7, 1)], 1, 6),
        ([], None, None),
    ],
)
def test_from_when_a_pupil_is_at_a_school(stays, school, expected):
    found = first_day(enrolled(*stays), school, DAY)

    assert found == (None if expected is None else DAY + timedelta(days=expected))


@pytest.mark.parametrize(
    ("begins", "event", "asked"),
    [(0, -3, True), (5, None, True), (5, 4, False), (5, 5, True), (5, -9, False)],
)
def test_about_an_event_before_the_first_day_nobody_is_asked(begins, event, asked):
    event_on = None if event is None else DAY + timedelta(days=event)

    assert may_be_asked(enrolled((begins, None, 1)), None, event_on, DAY) is asked


def say(cast, guardian, child, value, slug="papier"):
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "test")):
        choice = Choice(child.id, cast.purposes[slug].id, value)
        return decide(guardian=guardian, choices=[choice], channel=Channel.SIGNED_IN, language="nl")


def verdict(cast, child, day, slug="papier") -> Reason:
    """What staff may do on that day: the rule itself, without any job in between."""
    with cast.acting():
        purpose = purposes_in_use().get(slug=slug)
        return state(known_pupils([child.id])[0].facts, policy_of(purpose, cast.home), day).reason


def test_a_yes_counts_from_the_first_day_until_the_end_of_that_school_year(cast, client):
    start(cast)
    first = next_summer()
    lot = coming(cast, cast.karol)

    response = send(client, link_of(cast, cast.karol), "yes", "yes", "no", scope="all")

    assert response.status_code == 303
    last = date(first.year + 1, 7, 31)
    with cast.acting():
        kept = {
            (row.pupil.call_name, row.valid_until)
            for row in LatestAnswer.objects.filter(value=Value.YES).select_related("pupil")
        }
    assert kept == {("Bo", cast.year.ends_on), ("Lot", last)}
    assert [verdict(cast, lot, day) for day in (today(), first - timedelta(days=1))] == [
        Reason.NOT_ENROLLED
    ] * 2
    assert [verdict(cast, lot, day) for day in (first, last)] == [Reason.AGREED] * 2
    assert verdict(cast, lot, last + timedelta(days=1)) == Reason.EXPIRED
    assert verdict(cast, lot, first, "sociaal") == Reason.REFUSED


def test_every_page_of_the_parent_says_from_when(cast, client, as_):
    start(cast)
    lot = coming(cast, cast.karol)
    url, day = link_of(cast, cast.karol), f"1 augustus {next_summer().year}"

    asked = client.get(url)
    checked = client.post(url, fill(asked, "yes", "no", "no", scope="all"))
    receipt = client.get(send(client, url, "yes", "no", "no", scope="all").headers["Location"])
    karol = as_(cast.karol)
    family = karol.get("/ouder/")
    child = karol.get(f"/ouder/{cast.home.slug}/kind/{lot.code}/")

    for page in (asked, checked, receipt, family, child):
        assert day in words(page), words(page)
    assert "Niet alle ouders" not in words(receipt) + words(family) + words(child)
    with cast.acting():
        context = Message.objects.get(kind="consent/receipt").context
    named = {row["name"]: row for row in context["children"]}
    assert named["Lot"]["from_day"] == "1 augustus"
    assert named["Bo"]["from_day"] == ""
    assert [row["is_used"] for row in named["Lot"]["answers"] if row["is_yes"]] == [True]


def test_parents_who_differ_are_told_and_the_coming_school_has_it_on_its_list(cast):
    lot = coming(cast, cast.karol, cast.amina)
    say(cast, cast.karol, lot, Value.YES)

    say(cast, cast.amina, lot, Value.NO)

    with cast.acting():
        task = Task.objects.get(pupil=lot)
        told = Message.objects.get(kind="consent/changed", guardian=cast.karol)
    assert (task.kind, task.school_id) == (TaskKind.CONFLICT, cast.beacon.id)
    assert [(row["name"], row["from_day"]) for row in told.context["children"]] == [("Lot", "1 augustus")]
    assert verdict(cast, lot, next_summer()) == Reason.CONFLICT


def test_authority_is_judged_on_the_day_of_the_answer(cast):
    lot = coming(cast, cast.karol)
    with cast.acting():
        Guardianship.objects.filter(pupil=lot).update(since=next_summer())

    with pytest.raises(NotYours):
        say(cast, cast.karol, lot, Value.YES)


def test_who_left_and_does_not_come_back_is_not_asked(cast):
    lot = coming(cast, cast.karol)
    with cast.acting():
        lot.enrolments.update(since=today() - timedelta(days=9), until=today() - timedelta(days=1))

    with pytest.raises(NotYours):
        say(cast, cast.karol, lot, Value.YES)


def test_the_question_of_another_school_and_a_feast_before_the_first_day_are_not_asked(cast, as_):
    lot = coming(cast, cast.karol)
    common = {"layer": Layer.PAPER, "places": ["x"], "in_force_on": today(), "all_must_agree": False}
    with cast.acting():
        more = [
            add_purpose(
                slug="haven", short_label="h", words={"nl": ("Haven", "h")}, school=cast.harbour, **common
            ),
            add_purpose(
                slug="feest", short_label="f", words={"nl": ("Feest", "f")}, event_on=today(), **common
            ),
        ]

    page = words(as_(cast.karol).get(f"/ouder/{cast.home.slug}/kind/{lot.code}/"))

    for purpose in more:
        with pytest.raises(NotAsked), cast.acting():
            choice = Choice(lot.id, purpose.id, Value.NO)
            decide(guardian=cast.karol, choices=[choice], channel=Channel.SIGNED_IN, language="nl")
    assert "Papier" in page
    assert "Haven" not in page
    assert "Feest" not in page


def test_a_form_on_paper_is_printed_and_entered_before_the_first_day(cast):
    lot = coming(cast, cast.karol)
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        print_forms(sheets=sheets_for([lot]), by=cast.olga)
        enter_form(
            form=PaperForm.objects.get(pupil=lot),
            guardian=cast.karol,
            values={cast.purposes["papier"].id: Value.YES},
            signed_on=today(),
            scan=None,
            by=cast.olga,
        )

    assert verdict(cast, lot, today()) == Reason.NOT_ENROLLED
    assert verdict(cast, lot, next_summer()) == Reason.AGREED


def test_the_family_is_in_a_round_that_starts_now(cast):
    lot = coming(cast, cast.karol)

    with cast.acting():
        families = {pk: one for portion in families_on(today()) for pk, one in portion.items()}
        standing = {child.pupil.call_name: child.standing for child in children_known_to(cast.karol)}

    assert lot.id in families[cast.karol.id].children
    assert standing == {"Bo": "decides", "Lot": "decides"}
