"""Who is on it: colleagues beside pupils (O12), each kind of silence in its own words on the screen (S4)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from consent.choices import Layer, Reason, Value
from consent.domain.check import look
from consent.domain.colleagues import colleagues_with
from consent.domain.groups import known_group
from consent.models import Check, CheckedPerson
from ledger.choices import Reading, Verb
from ledger.models import Entry, EntryPayload
from schools.choices import RoleName
from schools.models import StaffMember
from tests.cast import staff, today

from .links import words
from .test_own import say as say_of_self
from .test_purposes import add
from .test_purposes import say as say_about
from .test_staff import HTMX, add_pupils, at, readings, say, statements, verdict_of


def people(*codes) -> str:
    return "".join(f"&colleague={person.code}" for person in codes)


def names(response) -> list[str]:
    return [row["name"] for row in response.context["colleagues"]]


def reasons(response) -> dict[str, str]:
    return {row["name"]: row["reason"] for row in verdict_of(response)["rows"]}


def keep(client, cast, address: str):
    page = client.get(address)
    fields: dict = {}
    for name, value in page.context["kept_fields"]:
        fields.setdefault(name, []).append(value)
    return client.post(f"/team/groep/{cast.group_8a.code}/controle/", fields)


# -- colleagues on the page -----------------------------------------------------------------------------------


def test_colleagues_of_the_school_can_be_tapped_and_nobody_of_another_school_or_who_left(cast, as_):
    with cast.acting():
        StaffMember.objects.filter(id=cast.fatima.id).update(has_left=True)

    page = as_(cast.joost).get(at(cast.group_8a))

    assert {"Joost Werkt", "Olga Werkt", "Ria Werkt", "Ada Werkt"} <= set(names(page))
    assert not {"Els Werkt", "Piet Werkt", "Fatima Werkt", "Bas Werkt"} & set(names(page))
    assert not any(row["chosen"] for row in page.context["colleagues"])


def test_a_seat_in_the_council_is_no_work_at_school(cast, as_):
    with cast.acting():
        staff(cast.home, "Raad", RoleName.COUNCIL, school=cast.beacon)

    assert "Raad Werkt" not in names(as_(cast.joost).get(at(cast.group_8a)))


def test_a_colleague_without_a_yes_stands_in_the_way_by_name_and_with_a_yes_not(cast, as_):
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    client, address = as_(cast.joost), at(cast.group_8a, "papier", cast.bo) + people(cast.olga)

    assert verdict_of(client.get(address))["kind"] == "no"
    assert reasons(client.get(address)) == {"Olga Werkt": "nog geen antwoord"}
    say_of_self(cast, cast.olga, "yes", "papier")
    assert verdict_of(client.get(address))["kind"] == "ok"
    say_of_self(cast, cast.olga, "no", "papier")
    page = client.get(address, **HTMX)

    assert (verdict_of(page)["allowed"], verdict_of(page)["count"]) == (1, 2)
    assert "Olga Werkt" in words(page)
    assert "Bo Ł." not in words(page)


def test_colleagues_alone_are_enough_for_a_verdict(cast, as_):
    say_of_self(cast, cast.olga, "yes", "papier")

    page = as_(cast.joost).get(at(cast.group_8a, "papier") + people(cast.olga))

    assert verdict_of(page)["kind"] == "ok"
    assert [row["name"] for row in page.context["colleagues"] if row["chosen"]] == ["Olga Werkt"]


def test_what_would_help_keeps_the_colleagues(cast, as_):
    say(cast, cast.karol, cast.bo, Value.NO, "papier")
    say(cast, cast.karol, cast.bo, Value.YES, "besloten")
    say_of_self(cast, cast.olga, "yes", "papier", "besloten")

    page = as_(cast.joost).get(at(cast.group_8a, "papier", cast.bo) + people(cast.olga))

    leave_out, elsewhere = verdict_of(page)["ways"]
    assert "pupil=" not in leave_out["url"]
    assert f"colleague={cast.olga.code}" in leave_out["url"]
    assert f"pupil={cast.bo.code}" in elsewhere["url"]
    assert f"colleague={cast.olga.code}" in elsewhere["url"]


@pytest.mark.parametrize("code", ["ZZZZZZZZZZ", "%00", "a b", "vera"])
def test_a_colleague_who_does_not_exist_here_is_never_left_out_of_a_verdict(cast, as_, code):
    code = cast.bas.code if code == "vera" else code

    response = as_(cast.joost).get(at(cast.group_8a, "papier", cast.bo, more=f"&colleague={code}"))

    assert response.status_code == 404


def test_somebody_of_another_school_is_taken_along_within_reach_only(cast, as_):
    elsewhere = at(cast.group_8a, "papier", cast.bo) + people(cast.els)

    assert as_(cast.joost).get(elsewhere).status_code == 404
    page = as_(cast.ada).get(elsewhere)
    assert reasons(page)["Els Werkt"] == "nog geen antwoord"


def test_the_search_for_somebody_else_finds_colleagues_and_leads_back_with_everybody(cast, as_):
    van = f"/team/?van={cast.group_8a.code}&place=papier&pupil={cast.bo.code}{people(cast.olga)}&q=ria"
    client = as_(cast.joost)

    page = client.get(van)

    (hit,) = page.context["colleague_hits"]
    back = client.get(hit["url"])
    assert sorted(reasons(back)) == ["Bo Ł.", "Olga Werkt", "Ria Werkt"]
    assert (Reading.PEOPLE_SEARCH, [cast.ria.id], "teacher") in readings(cast)
    assert client.get("/team/?q=ria").context["colleague_hits"] == []
    group = client.get(van.replace("&q=ria", "")).context["schools"]
    assert all(cast.olga.code in row["url"] for school in group for row in school["groups"])


def test_who_looked_at_what_a_colleague_chose_is_written_down(cast, as_):
    as_(cast.joost).get(at(cast.group_8a, "papier") + people(cast.olga))

    assert (Reading.PEOPLE_SEARCH, [cast.olga.id], "teacher") in readings(cast)


def test_the_number_of_statements_does_not_grow_with_the_colleagues(cast, as_):
    add_pupils(cast, 3)
    with cast.acting():
        more = [staff(cast.home, f"Juf{n}", RoleName.OFFICE, school=cast.beacon) for n in range(6)]
    client = as_(cast.joost)
    client.get(at(cast.group_8a))

    one = statements(client, at(cast.group_8a, "papier", cast.bo) + people(more[0]))
    assert one == statements(client, at(cast.group_8a, "papier", cast.bo) + people(*more))


# -- kept -----------------------------------------------------------------------------------------------------


def test_a_kept_check_holds_pupils_and_colleagues_and_shows_both(cast, as_):
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    say_of_self(cast, cast.olga, "no", "papier")
    client = as_(cast.joost)

    response = keep(client, cast, at(cast.group_8a, "papier", cast.bo) + people(cast.olga))
    page = client.get(response.headers["Location"])

    assert response.status_code == 303
    assert [(row["name"], row["is_allowed"]) for row in page.context["people"]] == [
        ("Olga Werkt", False),
        ("Bo Ł.", True),
    ]
    with cast.acting():
        rows = CheckedPerson.objects.order_by("id").values_list("pupil_id", "staff_member_id", "reason")
        assert sorted(rows, key=str) == sorted(
            [(cast.bo.id, None, Reason.AGREED), (None, cast.olga.id, Reason.REFUSED)], key=str
        )
        entry = Entry.objects.get(verb=Verb.CHECK_KEPT)
        payload = EntryPayload.objects.get(entry=entry).payload
    assert payload["colleagues"] == [[cast.olga.id, "refused"]]
    assert payload["people"] == [[cast.bo.id, "agreed"]]


@pytest.mark.parametrize("who", ["nobody", "both"])
def test_a_row_of_a_kept_check_is_about_one_person(cast, as_, who):
    keep(as_(cast.joost), cast, at(cast.group_8a, "papier", cast.bo))
    with cast.acting():
        check = Check.objects.get()
        both = {"pupil": cast.noor, "staff_member": cast.olga}
        row = CheckedPerson(
            foundation=cast.home,
            check_row=check,
            is_allowed=False,
            reason="refused",
            **(both if who == "both" else {}),
        )
        with pytest.raises(IntegrityError, match="checked_one_person"), transaction.atomic():
            row.save(force_insert=True)


def test_a_colleague_is_kept_once(cast, as_):
    keep(as_(cast.joost), cast, at(cast.group_8a, "papier") + people(cast.olga))
    with cast.acting():
        row = CheckedPerson.objects.get()
        row.pk = None
        with pytest.raises(IntegrityError, match="colleague_checked_once"), transaction.atomic():
            row.save(force_insert=True)


def test_both_ways_to_read_a_colleague_say_the_same(cast):
    say_of_self(cast, cast.olga, "yes", "papier")
    say_of_self(cast, cast.olga, "no", "papier")
    with cast.acting():
        group = known_group(cast.group_8a.code, cast.home)
        purposes = group.purposes
        here = [one for one in group.colleagues if one.id == cast.olga.id]
        there = colleagues_with([cast.olga.code], None, today())
        found = [
            look(purpose=purposes[0], pupils=[], purposes=purposes, colleagues=some).seen[0]
            for some in (here, there)
        ]

    assert found[0].state == found[1].state
    assert found[0].state.reason == Reason.REFUSED
    assert found[0].who.full_name == found[1].who.full_name


# -- S4: each in its own words, on the screen -----------------------------------------------------------------


def test_s4_no_answer_event_only_16_conflict_and_talk_first_each_have_words_of_their_own(cast, as_):
    event = add(cast, "Musical", event_on=today() + timedelta(days=3), layer=Layer.CLOSED)
    client = as_(cast.joost)
    everybody = at(cast.group_8a, "besloten", more="&everyone=1")
    say(cast, cast.amina, cast.noor, Value.YES, "besloten")
    say(cast, cast.erik, cast.noor, Value.NO, "besloten")

    seen = words(client.get(everybody, **HTMX))
    assert "ouders kiezen niet hetzelfde, dus nee" in seen
    assert "beslist zelf, nog geen antwoord" in seen
    assert reasons(client.get(everybody))["Bo Ł."] == "nog geen antwoord"

    say_about(cast, cast.karol, cast.bo, Value.YES, event)
    only_event = reasons(client.get(everybody))["Bo Ł."]
    assert "Musical" in only_event
    assert only_event in words(client.get(everybody, **HTMX))

    say(cast, cast.karol, cast.bo, Value.TALK, "besloten")
    assert reasons(client.get(everybody))["Bo Ł."] == "ouder wil eerst praten"
    found = reasons(client.get(everybody))
    assert len({*found.values(), only_event, "nog geen antwoord"}) == 5


def test_s4_a_yes_of_before_says_nothing_about_the_activity_and_that_is_said(cast, as_):
    """C7 in the other direction."""
    event = add(cast, "Musical", event_on=today() + timedelta(days=3))
    say(cast, cast.karol, cast.bo, Value.YES, "sociaal")

    page = as_(cast.joost).get(at(cast.group_8a, event.slug, cast.bo), **HTMX)

    (row,) = verdict_of(page)["rows"]
    assert row["reason"] != "nog geen antwoord"
    assert row["reason"] in words(page)


def test_s4_a_yes_for_one_event_is_not_told_about_another_or_beside_a_no(cast, as_):
    event = add(cast, "Musical", event_on=today() + timedelta(days=3))
    other = add(cast, "Sportdag", event_on=today() + timedelta(days=4))
    say_about(cast, cast.karol, cast.bo, Value.YES, event)
    say(cast, cast.karol, cast.bo, Value.NO, "papier")
    client = as_(cast.joost)

    assert "Musical" not in reasons(client.get(at(cast.group_8a, other.slug, cast.bo)))["Bo Ł."]
    assert "Musical" not in reasons(client.get(at(cast.group_8a, "papier", cast.bo)))["Bo Ł."]
    with cast.acting():
        found = known_group(cast.group_8a.code, cast.home)
        assert {pupil.call_name for pupil in found.pupils} == {"Bo", "Noor", "Sam"}
