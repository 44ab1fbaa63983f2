"""Asking the parents from the page: preview, refusal, start, and how far it has come (UX-A8, A9; R1-R4)."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from consent.choices import Channel, LeftOut, Value
from consent.domain.asked import plan_round
from consent.domain.decide import Choice, decide
from consent.domain.families import families_of
from consent.domain.progress import progress_of
from consent.domain.rounds import RoundRefused, ask_parents, start_round
from consent.models import PersonalLink, Round, RoundSchool
from consent.rules import Days
from ledger.acting import Actor
from ledger.choices import ActorKind, Reading, Verb
from ledger.models import Entry, ReadingRecord
from notices.models import Message
from schools.models import Guardianship, SchoolYear
from tests.cast import guardian, pupil, today, years_ago
from tests.counting import statements

LIST, PAGE, START = "/beheer/ronde/", "/beheer/ronde/nieuw/", "/beheer/ronde/start/"
ALL = ["de-baken", "de-haven"]


def day(number: int):
    return today() + timedelta(days=number)


@pytest.fixture(autouse=True)
def _a_long_year(cast):
    """The days of these tests lie in one school year, whatever day it is."""
    with cast.acting():
        SchoolYear.objects.filter(id=cast.year.id).update(ends_on=day(120))
        cast.year.refresh_from_db()


def filled(**other):
    return {
        "key": str(uuid.uuid4()),
        "name": "Jaarvraag",
        "schools": ALL,
        "kind": "yearly",
        "opens_on": str(today()),
        "remind_before": ["7", "2"],
        "closes_on": str(day(14)),
    } | other


def plan(cast, schools=()):
    with cast.acting():
        return plan_round(
            purposes=list(cast.purposes.values()), opens_on=today(), closes_on=day(14), schools=schools
        )


def invited(cast) -> list[str]:
    with cast.acting():
        rows = Message.objects.filter(kind="consent/invite").values_list("guardian__call_name", flat=True)
        return sorted(rows)


def hidden(page: str) -> dict[str, list[str]]:
    """The fields that the preview carries on to its first form."""
    form = re.search(rf'<form[^>]*action="{START}".*?</form>', page, re.S).group()
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{word}="([^"]*)"', tag).group(1) for word in ("name", "value"))
        found.setdefault(name, []).append(html.unescape(value))
    return found


# Who is asked


def test_the_plan_asks_the_families_of_the_chosen_school_about_all_their_children(cast):
    with cast.acting():
        sister = pupil(cast.group_7b, "Pim", "Jansen", years_ago(9))
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=cast.erik,
            pupil=sister,
            authority="full",
            since=years_ago(9),
            source="test",
        )

    found = plan(cast, [cast.harbour])

    assert {cast.erik.id, cast.selin.id} == set(found.mailed)
    with cast.acting():
        assert sorted(families_of([cast.erik.id], today())[cast.erik.id].call_names) == ["Noor", "Pim"]


def test_everybody_who_is_left_out_has_a_reason(cast):
    with cast.acting():
        no_post = guardian(cast.home, "Geen", "Post", [cast.bo], email="")
        silent = guardian(cast.home, "Stil", "Smit", [cast.bo])
        Guardianship.objects.filter(guardian=silent).update(may_be_contacted=False)
        lost = pupil(cast.group_8a, "Luus", "Alleen", years_ago(8))

    found = plan(cast)

    assert {why: ids for why, ids in found.left_out.items() if ids} == {
        LeftOut.NO_ADDRESS: [no_post.id],
        LeftOut.NO_CONTACT: [silent.id],
        LeftOut.PUPIL_DECIDES: [cast.sam.id],
        LeftOut.NO_DECIDER: [lost.id],
    }
    assert no_post.id in found.asked, "asked all the same: by paper or at the desk"


def run_round(cast, schools=(), *, opens=0, closes=14, name="Eerste", purposes=None):
    with cast.acting():
        return start_round(
            name=name,
            year=cast.year,
            purposes=purposes or list(cast.purposes.values()),
            opens_on=day(opens),
            closes_on=day(closes),
            schools=schools,
        )


def test_who_is_in_a_running_round_is_not_asked_twice(cast):
    run_round(cast, [cast.beacon])

    found = plan(cast)

    assert found.mailed == [cast.selin.id]
    assert set(found.left_out[LeftOut.ALREADY_ASKED]) == {cast.amina.id, cast.erik.id, cast.karol.id}
    assert run_round(cast, name="Tweede").written == 1
    assert invited(cast) == ["Amina", "Erik", "Karol", "Selin"]


def test_a_round_that_has_closed_asks_again(cast):
    run_round(cast, opens=-30, closes=-1)

    assert len(plan(cast).mailed) == 4


def test_a_round_about_something_else_does_not_stand_in_the_way(cast):
    run_round(cast, purposes=[cast.purposes["papier"]])

    with cast.acting():
        other = plan_round(purposes=[cast.purposes["sociaal"]], opens_on=today(), closes_on=day(3))
    assert len(other.mailed) == 4


def test_a_round_for_some_schools_names_them(cast):
    round_ = run_round(cast, [cast.harbour]).round

    with cast.acting():
        assert list(RoundSchool.objects.values_list("round_id", "school__slug")) == [(round_.id, "de-haven")]
        assert Entry.objects.filter(verb=Verb.ROUND_STARTED, subject_id=round_.id).count() == 1


# The pages


def test_the_preview_tells_who_gets_a_mail_and_shows_it_in_both_languages_and_stores_nothing(cast, as_):
    page = as_(cast.ada).post(PAGE, filled())
    text = html.unescape(page.content.decode())

    assert page.status_code == 200
    assert page.context["mails"] == 4
    assert "Mag school foto's van Noor gebruiken? (1 minuut)" in text
    assert "May school use photos of Noor?" in text
    assert "Sam Yıldız" in text, "decides alone"
    for surname in ("Jansen", "Łuczak"):
        assert surname not in text, "the names of who does get a mail are not needed here"
    with cast.acting():
        assert not Round.objects.exists()
        assert not Message.objects.exists()


def test_the_names_on_the_preview_are_a_reading(cast, as_):
    with cast.acting():
        no_post = guardian(cast.home, "Geen", "Post", [cast.bo], email="")

    as_(cast.ada).post(PAGE, filled())

    with cast.acting():
        found = {row.what: row.subject_ids for row in ReadingRecord.objects.all()}
    assert found == {Reading.PEOPLE_SEARCH: [no_post.id], Reading.PUPIL_SEARCH: [cast.sam.id]}


def test_from_form_over_preview_to_the_mails_and_ten_posts_are_one(cast, as_):
    client = as_(cast.ada)
    carried = hidden(client.post(PAGE, filled()).content.decode())

    answers = [client.post(START, carried) for _time in range(10)]

    with cast.acting():
        code = Round.objects.get().code
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (303, f"{LIST}{code}/?gevraagd=1")
    }
    assert invited(cast) == ["Amina", "Erik", "Karol", "Selin"]
    page = client.get(answers[0]["Location"])
    progress = page.context["progress"]
    assert (progress.asked, progress.answered) == (4, 0)
    with cast.acting():
        round_ = Round.objects.get()
    assert (round_.opens_on, round_.remind_before, round_.closes_on) == (today(), [7, 2], day(14))
    assert round_.valid_until == cast.year.ends_on


def test_what_changed_since_the_preview_is_shown_again_and_not_sent(cast, as_):
    client = as_(cast.ada)
    carried = hidden(client.post(PAGE, filled()).content.decode())
    with cast.acting():
        guardian(cast.home, "Nieuw", "Hier", [cast.bo])

    answer = client.post(START, carried)

    assert answer.status_code == 409
    assert answer.context["mails"] == 5
    assert invited(cast) == []
    assert client.post(START, hidden(answer.content.decode())).status_code == 303
    assert len(invited(cast)) == 5


def test_two_administrators_at_once_ask_once(cast, as_):
    first, second = as_(cast.ada), as_(cast.zoe)
    one = hidden(first.post(PAGE, filled()).content.decode())
    two = hidden(second.post(PAGE, filled(name="Nog een")).content.decode())

    assert first.post(START, one).status_code == 303
    assert second.post(START, two).status_code == 409
    assert len(invited(cast)) == 4


@pytest.mark.parametrize("code", ["nobody", "name_taken", "changed"])
def test_a_refusal_has_its_code_and_starts_nothing(cast, code):
    run_round(cast, opens=-30, closes=-1 if code == "name_taken" else 14)
    found = plan(cast)

    with cast.acting(), pytest.raises(RoundRefused) as refused:
        ask_parents(
            name="Eerste" if code == "name_taken" else "Tweede",
            year=cast.year,
            days=Days(today(), day(14)),
            remind_before=[7],
            schools=[],
            own_days={},
            seen="something else" if code == "changed" else found.fingerprint,
        )

    assert refused.value.code == code
    with cast.acting():
        assert Round.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"schools": []}, "schools"),
        ({"schools": ["overkant"]}, "schools"),
        ({"opens_on": "geen dag"}, "opens_on"),
        ({"opens_on": "2026-02-30"}, "opens_on"),
        ({"opens_on": str(day(-1))}, "opens_on"),
        ({"remind_before": ["7", "5", "3", "1"]}, "remind_before"),
        ({"remind_before": ["14"]}, "remind_before"),
        ({"remind_before": ["x"]}, "remind_before"),
        ({"kind": "zomaar"}, "kind"),
        ({"kind": "event"}, "purpose"),
        ({"opens_de-haven": str(day(1))}, "closes_de-haven"),
        ({"opens_de-haven": str(day(9)), "closes_de-haven": str(day(4))}, "closes_de-haven"),
        ({"closes_on": ""}, "closes_on"),
        ({"closes_on": "9999-12-31"}, "closes_on"),
        ({"closes_on": "0001-01-01"}, "closes_on"),
        ({"name": "nul\0"}, "name"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(cast, as_, wrong, field):
    client = as_(cast.ada)
    for address in (PAGE, START):
        page = client.post(address, filled(**wrong))
        assert page.status_code == 422
        assert field in page.context["form"].errors
        assert "Jaarvraag" in page.content.decode() or field == "name"


def test_markup_in_the_name_stays_text(cast, as_):
    client = as_(cast.ada)
    page = client.post(PAGE, filled(name="<script>alert(1)</script>"))
    client.post(START, hidden(page.content.decode()))

    for text in (page.content.decode(), client.get(LIST).content.decode()):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_change_leads_back_to_the_form_with_what_was_filled_in(cast, as_):
    page = as_(cast.ada).post(PAGE, filled(change="1", schools=["de-haven"]))

    assert page.status_code == 200
    assert page.context["form"]["name"].value() == "Jaarvraag"
    assert page.content.decode().count(" checked") == 3


@pytest.mark.parametrize("name", ["olga", "ria", "henk", "lotte", "joost", "bas", "amina"])
def test_nobody_else_knows_of_this_room(cast, as_, name):
    client = as_(cast.people[name])

    assert client.get(LIST).status_code == 404
    assert client.get(f"{PAGE}?soort=yearly").status_code == 404
    assert client.post(START, filled()).status_code == 404


# How far it is


def answer(cast, who, child, now=None):
    with cast.acting(Actor(ActorKind.GUARDIAN, who.id, "signed_in"), now=now):
        decide(
            guardian=who,
            choices=[Choice(child.id, cast.purposes["papier"].id, Value.NO)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def test_progress_counts_each_parent_once_and_puts_the_lowest_school_first(cast):
    round_ = run_round(cast, opens=-1).round
    answer(cast, cast.selin, cast.mila)
    answer(cast, cast.erik, cast.noor)

    with cast.acting():
        found = progress_of(round_)

    assert (found.asked, found.answered, found.silent, found.unmailed) == (4, 2, 2, 0)
    assert [(row.place.slug, row.answered, row.asked) for row in found.schools] == [
        ("de-baken", 1, 3),
        ("de-haven", 1, 1),
    ]


def test_who_has_no_address_counts_as_asked_and_without_mail(cast):
    with cast.acting():
        guardian(cast.home, "Geen", "Post", [cast.bo], email="")
    round_ = run_round(cast).round

    with cast.acting():
        found = progress_of(round_)
    assert (found.asked, found.unmailed) == (5, 1)


def test_an_answer_of_before_the_round_does_not_count(cast):
    answer(cast, cast.erik, cast.noor, now=timezone.now() - timedelta(days=1))
    round_ = run_round(cast).round

    with cast.acting():
        assert progress_of(round_).answered == 0


@pytest.mark.parametrize("more", [1, 12])
def test_the_page_costs_the_same_however_many_parents(cast, as_, more):
    with cast.acting():
        for number in range(more):
            guardian(cast.home, f"Ouder{number}", "Veel", [cast.bo])
    run_round(cast)
    client = as_(cast.ada)

    assert statements(client, LIST) == 12
    with cast.acting():
        assert PersonalLink.objects.count() == 4 + more
