"""Every list takes as many SQL statements for three items as for one: nothing is asked item by item."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.choices import Layer, RoundKind
from consent.domain.purposes import add_purpose
from schools.choices import Authority, ImportState
from schools.models import Guardianship, ImportBatch
from tests.cast import group, pupil, school, today, years_ago
from tests.consent.links import link_of, start
from tests.counting import statements
from tests.incidents.acts import reported


def a_child(cast, number: int) -> None:
    with cast.acting():
        child = pupil(cast.group_8a, f"Kind{number}", "Groot", years_ago(9))
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=cast.karol,
            pupil=child,
            authority=Authority.FULL,
            since=years_ago(2),
            source="import",
        )


def a_question(cast, number: int) -> None:
    with cast.acting():
        add_purpose(
            slug=f"extra-{number}",
            layer=Layer.PAPER,
            short_label=f"Extra {number}",
            all_must_agree=False,
            places=[f"Plaats {number}"],
            words={"nl": (f"Extra {number}", "Uitleg")},
            in_force_on=today() - timedelta(days=30),
        )


def a_round_that_is_over(cast, number: int) -> None:
    days = today() - timedelta(days=60), today() - timedelta(days=50)
    start(cast, name=f"Ronde {number}", schools=[cast.beacon], opens_on=days[0], closes_on=days[1])


def a_report(cast, number: int) -> None:
    reported(cast)


def an_import(cast, number: int) -> None:
    with cast.acting():
        ImportBatch.objects.create(
            foundation=cast.home,
            school=cast.beacon,
            state=ImportState.WAITING,
            made_at=timezone.now(),
            changed_at=timezone.now(),
        )


def a_group(cast, number: int) -> None:
    with cast.acting():
        group(cast.beacon, cast.year, f"6{number}")


def a_school(cast, number: int) -> None:
    with cast.acting():
        school(cast.home, f"school-{number}", f"School {number}", f"98A{number}")


LISTS = {
    "/ouder/": ("karol", a_child),
    "/ouder/thuis/vragen/": ("karol", a_child),
    "/team/": ("joost", a_group),
    "/team/?q=kind": ("joost", a_child),
    "/team/papier/": ("olga", a_group),
    "/team/gezag/?q=kind": ("olga", a_child),
    "/team/zoek/?q=kind": ("olga", a_child),
    "/directie/": ("ria", a_report),
    "/beheer/ronde/": ("ada", a_round_that_is_over),
    "/beheer/ronde/nieuw/": ("ada", a_school),
    "/beheer/vragen/": ("ada", a_question),
    "/beheer/import/": ("ada", an_import),
    "/fg/bewijs/?q=kind": ("lotte", a_child),
    "/thuis/": ("lotte", a_school),
}
# Where rounds that run are counted: their lists, and the start pages.
ROUNDS = [
    ("/beheer/ronde/", "ada"),
    ("/beheer/", "ada"),
    ("/directie/ronde/", "ria"),
    ("/team/", "ria"),
    ("/team/ronde/", "joost"),
]


@pytest.mark.parametrize("url", LISTS)
def test_a_list_takes_as_many_statements_for_three_as_for_one(cast, as_, url):
    person, add = LISTS[url]
    add(cast, 0)
    client = as_(getattr(cast, person))
    client.get(url)  # what a first visit of a session writes down once is not counted
    one = statements(client, url)
    for number in (1, 2):
        add(cast, number)

    assert statements(client, url) == one


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


def test_the_questions_of_a_link_take_as_many_statements_for_three_children_and_questions_as_for_one(
    cast, client
):
    start(cast)
    url = link_of(cast, cast.karol)
    one = statements(client, url)
    for number in range(2):
        a_child(cast, number)
        a_question(cast, number)

    assert statements(client, url) == one
