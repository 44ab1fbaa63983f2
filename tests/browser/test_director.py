"""The director handles a report from the first look to the end, in a real Chromium, with the real worker: UX-D5, D6,
D7, D9, X1–X3."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from .portal import DESK, PHONE, check_every_look, check_look

# Through the domain, as a report on the public page does it; and a pupil whose one parent can be reached by mail.
MAKE = """
import json
from incidents.choices import About, Category
from incidents.domain.report import ReportWords, make_report
from ledger.acting import NOBODY, acting
from schools.models import Foundation, Guardianship, School
foundation = Foundation.objects.get(slug="opmaat")
with acting(NOBODY, [foundation.id]):
    school = School.objects.get(slug="de-windroos")
    words = ReportWords(category=Category.PHOTO, what="Er gaat een filmpje rond.", about=About.PUPIL)
    case = make_report(school=school, words=words).case
    family = Guardianship.objects.filter(
        authority="full", may_be_contacted=True, guardian__email__contains="@", until=None,
        pupil__enrolments__school=school, pupil__enrolments__until=None,
    ).select_related("pupil", "guardian").order_by("id").first()
    print("MADE", json.dumps([case.code, family.pupil.full_name, family.guardian.email]))
"""


@pytest.fixture
def made(site) -> tuple[str, str, str]:
    """Code of a new report, a pupil of that school, and the mailbox of a parent."""
    told = site.manage("shell", "-c", MAKE)
    code, pupil, mailbox = json.loads(re.search(r"MADE (\[.*\])", told)[1])
    return code, pupil, mailbox


def send(page: Page, **fields: str) -> None:
    """Fill in the one form of this page and send it."""
    for name, value in fields.items():
        page.locator(f'form[method="post"] [name="{name}"]').fill(value)
    page.locator('main form[method="post"] button[type="submit"]').last.click()


def pick(page: Page, name: str, value: str) -> None:
    page.locator(f'label:has(input[name="{name}"][value="{value}"])').click()


def follow(page: Page, end: str) -> None:
    page.locator(f'main a[href$="{end}"]').first.click()


def in_view(page: Page, selector: str) -> bool:
    """The whole box is on the screen without scrolling."""
    box = page.locator(selector).bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_from_the_report_to_the_end(site, as_person, made):
    code, pupil, mailbox = made
    file = f"/directie/melding/{code}/"
    page = as_person("directeur", viewport=DESK)
    page.goto("/directie/")
    check_look(page)
    page.locator(f'form[action="{file}opening/"] button').click()
    expect(page).to_have_url(re.compile(f"{file}$"))
    expect(page.locator("main")).to_contain_text("Er gaat een filmpje rond.")
    check_look(page)

    page.locator(".case-note textarea").fill("Filmpje gezien.\nHet is van dinsdag.")
    page.locator(".case-note button").click()
    expect(page.locator(".timeline li").first).to_contain_text("Filmpje gezien.")
    follow(page, "/stap/behandeling/")
    send(page)

    follow(page, "/betrokkene/")
    page.locator('[name="q"]').first.fill(pupil.split()[0])
    page.locator('form[role="search"] button').click()
    page.locator("label.choice", has_text=pupil).first.click()
    pick(page, "part", "accused")
    check_look(page)
    send(page)
    expect(page.locator(".case-people").first).to_contain_text(pupil)

    choose_and_decide(page)
    follow(page, "/ingang/")
    send(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    check_look(page)

    page.goto(file)
    tell_parents(site, page, mailbox, pupil)
    page.goto(file)
    expect(page.locator(".case-people .tag-ok").first).to_be_visible()
    follow(page, "/ingang/")
    send(page)
    expect(page.locator(".title-row .tag")).to_be_visible()

    follow(page, "/antwoord/")
    send(page, text="We hebben met iedereen gepraat.")
    follow(page, "/stap/sluiting/")
    check_look(page)
    send(page, reason="Afgesproken met de ouders.")
    expect(page.locator(".title-row .tag-ok")).to_be_visible()
    check_look(page)
    page.goto("/directie/?toon=gesloten")
    expect(page.locator("main")).to_contain_text(code)


def choose_and_decide(page: Page) -> None:
    follow(page, "/maatregel/")
    pick(page, "rung", "leerlingen-1")
    check_look(page)
    send(page, reason="Hij deelde het filmpje.")
    follow(page, "/besluit/")
    check_look(page)
    send(page)
    expect(page.locator(".case-next")).to_be_visible()


def tell_parents(site, page: Page, mailbox: str, pupil: str) -> None:
    """By mail: not told before the worker has really delivered it; and the mail says nothing."""
    before = {mail["at"] for mail in site.mails(mailbox, most=0)}
    follow(page, "/ouders/")
    check_look(page)
    page.locator('form[action$="/mail/"] button').first.click()
    expect(page.locator(".timeline li").first).to_be_visible()
    for _try in range(60):
        new = [mail for mail in site.mails(mailbox, "talk", most=1) if mail["at"] not in before]
        if new:
            break
    [mail] = new
    assert "filmpje" not in mail["text"] + mail["html"] + mail["subject"]
    assert pupil.split()[-1] not in mail["text"] + mail["html"] + mail["subject"]


def test_next_step_in_view_and_every_page_sound(as_person, made):
    code = made[0]
    file = f"/directie/melding/{code}/"
    page = as_person("directeur", viewport=PHONE)
    page.goto("/directie/")
    check_every_look(page)
    page.goto(file)
    check_every_look(page)
    page.locator(f'form[action="{file}opening/"] button').click()
    for viewport in (DESK, PHONE):
        page.set_viewport_size(viewport)
        assert in_view(page, ".case-next")
    check_every_look(page)
    pages = ("notitie/", "antwoord/", "betrokkene/?q=a", "overdracht/", "terugtrekking/", "stap/wachten/")
    for address in (*(file + rest for rest in pages), "/directie/melding/nieuw/", "/directie/?toon=gesloten"):
        page.goto(address)
        check_every_look(page)
    page.goto(f"{file}antwoord/")
    send(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page).to_have_title(re.compile("^Fout:"))
    check_every_look(page)


def test_a_spoken_report_with_the_keyboard_only_and_without_javascript(as_person):
    page = as_person("directeur", viewport=DESK, js=False)
    page.goto("/directie/melding/nieuw/")
    page.locator('[name="reporter_kind"]').first.focus()
    page.keyboard.press("Space")
    for name in ("category", "about"):
        page.locator(f'select[name="{name}"]').focus()
        page.keyboard.press("ArrowDown")
        assert page.locator(f'select[name="{name}"]').input_value() != ""
    page.locator('[name="what"]').fill("Verteld in de pauze.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/directie/melding/[0-9A-Z]{6}/$"))


def test_another_director_finds_nothing(as_person, made):
    page = as_person("buitenstaander", viewport=PHONE)
    answer = page.goto(f"/directie/melding/{made[0]}/")
    assert answer.status == 404
