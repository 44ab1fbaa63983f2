"""The receipt as a PDF: what was decided, in the family's language; the same receipt, the same bytes."""

import io
import os
import signal

import pikepdf
import pypdfium2
import pytest

from consent.choices import Channel, Value
from consent.domain import receipt_paper
from consent.domain.decide import Choice, decide
from consent.domain.purposes import freeze_wording
from ledger.acting import Actor
from ledger.choices import ActorKind
from notices import pdf
from tests.cast import today

from .links import link_of, start
from .test_parents import say

YES, NO = "yes", "no"
ARABIC = ("على الورق", "دليل المدرسة والنشرة الإخبارية")


def text_in(out: bytes) -> str:
    pages = pypdfium2.PdfDocument(out)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


def receipt(as_, person, code: str, foundation: str = "thuis"):
    return as_(person).get(f"/ouder/{foundation}/ontvangst/{code}.pdf")


def test_it_says_what_was_decided_when_how_until_when_and_whom_to_ask(cast, as_):
    given = say(cast, cast.amina, cast.noor, YES, "papier")

    answer = receipt(as_, cast.amina, given.code)
    text = text_in(answer.content)

    assert answer["Content-Type"] == "application/pdf"
    for words in (
        "Noor", "8A", "Papier (nl)", "Schoolgids, folder en nieuwsbrief", "Amina", given.code,
        str(cast.year.ends_on.year), "/ouder/", "Stichting Thuis", "013 000 00 00", "Lotte Werkt", cast.lotte.email,
    ):  # fmt: skip
        assert words in text, words
    assert "Yıldız" not in text
    assert cast.amina.email not in text


def test_a_no_has_no_last_day(cast, as_):
    given = say(cast, cast.amina, cast.noor, NO, "papier")

    text = text_in(receipt(as_, cast.amina, given.code).content)

    assert str(cast.year.ends_on.year) not in text.replace(f"{today().year},", "")
    assert ("Until you change it." in text) or ("Tot u het verandert." in text)


def test_the_same_receipt_gives_the_same_bytes_also_after_another_choice(cast, as_):
    given = say(cast, cast.amina, cast.noor, YES, "papier")
    first = receipt(as_, cast.amina, given.code).content
    pdf.stop_press()
    say(cast, cast.amina, cast.noor, NO, "papier")

    assert receipt(as_, cast.amina, given.code).content == first


def test_it_is_tagged_and_in_the_language_of_the_choice(cast, as_):
    given = say(cast, cast.amina, cast.noor, YES, "papier", language="en")

    with pikepdf.open(io.BytesIO(receipt(as_, cast.amina, given.code).content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "en"
        assert given.code in str(document.docinfo.Title)
    assert "On paper" not in text_in(receipt(as_, cast.amina, given.code).content)
    assert "Papier (en)" in text_in(receipt(as_, cast.amina, given.code).content)


def arabic(cast):
    with cast.acting():
        freeze_wording(
            purpose=cast.purposes["papier"],
            words={"nl": ("Op papier", "Schoolgids"), "ar": ARABIC, "ti": ("ኣብ ወረቐት", "")},
            is_material=False,
            in_force_on=today(),
        )


def test_arabic_runs_from_right_to_left_with_letters_of_its_own_font(cast, as_):
    arabic(cast)
    given = say(cast, cast.amina, cast.noor, YES, "papier", language="ar")

    made = receipt(as_, cast.amina, given.code).content

    with pikepdf.open(io.BytesIO(made)) as document:
        fonts = [str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()]
        assert [name for name in fonts if "Paper-Arabic" in name]
        assert [name for name in fonts if "Paper" not in name] == [], "a font of this machine was used"
        assert str(document.Root.Lang) == "ar"
    page = pypdfium2.PdfDocument(made)[0]
    words = page.get_textpage()
    assert ARABIC[0] in words.get_text_range(), "the text layer must be readable, not only the picture"
    first = words.search(ARABIC[0]).get_next()[0]
    assert words.get_charbox(first)[0] > page.get_width() / 2, "an Arabic heading begins on the right"


def test_a_language_without_packaged_letters_has_the_page_only(cast, as_, monkeypatch):
    monkeypatch.setattr(receipt_paper, "PRINTED_LANGUAGES", frozenset({"nl"}))
    arabic(cast)
    given = say(cast, cast.amina, cast.noor, YES, "papier", language="ti")
    client = as_(cast.amina)

    page = client.get(f"/ouder/thuis/ontvangst/{given.code}/").content.decode()
    asked = client.get(f"/ouder/thuis/ontvangst/{given.code}.pdf")

    assert ".pdf" not in page
    assert asked.status_code == 404
    assert f"/ouder/thuis/ontvangst/{given.code}/" in asked.content.decode()


def test_the_page_has_the_button_by_link_and_signed_in(cast, as_, client):
    start(cast)
    link = link_of(cast, cast.amina)
    code = _by_link(cast)

    by_link = client.get(f"{link}ontvangst/{code}/").content.decode()
    signed_in = as_(cast.amina).get(f"/ouder/thuis/ontvangst/{code}/").content.decode()

    assert f'href="{link}ontvangst/{code}.pdf"' in by_link
    assert f'href="/ouder/thuis/ontvangst/{code}.pdf"' in signed_in
    assert client.get(f"{link}ontvangst/{code}.pdf").content.startswith(b"%PDF")


def _by_link(cast) -> str:
    from consent.models import PersonalLink

    with cast.acting(Actor(ActorKind.GUARDIAN, cast.amina.id, "link")):
        link = PersonalLink.objects.select_related("round").get(guardian=cast.amina)
        return decide(
            guardian=cast.amina,
            choices=[Choice(cast.noor.id, cast.purposes["papier"].id, Value.YES)],
            channel=Channel.LINK,
            language="nl",
            link=link,
        ).code


@pytest.fixture
def broken_press(monkeypatch):
    """The press is really killed, and cannot start again: the program it needs is not there."""
    if pdf._running and not pdf._running.stopped:
        os.kill(pdf._running.process.pid, signal.SIGKILL)
        pdf._running.process.wait()
    monkeypatch.setattr(pdf.sys, "executable", "/bin/false")
    yield
    pdf.stop_press()


def test_when_the_press_fails_there_is_a_page_that_says_so(cast, as_, broken_press):
    given = say(cast, cast.amina, cast.noor, YES, "papier")

    answer = receipt(as_, cast.amina, given.code)

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert f'href="/ouder/thuis/ontvangst/{given.code}/"' in answer.content.decode()
