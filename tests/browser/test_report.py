"""Reporting without an account, on a phone: the whole path, the way out, and coming back (UX-D1 to D3, L3, X1-X3)."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.portal import DESK, PHONE, check_every_look, check_look, words_of

MELDEN = "/opmaat/de-windroos/melden/"
NEUTRAL = "https://www.buienradar.nl/"


def a_neutral_site(page: Page) -> list[str]:
    """No test leaves this machine: the other site answers from here, and what it is told about us is kept."""
    told: list[str] = []

    def answer(route):
        told.append(route.request.headers.get("referer", ""))
        route.fulfill(status=200, content_type="text/html", body="<title>Weer</title><p>Zon</p>")

    page.context.route(f"{NEUTRAL}**", answer)
    return told


def fill_in(page: Page, what: str = "Ze lachen me uit in de groepsapp.") -> None:
    page.locator('[name="what"]').fill(what)
    for name, value in (
        ("category", "bullying"),
        ("about", "pupil"),
        ("reporter_kind", "pupil"),
        ("known", "no"),
    ):
        page.locator(f'label:has([name="{name}"][value="{value}"])').click()


def send(page: Page) -> list[str]:
    """The report, from the form to its words."""
    page.goto(f"{MELDEN}vragen/")
    fill_in(page)
    page.locator("form.report button.btn").click()
    expect(page).to_have_url(re.compile("/melden/klaar/$"))
    return words_of(page.locator(".phrase li"), 8)


def screenshot() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (400, 800), "navy").save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize("js", [True, False])
def test_the_whole_path_and_back(site, open_page, js):
    page = open_page(viewport=PHONE, js=js)
    page.goto(MELDEN)
    _look(page, js=js)
    page.locator('main a.btn[href$="/vragen/"]').click()
    expect(page.locator("section h2")).to_have_count(4)
    expect(page.locator("input:checked")).to_have_count(0)
    page.locator("form.report button.btn").click()
    expect(page.locator("[data-error-summary] a")).to_have_count(5)
    _look(page, js=js)
    fill_in(page)
    page.set_input_files(
        '[name="pictures"]', {"name": "s.png", "mimeType": "image/png", "buffer": screenshot()}
    )
    page.locator("form.report button.btn").click()
    words = words_of(page.locator(".phrase li"), 8)
    _look(page, js=js)
    page.locator("main form button.btn").click()
    expect(page).to_have_url(re.compile("/melding/$"))
    _look(page, js=js)
    page.locator('[name="phrase"]').fill(", ".join(words).upper())
    page.locator("main form button.btn").click()
    page.locator('[name="text"]').fill("Het is vandaag weer gebeurd.")
    page.locator('form[action="/melding/bericht/"] button').click()
    expect(page.locator(".said")).to_contain_text("Het is vandaag weer gebeurd.")
    _look(page, js=js)
    page.locator('form[action="/melding/sluiting/"] button').click()
    expect(page.locator('[name="phrase"]')).to_be_visible()


def _look(page: Page, *, js: bool) -> None:
    """As every page must look, and the way out in view wherever one has scrolled to. axe itself needs JavaScript."""
    if not js:
        return
    check_every_look(page)
    for viewport in (DESK, PHONE):
        page.set_viewport_size(viewport)
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        expect(page.locator("a.exit-btn")).to_be_in_viewport()
        page.evaluate("window.scrollTo(0, 0)")


def test_wrong_words_are_told_and_kept(site, open_page):
    page = open_page(viewport=PHONE)
    page.goto("/melding/")
    page.locator('[name="phrase"]').fill("boot appel huis")
    page.locator("main form button.btn").click()

    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator('[name="phrase"]')).to_have_value("boot appel huis")
    check_look(page)


@pytest.mark.parametrize("where", ["explain", "questions", "receipt", "phrase", "report"])
def test_the_exit_button_covers_forgets_and_leaves_nothing_behind(site, open_page, where):
    page = open_page(viewport=PHONE, outside=NEUTRAL)
    told = a_neutral_site(page)
    _go(page, where)
    here = page.url
    page.locator("a.exit-btn").click()

    expect(page).to_have_url(NEUTRAL)
    assert told == [""]
    page.go_back()
    expect(page.locator(".phrase, .said")).to_have_count(0)
    page.goto(here)
    expect(page.locator(".phrase, .said")).to_have_count(0)


def test_three_times_shift_is_announced_and_leaves(site, open_page):
    page = open_page(viewport=DESK, outside=NEUTRAL)
    a_neutral_site(page)
    _go(page, "questions")
    says = page.locator("[data-exit-status]")

    page.locator('[name="what"]').focus()
    page.keyboard.type("Dit is AL een keer GEBEURD")  # capitals are no way out
    for _ in range(4):
        page.keyboard.press("Shift+A")
    expect(page).to_have_url(re.compile("/vragen/$"))
    page.keyboard.press("Shift")
    expect(says).to_contain_text("2")
    page.keyboard.press("Shift")
    expect(says).to_contain_text("1")
    page.keyboard.press("Shift")

    expect(page).to_have_url(NEUTRAL)


def test_the_exit_comes_first_by_keyboard_and_works_without_javascript(site, open_page):
    page = open_page(viewport=DESK, js=False, outside=NEUTRAL)
    told = a_neutral_site(page)
    words = _go(page, "receipt")
    assert words
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    expect(first).to_have_attribute("href", "/melding/weg/")
    assert first.bounding_box()["height"] >= 24
    page.keyboard.press("Enter")

    expect(page).to_have_url(NEUTRAL)
    assert told == [""]
    page.goto(f"{MELDEN}klaar/")
    assert page.locator(".phrase").count() == 0


def _go(page: Page, where: str) -> list[str]:
    """To one of the pages about a report; gives the words when they were shown on the way."""
    if where in {"explain", "questions"}:
        page.goto(MELDEN if where == "explain" else f"{MELDEN}vragen/")
        return []
    if where == "phrase":
        page.goto("/melding/")
        return []
    words = send(page)
    if where == "report":
        page.goto("/melding/")
        page.locator('[name="phrase"]').fill(" ".join(words))
        page.locator("main form button.btn").click()
        expect(page.locator(".said")).to_be_visible()
    return words


def test_a_report_takes_little_to_load(site, open_page):
    """The budget of a public page: 12 kB of HTML, and no request to anybody else (the fixture watches)."""
    page = open_page(viewport=PHONE)
    sizes = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}) if answer.ok else None)
    page.goto(f"{MELDEN}vragen/")
    page.wait_for_load_state("networkidle")

    assert sum(sizes.values()) <= 100_000, sizes
