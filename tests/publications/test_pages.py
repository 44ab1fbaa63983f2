"""The pages of the register, of the family and of the pupil: one tap, what is shown to whom, and bad input."""

import re
import uuid
from datetime import timedelta

import pytest

from accounts.choices import Capacity
from consent.choices import Value
from ledger.models import ReadingRecord
from publications.choices import Ending
from publications.domain.take_down import object_to, take_away
from publications.models import Publication
from tests.cast import guardian, reach, staff, today
from tests.consent.test_decide import say

from .acts import all_say_yes, as_staff, causes, kept, placed, ring, take_downs

REGISTER = "/team/publicaties/"


def key() -> dict[str, str]:
    return {"key": str(uuid.uuid4())}


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def post(client, address: str, **fields):
    """With the token of a page, as a browser does."""
    return client.post(address, {**key(), **fields})


@pytest.fixture
def item(cast) -> Publication:
    all_say_yes(cast)
    return placed(cast)


def withdrawn(cast) -> None:
    say(cast, cast.erik, cast.noor, Value.NO, "sociaal")
    ring(cast, cast.noor)


def page_of(item: Publication, rest: str = "") -> str:
    return f"{REGISTER}{item.code}/{rest}"


# -- from the receipt of a check ------------------------------------------------------------------------------


def test_the_receipt_of_an_allowed_check_has_one_button_per_place(cast, as_):
    all_say_yes(cast)
    check = kept(cast, "sociaal")
    client = as_(cast.joost)

    page = client.get(f"/team/controle/{check.code}/")
    assert 'value="Sociale media 1"' in page.content.decode()
    answer = post(client, f"/team/controle/{check.code}/publicatie/", place="Sociale media 1")

    assert answer.status_code == 303
    with cast.acting():
        made = Publication.objects.get()
    assert answer.headers["Location"] == page_of(made)
    page = client.get(f"/team/controle/{check.code}/").content.decode()
    assert 'value="Sociale media 1"' not in page
    assert 'value="Sociale media 2"' in page


def test_a_check_that_said_no_has_no_button_and_refuses_a_post(cast, as_):
    check = kept(cast, "sociaal")
    client = as_(cast.joost)

    assert "/publicatie/" not in client.get(f"/team/controle/{check.code}/").content.decode()
    assert (
        post(client, f"/team/controle/{check.code}/publicatie/", place="Sociale media 1").status_code == 409
    )


def test_the_closed_layer_asks_nothing(cast, as_):
    all_say_yes(cast)
    check = kept(cast, "besloten")

    assert "/publicatie/" not in as_(cast.joost).get(f"/team/controle/{check.code}/").content.decode()


def test_the_receipt_warns_when_something_changed_since(cast, as_):
    all_say_yes(cast)
    check = kept(cast, "sociaal")
    client = as_(cast.joost)
    assert "panel-warn" not in client.get(f"/team/controle/{check.code}/").content.decode()

    say(cast, cast.erik, cast.noor, Value.NO)

    assert "panel-warn" in client.get(f"/team/controle/{check.code}/").content.decode()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"place": ""}, 422),
        ({"place": "x" * 900}, 422),
        ({"place": "Nergens"}, 409),
        ({"place": "\0"}, 422),
        ({"key": "x", "place": "Sociale media 1"}, 422),
    ],
)
def test_a_strange_tap_is_refused_in_words(cast, as_, fields, status):
    all_say_yes(cast)
    check = kept(cast, "sociaal")

    answer = post(as_(cast.joost), f"/team/controle/{check.code}/publicatie/", **fields)

    assert answer.status_code == status
    with cast.acting():
        assert not Publication.objects.exists()


def test_a_check_of_a_colleague_cannot_be_tapped(cast, as_):
    all_say_yes(cast)
    check = kept(cast, "sociaal")

    answer = post(as_(cast.ada), f"/team/controle/{check.code}/publicatie/", place="Sociale media 1")

    assert answer.status_code == 404


# -- the register ---------------------------------------------------------------------------------------------


def test_the_register_is_empty_in_words_and_names_no_pupil(cast, as_):
    client = as_(cast.joost)
    assert "empty" in client.get(REGISTER).content.decode()
    all_say_yes(cast)
    placed(cast)

    page = client.get(REGISTER)

    assert "Sociale media 1" in text(page)
    assert "Noor" not in text(page)


def test_another_school_sees_nothing_of_it_and_the_administrator_all(cast, as_, item):
    for person, status in (
        (cast.els, 404),
        (cast.bas, 404),
        (cast.ada, 200),
        (cast.ria, 200),
        (cast.joost, 200),
    ):
        client = as_(person)
        assert client.get(page_of(item)).status_code == status, person
        assert ("Sociale media 1" in text(client.get(REGISTER))) == (status == 200)


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("?q=noor", 1),
        ("?q=8A", 1),
        ("?q=Joost", 1),
        ("?q=media", 1),
        ("?q=nergens", 0),
        ("?plek=Sociale+media+1", 1),
        ("?plek=x", 0),
        ("?stand=weghalen", 0),
        ("?stand=geplaatst", 1),
        ("?stand=weg", 0),
        ("?stand=onzin", 1),
        ("?pagina=99", 1),
        ("?pagina=x", 1),
        ("?q=%00", 1),
        (f"?q={'x' * 3000}", 0),
    ],
)
def test_search_and_filters(cast, as_, item, query, hits):
    page = as_(cast.joost).get(REGISTER + query)

    assert page.status_code == 200
    assert page.content.decode().count(f'href="{page_of(item)}"') == hits


def test_a_search_by_name_is_recorded(cast, as_, item):
    as_(cast.joost).get(REGISTER + "?q=noor")

    with cast.acting():
        row = ReadingRecord.objects.get(what="publications:register")
    assert sorted(row.subject_ids) == sorted([cast.noor.id, cast.bo.id])


@pytest.mark.parametrize("more", [1, 3])
def test_the_register_costs_the_same_however_much_is_in_it(cast, as_, django_assert_max_num_queries, more):
    all_say_yes(cast)
    for _ in range(more):
        placed(cast)
    client = as_(cast.joost)
    client.get(REGISTER)

    with django_assert_max_num_queries(14):
        client.get(REGISTER)


def test_the_register_turns_its_pages(cast, as_, monkeypatch):
    monkeypatch.setattr("publications.views.register.PER_PAGE", 1)
    all_say_yes(cast)
    first, second = placed(cast), placed(cast)
    client = as_(cast.joost)

    assert page_of(second) in client.get(REGISTER).content.decode()
    page = client.get(REGISTER + "?pagina=2&q=media").content.decode()

    assert page_of(first) in page
    assert "pagina=1" in page
    assert "q=media" in page


# -- one item -------------------------------------------------------------------------------------------------


def test_the_details_can_be_completed_and_what_is_wrong_is_said(cast, as_, item):
    client, there = as_(cast.joost), page_of(item, "gegevens/")
    good = {
        "place": "Sociale media 1",
        "placed_on": str(today()),
        "what": "Sportdag",
        "link": "https://example.org/a",
    }

    assert post(client, there, **good).status_code == 303
    for wrong in (
        {"link": "javascript:alert(1)"},
        {"link": "ftp://example.org"},
        {"link": "https://" + "x" * 600},
        {"placed_on": "gisteren"},
        {"placed_on": str(today() + timedelta(days=1))},
        {"place": "Elders"},
        {"what": "x" * 121},
        {"what": "\0"},
    ):
        answer = post(client, there, **(good | wrong))
        assert answer.status_code == 422, wrong
        assert "error-summary" in answer.content.decode()

    with cast.acting():
        item.refresh_from_db()
    assert (item.what, item.link) == ("Sportdag", "https://example.org/a")


def test_what_is_gone_is_told_on_every_page(cast, as_, item):
    withdrawn(cast)
    client = as_(cast.joost)
    assert "panel-warn" in client.get(page_of(item)).content.decode()

    assert post(client, page_of(item, "weghaling/"), proof="").status_code == 422
    answer = post(client, page_of(item, "weghaling/"), proof="Link geopend: leeg")

    assert answer.status_code == 303
    page = client.get(page_of(item))
    assert "Link geopend: leeg" in text(page)
    assert "weghaling" not in page.content.decode()
    assert post(client, page_of(item, "weghaling/"), proof="Nog eens").status_code == 409
    assert (
        post(client, page_of(item, "gegevens/"), place="Sociale media 1", placed_on=str(today())).status_code
        == 409
    )


def test_on_paper_one_says_whether_it_was_printed(cast, as_):
    all_say_yes(cast)
    paper = placed(cast, "papier")
    client = as_(cast.joost)

    assert post(client, page_of(paper, "weghaling/"), proof="Gids").status_code == 422
    assert post(client, page_of(paper, "weghaling/"), proof="Gids", ending="weet niet").status_code == 422
    assert post(client, page_of(paper, "weghaling/"), proof="Gids", ending="not_again").status_code == 303


def test_a_colleague_reads_and_does_not_end_it(cast, as_, item):
    with cast.acting():
        colleague = staff(cast.home, "Coen", "teacher", group=cast.group_8a)
    client = as_(colleague)

    assert "weghaling" not in client.get(page_of(item)).content.decode()
    assert post(client, page_of(item, "weghaling/"), proof="x").status_code == 403


def test_who_must_go_is_marked_but_never_an_own_child(cast, as_, item):
    withdrawn(cast)
    with cast.acting():
        parent = guardian(cast.home, "Joost", "Werkt", [cast.noor], email=cast.joost.email)
        assert parent.email == cast.joost.email
        colleague = staff(cast.home, "Coen", "teacher", group=cast.group_8a)

    assert "tag-no" in as_(colleague).get(page_of(item)).content.decode()
    assert "tag-no" not in as_(cast.joost).get(page_of(item)).content.decode()


# -- what waits -----------------------------------------------------------------------------------------------


def test_an_open_take_down_is_the_first_thing_that_waits(cast, as_, item):
    withdrawn(cast)

    for person, sees in ((cast.joost, True), (cast.ria, True), (cast.fatima, False), (cast.els, False)):
        page = as_(person).get("/team/").content.decode()
        assert (page_of(item) in page) == sees, person
        if sees:
            assert (
                page.index(page_of(item)) < page.index('class="groups') if 'class="groups' in page else True
            )


# -- the family -----------------------------------------------------------------------------------------------


def where(cast, child) -> str:
    return f"/ouder/{cast.home.slug}/kind/{child.code}/waar/"


def test_the_family_sees_place_and_day_then_the_date_then_gone(cast, as_, item):
    client = as_(cast.amina)
    assert (
        where(cast, cast.noor)
        in client.get(f"/ouder/{cast.home.slug}/kind/{cast.noor.code}/").content.decode()
    )
    assert "Sociale media 1" in text(client.get(where(cast, cast.noor)))

    withdrawn(cast)
    page = client.get(where(cast, cast.noor)).content.decode()
    assert "tag-wait" in page
    assert "bezwaar" not in page

    with cast.acting(as_staff(cast.joost)):
        take_away(item, ending=Ending.GONE, proof="Leeg")
    assert "tag-ok" in client.get(where(cast, cast.noor)).content.decode()


def test_another_family_on_the_same_item_is_told_nothing_of_it(cast, as_, item):
    withdrawn(cast)

    page = as_(cast.karol).get(where(cast, cast.bo)).content.decode()

    assert "tag-wait" not in page
    assert "bezwaar" in page


def test_the_link_is_for_public_places_only(cast, as_, item):
    closed = placed(cast, "besloten", place="Ouderapp 1")
    with cast.acting():
        Publication.objects.update(link="https://example.org/foto")

    page = as_(cast.amina).get(where(cast, cast.noor)).content.decode()

    assert page.count("https://example.org/foto") == 1
    assert closed.place in page


def test_take_this_away_is_one_button_and_works_whatever_was_answered(cast, as_, item):
    client, there = as_(cast.amina), f"{where(cast, cast.noor)}{item.code}/bezwaar/"
    assert client.get(there).status_code == 200
    assert take_downs(cast) == []

    assert post(client, there, key="x").status_code == 422
    once = key()
    for _ in range(2):
        answer = client.post(there, once)
        assert (answer.status_code, answer.headers["Location"]) == (303, where(cast, cast.noor))

    assert len(take_downs(cast)) == 1
    assert causes(cast, item) == {cast.noor.id: "objection", cast.bo.id: ""}


def test_what_is_gone_can_not_be_asked_away(cast, as_, item):
    client, there = as_(cast.amina), f"{where(cast, cast.noor)}{item.code}/bezwaar/"
    with cast.acting(as_staff(cast.joost)):
        take_away(item, ending=Ending.GONE, proof="Leeg")

    assert post(client, there).status_code == 409


@pytest.mark.parametrize("code", ["NOTHERE123", "x.y", "a" * 200])
def test_an_item_without_the_child_does_not_exist(cast, as_, item, code):
    assert as_(cast.amina).get(f"{where(cast, cast.noor)}{code}/bezwaar/").status_code == 404


def test_who_is_only_informed_or_has_a_child_of_16_sees_no_page(cast, as_, item):
    assert as_(cast.ward).get(where(cast, cast.bo)).status_code == 404
    assert as_(cast.amina).get(where(cast, cast.sam)).status_code == 404


def test_nothing_placed_is_said_in_words(cast, as_):
    assert "empty" in as_(cast.amina).get(where(cast, cast.noor)).content.decode()


# -- the pupil ------------------------------------------------------------------------------------------------


@pytest.fixture
def sam(cast, as_):
    with cast.acting():
        cast.sam.email = "sam@leerling.example.org"
        cast.sam.save()
        reach(cast.sam, Capacity.PUPIL)
    return as_(cast.sam)


def test_the_pupil_of_16_sees_the_same_and_takes_it_away(cast, sam):
    from consent.choices import Channel
    from consent.domain.decide import Choice
    from consent.domain.decide_as_pupil import decide_as_pupil

    choice = Choice(cast.sam.id, cast.purposes["sociaal"].id, Value.YES)
    with cast.acting():
        decide_as_pupil(pupil=cast.sam, choices=[choice], channel=Channel.SIGNED_IN, language="nl")
    mine = placed(cast, "sociaal", cast.sam)
    assert "Sociale media 1" in text(sam.get("/leerling/waar/"))

    assert post(sam, f"/leerling/waar/{mine.code}/bezwaar/").status_code == 303

    assert "tag-wait" in sam.get("/leerling/waar/").content.decode()
    with cast.acting(as_staff(cast.joost)):
        take_away(mine, ending=Ending.GONE, proof="Leeg")
    from notices.models import AccountMail

    assert (
        AccountMail.objects.filter(kind="publications/pupil_gone", to="sam@leerling.example.org").count() == 1
    )


def test_behind_the_address_of_a_parent_the_pupil_sees_nothing(cast, as_, item):
    with cast.acting():
        cast.sam.email = cast.amina.email
        cast.sam.save()
        reach(cast.sam, Capacity.PUPIL)
    client = as_(cast.sam)

    assert "card" not in client.get("/leerling/waar/").content.decode()


def test_an_objection_of_a_child_that_left_still_counts(cast, as_, item):
    with cast.acting():
        cast.noor.enrolments.update(until=today() - timedelta(days=1))
    there = f"{where(cast, cast.noor)}{item.code}/bezwaar/"

    assert post(as_(cast.amina), there).status_code == 303
    with cast.acting():
        assert object_to(item, cast.noor).publication_id == item.id
