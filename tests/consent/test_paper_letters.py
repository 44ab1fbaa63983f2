"""Every language of families on paper: the right letters, none missing, and readable as text (UX-P13, P14)."""

import io

import pikepdf
import pypdfium2
import pytest
from django.utils import translation

from consent.choices import PARENT_LANGUAGES
from consent.domain import piles
from consent.domain.papers import print_forms, sheets_for_group
from consent.domain.purposes import freeze_wording
from consent.domain.receipt_paper import receipt_pdf
from notices.pdf import render_pdf
from opmaat_portal.demo.wordings import EXPLANATIONS, LANGUAGES, TITLES
from schools.models import Guardian
from tests.cast import today

from .test_parents import say

TITLE, EXPLANATION = "Op papier", "Schoolgids, folder en nieuwsbrief"
WORDS = {"nl": (TITLE, EXPLANATION)} | {
    code: (TITLES[TITLE][number], EXPLANATIONS[EXPLANATION][number]) for number, code in enumerate(LANGUAGES)
}


def in_every_language(cast) -> None:
    with cast.acting():
        freeze_wording(purpose=cast.purposes["papier"], words=WORDS, is_material=False, in_force_on=today())


def pages_of(made: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(made)]


def plain(text: str) -> str:
    """Lam and alef are one letter in print; the reader of the test gives its two in the other order."""
    for alef in "اأإآ":
        text = text.replace(f"ل{alef}", f"{alef}ل")
    return text


def missing_letters(made: bytes) -> list[str]:
    """Fonts of this machine instead of ours, and pages on which a letter is drawn as an empty box (glyph 0)."""
    found = []
    with pikepdf.open(io.BytesIO(made)) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            fonts = page.Resources.Font
            found += [str(font.BaseFont) for font in fonts.values() if "Paper" not in str(font.BaseFont)]
            font = ""
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    font = str(operands[0])
                if str(operator) not in {"Tj", "TJ"}:
                    continue
                parts = operands[0] if str(operator) == "TJ" else operands
                codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
                assert fonts[font].Subtype == "/Type0", "two bytes for each letter"
                if b"\0\0" in {codes[at : at + 2] for at in range(0, len(codes), 2)}:
                    found.append(f"page {number}")
    return found


@pytest.mark.parametrize("language", ["ar", "ti"])
def test_a_receipt_has_every_letter_of_its_language(cast, language):
    in_every_language(cast)
    given = say(cast, cast.amina, cast.noor, "yes", "papier", language=language)

    with cast.acting():
        made = receipt_pdf(given)

    text = " ".join(pages_of(made))
    assert missing_letters(made) == []
    with translation.override(language):
        for words in (*WORDS[language], translation.gettext("Receipt of your choice"), "Noor", given.code):
            assert plain(words) in text, words


def test_a_form_has_every_letter_of_its_language_and_arabic_begins_on_the_right(cast):
    in_every_language(cast)
    readers = {"ar": cast.karol, "ti": cast.amina, "uk": cast.erik}
    with cast.acting():
        for language, guardian in readers.items():
            Guardian.objects.filter(id=guardian.id).update(language=language)
        pile = print_forms(sheets=sheets_for_group(cast.group_8a), by=cast.olga)
        order = list(pile.forms.order_by("id").values_list("language", flat=True))
        html = piles.html_of(pile)

    made = render_pdf(html, language="nl", seconds=60)

    pages = pages_of(made)
    assert missing_letters(made) == []
    assert len(pages) == len(order)
    for language, text in zip(order, pages, strict=True):
        with translation.override(language):
            for words in (WORDS[language][0], translation.gettext("Signature")):
                assert plain(words) in text, (language, words)
    first = pypdfium2.PdfDocument(made)[order.index("ar")]
    letters = first.get_textpage()
    at = letters.search(WORDS["ar"][0]).get_next()[0]
    assert letters.get_charbox(at)[0] > first.get_width() / 2


def test_every_language_of_families_can_be_printed():
    from notices.pdf import PRINTED_LANGUAGES

    assert set(PARENT_LANGUAGES) <= PRINTED_LANGUAGES
