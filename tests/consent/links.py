"""What a parent does at a personal link, in words."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.choices import LinkKind
from accounts.links import token_for
from consent.domain.rounds import start_round
from consent.models import Answer, PersonalLink
from tests.cast import Cast, today

PURPOSES = ("papier", "besloten", "sociaal")


def start(cast: Cast, **changes: Any) -> None:
    """The yearly round of this foundation runs: everybody who decides has a link."""
    options = {
        "name": "Jaarvraag",
        "year": cast.year,
        "purposes": list(cast.purposes.values()),
        "opens_on": today() - timedelta(days=3),
        "closes_on": today() + timedelta(days=10),
        "remind_before": [10],
    }
    options |= changes
    with cast.acting(now=timezone.now() - (today() - min(options["opens_on"], today()))):
        start_round(**options)


def start_ended(cast: Cast) -> None:
    """A round whose closing date is over; its links still open."""
    start(
        cast,
        opens_on=today() - timedelta(days=9),
        closes_on=today() - timedelta(days=1),
    )


def link_of(cast: Cast, guardian: Any) -> str:
    with cast.acting():
        target = PersonalLink.objects.get(guardian=guardian).target
    return f"/toestemming/{token_for(LinkKind.CONSENT, target)}/"


def hidden(response: HttpResponse) -> dict[str, str]:
    """What the first form of the page carries along unseen."""
    page = response.content.decode()
    form = re.search(r"<form\b[^>]*novalidate>.*?</form>", page, re.DOTALL)[0]
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form):
        value = re.search(r'value="([^"]*)"', tag)
        found[re.search(r'name="([^"]*)"', tag)[1]] = unescape(value[1]) if value else ""
    return found


def fill(response: HttpResponse, *values: str, **more: str) -> dict[str, str]:
    """The form of this page with an answer per purpose, for all children."""
    answers = {f"all-{slug}": value for slug, value in zip(PURPOSES, values, strict=False)}
    return hidden(response) | answers | more


def check(client: Client, url: str, *values: str, **more: str) -> HttpResponse:
    """Open the questions, answer them, and come to the check page."""
    return client.post(url, fill(client.get(url), *values, **more))


def send(client: Client, url: str, *values: str, **more: str) -> HttpResponse:
    """All the way: questions, check page, pass on. Gives the answer to the last tap (303 to the receipt)."""
    page = check(client, url, *values, **more)
    assert page.status_code == 200, page.content.decode()
    return client.post(f"{url}keuze/", hidden(page))


def given(cast: Cast) -> list[tuple[str, str, str]]:
    """Every answer ever given: child, purpose, value; oldest first."""
    with cast.acting():
        rows = Answer.objects.select_related("pupil", "purpose").order_by("id")
        return [(row.pupil.call_name, row.purpose.slug, row.value) for row in rows]


def words(response: HttpResponse) -> str:
    """The text of a page as it is read."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
