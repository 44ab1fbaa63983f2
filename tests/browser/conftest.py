"""Real journeys: fixtures that open pages of a running portal as somebody."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.portal import CHROMIUM, PHONE, QUIET, Site, check_look, running_portal

__all__ = ["check_look"]
# How long a page may take on a machine that is busy with two other runs; how fast it must be is measured elsewhere.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """One small demo for all journeys."""
    with running_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`open_page(js=False, dark=True, viewport=DESK)`: a page of a fresh visitor; fails on errors in the console
    and on every request to another site than `outside`."""
    contexts, troubles = [], []

    def opened(
        *, viewport=PHONE, dark: bool = False, js: bool = True, outside: str = "blob:", **options: object
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport=viewport,
            color_scheme="dark" if dark else "light",
            java_script_enabled=js,
            reduced_motion="reduce",
            locale="nl-NL",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda line: troubles.append(line.text) if "Content Security Policy" in line.text else None,
        )
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((site.url, "blob:", outside)) else troubles.append(request.url)
            ),
        )
        page.on(
            "response",
            lambda answer: troubles.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def as_person(open_page) -> Callable[..., Page]:
    """`as_person("leerkracht")`: signed in with one tap, on the start page of that person."""

    def signed_in(person: str, **options: object) -> Page:
        page = open_page(**options)
        page.goto("/accounts/login/")
        page.locator(f'form[action="/demo/als/{person}/"] button').click()
        return page

    return signed_in
