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
    link = next(word for word in invite["text"].split() if "/toestemming/" in word)
    page.goto(link)
    keep(page, "parent-ask")
    page.locator('input[name="scope"][value="all"]').check()
    for number, name in enumerate(page.locator('.ask-all input[type="radio"][value="yes"]').all()):
        name.check() if number != 2 else page.locator('.ask-all input[value="no"]').nth(2).check()
    page.locator("form.ask button").last.click()
    keep(page, "parent-check")
    page.locator('button[name="send"]').click()
    keep(page, "parent-receipt")


def staff_path(page: Page, person: str, name: str) -> None:
    page.goto("/accounts/login/")
    page.locator(f'form[action="/demo/als/{person}/"] button').click()
    keep(page, f"{name}-groups")
    page.locator(".groups-own a").first.click()
    page.locator('input[name="place"]').last.check()
    for box in page.locator('input[name="pupil"]').all()[:5]:
        box.check()
    page.locator(".verdict-head").wait_for()
    keep(page, f"{name}-check", whole=False)


def import_path(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator('form[action="/demo/als/beheerder/"] button').click()
    page.goto("/beheer/import/")
    keep(page, "import")


def keep(page: Page, name: str, *, whole: bool = True) -> None:
    page.wait_for_load_state("networkidle")
    path: Path = FOLDER / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    print(f"  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
