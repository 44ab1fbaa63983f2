"""A mail from a pattern is the mail that its templates write, for every kind and language and the strangest names."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone, translation

from notices import mail, patterns

ROOT = Path(settings.BASE_DIR) / "templates"
KINDS = ["consent/invite", "consent/overview", "consent/reminder", "consent/reminder_2", "consent/reminder_3"]
NAMES = ["Zoë & <b>Łukasz</b>", "O'Brien \\1 \ue0000\ue001", "نور", "Bo"]
ASKED = {"closes_on": "14 november", "about": "", "family_url": "http://127.0.0.1:8000/ouder/"}


@pytest.fixture(autouse=True)
def _no_patterns_of_others():
    patterns.forget_patterns()
    yield
    patterns.forget_patterns()


def words(to_name: str, children: list[str], link: str = "http://127.0.0.1:8000/toestemming/abc/") -> dict:
    foundation = {
        "name": "Stichting Ü & Zn",
        "help_phone": "",
        "help_email": "help@example.org",
        "is_concept": False,
    }
    return {**ASKED, "to_name": to_name, "children": children, "link": link, "foundation": foundation}


def in_full(kind: str, language: str, given: dict) -> mail.Written:
    with translation.override(language):
        return mail._write(kind, mail._plain(given))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["nl", "ar"])
def test_a_mail_by_pattern_is_the_mail_of_the_templates(kind, language):
    for _twice in range(2):
        mail.write(kind, language, words("Sam", ["Mila", "Yusuf"]))
    assert len([one for one in patterns._known.values() if one is not None]) == 1

    for name in NAMES:
        given = words(name, [name, NAMES[0]], link=f"http://127.0.0.1:8000/toestemming/{len(name)}-_/")
        assert mail.write(kind, language, given) == in_full(kind, language, given)


def test_how_many_children_there_are_makes_another_pattern():
    numbers = (1, 2, 3, 4) * 2
    texts = [mail.write("consent/invite", "nl", words("Sam", NAMES[2:3] * number)).text for number in numbers]

    assert len(set(texts)) == 4
    assert len([one for one in patterns._known.values() if one is not None]) == 4


def test_what_is_no_name_is_never_a_hole():
    first = mail.write("consent/invite", "nl", words("Sam", ["Bo"]) | {"closes_on": "1 mei"}).text
    other = mail.write("consent/invite", "nl", words("Sam", ["Bo"]) | {"closes_on": "2 mei"}).text

    assert ("1 mei" in first, "2 mei" in first, "2 mei" in other) == (True, False, True)


def test_a_template_that_judges_a_name_is_written_in_full_each_time():
    def shouts(plain: dict) -> mail.Written:
        return mail.Written("", plain["to_name"].upper() + str(len(plain["to_name"])), "")

    texts = [
        patterns.write_by_pattern("proof", {"to_name": name}, shouts).text for name in ("Sam", "Noor", "Bo")
    ]

    assert texts == ["SAM3", "NOOR4", "BO2"]


def test_no_template_of_a_mail_does_more_with_a_name_or_link_than_show_it():
    """What would differ from name to name must not be a pattern; the comparison with one mail might not see it."""
    words, shown = "|".join(patterns.HOLES), {"isolated", "bdi", "length", "add"}
    found = {
        (file.name, text)
        for file in ROOT.glob("*/mail/*")
        for text in re.findall(r"{[{%](.*?)[}%]}", file.read_text(), re.S)
        if re.search(rf"\b({words})\b", text)
    }
    filters = {
        (name, one) for name, text in found for one in re.findall(rf"\b(?:{words})(?:\.\d)?\|(\w+)", text)
    }
    judged = {text.strip() for _name, text in found if re.match(r"\s*(el)?if|\s*ifchanged", text)}

    assert len(found) > 50
    assert {one for _name, one in filters} <= shown
    assert all(re.fullmatch(r"(el)?if (link|children\|length == \d)", text) for text in judged), judged


def envelope(to: str = "ouder@thuis.example.org") -> mail.Envelope:
    return mail.Envelope(
        to, "<1@example.org>", "consent/invite", "nl", timezone.now(), "Stichting Ü", "help@example.org"
    )


def test_an_address_with_a_line_break_adds_no_header():
    with pytest.raises(ValueError, match="newlines"):
        mail.build(envelope("a@b.example\nBcc: c@d.example"), mail.Written("a", "b\n", "<p>c</p>\n"))
