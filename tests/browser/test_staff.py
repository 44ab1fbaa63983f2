"""The staff's path in a real Chromium, against a whole portal: UX-S1, S2, S3, S8, S9 and X1-X3."""

import time

from playwright.sync_api import Page, expect

from .portal import DESK, PHONE, check_every_look, check_look

SOCIAL = 'input[name="place"][value="sociaal"]'


def to_own_group(page: Page) -> Page:
    page.locator(".groups-own a.group").first.click()
    expect(page.locator("#verdict")).to_be_visible()
    return page


def tap(page: Page, place: str = "sociaal", pupils: int = 1) -> None:
    """Tap a place and the first pupils, each after the page knows of the one before."""
    page.locator(".place", has=page.locator(f'input[value="{place}"]')).click()
    for number in range(pupils):
        page.locator(".pick").nth(number).click()
    expect(page.locator(".verdict-head p")).to_contain_text(f" {pupils}")


def covered_by_verdict(page: Page) -> bool:
    """The element with focus lies (partly) behind the verdict and outside it."""
    return page.evaluate(
        """() => {
            const it = document.activeElement, box = document.querySelector('.verdict');
            if (it === document.body || box.contains(it)) return false;
            const shown = it.closest('label') || it;
            const a = shown.getBoundingClientRect(), b = box.getBoundingClientRect();
            return a.bottom > b.top + 1 && a.top < b.bottom && a.right > b.left && a.left < b.right;
        }"""
    )


def test_s1_verdict_for_5_children_of_the_own_group_in_6_taps_and_10_seconds(as_person):
    page = as_person("leerkracht", viewport=PHONE)
    started, taps = time.monotonic(), 0
    page.locator(".group-place").nth(2).click()
    taps += 1
    for number in range(5):
        page.locator(".pick").nth(number).click()
        taps += 1
    # "5" alone may be the date of an earlier verdict.
    expect(page.locator(".verdict-head p")).to_contain_text("van 5")

    assert taps <= 6
    assert time.monotonic() - started <= 10
    expect(page.locator(".verdict-head strong")).to_be_in_viewport(ratio=1)
    rows = page.locator(".reasons li")
    assert rows.count() >= 1
    for row in rows.all():
        assert row.locator("strong").inner_text()
        assert row.locator("span").inner_text()


def test_s2_sign_and_word_say_it_without_colour(as_person):
    page = to_own_group(as_person("leerkracht"))
    tap(page)

    head = page.locator(".verdict-head")
    expect(head.locator("svg")).to_be_visible()
    assert head.locator("strong").inner_text().strip()
    shape = head.locator("svg").evaluate("it => getComputedStyle(it).clipPath")
    assert shape.startswith("polygon")  # an octagon; a yes is a circle


def test_s3_the_verdict_stays_in_view_and_never_covers_the_focus(as_person):
    page = to_own_group(as_person("leerkracht", viewport=PHONE))
    page.locator('button[name="everyone"]').click()
    tap_place = page.locator(".place", has=page.locator('input[value="sociaal"]'))
    tap_place.click()
    expect(page.locator(".reasons")).to_be_visible()

    heights = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    for top in range(0, heights[0] - heights[1], 120):
        page.evaluate("top => scrollTo(0, top)", top)
        if page.locator(".foot").evaluate("it => it.getBoundingClientRect().top > innerHeight"):
            expect(page.locator(".verdict-head strong")).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, 0)")
    page.locator(".skip").focus()
    seen = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        assert not covered_by_verdict(page), page.evaluate("document.activeElement.outerHTML")
        name = page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
        if name in seen:
            break
        seen.add(name)
    assert len(seen) > 10


def test_s9_keyboard_only_and_enter_never_takes_the_whole_group(as_person):
    page = as_person("leerkracht", viewport=DESK)
    page.locator(".groups-own a.group").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/team/groep/**")
    page.locator('input[name="place"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".verdict-head p")).to_contain_text(" 1")
    outline = page.evaluate(
        "getComputedStyle(document.activeElement.closest('label')).outlineWidth + ' ' "
        "+ getComputedStyle(document.activeElement).outlineWidth"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**pupil=**")

    assert any(float(width.removesuffix("px")) >= 3 for width in outline.split()), outline
    assert page.locator(".pick input:checked").count() == 1
    assert "everyone" not in page.url


def test_without_javascript_the_button_gives_the_verdict_and_it_can_be_kept(as_person):
    page = to_own_group(as_person("leerkracht", js=False))
    page.locator(".place").nth(2).click()
    page.locator(".pick").nth(0).click()
    page.locator(".pick").nth(1).click()
    page.locator('#verdict button[form="check"]').click()
    expect(page.locator(".verdict-head p")).to_contain_text(" 2")
    page.locator('#verdict form[method="post"] button').click()

    page.wait_for_url("**/team/controle/**")
    assert page.locator(".kept li").count() == 2


def test_somebody_of_another_group_joins_with_what_was_tapped_kept(as_person):
    page = to_own_group(as_person("leerkracht", viewport=PHONE))
    own = page.locator("h1").inner_text()
    tap(page, pupils=2)
    page.locator('button[name="van"]').click()
    page.locator(".groups").last.locator("a.group").first.click()
    expect(page.locator('.picks [name="pupil"]:checked')).to_have_count(2)
    assert page.locator("h1").inner_text() != own
    page.locator(".picks").first.locator(".pick").first.click()

    expect(page.locator(".verdict-head p")).to_contain_text(" 3")


def answer_as(page: Page, value: str) -> None:
    """The parent changes the choice for paper, on the real page, in two taps."""
    page.goto("/ouder/")
    page.locator('a[href$="/papier/"]').first.click()
    page.locator(f'label:has(input[value="{value}"])').click()
    page.locator("main form button").click()
    page.wait_for_load_state()
    assert "/papier/" not in page.url, "the parent's choice was not taken"


def test_a_withdrawal_by_the_parent_shows_at_the_next_tap_and_on_the_way_back(as_person):
    parent = as_person("ouder-b")  # said no to everything: at the end of this test that is so again
    child = parent.locator("main h2").first.inner_text().split()[0]
    answer_as(parent, "yes")
    staff = to_own_group(as_person("leerkracht"))
    pick = staff.locator(".pick", has_text=child)
    staff.locator(".place", has=staff.locator('input[value="papier"]')).click()
    pick.click()
    expect(staff.locator(".verdict-ok")).to_be_visible()
    code = pick.locator("input").get_attribute("value")
    staff.goto(f"{staff.url.split('?')[0]}?place=papier&pupil={code}")
    expect(staff.locator(".verdict-ok")).to_be_visible()
    staff.goto("/privacy/")

    answer_as(parent, "no")
    withdrawn = time.monotonic()
    staff.go_back()

    expect(staff.locator(".verdict-no")).to_be_visible()
    expect(staff.locator(".verdict-ok")).to_have_count(0)
    assert time.monotonic() - withdrawn < 5
    pick.click()
    expect(staff.locator(".verdict-idle")).to_be_visible()
    pick.click()
    expect(staff.locator(".verdict-no")).to_be_visible()


def test_s8_without_connection_no_verdict_is_shown_and_nothing_is_stored(as_person):
    page = to_own_group(as_person("leerkracht"))
    tap(page)
    page.context.set_offline(True)
    page.locator(".pick").nth(1).click()

    expect(page.locator(".verdict-lost")).to_be_visible()
    expect(page.locator("#verdict")).to_be_hidden()
    assert page.evaluate("caches.keys()") == []
    kept = page.evaluate("({...localStorage, ...sessionStorage})")
    assert set(kept) <= {"htmx-current-path-for-history"}  # the address of the page, as in the address bar
    assert (
        page.evaluate("document.querySelector('meta[name=htmx-config]').content").count(
            '"historyCacheSize":0'
        )
        == 1
    )
    page.context.set_offline(False)
    page.locator(".pick").nth(1).click()
    expect(page.locator(".verdict-head")).to_be_visible()


def test_who_is_signed_out_meanwhile_gets_the_sign_in_page_and_no_verdict(as_person):
    page = to_own_group(as_person("leerkracht"))
    tap(page)
    page.context.clear_cookies()
    page.locator(".pick").nth(1).click()

    page.wait_for_url("**/accounts/**")


def test_x1_x2_every_page_of_the_path_is_accessible(as_person):
    page = as_person("leerkracht", viewport=PHONE)
    check_every_look(page)
    page.goto("/team/?q=z")
    check_every_look(page)
    page.goto("/team/")
    to_own_group(page)
    check_every_look(page)
    tap(page, pupils=3)
    check_every_look(page)
    page.locator('#verdict form[method="post"] button').click()
    page.wait_for_url("**/team/controle/**")
    check_every_look(page)
    page.goto("/team/controle/")
    check_every_look(page)


def test_a_role_without_a_check_has_a_plain_start_page(as_person):
    page = as_person("mr-lid")

    check_look(page)
    expect(page.locator(".waiting")).to_have_count(1)
    expect(page.locator(".group")).to_have_count(0)
