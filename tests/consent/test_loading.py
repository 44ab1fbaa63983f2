"""Answers of before the portal, from a list: all or nothing, an error per row, never twice."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consent.choices import Channel, Reason, Value
from consent.domain.loading import ListRefused, load_answers, plan_load
from consent.models import Answer, Submission
from ledger.choices import Verb
from ledger.models import Entry
from notices.models import Message
from schools.models import Foundation
from tests.cast import Cast, today
from tests.consent.test_decide import reason_of
from tests.consent.test_entering import reword
from tests.consent.test_staff import say

HEADER = "leerling;ouder;doel;antwoord;datum"


def row(child, guardian, slug: str, answer: str, day=None) -> str:
    return f"{child.source_key};{guardian.source_key};{slug};{answer};{day or today()}"


def a_list(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode()


def planned(cast: Cast, *rows: str, by=None):
    person = by or cast.ada
    with cast.acting():
        return plan_load(a_list(*rows), roles=list(person.roles.order_by("id")))


def loaded(cast: Cast, *rows: str) -> int:
    plan = planned(cast, *rows)
    with cast.acting():
        return load_answers(plan, by=cast.ada)


def test_a_list_of_more_unknown_keys_than_a_statement_has_room_for_is_told_row_by_row(cast):
    plan = planned(cast, *(f"l{number};o{number};papier;ja;{today()}" for number in range(66_000)))

    assert len(plan.errors) == 66_000


def test_a_row_becomes_the_parents_choice_until_the_school_year_ends(cast):
    assert (
        loaded(cast, row(cast.noor, cast.amina, "papier", "ja"), row(cast.noor, cast.amina, "sociaal", "nee"))
        == 2
    )

    with cast.acting():
        answers = {answer.purpose.slug: answer for answer in Answer.objects.select_related("purpose")}
        submission = Submission.objects.get()
        assert Entry.objects.filter(verb=Verb.CHOICE_RECORDED, subject_id=cast.noor.id).count() == 1
        assert Message.objects.filter(kind="consent/receipt", guardian=cast.amina).count() == 1
    assert (answers["papier"].value, answers["papier"].channel) == (Value.YES, Channel.LOADED)
    assert (answers["papier"].valid_until, answers["sociaal"].valid_until) == (cast.year.ends_on, None)
    assert (submission.recorded_by_id, submission.signed_on) == (cast.ada.id, today())
    assert reason_of(cast, cast.noor, "papier") == Reason.AGREED


def test_the_same_list_again_adds_nothing(cast):
    rows = [row(cast.noor, cast.amina, "papier", "ja"), row(cast.bo, cast.karol, "papier", "nee")]
    loaded(cast, *rows)

    plan = planned(cast, *rows)

    assert (plan.rows, plan.known, plan.errors) == ([], 2, [])


def test_what_the_parent_chose_since_is_not_undone(cast):
    say(cast, cast.amina, cast.noor, Value.NO, "papier")

    plan = planned(cast, row(cast.noor, cast.amina, "papier", "ja"))

    assert (plan.rows, plan.newer) == ([], 1)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({0: "onbekend"}, "leerling", "pupil"),
        ({1: "onbekend"}, "ouder", "guardian"),
        ({2: "reclame"}, "doel", "purpose"),
        ({3: "misschien"}, "antwoord", "answer"),
        ({4: "gisteren"}, "datum", "day"),
        ({4: ""}, "datum", "day"),
        ({4: str(today() + timedelta(days=1))}, "datum", "future"),
        ({4: str(today() - timedelta(days=400))}, "datum", "expired"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_column(cast, change, column, code):
    cells = row(cast.noor, cast.amina, "papier", "ja").split(";")
    for place, cell in change.items():
        cells[place] = cell

    plan = planned(cast, row(cast.bo, cast.karol, "papier", "ja"), ";".join(cells))

    assert [(error.row, error.column, error.code) for error in plan.errors] == [(3, column, code)]


def test_a_yes_to_words_that_hold_no_more_is_not_taken_over_and_a_no_is(cast):
    """It would stand as a yes to words that this parent never read (C3)."""
    reword(cast, "papier")
    yesterday = today() - timedelta(days=1)

    found = planned(
        cast,
        row(cast.noor, cast.amina, "papier", "ja", yesterday),
        row(cast.bo, cast.karol, "papier", "nee", yesterday),
    )

    assert [(error.row, error.column, error.code) for error in found.errors] == [(2, "datum", "expired")]


def test_who_may_not_decide_cannot_be_taken_over(cast):
    plan = planned(
        cast,
        row(cast.bo, cast.ward, "papier", "ja"),
        row(cast.sam, cast.amina, "papier", "ja"),
        row(cast.noor, cast.erik, "papier", "ja"),
        row(cast.noor, cast.erik, "papier", "nee"),
        "te;weinig",
    )

    assert [(error.row, error.code) for error in plan.errors] == [
        (2, "decides"),
        (3, "alone"),
        (5, "twice"),
        (6, "cells"),
    ]


def test_a_no_of_an_earlier_year_still_stands_and_a_yes_where_a_foundation_asks_once(cast):
    old = today() - timedelta(days=400)
    with cast.acting():
        Foundation.objects.filter(id=cast.home.id).update(asks_every_year=False)

    assert planned(cast, row(cast.noor, cast.amina, "papier", "ja", old)).errors == []
    with cast.acting():
        Foundation.objects.filter(id=cast.home.id).update(asks_every_year=True)
    assert planned(cast, row(cast.noor, cast.amina, "papier", "nee", old)).errors == []


def test_one_wrong_row_and_nothing_is_saved(cast):
    with pytest.raises(ListRefused):
        loaded(cast, row(cast.noor, cast.amina, "papier", "ja"), row(cast.noor, cast.erik, "papier", "?"))

    with cast.acting():
        assert not Answer.objects.exists()


def test_an_office_takes_over_for_its_own_school_only(cast):
    plan = planned(cast, row(cast.mila, cast.selin, "papier", "ja"), by=cast.olga)

    assert [error.code for error in plan.errors] == ["school"]


@pytest.mark.parametrize("data", [b"", b"a;b\n1;2\n", b"\x00\x01", b"PK\x03\x04rest"])
def test_what_is_no_such_list_is_refused(cast, data):
    with cast.acting(), pytest.raises(ListRefused):
        plan_load(data, roles=[])


def command(tmp_path, *rows: str, by: str, **options) -> str:
    path, out = tmp_path / "lijst.csv", StringIO()
    path.write_bytes(a_list(*rows))
    call_command("load_answers", "thuis", str(path), by=by, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_the_command_looks_first_and_then_takes_over(cast, tmp_path):
    rows = [row(cast.noor, cast.amina, "papier", "ja")]

    command(tmp_path, *rows, by="Ada Werkt", dry_run=True)
    with cast.acting():
        assert not Answer.objects.exists()
    command(tmp_path, *rows, by=cast.ada.email)
    with cast.acting():
        assert Answer.objects.count() == 1


@pytest.mark.parametrize("who", ["Joost Werkt", "Niemand", ""])
def test_the_command_wants_somebody_who_may(cast, tmp_path, who):
    with pytest.raises(CommandError):
        command(tmp_path, row(cast.noor, cast.amina, "papier", "ja"), by=who)
