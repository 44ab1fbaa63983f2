"""The harness: the real database as the app role, a cast that everybody knows, and bug classes made impossible."""

import copy
import os
import random
import re
from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.models.query import QuerySet
from django.http import HttpResponse
from django.template import engines
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from consent.querysets import drifted
from ledger.acting import acting, system
from notices import doorbell
from schools.models import Foundation
from tests import ground
from tests.cast import Cast, make_cast

# How fast a busy machine draws examples says nothing about what is tested.
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

ALIASES = ["default", "counters"]
TEST_DATABASE_USERS = ("db", "transactional_db", "cast", "client", "as_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that use the database may use both aliases of the app: never the owner's.

    Those with the shared cast come after those that expect empty tables, and before those that commit; those in a
    browser last of all, because from then on an event loop runs in which Django refuses its database.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        wants = marker or any(name in TEST_DATABASE_USERS for name in getattr(item, "fixturenames", ()))
        if wants:
            options = {**(marker.kwargs if marker else {}), "databases": ALIASES}
            item.add_marker(pytest.mark.django_db(**options), append=False)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[bool, bool, bool]:
    names = getattr(item, "fixturenames", ())
    return "browser" in names, _commits(item), "cast" in names


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(
        item, "fixturenames", ()
    )


@pytest.fixture(scope="session")
def stack():
    """The devstack around this run: addresses, and processes to start and kill by name."""
    return ground.stack


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """Migrate as the owner; the tests themselves connect as the app role, like the portal."""
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", verbosity=0)
        connections["owner"].close()


def _empty_all_tables(self: TransactionTestCase) -> None:
    """The app role may not TRUNCATE (that is the wall), so the owner empties the tables after such a test."""
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        names = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('django_migrations', 'django_content_type') AND tablename !~ '^ledger_reading_'"
        ).fetchall()
        owner.execute(f"TRUNCATE {', '.join(name for (name,) in names)} RESTART IDENTITY CASCADE")


@pytest.fixture(autouse=True, scope="session")
def _flush_as_owner() -> Iterator[None]:
    before = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _empty_all_tables
    yield
    TransactionTestCase._fixture_teardown = before


@pytest.fixture(autouse=True, scope="session")
def _shuffle_what_has_no_order() -> Iterator[None]:
    """A list without an order comes in any order: nobody may rely on the one that PostgreSQL happened to give."""
    original = QuerySet._fetch_all

    def fetch_all(self: QuerySet) -> None:
        fresh = self._result_cache is None
        original(self)
        if fresh and not self.ordered and isinstance(self._result_cache, list) and not self.query.is_sliced:
            random.shuffle(self._result_cache)

    QuerySet._fetch_all = fetch_all
    yield
    QuerySet._fetch_all = original


@pytest.fixture(autouse=True)
def _broker_was_never_away(monkeypatch) -> None:
    """After a failure the doorbell is silent for seconds: those of one test are not those of the next."""
    monkeypatch.setattr(doorbell, "_silent_until", 0.0)


class UnknownVariable(str):
    """A template that names a variable which is not there fails its test."""

    def __contains__(self, item: object) -> bool:
        return item == "%s" or super().__contains__(str(item))

    def __mod__(self, variable: object) -> str:
        raise AssertionError(f"unknown template variable: {variable}")


@pytest.fixture(autouse=True)
def _unknown_variables_fail(monkeypatch) -> None:
    """On the engine itself: other settings for each test would make it read every template anew each time."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", UnknownVariable("%s"))


@pytest.fixture(autouse=True)
def _state_equals_fold(request) -> Iterator[None]:
    """After every test with a database: the fast state equals the fold of the answers (C11)."""
    uses_database = "db" in request.fixturenames or request.node.get_closest_marker("django_db")
    if uses_database:
        request.getfixturevalue("_django_db_helper")
    yield
    if uses_database:
        foundations = list(Foundation.objects.values_list("id", flat=True))
        with acting(system("test"), foundations):
            assert drifted() == []


class CarefulClient(Client):
    """Keeps Django's CSRF check on, and refuses a page with a form that forgot its token."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)

    def request(self, **request: object) -> HttpResponse:
        response = super().request(**request)
        if "text/html" in response.headers.get("Content-Type", ""):
            for form in re.findall(
                r"<form\b[^>]*method=.post.*?</form>", response.content.decode(), re.DOTALL | re.IGNORECASE
            ):
                assert "csrfmiddlewaretoken" in form, f"a form without token: {form[:120]}"
        return response


@pytest.fixture
def client() -> CarefulClient:
    return CarefulClient()


@pytest.fixture(scope="session")
def shared_cast(django_db_setup, django_db_blocker) -> Cast:
    """The cast is made and committed once: making it anew for each test would be a third of the whole suite."""
    with django_db_blocker.unblock():
        cast = make_cast()
        for alias in ALIASES:
            connections[alias].close()
    return cast


@pytest.fixture
def cast(shared_cast, db, request) -> Cast:
    """The people of `tests.cast`, as they were; what a test does to them is rolled back."""
    if _commits(request.node):  # such a test begins and ends with empty tables
        return make_cast()
    return copy.deepcopy(shared_cast)


@pytest.fixture(autouse=True)
def _tables_are_empty_for_who_commits(request, django_db_setup) -> None:
    if _commits(request.node):
        _empty_all_tables(None)


@pytest.fixture
def as_(cast):
    """`as_(cast.joost)`: a client signed in as that person, as strongly as their rooms ask."""

    def signed_in(person, client: Client | None = None) -> CarefulClient:
        client = client or CarefulClient()
        cast.sign_in(client, person)
        return client

    return signed_in
