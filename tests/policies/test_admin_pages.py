"""A text comes in at `/beheer/protocol/` and is corrected there, as people use it."""

import re
import uuid

import pytest

from ledger.choices import Verb
from ledger.models import Entry
from policies.choices import BlockKind
from policies.models import Block, Version
from tests.cast import today

from .desk import (
    NEW,
    ROOM,
    TEXT,
    boxes,
    brought_in,
    chapters,
    decide,
    field,
    file,
    lines,
    press,
    put_in_force,
    rows,
    send,
)


def test_from_a_file_to_a_text_in_force(cast, ada, here):
    assert f'href="{here}besluit/"' in ada.get(ROOM).content.decode(), "the list names the next step"
    assert ada.get(here).status_code == 200

    assert decide(ada, here).status_code == 303
    page = ada.post(f"{here}publiceren/", {"key": uuid.uuid4(), "in_force_on": today().isoformat()})
    assert page.status_code == 200
    assert rows(cast, Version)[0].frozen_at is None, "looking is not doing"
    assert put_in_force(ada, here).status_code == 303

    version = rows(cast, Version)[0]
    assert version.in_force_on == today()
    text = ada.get(here).content.decode()
    with cast.acting():
        assert Version.objects.select_related("frozen").get().frozen.sha256 in text
    assert re.search(r'<progress value="0" max="8">', text), "two schools, each a text and three summaries"
    assert [entry.verb for entry in rows(cast, Entry, subject_type="version")] == [
        Verb.PROTOCOL_READ, Verb.DECISION_RECORDED, Verb.VERSION_PUBLISHED,
    ]  # fmt: skip


def test_an_empty_room_says_what_to_do(ada):
    text = ada.get(ROOM).content.decode()

    assert f'href="{NEW}"' in text
    assert 'class="empty"' in text


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x00\x01\xff\xfe\x9d" * 300, "foto.txt"),
        (b"x" * 5_000_000, "groot.txt"),
        (b"", "leeg.txt"),
        (b"  \n\n ", "wit.md"),
        (b"PK\x03\x04 word", "protocol.docx"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_what_was_typed_stays(cast, ada, data, name):
    answer = send(ada, file=file(data, name), title="Mijn titel", number="7.3")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_file-error"' in text
    assert 'value="Mijn titel"' in text
    assert 'value="7.3"' in text
    assert re.search(r'value="portal"[^>]* checked', text)
    assert rows(cast, Version) == []


def test_five_megabytes_pasted_get_a_plain_page(cast, ada):
    answer = send(ada, text="zin. " * 1_000_000)

    assert answer.status_code == 413
    assert "<h1>" in answer.content.decode()
    assert rows(cast, Version) == []


def test_a_body_above_every_limit_is_told(cast, ada):
    answer = send(ada, file=file(b"x" * 9_000_000, "heel-groot.txt"))

    assert answer.status_code == 422
    assert 'id="id_file-error"' in answer.content.decode()


def test_pasted_text_is_read_and_too_much_of_it_stays_in_the_box(cast, ada):
    assert send(ada, text="# Titel\n\n## Een\n\nZin.").status_code == 303

    answer = send(ada, text="z" * 1_100_000, number="2.0")

    assert answer.status_code == 422
    assert "z" * 1_100_000 in answer.content.decode()


def test_neither_a_file_nor_a_text_and_both_are_told(ada):
    assert send(ada).status_code == 422
    assert 'id="id_file-error"' in send(ada).content.decode()
    both = send(ada, file=file(TEXT), text="Iets")
    assert both.status_code == 422
    assert 'id="id_text-error"' in both.content.decode()


def test_the_same_form_posted_three_times_is_one_version(cast, ada):
    key = uuid.uuid4()

    urls = {brought_in(ada, key=key) for _ in range(3)}

    assert len(urls) == 1
    assert len(rows(cast, Version)) == 1


def test_a_number_that_is_taken_is_told_at_its_box(cast, ada, here):
    answer = send(ada, file=file(TEXT))

    assert answer.status_code == 422
    assert 'id="id_number-error"' in answer.content.decode()
    assert len(rows(cast, Version)) == 1


def test_a_text_without_headings_is_taken_in_with_a_remark(cast, ada):
    here = brought_in(ada, "een gewone zin die op een punt eindigt.\n\nnog een zin, ook met een punt.\n")

    assert len(chapters(cast)) == 1
    text = ada.get(here).content.decode()
    assert "one chapter" in text or "één hoofdstuk" in text


def test_the_preview_fills_in_the_names_of_the_school(cast, ada, here):
    text = ada.get(f"{here}voorbeeld/?school=de-haven").content.decode()

    assert "Wij praten De Haven." in text
    assert "{school}" not in text
    assert "Wij praten De Baken." in ada.get(f"{here}voorbeeld/?school=nergens").content.decode()


def test_a_chapter_is_corrected_and_its_parts_keep_their_keys(cast, ada, here):
    chapter = chapters(cast)[-1]
    before = rows(cast, Block, chapter=chapter)
    address = f"{here}hoofdstuk/{chapter.key}/"
    form = boxes(ada.get(address)) | {"b0-text": "Eerst altijd vragen.", "title": "Wat wij altijd doen"}

    answers = [ada.post(address, form) for _ in range(3)]

    assert {(answer.status_code, answer.url) for answer in answers} == {(303, address)}
    after = rows(cast, Block, chapter=chapter)
    assert after[0].text == "Eerst altijd vragen."
    assert [block.key for block in after] == [block.key for block in before]
    assert chapters(cast)[-1].title == "Wat wij altijd doen"
    assert rows(cast, Version)[0].edits == 1, "three posts of one form are one correction"


def test_parts_are_added_moved_and_taken_away_without_script_and_kept_on_saving(cast, ada, here):
    chapter = chapters(cast)[-1]
    address = f"{here}hoofdstuk/{chapter.key}/"
    form = boxes(ada.get(address))

    form = press(ada, address, form, "add:0")
    assert form["b1-is_new"] == "True"
    form = press(ada, address, form | {"b1-text": "Nieuw.", "b1-kind": "do"}, "up:1")
    form = press(ada, address, form, "gone:2")
    assert lines(cast, chapter) == ["Eerst vragen.", "Dan plaatsen."], "nothing is kept before saving"
    assert ada.post(address, form | {"do": "save"}).status_code == 303

    assert lines(cast, chapter) == ["Nieuw.", "Eerst vragen."]
    kinds = {block.text: block.kind for block in rows(cast, Block, chapter=chapter)}
    assert kinds["Nieuw."] == BlockKind.DO


def test_what_was_taken_away_can_be_put_back(cast, ada, here):
    chapter = chapters(cast)[-1]
    address = f"{here}hoofdstuk/{chapter.key}/"

    form = press(ada, address, boxes(ada.get(address)), "gone:0")
    form = press(ada, address, form, "back:0")
    ada.post(address, form)

    assert lines(cast, chapter) == ["Eerst vragen.", "Dan plaatsen."]


def test_a_new_chapter_begins_at_a_part_and_is_joined_again(cast, ada, here):
    chapter = chapters(cast)[-1]
    address = f"{here}hoofdstuk/{chapter.key}/"
    keys = [block.key for block in rows(cast, Block, chapter=chapter)]

    answer = ada.post(address, boxes(ada.get(address)) | {"do": "split:1"})

    assert answer.status_code == 303
    new = chapters(cast)[-1]
    assert answer.url == f"{here}hoofdstuk/{new.key}/"
    assert (lines(cast, chapter), lines(cast, new)) == (["Eerst vragen."], ["Dan plaatsen."])
    assert [block.key for block in rows(cast, Block, chapter=new)] == keys[1:]

    assert ada.post(address, boxes(ada.get(address)) | {"do": "join"}).status_code == 303
    assert lines(cast, chapter) == ["Eerst vragen.", new.title, "Dan plaatsen."]
    assert len(chapters(cast)) == 2

    assert ada.post(address, boxes(ada.get(address)) | {"do": "split:1"}).status_code == 303
    assert chapters(cast)[-1].title == new.title, "a heading becomes the title"
    assert lines(cast, chapters(cast)[-1]) == ["Dan plaatsen."]


def test_mistakes_are_told_at_their_box_and_nothing_typed_is_lost(cast, ada, here):
    address = f"{here}hoofdstuk/{chapters(cast)[-1].key}/"
    form = boxes(ada.get(address)) | {
        "title": "",
        "b0-text": " ",
        "b1-text": "y" * 5001,
        "b1-number": "1" * 11,
    }

    answer = ada.post(address, form)

    text = answer.content.decode()
    assert answer.status_code == 422
    for box in ("id_title", "id_b0-text", "id_b1-text", "id_b1-number"):
        assert f'href="#{box}"' in text
    assert "y" * 5001 in text
    assert rows(cast, Version)[0].edits == 0


def test_of_two_editors_neither_loses_a_word(cast, ada, as_, here):
    zoe = as_(cast.zoe)
    address = f"{here}hoofdstuk/{chapters(cast)[-1].key}/"
    mine, theirs = boxes(ada.get(address)), boxes(zoe.get(address))
    assert zoe.post(address, theirs | {"b0-text": "Zoe schreef dit."}).status_code == 303

    answer = ada.post(address, mine | {"b0-text": "Ada schreef dat."})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Zoe schreef dit." in text
    assert boxes(answer)["b0-text"] == "Ada schreef dat."
    assert cast.zoe.full_name in text
    assert lines(cast, chapters(cast)[-1])[0] == "Zoe schreef dit."

    assert ada.post(address, boxes(answer)).status_code == 303
    assert lines(cast, chapters(cast)[-1])[0] == "Ada schreef dat."


def test_two_editors_in_two_chapters_do_not_stop_each_other(cast, ada, as_, here):
    first, second = (f"{here}hoofdstuk/{chapter.key}/" for chapter in chapters(cast)[-2:])
    mine = boxes(ada.get(first))
    zoe = as_(cast.zoe)
    assert zoe.post(second, boxes(zoe.get(second)) | {"b0-text": "Ander."}).status_code == 303

    assert ada.post(first, mine | {"b0-text": "Eigen."}).status_code == 303


def test_a_chapter_that_somebody_took_away_can_be_saved_as_a_new_one(cast, ada, as_, here):
    chapter = chapters(cast)[-1]
    address = f"{here}hoofdstuk/{chapter.key}/"
    mine = boxes(ada.get(address)) | {"b0-text": "Mijn zin."}
    zoe = as_(cast.zoe)
    sure = zoe.get(f"{address}weg/")
    assert (
        zoe.post(f"{address}weg/", {"key": field(sure, "key"), "edits": field(sure, "edits")}).status_code
        == 303
    )

    answer = ada.post(address, mine)
    assert answer.status_code == 409
    assert boxes(answer)["b0-text"] == "Mijn zin."
    assert ada.get(address).status_code == 404

    assert ada.post(address, boxes(answer)).status_code == 303
    assert lines(cast, chapters(cast)[-1])[0] == "Mijn zin."


def test_what_is_in_force_cannot_be_corrected_and_the_text_stays_on_the_page(cast, ada, here):
    chapter = chapters(cast)[-1]
    address = f"{here}hoofdstuk/{chapter.key}/"
    mine = boxes(ada.get(address)) | {"b0-text": "Te laat."}
    decide(ada, here)
    put_in_force(ada, here)

    answer = ada.post(address, mine)

    assert answer.status_code == 409
    assert boxes(answer)["b0-text"] == "Te laat."
    assert lines(cast, chapter)[0] == "Eerst vragen."
    assert ada.get(address).status_code == 303
    add = ada.post(f"{here}hoofdstuk/", {"key": uuid.uuid4(), "edits": 0, "title": "Nog een"})
    assert add.status_code == 409


def test_chapters_are_added_moved_and_taken_away(cast, ada, here):
    before = [chapter.title for chapter in chapters(cast)]
    page = ada.get(here)
    form = {"key": uuid.uuid4(), "edits": field(page, "edits")}
    assert ada.post(f"{here}hoofdstuk/", form | {"title": " "}).status_code == 422
    assert ada.post(f"{here}hoofdstuk/", form | {"title": "Tot slot"}).status_code == 303

    last = chapters(cast)[-1]
    stale = ada.post(f"{here}hoofdstuk/{last.key}/plaats/", {"key": uuid.uuid4(), "edits": 0, "do": "up"})
    assert stale.status_code == 409
    up = {"key": uuid.uuid4(), "edits": 1, "do": "up"}
    assert ada.post(f"{here}hoofdstuk/{last.key}/plaats/", up | {"do": "opzij"}).status_code == 422
    assert ada.post(f"{here}hoofdstuk/{last.key}/plaats/", up).status_code == 303
    assert [chapter.title for chapter in chapters(cast)] == [*before[:-1], "Tot slot", before[-1]]

    sure = ada.get(f"{here}hoofdstuk/{last.key}/weg/")
    assert "Tot slot" in sure.content.decode()
    gone = {"key": uuid.uuid4(), "edits": field(sure, "edits")}
    assert ada.post(f"{here}hoofdstuk/{last.key}/weg/", gone).status_code == 303
    assert [chapter.title for chapter in chapters(cast)] == before


def test_a_chapter_of_hundreds_of_parts_is_corrected_page_by_page(cast, ada):
    here = brought_in(ada, "\n\n".join(f"zin nummer {n} eindigt met een punt." for n in range(300)))
    chapter = chapters(cast)[0]
    address = f"{here}hoofdstuk/{chapter.key}/"
    total = len(lines(cast, chapter))
    page = ada.get(f"{address}?van=130")

    assert ada.post(address, boxes(page) | {"b0-text": "veranderd"}).status_code == 303

    after = lines(cast, chapter)
    assert len(after) == total == 300
    assert after.index("veranderd") == 120
