"""The parent's path in a real Chromium, against a whole portal: UX-P1 to P11, P13, P17 and X1-X3."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from consent.choices import PARENT_LANGUAGES

from .portal import DESK, PHONE, check_look, words_of

pytestmark = pytest.mark.browser
MOTHER = "ouder-drie@demo.example.org"
LAYERS = ("papier", "besloten", "sociaal")
VISIBLE_WORDS = """() => {
    const gone = [...document.querySelectorAll('.hidden-words, .skip')].map(it => it.innerText).join(' ');
    const count = text => text.split(/\\s+/).filter(Boolean).length;
    return count(document.body.innerText) - count(gone);
}"""

# Everything to tap on a parent's page is 44 px high at least, and a picture or a box as wide too.
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, select, textarea, label:has(input)')]
    .filter(it => it.checkVisibility() && !it.matches('.skip') && it.getBoundingClientRect().height < 43.5)
    .map(it => it.outerHTML.slice(0, 80))"""
# Chromium without a screen has no voices: these stand where the device of a parent has its own.
VOICES = """voices => {
    window.said = [];
    window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    const spoken = { getVoices: () => voices, cancel: () => said.push('quiet'), addEventListener() {},
                     speak: it => said.push(it.lang + ' ' + it.text) };
    Object.defineProperty(window, 'speechSynthesis', { value: spoken });
}"""


class Finger:
    """Taps, counted, and the pages that were loaded for them."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, selector: str, **which: object) -> None:
        self.page.locator(selector, **which).first.click()
        self.taps += 1

    def answer(self, *values: str, each: bool = False) -> None:
        part = ".ask-each" if each else ".ask-all"
        questions = self.page.locator(f"{part} fieldset")
        assert questions.count() == len(values)
        for number, value in enumerate(values):
            questions.nth(number).locator(f'label:has(input[value="{value}"])').click()
            self.taps += 1


def mailed_link(site, to: str, kind: str = "consent/invite") -> str:
    """The address in the newest mail of this kind, as a mail program would open it."""
    mail = site.mails(to, kind)[0]
    return re.search(r"https?://\S+/toestemming/\S+", mail["text"])[0]


def an_unanswered_family(site, children: int, *, never: bool = False) -> tuple[str, str]:
    """Address and link of somebody with so many children who has not answered; of each family only once.

    `never`: not in the made-up past either. There are few of those, so who does not ask for one gets another.
    """
    names = {1: r"van [^,]+ gebruiken", 2: r"van [^,]+ en [^,]+ gebruiken", 3: r"van [^,]+, [^,]+ en"}
    mails = site.mails("", "consent/")
    answered = {mail["to"] for mail in mails if mail["kind"] == "consent/receipt"}
    links = {
        mail["to"]: mail
        for mail in mails
        if mail["kind"] == "consent/invite"
        and mail["to"] not in answered | site.taken | (site.used if never else set())
        and "demo.example.org" not in mail["to"]
        and re.search(names[children], mail["subject"])
        and (children > 1 or " en " not in mail["subject"])
    }
    to = min(links, key=lambda address: (address not in site.used, address))
    site.taken.add(to)
    return to, re.search(r"https?://\S+/toestemming/\S+", links[to]["text"])[0]


def equal_boxes(page: Page) -> None:
    """P4: yes and no have the same size, weight, colour and number of lines."""
    pairs = page.locator(".choices").evaluate_all(
        """all => all.filter(it => it.offsetParent).map(it => [...it.querySelectorAll('label')].map(label => {
            const box = label.getBoundingClientRect(), style = getComputedStyle(label);
            return [box.width, box.height, box.top, style.fontWeight, style.fontSize, style.color,
                    style.backgroundColor, style.borderColor].join(' ');
        }))"""
    )
    assert pairs
    for yes, no in pairs:
        assert yes == no


def in_this_language(page: Page, language: str, most_words: int) -> None:
    """P2, P13, P14: the words and their number, the direction, and nothing that scrolls sideways."""
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate(VISIBLE_WORDS) <= most_words
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate("document.fonts.ready.then(() => null)")  # measured in the letters that the parent sees


@pytest.fixture(scope="module")
def silent_family(site) -> str:
    """The link of three children about whom nothing is sent: the same page for every language."""
    return an_unanswered_family(site, 3, never=True)[1].split("?")[0]


@pytest.mark.parametrize("language", PARENT_LANGUAGES)
def test_p4_p13_p14_every_language_weighs_the_same(silent_family, open_page, language):
    """The question page, its errors and the check page, at 360 and at 320 px."""
    sizes: list[int] = []
    page = open_page(viewport=PHONE)
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length") or 0)))
    page.goto(f"{silent_family}?taal={language}")
    in_this_language(page, language, 110)
    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * PHONE["height"]
    assert sum(sizes) <= 100_000
    picture, words = page.locator(".question-picture, .question-hint").evaluate_all(
        "all => all.slice(0, 2).map(it => it.getBoundingClientRect().left)"
    )
    assert (picture > words) == (language == "ar")  # mirrored
    equal_boxes(page)
    page.locator(".languages summary").click()
    assert page.locator(".languages li a").count() == len(PARENT_LANGUAGES) - 1
    check_look(page)
    page.locator(".languages summary").click()
    page.set_viewport_size({"width": 320, "height": 640})
    in_this_language(page, language, 110)
    equal_boxes(page)
    page.locator("form#ask button.btn").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    in_this_language(page, language, 200)
    check_look(page)

    finger = Finger(page)
    finger.tap('label:has(input[value="all"])')
    finger.answer("yes", "no", "yes")
    finger.tap("form#ask button.btn")
    expect(page.locator("form#check")).to_be_visible()
    in_this_language(page, language, 70)
    check_look(page)


@pytest.mark.parametrize(("language", "js"), [("nl", True), ("en", False)])
def test_p1_from_the_mail_to_the_receipt_for_three_children(site, open_page, language, js):
    """P1-P5, P11, P13, P17: at most 8 taps and 3 pages, nothing chosen beforehand, also without JavaScript."""
    page = open_page(viewport=PHONE, js=js)
    finger, loads = Finger(page), []
    page.on(
        "response", lambda answer: loads.append(answer.url) if answer.request.is_navigation_request() else 0
    )
    page.goto(mailed_link(site, MOTHER).split("?")[0] + f"?taal={language}")
    finger.taps += 1
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("input:checked").count() == 0
    assert page.evaluate(VISIBLE_WORDS) <= 110
    page.evaluate("document.fonts.ready.then(() => null)")  # measured in the letters that the parent sees
    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * PHONE["height"]
    equal_boxes(page)

    finger.tap('label:has(input[value="all"])')
    finger.answer("yes", "yes", "no")
    finger.tap("form#ask button.btn")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".card")).to_have_count(3)
    page.wait_for_load_state()
    assert page.evaluate(VISIBLE_WORDS) <= 70
    finger.tap("form#check button.btn")

    expect(page).to_have_url(re.compile(r"/ontvangst/\w+/$"))
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator("dd").filter(has_text=re.compile(r"^(Ja|Yes)$"))).to_have_count(6)
    assert finger.taps <= 8
    assert len([url for url in loads if "/ontvangst/" not in url]) <= 3
    code = page.url.split("/")[-2]
    receipt = next(mail for mail in site.mails(MOTHER, "consent/receipt") if code in mail["text"])
    assert "Haddad" not in receipt["text"] + receipt["subject"] + receipt["html"]
    assert f"?taal={language}" in receipt["text"]

    for again in PARENT_LANGUAGES if js else [language]:  # back, with the answers of now in it
        page.goto(mailed_link(site, MOTHER).split("?")[0] + f"?taal={again}")
        in_this_language(page, again, 110)
        assert page.evaluate("document.documentElement.scrollHeight") <= 2 * PHONE["height"], again
        assert page.locator("input:checked").count() == 0  # P3


def test_p6_withdraw_with_a_mailed_code_and_staff_see_it_at_once(site, open_page, as_person):
    """Sign in with the real code, then three taps: fewer than giving; for the teacher it holds at the next look."""
    mother = open_page(viewport=PHONE)
    mother.goto("/ouder/")
    mother.goto("/accounts/login/code/?next=/ouder/")
    before = len(site.mails(MOTHER, "login-code", most=0))
    mother.locator('input[name="email"]').fill(MOTHER)
    mother.locator('main form button[type="submit"]').first.click()
    mother.locator('input[name="code"]').fill(newest_code(site, before))
    mother.locator('button[value="verify"]').click()
    expect(mother).to_have_url(re.compile("/ouder/$"))
    card = mother.locator(".card", has=mother.locator("h2", has_text="Lina"))

    for value, verdict in (("yes", ".verdict-ok"), ("no", ".verdict-no")):
        finger = Finger(mother)
        card.locator('a[href$="/papier/"]').click()
        mother.wait_for_load_state()
        expect(mother.locator("input:checked")).to_have_count(0)
        equal_boxes(mother)
        finger.tap(f'label:has(input[value="{value}"])')
        finger.tap("main form button.btn")
        expect(mother).to_have_url(re.compile("/ontvangst/"))
        assert finger.taps + 1 <= 3
        teacher = as_person("leerkracht")
        teacher.locator(".groups-own a.group").first.click()
        teacher.locator(".place", has=teacher.locator('input[value="papier"]')).click()
        teacher.locator(".pick", has_text="Lina").click()
        expect(teacher.locator(verdict)).to_be_visible()
        mother.goto("/ouder/")
        check_look(mother)


def newest_code(site, before: int) -> str:
    for _ in range(60):
        mails = site.mails(MOTHER, "login-code")
        if len(mails) > before:
            return re.search(r"\b\d{4}-\d{4}\b", mails[0]["text"])[0]
    raise AssertionError("no code came")


def test_p8_per_child_and_p9_edit_keeps_the_answers(site, open_page):
    page = open_page(viewport=PHONE)
    page.goto(an_unanswered_family(site, 3)[1])
    finger = Finger(page)
    finger.tap('label:has(input[value="all"])')
    finger.answer("yes", "yes", "yes")
    finger.tap("form#ask button.btn")
    page.locator('button[name="change"]').nth(1).click()

    expect(page.locator(".ask-all input:checked")).to_have_count(3)
    finger.tap('label:has(input[value="each"])')
    expect(page.locator(".ask-each input:checked")).to_have_count(9)
    check_look(page)
    page.locator(".ask-each fieldset").nth(5).locator('label:has(input[value="no"])').click()
    finger.tap("form#ask button.btn")
    cards = page.locator(".card")
    answers = [words_of(cards.nth(n).locator("dd"), 3)[2] for n in range(3)]
    assert answers.count("Nee") == 1
    check_look(page)
    finger.tap("form#check button.btn")

    expect(page).to_have_url(re.compile("/ontvangst/"))
    check_look(page)


@pytest.mark.parametrize("options", [{}, {"dark": True}, {"viewport": {"width": 320, "height": 640}}])
def test_p10_an_empty_form_says_what_to_choose(silent_family, open_page, options):
    """X1-X3, and the error state, in light, dark and at 320 px."""
    page = open_page(**options)
    page.goto(silent_family)
    check_look(page)
    page.locator("form#ask button.btn").click()

    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page).to_have_title(re.compile("^Fout:"))
    check_look(page)
    links = page.locator("[data-error-summary] a")
    assert links.count() == 4
    links.nth(1).click()
    expect(page.locator(".ask-all input").first).to_be_focused()
    page.keyboard.press("Space")
    page.locator("form#ask button.btn").click()
    expect(page.locator(".ask-all input:checked")).to_have_count(1)
    expect(page.locator("[data-error-summary] a")).to_have_count(3)


@pytest.mark.parametrize(
    "options", [{"dark": True, "viewport": DESK}, {"viewport": {"width": 320, "height": 640}}]
)
def test_x1_every_page_of_the_link(site, open_page, options):
    """The first time, and when there is something to change."""
    page = open_page(**options)
    page.goto(an_unanswered_family(site, 1)[1])
    page.locator("details summary").first.click()
    check_look(page)
    Finger(page).answer("no", "no", "no")
    page.locator("form#ask button.btn").click()
    check_look(page)
    page.locator("form#check button.btn").click()
    expect(page).to_have_url(re.compile("/ontvangst/"))
    check_look(page)
    page.locator('a[href*="/kind/"]').first.click()
    page.locator("main form button.btn").click()
    expect(page).to_have_title(re.compile("^Fout:"))
    check_look(page)
    page.locator("a.back").click()
    page.locator("details summary").first.click()
    expect(page.locator('details a[href*="/kind/"]')).to_have_count(3)
    check_look(page)
    page.goto("/toestemming/bestaatniet/")
    check_look(page)


def test_p16_each_question_is_read_aloud_by_a_voice_of_the_device_itself(silent_family, open_page):
    """Nowhere a button that does nothing; a voice on somebody's server would hear the names of the children."""
    page = open_page(viewport=PHONE)
    voice = {"lang": "nl-NL", "localService": True}
    far = json.dumps([voice | {"localService": False}])
    page.add_init_script(f"({VOICES})(location.search.includes('far') ? {far} : {json.dumps([voice])})")
    page.goto(f"{silent_family}?taal=nl&far")
    assert page.locator(".aloud").count() == 0
    page.goto(f"{silent_family}?taal=tr")
    assert page.locator(".aloud").count() == 0, "a Dutch voice does not read Turkish"
    page.goto(f"{silent_family}?taal=nl")

    assert page.locator(".aloud:visible").count() == page.locator("fieldset:visible").count() == 4
    check_look(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * PHONE["height"]
    page.get_by_role("button", name="Op papier").click()
    assert page.evaluate("said.map(it => it.replace('nl-NL ', ''))")[1:] == [
        "Mag school foto's van uw kinderen gebruiken?", "Op papier", "Schoolgids, folder en nieuwsbrief",
        "Ja", "Nee", "Eerst praten",
    ]  # fmt: skip
    pressed = page.locator('.aloud[aria-pressed="true"]')
    expect(pressed).to_have_count(1)
    pressed.click()
    expect(pressed).to_have_count(0)
    assert page.evaluate("said.at(-1)") == "quiet"


def test_p13_the_language_changes_on_the_check_page_and_nothing_is_lost(silent_family, open_page):
    page = open_page(viewport=PHONE)
    page.goto(silent_family)
    Finger(page).tap('label:has(input[value="all"])')
    Finger(page).answer("no", "yes", "no")
    page.locator("form#ask button.btn").click()
    page.wait_for_load_state()
    dutch = page.locator("dd").all_inner_texts()
    assert dutch

    page.locator(".languages summary").click()
    page.locator('.languages button[lang="en"]').click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("dd")).to_have_text([{"Ja": "Yes", "Nee": "No"}[word] for word in dutch])
    page.locator('button[name="change"]').first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".ask-all input:checked")).to_have_count(3)
    page.locator(".languages summary").click()
    page.locator('.languages button[lang="nl"]').click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.locator(".ask-all input:checked")).to_have_count(3)


def test_a_third_browser_says_yes_with_a_code_and_the_answers_are_kept(site, open_page):
    to, link = an_unanswered_family(site, 2, never=True)
    for number in range(3):
        page = open_page(viewport=PHONE)
        page.goto(link)
        Finger(page).tap('label:has(input[value="all"])')
        Finger(page).answer("yes", "no", "yes")
        page.locator("form#ask button.btn").click()
        page.locator("form#check button.btn").click()
        if number < 2:
            expect(page).to_have_url(re.compile("/ontvangst/"))
    check_look(page)
    page.locator("form#code button.btn").click()
    expect(page.locator('input[name="code"]')).to_be_visible()
    mail = site.mails(to, "login-code")[0]
    page.locator('input[name="code"]').fill(re.search(r"\b\d{4}-\d{4}\b", mail["text"])[0])
    page.locator('button[value="verify"]').click()
    expect(page).to_have_url(re.compile("/controle/$"))
    assert set(words_of(page.locator(".card").first.locator("dd"), 3)) == {"Ja", "Nee"}
    check_look(page)
    page.locator("form#check button.btn").click()

    expect(page).to_have_url(re.compile("/ouder/opmaat/ontvangst/"))
    check_look(page)
