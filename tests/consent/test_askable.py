"""On the sheet, in the entry form and in a list stands only what is asked about that child on that day (C1, C7, C9)."""

from datetime import timedelta

import pytest
import time_machine

from consent.choices import Layer, Reason, Value
from consent.domain import piles
from consent.domain.entering import EnteredBefore, asked_on
from consent.domain.papers import sheets_for
from consent.domain.purposes import stop_asking
from consent.domain.work import open_what_waits
from consent.models import Answer, Task
from consent.querysets import school_year_of
from tests.cast import enrol_elsewhere, today
from tests.consent.test_entering import enter, form_for, typed
from tests.consent.test_loading import loaded, planned, row
from tests.consent.test_paper import names, printed
from tests.consent.test_purposes import add, day, mark_of, verdict
from tests.consent.test_purposes import say as say_about
from tests.consent.test_staff import say


def slugs(purposes) -> list[str]:
    return [purpose.slug for purpose in purposes]


def spoken_slugs(client, child) -> list[str]:
    page = client.get(f"/team/papier/kind/{child.code}/")
    return [row["purpose"].slug for row in page.context["rows"]]


THREE = ["papier", "besloten", "sociaal"]


# The sheet


def test_a_question_of_another_school_is_not_on_the_sheet(cast):
    add(cast, "Musical van De Haven", school=cast.harbour, words={"nl": ("Musical van De Haven", "Die dag")})
    pile = printed(cast)

    with cast.acting():
        assert "Musical van De Haven" not in piles.html_of(pile)
        there = piles.html_of(printed(cast, sheets_for([cast.mila])))
    assert "Musical van De Haven" in there


@pytest.mark.parametrize(("days", "is_there"), [(0, True), (-1, False)])
def test_an_event_is_on_the_sheet_until_its_day(cast, days, is_there):
    add(cast, event_on=day(days), words={"nl": ("Avondwandeling", "Die avond")})

    with cast.acting():
        assert ("Avondwandeling" in piles.html_of(printed(cast))) is is_there


def test_who_answered_everything_about_this_child_is_not_silent_because_of_another_school(cast):
    add(cast, school=cast.harbour)
    add(cast, "Voorbij", event_on=day(-1))
    say(cast, cast.amina, cast.noor, Value.NO, *THREE)

    with cast.acting():
        assert names(sheets_for([cast.noor], only_silent=True)) == [("Noor", "Erik")]


# A form that came back


def test_a_form_asks_what_was_printed_on_it_and_nothing_of_another_school(cast):
    add(cast, school=cast.harbour)
    add(cast, "Voorbij", event_on=day(-1))
    form = form_for(cast, cast.noor, cast.amina)

    with cast.acting():
        assert slugs(asked_on(form).same) == THREE


def test_an_event_on_paper_can_be_entered_after_its_day_until_the_school_year_ends(cast):
    event = add(cast, event_on=today())
    form = form_for(cast, cast.noor, cast.amina)

    with time_machine.travel(today() + timedelta(days=1, hours=12)), cast.acting():
        assert slugs(asked_on(form).open) == [*THREE, event.slug]
    after = school_year_of(today())[1] + timedelta(days=1, hours=12)
    with time_machine.travel(after), cast.acting():
        assert slugs(asked_on(form).open) == THREE


def test_who_moved_to_another_school_is_not_asked_what_the_old_one_asked(cast):
    own = add(cast, school=cast.beacon)
    form = form_for(cast, cast.noor, cast.amina)
    with cast.acting():
        assert slugs(asked_on(form).open) == [*THREE, own.slug]
        cast.noor.enrolments.update(until=day(-1))
        enrol_elsewhere(cast.noor, cast.harbour, today())

        asked = asked_on(form)

    assert slugs(asked.open) == THREE
    cast.purposes[own.slug] = own
    with pytest.raises(EnteredBefore):
        enter(cast, form, Value.YES, own.slug)


# By phone or in person


def test_the_entry_form_has_what_this_school_asks_and_no_event_that_is_over(cast, as_):
    own = add(cast, school=cast.beacon)
    add(cast, "Elders", school=cast.harbour)
    add(cast, "Voorbij", event_on=day(-1))
    add(cast, "Later", in_force_on=day(1))
    coming = add(cast, "Straks", event_on=day(1))

    assert spoken_slugs(as_(cast.olga), cast.noor) == [*THREE, own.slug, coming.slug]


def test_an_answer_about_an_event_that_is_over_can_still_be_changed_by_phone(cast, as_):
    event = add(cast, event_on=today())
    say_about(cast, cast.amina, cast.noor, Value.YES, event)

    with time_machine.travel(today() + timedelta(days=1, hours=12)):
        client, where = as_(cast.olga), f"/team/papier/kind/{cast.noor.code}/"
        page = client.get(where)
        sent = typed(page, signer=cast.amina.code, channel="phone", note="moeder belde")
        response = client.post(where, sent | {f"q-{event.slug}": "no"})
        assert spoken_slugs(client, cast.bo) == THREE

    assert response.status_code == 303
    assert verdict(cast, cast.noor, event, day(1)) == Reason.REFUSED


# A list of before


def test_a_list_cannot_answer_for_another_school_or_about_an_event_that_is_over(cast):
    elsewhere = add(cast, school=cast.harbour)
    over = add(cast, "Voorbij", event_on=day(-1))

    plan = planned(
        cast,
        row(cast.noor, cast.amina, elsewhere.slug, "ja"),
        row(cast.noor, cast.amina, over.slug, "ja"),
        row(cast.mila, cast.selin, elsewhere.slug, "ja"),
    )

    assert [(error.row, error.code) for error in plan.errors] == [(2, "purpose"), (3, "purpose")]
    assert len(plan.rows) == 1


def test_the_same_list_after_the_event_is_known_and_no_error(cast):
    event = add(cast, event_on=today())
    line = row(cast.noor, cast.amina, event.slug, "ja")
    assert loaded(cast, line) == 1

    with time_machine.travel(today() + timedelta(days=1, hours=12)):
        plan = planned(cast, line)

    assert (plan.errors, plan.known, len(plan.rows)) == ([], 1, 0)


# Elsewhere


def test_work_that_waits_is_not_about_events_of_earlier_years(cast):
    event = add(cast, event_on=today())
    say_about(cast, cast.amina, cast.noor, Value.YES, event)
    say_about(cast, cast.erik, cast.noor, Value.NO, event)
    with cast.acting():
        Task.objects.all().delete()

    with time_machine.travel(school_year_of(today())[1] + timedelta(days=1, hours=12)), cast.acting():
        assert open_what_waits() == 0


def test_a_receipt_leads_to_no_question_that_the_old_school_asked(cast, as_):
    own = add(cast, school=cast.beacon)
    code = say_about(cast, cast.amina, cast.noor, Value.YES, own).code
    where = f"/ouder/thuis/ontvangst/{code}/"
    before = as_(cast.amina).get(where).context["children"][0]["answers"][0]["url"]
    with cast.acting():
        cast.noor.enrolments.update(until=day(-1))
        enrol_elsewhere(cast.noor, cast.harbour, today())

    after = as_(cast.amina).get(where).context["children"][0]["answers"][0]["url"]

    assert own.slug in before
    assert after == ""


def test_a_receipt_of_a_stopped_question_leads_nowhere(cast, as_):
    code = say_about(cast, cast.amina, cast.noor, Value.YES, cast.purposes["papier"]).code
    with cast.acting():
        stop_asking(purpose=cast.purposes["papier"], seen=mark_of(cast.purposes["papier"]))
        assert Answer.objects.exists()

    page = as_(cast.amina).get(f"/ouder/thuis/ontvangst/{code}/")

    assert page.context["children"][0]["answers"][0]["url"] == ""


def test_a_colleague_changes_an_answer_about_an_event_that_is_over_and_no_school_asks_them(cast, as_):
    event = add(cast, event_on=today(), layer=Layer.CLOSED)
    own = add(cast, "Haven", school=cast.harbour)
    client = as_(cast.joost)
    assert client.get(f"/team/eigen/kies/{own.slug}/").status_code == 404

    with time_machine.travel(today() + timedelta(days=1, hours=12)):
        assert as_(cast.joost).get(f"/team/eigen/kies/{event.slug}/").status_code == 200
