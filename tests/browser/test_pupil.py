"""The pupil of 16 in a real Chromium: start page, questions, receipt, and one answer changed (C8, UX-L1)."""

import pytest
from playwright.sync_api import expect

from .portal import PHONE, check_look

PUPIL = "leerling-16@demo.example.org"


@pytest.mark.browser
def test_a_pupil_of_16_chooses_alone_and_changes_it(site, as_person):
    """Nothing is chosen beforehand, a mail goes to the own address, and the history shows every choice."""
    page = as_person("leerling-16", viewport=PHONE)
    page.wait_for_url("**/leerling/")
    check_look(page)
    history = page.locator(".log li").count()  # what the parents said before: the pupil may see it now
    page.locator('a[href="/leerling/vragen/"]').click()
    check_look(page)
    expect(page.locator("input:checked")).to_have_count(0)
    questions = page.locator("form#ask fieldset")
    asked = questions.count()
    for number in range(asked):
        questions.nth(number).locator('label:has(input[value="yes"])').click()
    page.locator("form#ask > button.btn, form#ask button[type=submit]").last.click()
    page.wait_for_selector('form[action="/leerling/keuze/"]')
    check_look(page)
    page.locator('form[action="/leerling/keuze/"] button[type="submit"]').last.click()
    page.wait_for_url("**/leerling/ontvangst/*/")
    check_look(page)
    assert site.mails(PUPIL, "consent/pupil_receipt")

    page.locator('a[href^="/leerling/kies/"]').first.click()
    check_look(page)
    page.locator('label:has(input[value="no"])').click()
    page.locator('main form button[type="submit"]').click()
    page.wait_for_url("**/leerling/ontvangst/*/")
    page.goto("/leerling/")
    check_look(page)
    assert page.locator('a[href="/leerling/vragen/"]').count() == 0
    assert page.locator(".log li").count() == history + asked + 1
