"""An administrator looks at a round while a parent answers: the figure moves by itself (R7, UX-A8, X1)."""

import json
import re

from playwright.sync_api import expect

from .portal import DESK, check_every_look

# One parent of the running round who is silent, and their answer as the personal link gives it.
ROUND = """
import json
from consent.querysets import rounds_running
from ledger.acting import acting, system
from schools.models import Foundation
foundation = Foundation.objects.get(slug="opmaat")
with acting(system("test"), [foundation.id]) as act:
    print("FOUND", json.dumps(rounds_running(act.today).first().code))
"""
ANSWER = """
from consent.choices import Channel, Value
from consent.domain.decide import Choice, decide
from consent.domain.families import families_of
from consent.domain.reminding import silent_links
from consent.models import Round
from ledger.acting import Actor, acting, system
from ledger.choices import ActorKind
from schools.models import Foundation
foundation = Foundation.objects.get(slug="opmaat")
with acting(system("test"), [foundation.id]) as act:
    round_ = Round.objects.get(code="{code}")
    link = silent_links(round_).select_related("guardian").order_by("id").last()
    child = next(iter(families_of([link.guardian_id], act.today)[link.guardian_id].children))
    purpose = round_.asked.order_by("id").first().purpose_id
with acting(Actor(ActorKind.GUARDIAN, link.guardian_id, "link"), [foundation.id]):
    decide(guardian=link.guardian, choices=[Choice(child, purpose, Value.NO)], channel=Channel.LINK, language="nl",
           link=link)
"""


def test_the_figure_moves_without_a_reload_and_what_is_open_stays_open(site, open_page):
    code = json.loads(re.search(r"FOUND (.*)", site.manage("shell", "-c", ROUND))[1])
    page = open_page(viewport=DESK)
    page.goto("/accounts/login/")
    page.locator("form[action='/demo/als/beheerder/'] button").click()
    page.goto(f"/beheer/ronde/{code}/")
    check_every_look(page)
    page.evaluate("window.wasHere = true")
    page.locator("details summary").first.click()
    table = page.locator("#dagen")
    expect(table).to_be_visible()
    before = int(re.search(r"\d+", page.locator("#geheel .of-all span").inner_text())[0])

    site.manage("shell", "-c", ANSWER.format(code=code))

    expect(page.locator("#geheel .of-all span")).to_have_text(re.compile(rf"^\s*{before + 1}\b"))
    expect(table).to_be_visible()
    expect(table.locator("tr").last).to_contain_text(str(before + 1))
    assert page.evaluate("window.wasHere"), "the same page, not a new one"
