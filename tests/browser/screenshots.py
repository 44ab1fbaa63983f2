"""`make screenshots`: the pictures in the README, taken of the real pages of a small demo."""

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.portal import CHROMIUM, DESK, PHONE, QUIET, ROOT, Site, running_portal

FOLDER = ROOT / "docs" / "img"


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
    keep(page, f"{name}-groups")
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
