"""The council, putting in force, the summaries and the next version at `/beheer/protocol/`."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies.choices import Audience, DocumentState, Outcome
from policies.models import CouncilDecision, Document, Summary, Version
from schools.choices import RoleName
from tests.cast import staff, today

from .desk import (
    NEW,
    ROOM,
    boxes,
    brought_in,
    chapters,
    decide,
    field,
    put_in_force,
    rows,
)

SCRIPT = "<script>alert(1)</script> **vet** & {{ 7*7 }}"


def test_a_decision_is_kept_with_the_text_that_it_is_about(cast, ada, here):
    key = uuid.uuid4()
    for _ in range(3):
        assert decide(ada, here, key=key).status_code == 303

    decision = rows(cast, CouncilDecision)
    assert [(row.council, row.outcome) for row in decision] == [("GMR", Outcome.CONSENT)]
    text = ada.get(f"{here}besluit/").content.decode()
    assert decision[0].covers[:12] in text
    assert "Punt 4." in text


@pytest.mark.parametrize(
    ("wrong", "box"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "unknown"}, "outcome"),
        ({"council": " "}, "council"),
        ({"decided_on": ""}, "decided_on"),
        ({"decided_on": "gisteren"}, "decided_on"),
        ({"decided_on": (today() + timedelta(days=2)).isoformat()}, "decided_on"),
        ({"minutes": "m" * 2001}, "minutes"),
    ],
)
def test_a_decision_that_is_not_complete_is_told_and_stays_typed(cast, ada, here, wrong, box):
    answer = decide(ada, here, **{"minutes": "Notulen punt 4."} | wrong)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{box}-error"' in text
    assert wrong.get("minutes", "Notulen punt 4.") in text
    assert rows(cast, CouncilDecision) == []


def test_a_decision_about_a_text_that_changed_on_the_way_is_not_registered(cast, ada, here):
    answer = decide(ada, here, seen="0" * 64)

    assert answer.status_code == 409
    assert 'value="GMR"' in answer.content.decode()
    assert rows(cast, CouncilDecision) == []


def test_after_a_correction_the_council_must_see_it_again(cast, ada, here):
    decide(ada, here)
    address = f"{here}hoofdstuk/{chapters(cast)[-1].key}/"
    assert "panel-warn" not in ada.get(f"{here}besluit/").content.decode()
    assert ada.post(address, boxes(ada.get(address)) | {"b0-text": "Anders."}).status_code == 303

    assert "panel-warn" in ada.get(f"{here}besluit/").content.decode()
    assert "panel-warn" in ada.get(here).content.decode()
    answer = ada.post(f"{here}publiceren/", {"key": uuid.uuid4(), "in_force_on": today().isoformat()})
    assert answer.status_code == 422

    assert decide(ada, here).status_code == 303
    assert len(rows(cast, CouncilDecision)) == 2, "both are kept"
    assert put_in_force(ada, here).status_code == 303


@pytest.mark.parametrize("outcome", ["", "refused", "not_decided"])
def test_without_a_decision_nothing_is_put_in_force(cast, ada, here, outcome):
    if outcome:
        assert decide(ada, here, outcome=outcome).status_code == 303

    page = ada.get(f"{here}publiceren/")
    answer = ada.post(
        f"{here}publiceren/",
        {"key": uuid.uuid4(), "in_force_on": today().isoformat(), "sure": "1", "seen": "x"},
    )

    assert f'href="{here}besluit/"' in page.content.decode()
    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()
    assert rows(cast, Version)[0].frozen_at is None


def test_only_what_was_looked_at_is_put_in_force(cast, ada, here):
    decide(ada, here)
    form = {"key": uuid.uuid4(), "in_force_on": today().isoformat(), "sure": "1", "seen": "f" * 64}

    answer = ada.post(f"{here}publiceren/", form)

    assert answer.status_code == 200
    assert 'name="sure"' in answer.content.decode(), (
        "the page that says what will happen, with the text of now"
    )
    assert rows(cast, Version)[0].frozen_at is None


@pytest.mark.parametrize("day", ["", "morgen", "2020-01-01", "0000-00-00", "99999-01-01"])
def test_a_day_that_cannot_be_is_told(cast, ada, here, day):
    decide(ada, here)

    answer = ada.post(f"{here}publiceren/", {"key": uuid.uuid4(), "in_force_on": day})

    assert answer.status_code == 422
    assert rows(cast, Version)[0].frozen_at is None


def test_putting_in_force_twice_says_so_and_changes_nothing(cast, ada, in_force):
    answer = ada.post(
        f"{in_force}publiceren/", {"key": uuid.uuid4(), "in_force_on": today().isoformat(), "sure": "1"}
    )

    assert answer.status_code == 422
    assert len(rows(cast, Document)) == 8
    seen = rows(cast, CouncilDecision)[0].covers
    form = {"key": uuid.uuid4(), "seen": seen, "council": "GMR", "outcome": "refused", "decided_on": today()}
    assert ada.post(f"{in_force}besluit/", form).status_code == 422
    assert len(rows(cast, CouncilDecision)) == 1


def test_a_later_day_is_planned(cast, ada, here):
    decide(ada, here)
    day = today() + timedelta(days=30)
    assert put_in_force(ada, here, day).status_code == 303

    assert rows(cast, Version)[0].in_force_on == day
    assert f'href="{here}"' in ada.get(ROOM).content.decode()
    assert ada.get(here).status_code == 200


def test_a_text_from_before_the_portal_may_have_an_unknown_decision(cast, ada):
    here = brought_in(ada, origin="before")

    answer = decide(ada, here, outcome="unknown", council="", decided_on="")
    assert answer.status_code == 303, answer.content.decode()
    assert put_in_force(ada, here, today() - timedelta(days=400)).status_code == 303

    assert (
        decide(ada, here, council="GMR", decided_on=(today() - timedelta(days=500)).isoformat()).status_code
        == 303
    )


def test_the_bar_of_the_pdfs_and_trying_again(cast, ada, in_force):
    address = f"{in_force}documenten/"
    part = ada.get(address, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert "hx-get" in part.content.decode(), "it goes on asking"
    with cast.acting():
        Document.objects.update(state=DocumentState.FAILED)

    text = ada.get(in_force).content.decode()
    assert f'action="{address}"' in text
    assert "hx-get" not in text, "nothing waits any more"
    assert ada.get(address).status_code == 303
    assert ada.post(address, {"key": uuid.uuid4()}).status_code == 303

    assert {row.state for row in rows(cast, Document)} == {DocumentState.WAITING}


@pytest.mark.parametrize("audience", Audience.values)
def test_a_school_gets_a_summary_of_its_own(cast, ada, here, audience):
    address = f"{here}samenvatting/{audience}/"
    page = ada.get(address)
    form = {
        "key": field(page, "key"),
        "edits": field(page, "edits"),
        "text": "# Kort\n- Vraag het.\nOp {school}.",
    }
    assert ada.post(address, form).status_code == 303

    of_school = ada.get(f"{address}?school=de-haven")
    assert "Op De Haven." in of_school.content.decode()
    own = {"key": field(of_school, "key"), "edits": field(of_school, "edits"), "text": "- Alleen hier."}
    assert ada.post(f"{address}?school=de-haven", own).status_code == 303
    assert ada.post(f"{address}?school=de-haven", own).status_code == 303, "the same form again"

    texts = {row.school_id: row.text for row in rows(cast, Summary, audience=audience)}
    assert texts == {None: "# Kort\n- Vraag het.\nOp {school}.", cast.harbour.id: "- Alleen hier."}


def test_looking_at_a_summary_saves_nothing(cast, ada, here):
    address = f"{here}samenvatting/leerlingen/"

    page = ada.post(address, {"key": uuid.uuid4(), "edits": 0, "text": "Op {school} zo.", "do": "look"})

    assert page.status_code == 200
    assert "Op De Baken zo." in page.content.decode()
    assert rows(cast, Summary) == []


def test_of_two_editors_of_a_summary_neither_loses_a_word(cast, ada, as_, here):
    address = f"{here}samenvatting/ouders/"
    assert (
        as_(cast.zoe).post(address, {"key": uuid.uuid4(), "edits": 0, "text": "Van Zoe."}).status_code == 303
    )

    answer = ada.post(address, {"key": uuid.uuid4(), "edits": 0, "text": "Van Ada."})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Van Zoe." in text
    assert "Van Ada." in text
    again = {"key": field(answer, "key"), "edits": field(answer, "edits"), "text": "Van Ada."}
    assert ada.post(address, again).status_code == 303


def test_a_summary_that_is_too_long_or_of_nobody_is_told(ada, here):
    too_long = ada.post(f"{here}samenvatting/ouders/", {"key": uuid.uuid4(), "edits": 0, "text": "z" * 6001})

    assert too_long.status_code == 422
    assert "z" * 6001 in too_long.content.decode()
    assert ada.get(f"{here}samenvatting/buren/").status_code == 404
    assert ada.get(f"{here}samenvatting/ouders/?school=nergens").status_code == 404


def test_the_summary_of_a_fixed_version_says_where_its_pdf_is(cast, ada, in_force):
    address = f"{in_force}samenvatting/ouders/?school=de-baken"
    assert ".pdf" not in ada.get(address).content.decode()
    with cast.acting():
        Document.objects.update(state=DocumentState.READY, pdf=b"%PDF-", made_at="2026-01-01T00:00Z")

    assert "/thuis/de-baken/samenvatting/ouders.pdf" in ada.get(address).content.decode()


def test_a_typing_error_is_a_version_that_keeps_the_decision(cast, ada, in_force):
    address = f"{in_force}vervolg/"
    taken = ada.post(address, {"key": uuid.uuid4(), "number": "1.0", "is_minor": "minor"})
    assert taken.status_code == 422
    assert ada.post(address, {"key": uuid.uuid4(), "number": "1.1"}).status_code == 422

    made = ada.post(address, {"key": uuid.uuid4(), "number": "1.1", "is_minor": "minor"})
    assert made.status_code == 303
    with cast.acting():
        chapter = Version.objects.get(number="1.1").chapters.get(position=2)
    chapter_page = f"{made.url}hoofdstuk/{chapter.key}/"
    ada.post(chapter_page, boxes(ada.get(chapter_page)) | {"b0-text": "Eerst vragen!"})

    assert ada.get(f"{made.url}besluit/").status_code == 200
    assert put_in_force(ada, made.url).status_code == 303


def test_more_than_a_typing_error_goes_to_the_council(cast, ada, in_force):
    made = ada.post(f"{in_force}vervolg/", {"key": uuid.uuid4(), "number": "2.0", "is_minor": "major"})

    answer = ada.post(f"{made.url}publiceren/", {"key": uuid.uuid4(), "in_force_on": today().isoformat()})

    assert answer.status_code == 422
    assert decide(ada, made.url).status_code == 303
    assert put_in_force(ada, made.url).status_code == 303
    assert "1.0" in ada.get(ROOM).content.decode()


def test_markup_and_script_in_every_field_are_text(cast, ada):
    here = brought_in(ada, f"# {SCRIPT}\n\n## Een {SCRIPT}\n\n1. {SCRIPT}\n", title=SCRIPT, number="<b>1")
    chapter = f"{here}hoofdstuk/{chapters(cast)[0].key}/"
    typed = {"title": SCRIPT, "b0-text": SCRIPT, "b0-number": "<b>", "b0-kind": "item"}
    ada.post(chapter, boxes(ada.get(chapter)) | typed)
    decide(ada, here, council=SCRIPT, minutes=SCRIPT)
    summary = f"{here}samenvatting/leerlingen/"
    ada.post(summary, {"key": uuid.uuid4(), "edits": 0, "text": f"# {SCRIPT}\n- {SCRIPT}\n{SCRIPT}"})
    put_in_force(ada, here)

    pages = [
        ROOM,
        here,
        f"{here}voorbeeld/",
        f"{here}besluit/",
        summary,
        f"{here}vervolg/",
        f"{here}publiceren/",
    ]
    refused = ada.post(NEW, {"key": "x", "title": SCRIPT, "number": SCRIPT, "text": SCRIPT})
    kept = ada.post(chapter, typed | {"b0-text": f"{SCRIPT}</textarea>"})
    for page in [*map(ada.get, pages), refused, kept]:
        text = page.content.decode()
        assert page.status_code in {200, 409, 422}
        assert "<script>alert" not in text
        assert "<b>1" not in text
        assert "&lt;script&gt;" in text or "&lt;b&gt;" in text
        assert "& 49" not in text
        assert "&amp; 49" not in text


@pytest.mark.parametrize("name", ["ria", "joost", "olga", "lotte"])
def test_others_do_not_know_that_the_room_exists(cast, ada, as_, here, name):
    client = as_(getattr(cast, name))

    for address in (ROOM, NEW, here, f"{here}voorbeeld/", f"{here}besluit/", f"{here}publiceren/"):
        assert client.get(address).status_code == 404
    assert decide_blindly(client, here).status_code == 404


def decide_blindly(client, here):
    return client.post(f"{here}besluit/", {"key": uuid.uuid4(), "outcome": "consent"})


def test_the_board_looks_and_changes_nothing(cast, ada, as_, here):
    board = as_(cast.henk)

    for address in (ROOM, here, f"{here}voorbeeld/"):
        text = board.get(address).content.decode()
        assert "<h1>" in text
        assert f'method="post" action="{ROOM}' not in text
        assert NEW not in text
    for address in (
        NEW,
        f"{here}besluit/",
        f"{here}publiceren/",
        f"{here}vervolg/",
        f"{here}samenvatting/ouders/",
    ):
        assert board.get(address).status_code == 404
    assert decide_blindly(board, here).status_code == 404


def test_the_policy_officer_does_the_whole_work(cast, as_):
    with cast.acting():
        officer = as_(staff(cast.home, "Polly", RoleName.POLICY_OFFICER))
    here = brought_in(officer)
    assert decide(officer, here).status_code == 303
    assert put_in_force(officer, here).status_code == 303


def test_another_foundation_finds_nothing(cast, as_, in_force):
    with cast.acting(foundation=cast.bridge):
        other = staff(cast.bridge, "Otto", RoleName.ADMINISTRATOR)
    client = as_(other)

    assert client.get(in_force).status_code == 404
    assert 'class="empty"' in client.get(ROOM).content.decode()


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_the_lists_ask_the_same_of_the_database_at_one_and_at_three(cast, ada, in_force):
    """Also when the decision is kept from version to version: it is looked up through all of them at once."""
    one = queries_of(ada, ROOM)
    for number in ("2.0", "3.0"):
        made = ada.post(
            f"{in_force}vervolg/", {"key": uuid.uuid4(), "number": number, "is_minor": "minor"}
        ).url
        assert put_in_force(ada, made).status_code == 303
    assert queries_of(ada, ROOM) == one


def test_a_version_with_three_chapters_asks_no_more_than_with_one(ada):
    one = brought_in(ada, "# T\n\n## Een\n\n1. Zin.\n")
    three = brought_in(
        ada,
        "# T\n\n## Een\n\n1. Zin.\n\n## Twee\n\n1. Zin.\n\n## Drie\n\n1. Zin.\n2. Nog een.\n",
        number="2.0",
    )

    for page in ("", "voorbeeld/", "besluit/", "samenvatting/ouders/"):
        assert queries_of(ada, one + page) == queries_of(ada, three + page), page
    assert len(re.findall(r"/hoofdstuk/[0-9a-f-]{36}/plaats/", ada.get(three).content.decode())) == 3
