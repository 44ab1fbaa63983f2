"""`make screenshots`: the pictures in the README, taken of the real pages of a small demo."""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.portal import CHROMIUM, DESK, PHONE, QUIET, ROOT, Site, running_portal

FOLDER = ROOT / "docs" / "img"
SCHOOL = "/opmaat/de-windroos/"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_portal() as site, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)

        def opened(viewport: dict[str, int], *, dark: bool = False) -> Page:
            context = chromium.new_context(
                base_url=site.url,
                viewport=viewport,
                color_scheme="dark" if dark else "light",
                locale="nl-NL",
                device_scale_factor=2 if viewport == PHONE else 1,
            )
            return context.new_page()

        parent_path(site, opened(PHONE))
        staff_path(opened(PHONE), "leerkracht", "staff-phone")
        staff_path(opened(DESK, dark=True), "leerkracht", "staff-desk-dark")
        import_path(opened(DESK))
        admin_path(opened(DESK))
        school_path(opened(PHONE))
        report_path(opened(PHONE))
        director_path(opened(DESK))
        chromium.close()


def parent_path(site: Site, page: Page) -> None:
    invite = site.mails("ouder-drie@demo.example.org", "invite")[0]
    page.goto(next(word for word in invite["text"].split() if "/toestemming/" in word))
    keep(page, "parent-ask")
    page.locator('label:has(input[name="scope"][value="all"])').click()
    for answer, question in zip(("yes", "yes", "no"), page.locator(".ask-all fieldset").all(), strict=True):
        question.locator(f'label:has(input[value="{answer}"])').click()
    page.locator("main form .btn").last.click()
    keep(page, "parent-check")
    page.locator("main form .btn").last.click()
    keep(page, "parent-receipt")


def staff_path(page: Page, person: str, name: str) -> None:
    sign_in(page, person)
    page.locator(".groups-own a").first.click()
    page.locator('label:has(input[name="place"])').last.click()
    for pupil in page.locator('label:has(input[name="pupil"])').all()[:5]:
        pupil.click()
    page.locator(".verdict-head").wait_for()
    page.evaluate("scrollTo(0, 0)")
    keep(page, f"{name}-check", whole=False)


def import_path(page: Page) -> None:
    sign_in(page, "beheerder")
    page.goto("/beheer/import/")
    files = page.locator("input[type=file]")
    files.first.set_input_files(ROOT / "samples" / "de-klimroos.xml")
    files.last.set_input_files(ROOT / "samples" / "de-klimroos-ouders.csv")
    page.locator("main form .btn").first.click()
    keep(page, "import")


def admin_path(page: Page) -> None:
    """The concept that waits for the council."""
    sign_in(page, "beheerder")
    page.goto("/beheer/protocol/")
    page.locator("main a", has_text="2.0").first.click()
    keep(page, "admin-version")


def school_path(page: Page) -> None:
    page.goto(SCHOOL)
    keep(page, "school-page", whole=False)


def report_path(page: Page) -> None:
    """Anybody, without an account: the four questions and the eight words."""
    page.goto(f"{SCHOOL}melden/")
    keep(page, "report-before", whole=False)
    page.goto(f"{SCHOOL}melden/vragen/")
    page.locator('[name="what"]').fill(
        "Er gaat een filmpje rond van een jongen die valt. Er wordt om gelachen."
    )
    answers = {
        "category": "photo",
        "about": "pupil",
        "reporter_kind": "pupil",
        "known": "no",
        "wish": "anybody",
    }
    for name, value in answers.items():
        page.locator(f'label:has(input[name="{name}"][value="{value}"])').click()
    page.locator('main form[method="post"] button[type="submit"]').last.click()
    keep(page, "report-words", whole=False)


def director_path(page: Page) -> None:
    sign_in(page, "directeur")
    page.goto("/directie/")
    page.locator('form[action$="/opening/"] button').first.click()
    keep(page, "director-case", whole=False)


def sign_in(page: Page, person: str) -> None:
    page.goto("/accounts/login/")
    page.locator(f'form[action="/demo/als/{person}/"] button').click()


def keep(page: Page, name: str, *, whole: bool = True) -> None:
    page.wait_for_load_state("networkidle")
    path: Path = FOLDER / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    print(f"  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
