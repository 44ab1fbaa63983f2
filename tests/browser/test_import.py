"""The administrator takes a school in and back again, in a real Chromium: UX-A2, A3, X1–X3."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.schools.files import SAMPLES, sample

from .portal import DESK, PHONE, check_look


def files_of_this_year(tmp_path, *names: str) -> list[str]:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(sample(name))
    return [str(tmp_path / name) for name in names]


def upload(page: Page, edexml: str, guardians: str) -> None:
    page.goto("/beheer/import/")
    page.set_input_files("#id_edexml", edexml)
    page.set_input_files("#id_guardians", guardians)
    page.locator('form[enctype] button[type="submit"]').click()


@pytest.mark.parametrize(("viewport", "js"), [(DESK, True), (PHONE, False)], ids=["desk", "phone-without-js"])
def test_look_take_in_and_undo(as_person, tmp_path, viewport, js):
    page = as_person("beheerder", viewport=viewport, js=js)
    upload(page, *files_of_this_year(tmp_path, "de-klimroos.xml", "de-klimroos-ouders.csv"))
    # axe is a script itself: where the browser runs none, it cannot look.
    look = check_look if js else (lambda page: None)

    expect(page.locator(".counts dd").first).to_have_text("40")
    look(page)
    page.locator('form[action$="/overname/"] button').click()
    expect(page.locator(".panel-done")).to_be_visible()
    look(page)

    page.locator('a[href$="/herstel/"]').click()
    expect(page.locator("dl.answers").first).to_contain_text("40")
    look(page)
    page.locator('form[action$="/herstel/"] button').click()
    expect(page.locator(".panel-done")).to_have_count(0)
    expect(page.locator("h1")).to_contain_text("De Klimroos")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_errors_per_row_and_nothing_to_take_in(as_person, tmp_path, dark):
    page = as_person("beheerder", viewport=PHONE, dark=dark)
    upload(page, *files_of_this_year(tmp_path, "broken/rows.xml", "broken/rows-ouders.csv"))

    expect(page.locator("table tbody tr").first).to_contain_text("geboortedatum")
    expect(page.locator('form[action$="/overname/"] button')).to_have_count(0)
    check_look(page)


def test_a_file_that_is_not_edexml_is_told_in_the_summary(as_person):
    page = as_person("beheerder", viewport=PHONE)
    upload(page, str(SAMPLES / "broken" / "half.xml"), str(SAMPLES / "de-klimroos-ouders.csv"))

    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page).to_have_title(re.compile("^Fout:"))
    check_look(page)
