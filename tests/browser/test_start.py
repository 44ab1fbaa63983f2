"""Where each role begins, in a real Chromium: X1-X3, without JavaScript too; and the preview of a round (UX-A8, A9)."""

import pytest
from playwright.sync_api import expect

from .portal import DESK, PHONE, check_every_look

STARTS = {
    "beheerder": "/beheer/",
    "bestuur": "/bestuur/",
    "fg": "/fg/",
    "directeur": "/team/",
    "vertrouwenspersoon": "/team/",
    "leerling-16": "/leerling/",
}


@pytest.mark.parametrize("person", STARTS)
def test_x1_x2_signing_in_leads_to_a_start_page_that_everybody_can_use(as_person, person):
    page = as_person(person, viewport=PHONE)

    page.wait_for_url(f"**{STARTS[person]}")
    check_every_look(page)


def test_x3_the_keyboard_reaches_what_waits_before_the_rest_of_the_page(as_person):
    page = as_person("beheerder", viewport=DESK)
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('.waiting') !== null")


def test_search_without_javascript_leads_to_the_check_with_that_pupil_chosen(as_person):
    page = as_person("leerkracht", viewport=PHONE, js=False)
    page.locator("#find").fill("an")
    page.locator('form[action="/team/zoek/"] button').click()
    page.locator(".hits a").first.click()

    expect(page.locator(".pick input:checked")).to_have_count(1)


def test_a8_a9_the_administrator_sees_who_gets_the_mail_before_it_leaves(as_person, site):
    page = as_person("beheerder", viewport=PHONE)
    page.goto("/beheer/ronde/")
    check_every_look(page)
    page.locator("a.door").first.click()
    page.locator('input[name="name"]').fill("")
    page.locator('form[action="/beheer/ronde/nieuw/"] button[type="submit"]').last.click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    check_every_look(page)
    page.locator('input[name="name"]').fill("Proefronde")
    page.locator('form[action="/beheer/ronde/nieuw/"] button[type="submit"]').last.click()

    expect(page.locator(".left-out").first).to_be_visible()
    check_every_look(page)
