"""What a parent reads, measured: few words in every language, and the pages' own promises (UX-P2 to P17)."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.utils import translation

from consent.choices import PARENT_LANGUAGES, Value
from consent.domain.purposes import freeze_wording
from consent.models import LatestAnswer
from opmaat_portal.demo.wordings import EXPLANATIONS, LANGUAGES, TITLES
from schools.models import Foundation, Group
from scripts.parent_texts import ROOT
from tests.cast import guardian, pupil, today, years_ago

from .links import PURPOSES, check, fill, link_of, start
from .test_parents import say

ENGLISH = {
    "papier": ("On paper", "School guide, leaflet and newsletter"),
    "besloten": ("Online, for parents only", "Parent app, parent portal, shared drive, closed website"),
    "sociaal": ("Online, for everybody", "Facebook, Instagram and YouTube"),
}
ASKED = {
    "papier": ("Op papier", "Schoolgids, folder en nieuwsbrief"),
    "besloten": (
        "Online, alleen voor ouders",
        "Ouderapp, ouderportaal, gedeelde schijf, afgeschermde website",
    ),
    "sociaal": ("Online, voor iedereen", "Facebook, Instagram en YouTube"),
}
VOID = {"input", "img", "meta", "link", "br"}
INLINE = {"a", "bdi", "b", "strong", "small", "span"}


class Seen(HTMLParser):
    """The text of the page as it opens on a phone: no closed parts, no words for a screen reader only."""

    def __init__(self) -> None:
        super().__init__()
        self.unseen: list[bool] = []  # of each tag that is open: is it not seen?
        self.closed: list[bool] = []  # is it inside a closed part?
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += "" if tag in INLINE else " "
        if tag in VOID:
            return
        marks = set((dict(attrs).get("class") or "").split())
        inside = bool(self.closed) and self.closed[-1]
        apart = tag in {"head", "template", "script"} or bool(marks & {"hidden-words", "skip", "ask-each"})
        self.unseen.append(apart or (inside and tag != "summary"))
        self.closed.append(tag == "details")

    def handle_endtag(self, tag: str) -> None:
        self.text += "" if tag in INLINE else " "
        if tag not in VOID and self.unseen:
            self.unseen.pop()
            self.closed.pop()

    def handle_data(self, data: str) -> None:
        self.text += "" if any(self.unseen) else data


def seen(response) -> list[str]:
    reader = Seen()
    reader.feed(response.content.decode())
    return reader.text.split()


@pytest.fixture
def family(cast):
    """Three children and their parent, asked in the words of the demo in every language."""
    with cast.acting():
        for slug, dutch in ASKED.items():
            words = {"nl": dutch, "en": ENGLISH[slug]}
            for number, code in enumerate(LANGUAGES):
                words[code] = (TITLES[dutch[0]][number], EXPLANATIONS[dutch[1]][number])
            freeze_wording(purpose=cast.purposes[slug], words=words, is_material=False, in_force_on=today())
        cast.people["children"] = [
            pupil(cast.group_8a, name, "Haddad", years_ago(age))
            for name, age in (("Amira", 6), ("Yusuf", 8), ("Lina", 10))
        ]
        cast.people["samira"] = guardian(cast.home, "Samira", "Haddad", cast.children)
        Group.objects.filter(id=cast.group_8a.id).update(name="Groep 8")
        Foundation.objects.filter(id=cast.home.id).update(help_email="toestemming@thuis.example.org")
    start(cast)
    return cast


@pytest.mark.parametrize("language", PARENT_LANGUAGES)
def test_p2_the_most_that_a_question_and_a_check_page_can_say(family, client, language):
    """Every yes of last year ended, so that each question repeats it; then every answer is "talk first"."""
    for child in family.children:
        say(family, family.samira, child, Value.YES)
    with family.acting():
        LatestAnswer.objects.filter(guardian=family.samira).update(valid_until=today() - timedelta(days=1))
    url = link_of(family, family.samira)

    asked = client.get(f"{url}?taal={language}")
    checked = check(client, url, *["talk"] * 3, scope="all")

    with translation.override(language):
        before = translation.gettext("Before: %(answer)s") % {"answer": translation.gettext("Yes")}
        assert " ".join(seen(asked)).count(before) == 3
    with family.acting():
        LatestAnswer.objects.filter(guardian=family.samira).update(valid_until=family.year.ends_on)
    assert len(seen(asked)) <= 110, " ".join(seen(asked))
    assert len(seen(checked)) <= 70, " ".join(seen(checked))
    assert checked.content.decode().count('<section class="card">') == 3


def test_p5_no_reason_is_asked_and_p10_the_browser_says_nothing_itself(family, client):
    url = link_of(family, family.samira)
    pages = [
        client.get(url),
        client.post(url, fill(client.get(url), "no")),
        check(client, url, "no", "no", "no"),
    ]

    for page in pages:
        html = page.content.decode()
        form = re.search(r"<form\b[^>]*novalidate>.*?</form>", html, re.DOTALL)[0]
        assert "<textarea" not in form
        assert 'type="text"' not in form
        assert " required" not in form
    wrong = pages[1].content.decode()
    assert 'role="alert" tabindex="-1"' in wrong
    assert re.search(r"<title>(Fout|Error):", wrong)
    first = re.search(r'data-error-summary>.*?href="#([^"]+)"', wrong, re.DOTALL)[1]
    assert f'id="{first}"' in wrong


def test_p16_each_question_has_its_picture_and_no_dead_button(family, client):
    page = client.get(link_of(family, family.samira)).content.decode()

    questions = re.findall(r'<fieldset class="card question".*?</fieldset>', page, re.DOTALL)
    pictured = [one for one in questions if 'class="question-picture"' in one]
    assert len(pictured) == len(PURPOSES) * (1 + len(family.children))
    assert 'class="aloud"' not in re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    assert re.search(r'<script src="[^"]*aloud[^"]*\.js" defer></script>', page)


def test_a_month_after_a_day_has_its_own_form_on_every_page_of_a_family():
    """In Ukrainian and Polish "21 листопада", not "21 листопад": the letter E, never F."""
    folders = ("templates/consent/parents", "templates/consent/pupils", "templates/consent/mail")
    files = [file for folder in folders for file in (ROOT / folder).iterdir()]
    files += [ROOT / "consent/views" / f"{name}.py" for name in ("words", "family", "child", "happened")]
    files += [ROOT / "consent/domain/receipt_paper.py", ROOT / "templates/consent/pdf/receipt.html"]

    assert [file.name for file in files if re.search(r'"j F', file.read_text(encoding="utf-8"))] == []


def test_help_names_the_school_once(cast, client):
    start(cast)

    words = seen(client.get(link_of(cast, cast.karol)))

    assert words.count("Thuis") == 1
    assert "013" in words


@pytest.mark.parametrize("language", PARENT_LANGUAGES)
def test_p11_silence_is_said_to_be_no(cast, client, language):
    start(cast)

    page = " ".join(seen(client.get(f"{link_of(cast, cast.karol)}?taal={language}")))

    with translation.override(language):
        assert translation.gettext("No choice is no. You can always change it.") in page


def test_every_test_that_the_checklist_names_is_there():
    named = re.findall(r"`(test_\w+)(…?)`", (ROOT / "docs/ux-checklist.md").read_text(encoding="utf-8"))
    there = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert named
    assert [
        name
        for name, more in named
        if not any(one == name or (more and one.startswith(name)) for one in there)
    ] == []
