"""The pupil of 16 in a real Chromium: start page, questions, receipt, and one answer changed (C8, UX-L1)."""

import pytest

from .portal import PHONE, check_look

PUPIL = "leerling-16@demo.example.org"


@pytest.mark.browser
def test_a_pupil_of_16_chooses_alone_and_changes_it(site, as_person):
    """At most 7 taps from the start page to the receipt; nothing chosen beforehand; a mail to the own address."""
    page = as_person("leerling-16", viewport=PHONE)
    page.wait_for_url("**/leerling/")
    check_look(page)
    page.locator('a[href="/leerling/vragen/"]').click()
    assert page.locator("input:checked").count() == 0
    check_look(page)
    questions = page.locator("form#ask fieldset")
    for number in range(questions.count()):
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
    assert page.locator("details .log li, ol.log li").count() == questions_and_one(page)


def questions_and_one(page) -> int:
    """One line in the history per question, and one for the change."""
    return page.locator("dl.answers > div").count() + 1
