"""The family's own pages in a real Chromium: one child, no to everything, a remark, an objection (C9, C12, E4)."""

import re

import pytest
from playwright.sync_api import Page, expect

from .portal import DESK, PHONE, check_look
from .test_parent import Finger, an_unanswered_family

pytestmark = pytest.mark.browser


def a_family(site, children: int) -> tuple[str, str]:
    """One that nobody else has, with a mailbox of one parent: who shares it would be asked who they are first."""
    while True:
        address, link = an_unanswered_family(site, children)
        if len(site.mails(address, "consent/invite")) == 1:
            return address, link


def sign_in(page: Page, site, address: str) -> None:
    """With the code that is really mailed."""
    page.goto("/accounts/login/code/?next=/ouder/")
    page.locator('input[name="email"]').fill(address)
    page.locator('main form button[type="submit"]').first.click()
    expect(page.locator('input[name="code"]')).to_be_visible()
    mail = site.mails(address, "login-code")[0]
    page.locator('input[name="code"]').fill(re.search(r"\b\d{4}-\d{4}\b", mail["text"])[0])
    page.locator('button[value="verify"]').click()
    expect(page).to_have_url(re.compile("/ouder/$"))


@pytest.mark.parametrize(
    "options",
    [{"viewport": PHONE, "js": True}, {"viewport": DESK, "dark": True}, {"viewport": PHONE, "js": False}],
)
def test_a_family_looks_after_one_child(site, open_page, options):
    """P5, P6, P11, P17: giving is five taps and two pages, taking everything back is two; then it tells the school."""
    with_js = options.get("js", True)
    address, link = a_family(site, 2)
    page = open_page(**options)
    page.goto(link)
    giving = Finger(page)
    giving.tap('label:has(input[value="all"])')
    giving.answer("yes", "yes", "no")
    giving.tap("form#ask button.btn")
    giving.tap("form#check button.btn")
    sign_in(page, site, address)
    seen(page, with_js)

    taking_back = Finger(page)
    taking_back.tap(".card a.tap-line")
    page.wait_for_load_state()
    for summary in page.locator("summary").all():
        summary.click()
    seen(page, with_js)
    expect(page.locator(".answers dd").filter(has_text=re.compile("^Ja$"))).to_have_count(2)
    taking_back.tap('form[action*="/intrekking/"] button')
    expect(page).to_have_url(re.compile("/ontvangst/"))
    expect(page.locator("dd").filter(has_text=re.compile("^Nee$"))).to_have_count(3)
    assert taking_back.taps < giving.taps

    page.goto("/ouder/")
    page.locator(".card a.tap-line").first.click()
    expect(page.locator('form[action*="/intrekking/"]')).to_have_count(0)
    child = page.url
    page.locator('a[href*="/bezwaar/"]').click()
    seen(page, with_js)
    page.locator("main form button.btn").click()
    expect(page).to_have_title(re.compile("^Fout:"))
    seen(page, with_js)
    page.locator('[name="where"]').fill("Website van school")
    page.locator('[name="what"]').fill("Groepsfoto van de sportdag")
    page.locator("main form button.btn").click()
    expect(page).to_have_url(re.compile("/bericht/"))
    seen(page, with_js)
    page.locator("a.back").click()
    expect(page).to_have_url(child)
    expect(page.locator(".panel", has_text="Groepsfoto van de sportdag")).to_be_visible()

    page.locator('a[href*="/opmerking/"]').click()
    page.locator('label:has(input[value="authority"])').click()
    page.locator('[name="text"]').fill("De andere ouder beslist niet mee.")
    seen(page, with_js)
    page.locator("main form button.btn").click()
    expect(page).to_have_url(re.compile("/bericht/"))
    mails = [mail for mail in site.mails(address, "consent/remark") if "sportdag" not in mail["text"]]
    assert mails
    page.goto(child)
    seen(page, with_js)


def test_the_child_page_by_keyboard_alone(site, open_page):
    """X3: from the top to "something is wrong" with Tab and Enter, the focus in view, and a choice with the arrows."""
    address, _link = a_family(site, 1)
    page = open_page(viewport=PHONE)
    sign_in(page, site, address)
    reach(page, "a.tap-line")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/kind/\w+/$"))
    page.wait_for_load_state()
    reach(page, "summary")
    page.keyboard.press("Enter")
    expect(page.locator("details[open]")).to_have_count(1)
    reach(page, 'a[href*="/opmerking/"]')
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/opmerking/"))
    page.wait_for_load_state()
    reach(page, 'input[name="about"]')
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("De naam klopt niet")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/bericht/"))
    expect(page.locator(".panel", has_text="De naam klopt niet")).to_be_visible()


def reach(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never came to {selector}")


def seen(page: Page, with_js: bool) -> None:
    """axe needs JavaScript; without it at least nothing scrolls sideways."""
    if with_js:
        check_look(page)
    else:
        assert page.locator("main").bounding_box()["width"] <= page.viewport_size["width"]
