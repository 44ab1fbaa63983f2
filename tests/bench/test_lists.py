"""Every list takes as many SQL statements for three items as for one: nothing is asked item by item."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from consent.choices import RoundKind
from tests.bench import lists_cases, lists_family, lists_rooms, lists_team
from tests.bench.listing import Listed
from tests.conftest import CarefulClient
from tests.consent.links import start
from tests.counting import asked_by, statements

LISTS = [*lists_cases.LISTS, *lists_family.LISTS, *lists_rooms.LISTS, *lists_team.LISTS]
# Every other page: none of these shows anything that there can be more of.
WITHOUT_LIST = {
    # Words that are always the same.
    *("portal:accessibility", "portal:healthz", "portal:privacy", "portal:readyz", "portal:security_txt"),
    *("consent:links.reminders", "consent:kiosk.start", "incidents:directors.passed_on"),
    *("incidents:public.explain", "incidents:public.report", "incidents:public.receipt"),
    # One row for each of a fixed set: kinds of people, languages, ways to sign in, ten codes, people of the demo.
    *("portal:start", "consent:admins.languages", "mfa_index", "mfa_view_recovery_codes", "account_login"),
    # A form about one thing, and what became of it.
    *("consent:links.change", "consent:parents.change", "consent:pupils.change", "consent:own.change"),
    *("consent:parents.remark", "consent:parents.received", "consent:pupils.received"),
    *("consent:staff.authority_change", "consent:paper.pile", "consent:admins.purpose_wording"),
    *("consent:admins.purpose_stop", "consent:admins.purpose_apart", "consent:admins.round_stop"),
    *("publications:parents.objection", "publications:pupils.objection", "schools:admins.import_undo"),
    *(f"incidents:directors.{act}" for act in ("note", "correction", "answer", "step", "recusal")),
    *("incidents:directors.decision", "incidents:directors.in_force"),
    *("policies:admins.protocol_new", "policies:admins.next_version", "policies:admins.publish"),
    "policies:admins.chapter_remove",
    *("account_change_password", "account_confirm_login_code", "account_inactive", "account_logout"),
    *("account_reauthenticate", "account_request_login_code", "account_reset_password", "account_signup"),
    *("account_reset_password_done", "account_reset_password_from_key"),
    *("account_reset_password_from_key_done", "mfa_activate_totp", "mfa_authenticate", "mfa_deactivate_totp"),
    *("mfa_generate_recovery_codes", "mfa_reauthenticate"),
    # What only leads on to another page.
    *("consent:links.choice", "consent:parents.choice", "consent:pupils.choice", "consent:kiosk.choice"),
    *("consent:parents.withdraw", "incidents:public.message", "incidents:public.leave"),
    "policies:admins.documents",
    # Files: kept as they were made, or on paper what a page of `LISTS` shows.
    *(
        "consent:paper.pdf",
        "consent:paper.scan",
        "incidents:directors.picture",
        "schools:admins.import_sample",
    ),
    *("policies:public.protocol_pdf", "policies:public.version_pdf", "policies:public.summary_pdf"),
    *("consent:links.receipt_pdf", "consent:parents.receipt_pdf", "consent:pupils.receipt_pdf"),
    "consent:dpo.pdf",
    # The mailbox of the demo is a folder, and no table.
    *("demo:mailbox", "demo:mailbox_json", "demo:mail_as_sent"),
}
# What a row of a page begins with, of a table for a spreadsheet, and of a record; and what stands between words.
ROW = re.compile(rb"<[a-z]|, |\r\n|\{")
# Where rounds that run are counted: their lists, and the start pages.
ROUNDS = [
    ("/beheer/ronde/", "ada"),
    ("/beheer/", "ada"),
    ("/directie/ronde/", "ria"),
    ("/team/", "ria"),
    ("/team/ronde/", "joost"),
]


@pytest.mark.parametrize("listed", LISTS, ids=str)
def test_a_list_takes_as_many_statements_for_three_as_for_one(cast, as_, listed: Listed):
    if listed.ready:
        listed.ready(cast)
    client = as_(getattr(cast, listed.who)) if listed.who else CarefulClient()
    if listed.enter:
        listed.enter(cast, client)
    for place, add in enumerate(listed.adds):
        add(cast, 3 * place)
    client.get(listed.address(cast))  # what a first visit of a session writes down once is not counted
    page, one = asked_by(client, listed.address(cast))
    for place, add in enumerate(listed.adds):
        for number in (1, 2):
            add(cast, 3 * place + number)
        longer, three = asked_by(client, listed.address(cast))
        more = len(ROW.findall(longer.content)) - len(ROW.findall(page.content))
        assert more >= 2, f"after {add.__name__} the page has {more} things more: is that list on it?"
        asked = "\n".join(sorted((shapes(three) - shapes(one)).elements()))
        assert len(three) == len(one), f"{len(one)} statements, after {add.__name__} {len(three)}:\n{asked}"
        page = longer


def test_a_page_has_its_lists_pinned_or_is_known_to_have_none(rf):
    pages = {name for name, view in views(get_resolver()) if answers_get(rf, view)}

    assert pages - {listed.route for listed in LISTS} == WITHOUT_LIST


@pytest.mark.parametrize(("url", "person"), ROUNDS)
def test_what_runs_takes_as_many_statements_for_three_rounds_and_for_ten_as_for_one(cast, as_, url, person):
    """The figures of all rounds that run are counted together, of whatever kind they are."""
    client = as_(getattr(cast, person))
    numbers = {}
    for number in range(1, 11):
        kind = (RoundKind.YEARLY, RoundKind.EVENT, RoundKind.STAFF, RoundKind.OVERVIEW)[(number - 1) % 4]
        start(cast, name=f"Ronde {number}", kind=kind, schools=[cast.beacon])
        if number in {1, 3, 10}:
            client.get(url)  # what a first visit of a session writes down once is not counted
            numbers[number] = statements(client, url)

    assert numbers == dict.fromkeys(numbers, numbers[1])


def shapes(asked: list[str]) -> Counter[str]:
    """Without the values: the same question about another item is the same."""
    return Counter(" ".join(re.sub(r"\d+|'[^']*'", "?", sql).split())[:200] for sql in asked)


def views(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Callable]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", entry.callback


def answers_get(rf: RequestFactory, view: Callable) -> bool:
    """What only takes a POST says so (405) before it looks at anything else; all others miss their arguments."""
    try:
        return view(rf.get("/")).status_code != 405
    except Exception:  # whatever it missed, it went on
        return True
