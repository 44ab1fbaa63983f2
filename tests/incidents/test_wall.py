"""The case wall, in the database, as the role of the app: who is not in a case finds no row of it anywhere."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import Error

from accounts.links import find_link, hash_of
from incidents.choices import Move, PersonPart, Reply, Way
from incidents.domain.handle import (
    add_note,
    add_person,
    answer_reporter,
    hand_over,
    move,
    open_case,
    reporter_writes,
)
from incidents.domain.measures import propose_measure
from incidents.domain.parents import log_contact
from incidents.models import Case, Event, Handler
from incidents.pictures import Picture
from incidents.querysets import my_cases, shared_lines, timeline
from ledger.acting import NOBODY, Actor, system
from ledger.choices import ActorKind
from tests.cast import today

from .acts import accuse, handling, reported, reporter, staff, talk_and_warning

TABLES = [
    model._meta.db_table
    for model in apps.get_app_config("incidents").get_models()
    if model._meta.db_table != "incidents_routingrow"
]


@pytest.fixture
def case(cast):
    """A case with a row in every table."""
    rung, *_others = talk_and_warning(cast, today())
    made = reported(
        cast,
        is_anonymous=False,
        name="Lina",
        contact="06 1",
        pictures=[Picture("image/jpeg", b"shown", b"orig")],
    )
    with handling(cast, cast.ria, made.case) as mine:
        open_case(mine)
        add_note(mine, text="Alleen voor wie het behandelt")
        answer_reporter(mine, text="We gaan ermee aan de slag")
        move(mine, move=Move.HANDLE)
    person = accuse(cast, cast.ria, made.case, cast.bo)
    with handling(cast, cast.ria, made.case) as mine:
        propose_measure(mine, person=person, rung=rung, reason="Drie keer gezien")
        log_contact(person, way=Way.CALL, reply=Reply.NONE, note="Niemand thuis")
    return made.case


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def changed(table: str) -> int:
    """Rows that an UPDATE of everything would touch; a table that cannot be changed at all touches none."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET foundation_id = foundation_id")
            return cursor.rowcount
    except Error:
        return 0


@pytest.mark.parametrize("who", ["els", "joost", "henk", "fatima", "ada", "lotte", "olga", "zoe"])
def test_somebody_of_the_same_school_or_foundation_finds_nothing(cast, case, who):
    with cast.acting(staff(cast.people[who])):
        assert {table: count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
        assert {table: changed(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
        assert Event.objects.filter(case__code=case.code).count() == 0
        assert Case.objects.filter(handlers__staff_member=cast.ria).count() == 0


@pytest.mark.parametrize(
    "actor",
    [
        NOBODY,
        system("delivery"),
        Actor(ActorKind.REPORTER, 1, "code_phrase"),
        Actor(ActorKind.GUARDIAN, 1, "signed_in"),
        Actor(ActorKind.PUPIL, 1, "signed_in"),
    ],
)
def test_nobody_else_finds_anything(cast, case, actor):
    with cast.acting(actor):
        assert {table: count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)


def test_a_guardian_or_pupil_with_the_number_of_the_handler_finds_nothing(cast, case):
    for kind in (ActorKind.GUARDIAN, ActorKind.PUPIL, ActorKind.REPORTER, ActorKind.SYSTEM):
        with cast.acting(Actor(kind, cast.ria.id)):
            assert my_cases().count() == 0


@pytest.mark.parametrize(
    "actor",
    ["", "staff:", "staff:abc", "staff: {}", "staff:0{}", "staff:+{}", "staff:{} ", "staff:{}:1", "staff:-{}",
     "STAFF:{}", "xstaff:{}", "staff:{}.0", "staff:99999999999999999999", "reporter:", "staff:{}\n"],
)  # fmt: skip
def test_nobody_gets_in_with_the_number_of_the_handler_written_otherwise(cast, case, actor):
    with cast.acting(NOBODY), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.actor', %s, true)", [actor.format(cast.ria.id)])

        assert {table: count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)


def test_another_foundation_finds_nothing_also_as_the_handler(cast, case):
    for actor in (staff(cast.bas), staff(cast.ria), reporter(case)):
        with cast.acting(actor, cast.bridge):
            assert {table: count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)


def test_the_handler_sees_the_case_and_never_who_reported_it(cast, case):
    with cast.acting(staff(cast.ria)):
        seen = {table: count(table) for table in TABLES}

    assert {table for table, number in seen.items() if not number} == {"incidents_identity"}


def test_the_reporter_sees_only_what_is_shared(cast, case):
    with cast.acting(reporter(case)):
        seen = {table for table in TABLES if count(table)}
        mine = Case.objects.get()
        kinds = set(Event.objects.values_list("kind", flat=True))
        said = [line.text for line in shared_lines(mine) if line.text]

    assert seen == {"incidents_case", "incidents_casekey", "incidents_event"}
    assert kinds == {"received", "opened", "answer"}
    assert said == ["We gaan ermee aan de slag"]


def test_a_former_handler_finds_nothing(cast, case):
    with handling(cast, cast.ria, case) as mine:
        hand_over(mine, to=cast.fatima, reason="Zij kent de groep")

    with cast.acting(staff(cast.ria)):
        assert {table: count(table) for table in TABLES if table != "incidents_handler"} == {
            table: 0 for table in TABLES if table != "incidents_handler"
        }
        assert changed("incidents_case") == 0
    with handling(cast, cast.fatima, case) as mine:
        assert "Zij kent de groep" in [line.text for line in timeline(mine)]


def test_somebody_outside_cannot_let_themselves_in(cast, case):
    with cast.acting(staff(cast.els)), pytest.raises(Error), transaction.atomic():
        Handler(
            foundation=cast.home, case=case, staff_member=cast.els, role="teacher", since=case.received_at
        ).save(force_insert=True)


def test_the_named_director_sees_nothing_not_even_that_there_is_something(cast):
    made = reported(cast, what="Ria schreeuwt tegen kinderen")

    with cast.acting(staff(cast.ria)):
        assert {table: count(table) for table in TABLES} == dict.fromkeys(TABLES, 0)
    with handling(cast, cast.henk, made.case) as mine:
        assert mine.code == made.case.code


def test_the_phrase_is_stored_nowhere_and_finds_the_case(cast):
    made = reported(cast)

    key = find_link("report", made.phrase)
    assert key is not None
    assert (key.target.int, key.foundation_id) == (made.case.number, cast.home.id)
    assert bytes(key.token_hash) == hash_of(made.phrase)
    with cast.acting(reporter(made.case)):
        reporter_writes(Case.objects.get(), text="Het was ook gisteren")
    with handling(cast, cast.ria, made.case) as mine:
        assert [line.text for line in timeline(mine)][-1] == "Het was ook gisteren"


def test_somebody_in_the_case_is_not_let_in_by_it(cast, case):
    with handling(cast, cast.ria, case) as mine:
        add_person(mine, part=PersonPart.WITNESS, staff_member=cast.joost)

    with cast.acting(staff(cast.joost)):
        assert my_cases().count() == 0
