"""The staff's path: start page, check, kept check; who may, what is read, and in how many statements."""

import json
import os
import re
import uuid

import psycopg
import pytest
from django.db import connection

from consent.choices import Channel, Value
from consent.domain.decide import Choice, decide
from consent.models import Check
from ledger.acting import Actor
from ledger.choices import ActorKind, Reading
from schools.choices import RoleName
from schools.models import Group, GroupMembership, Pupil, Role
from tests.cast import group, pupil, years_ago
from tests.counting import statements

HTMX = {"HTTP_HX_REQUEST": "true"}


def say(cast, guardian, child, value, *slugs):
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "link")):
        decide(
            guardian=guardian,
            choices=[Choice(child.id, cast.purposes[slug].id, value) for slug in slugs],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def at(some_group, place: str = "", *pupils, more: str = "") -> str:
    query = "&".join([f"place={place}"] * bool(place) + [f"pupil={pupil.code}" for pupil in pupils]) + more
    return f"/team/groep/{some_group.code}/?{query}"


def text_of(response) -> str:
    """The page without the tokens of its forms: random letters may spell a group's name."""
    return re.sub(r'<input type="hidden"[^>]*>', "", response.content.decode())


def verdict_of(response):
    return response.context["verdict"]


def readings(cast) -> list[tuple[str, list[int], str]]:
    with cast.acting(), connection.cursor() as cursor:
        cursor.execute("SELECT what, subject_ids, capacity FROM ledger_reading ORDER BY at")
        rows = cursor.fetchall()
    return [
        (what, json.loads(ids) if isinstance(ids, str) else ids, capacity) for what, ids, capacity in rows
    ]


def add_pupils(cast, count: int, to=None) -> None:
    with cast.acting():
        for number in range(count):
            pupil(to or cast.group_8a, f"Kind{number}", "Groot", years_ago(9))


# The start page


def test_the_own_group_stands_first_and_only_groups_of_the_own_school_follow(cast, as_):
    with cast.acting():
        other = group(cast.beacon, cast.year, "6C")

    response = as_(cast.joost).get("/team/")

    assert [row["name"] for row in response.context["own_groups"]] == ["8A"]
    assert response.context["own_groups"][0]["count"] == 3
    assert [place["url"] for place in response.context["own_groups"][0]["places"]] == [
        at(cast.group_8a, slug) for slug in ("papier", "besloten", "sociaal")
    ]
    assert [(s["name"], [g["name"] for g in s["groups"]]) for s in response.context["schools"]] == [
        ("De Baken", [other.name])
    ]
    assert not re.search(r"\b7B\b", text_of(response))  # a code may have these signs too


def test_an_administrator_sees_every_school_of_the_own_foundation_only(cast, as_):
    response = as_(cast.ada).get("/team/")

    assert [school["name"] for school in response.context["schools"]] == ["De Baken", "De Haven"]
    assert "Brugklas" not in text_of(response)


def test_a_role_that_opens_no_check_opens_no_groups_of_its_school_either(cast, as_):
    with cast.acting():
        Role.objects.create(
            foundation=cast.home,
            staff_member=cast.joost,
            name=RoleName.COUNCIL,
            school=cast.harbour,
            since=years_ago(1),
        )
    client = as_(cast.joost)

    assert not re.search(r"\b7B\b", text_of(client.get("/team/")))
    assert client.get(at(cast.group_7b)).status_code == 404


@pytest.mark.parametrize("name", ["henk", "lotte"])
def test_a_role_without_this_room_gets_a_plain_start_page_and_no_more(cast, as_, name):
    client = as_(cast.people[name])
    start = client.get("/team/")

    assert start.status_code == 200
    assert "8A" not in text_of(start)
    assert 'href="/team/controle/"' not in text_of(start)
    assert client.get(at(cast.group_8a)).status_code == 403
    assert client.get("/team/controle/").status_code == 403
    assert client.get("/team/?q=Noor").status_code == 200
    assert readings(cast) == []


def test_who_worked_here_until_yesterday_is_refused(cast, as_):
    client = as_(cast.piet)

    for url in ("/team/", at(cast.group_8a), "/team/controle/"):
        assert client.get(url).status_code == 403


def test_a_parent_finds_no_team_room(cast, as_):
    assert as_(cast.amina).get("/team/").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["%00", "%00Noor", "'; DROP TABLE schools_pupil; --", "%25", "_", "%F0%9F%8E%88", "%FF", "x" * 5000],
)
def test_hostile_search_text_finds_nobody(cast, as_, query):
    response = as_(cast.joost).get(f"/team/?q={query}")

    assert response.status_code == 200
    assert [hit["name"] for hit in response.context["hits"]] in ([], ["Noor Y."])


def test_search_finds_without_accents_within_the_own_groups(cast, as_):
    client = as_(cast.joost)

    assert [hit["name"] for hit in client.get("/team/?q=luc").context["hits"]] == ["Bo Ł."]
    assert client.get("/team/?q=Mila").context["hits"] == []


@pytest.mark.parametrize("came_from", ["%00", "../../x", "%22%3E%3Cscript%3E", "a b"])
def test_a_made_up_way_back_is_no_way_back(cast, as_, came_from):
    response = as_(cast.joost).get(f"/team/?van={came_from}&place=%22%3E%3Cscript%3E&pupil=%3Cscript%3E&q=a")

    assert response.status_code == 200
    assert response.context["taken"]["back_url"] == ""
    assert "<script>" not in text_of(response)


# The check


def test_the_verdict_with_a_reason_per_person_in_the_way(cast, as_):
    say(cast, cast.karol, cast.bo, Value.YES, "sociaal", "papier")
    say(cast, cast.amina, cast.noor, Value.NO, "sociaal")
    say(cast, cast.amina, cast.noor, Value.YES, "papier")
    client = as_(cast.joost)

    refused = client.get(at(cast.group_8a, "sociaal", cast.bo, cast.noor))
    allowed = client.get(at(cast.group_8a, "papier", cast.bo, cast.noor))

    assert verdict_of(refused)["kind"] == "no"
    assert [row["name"] for row in verdict_of(refused)["rows"]] == ["Noor Y."]
    assert [way["url"] for way in verdict_of(refused)["ways"]] == [
        at(cast.group_8a, "sociaal", cast.bo),
        at(cast.group_8a, "papier", cast.noor, cast.bo),
    ]
    assert verdict_of(allowed)["kind"] == "ok"
    assert "Amina" not in text_of(refused) + text_of(allowed)


def test_a_withdrawal_shows_at_the_next_look_and_no_page_stays_behind(cast, as_):
    client = as_(cast.joost)
    url = at(cast.group_8a, "sociaal", cast.bo)
    say(cast, cast.karol, cast.bo, Value.YES, "sociaal")
    before = client.get(url, **HTMX)
    say(cast, cast.karol, cast.bo, Value.NO, "sociaal")
    after = client.get(url, **HTMX)

    assert (verdict_of(before)["kind"], verdict_of(after)["kind"]) == ("ok", "no")
    assert before.headers["Cache-Control"] == after.headers["Cache-Control"] == "no-store"
    assert "ETag" not in after.headers


def test_htmx_gets_only_the_verdict_and_a_restored_history_the_whole_page(cast, as_):
    client = as_(cast.joost)
    url = at(cast.group_8a, "papier", cast.bo)

    part = text_of(client.get(url, **HTMX))
    whole = text_of(client.get(url, **HTMX, HTTP_HX_HISTORY_RESTORE_REQUEST="true"))

    assert "<html" not in part
    assert "Bo" in part
    assert "<html" in whole


def test_the_tiles_say_which_places_they_cover(cast, as_):
    page = text_of(as_(cast.joost).get(at(cast.group_8a)))

    assert "Sociale media 1, Sociale media 2" in page


def test_nobody_or_no_place_chosen_gives_no_verdict(cast, as_):
    client = as_(cast.joost)

    for url in (at(cast.group_8a), at(cast.group_8a, "papier"), at(cast.group_8a, "", cast.bo)):
        assert verdict_of(client.get(url)) is None


def test_everyone_is_the_whole_group_and_in_an_empty_group_nobody(cast, as_):
    with cast.acting():
        empty = group(cast.beacon, cast.year, "Leeg")
    client = as_(cast.joost)

    assert verdict_of(client.get(at(cast.group_8a, "papier", more="&everyone=1")))["count"] == 3
    assert verdict_of(client.get(at(empty, "papier", more="&everyone=1"))) is None


def test_somebody_of_another_group_comes_along_through_the_start_page(cast, as_):
    with cast.acting():
        other = group(cast.beacon, cast.year, "6C")
        tess = pupil(other, "Tess", "Visser", years_ago(8))
    client = as_(cast.joost)

    start = client.get(f"/team/?van={cast.group_8a.code}&place=papier&pupil={cast.bo.code}&q=tess")
    there = client.get(start.context["hits"][0]["url"])

    assert start.context["taken"]["back_url"] == at(cast.group_8a, "papier", cast.bo)
    assert start.context["schools"][0]["groups"][0]["url"] == at(other, "papier", cast.bo)
    assert [row["name"] for row in verdict_of(there)["rows"]] == ["Tess V.", "Bo Ł."]
    assert [row["name"] for row in there.context["others"]] == ["Bo Ł."]
    assert readings(cast)[-1][1] == sorted([cast.bo.id, tess.id])


@pytest.mark.parametrize(
    "url",
    [
        "/team/groep/NIETGEKEND/",
        "/team/groep/%00/",
        "/team/groep/8A'--/",
        "/team/groep/{group_7b}/",
        "/team/groep/{bridge_group}/",
        "/team/groep/{group_8a}/?place=onbekend",
        "/team/groep/{group_8a}/?place=%00",
        "/team/groep/{group_8a}/?place=papier&pupil=NIETGEKEND",
        "/team/groep/{group_8a}/?place=papier&pupil=%00",
        "/team/groep/{group_8a}/?place=papier&pupil={bo}&pupil={mila}",
        "/team/groep/{group_8a}/?place=papier&pupil={bo}&pupil={vera_child}",
    ],
)
def test_what_this_person_may_not_know_does_not_exist(cast, as_, url):
    codes = {name: row.code for name, row in cast.people.items() if hasattr(row, "code")}

    response = as_(cast.joost).get(url.format(**codes))

    assert response.status_code == 404
    assert "Mila" not in text_of(response)
    assert "Vreemd" not in text_of(response)


def test_a_group_of_last_year_is_not_checked_any_more(cast, as_):
    from datetime import timedelta

    from tests.cast import school_year, today

    with cast.acting():
        old = group(cast.beacon, school_year(cast.home, today() - timedelta(days=400)), "7A")

    assert as_(cast.joost).get(at(old)).status_code == 404


def test_400_pupils_are_judged_at_once(cast, as_):
    with cast.acting():
        big = group(cast.beacon, cast.year, "Aula")
        rows = Pupil.objects.bulk_create(
            Pupil(
                foundation=cast.home,
                source_key=f"k{number}",
                call_name=f"Kind{number:03}",
                surname="Groot",
                born_on=years_ago(9),
            )
            for number in range(400)
        )
        GroupMembership.objects.bulk_create(
            GroupMembership(foundation=cast.home, group=big, pupil=row) for row in rows
        )
    client = as_(cast.joost)

    response = client.get(at(big, "papier", more="&everyone=1"))

    assert verdict_of(response)["count"] == 400
    assert statements(client, at(big, "papier", *rows)) == 6


def test_head_answers_like_get_without_a_page_and_other_methods_are_refused(cast, as_):
    client = as_(cast.joost)
    url = at(cast.group_8a, "papier", cast.bo)

    assert (client.head(url).status_code, client.head(url).content) == (200, b"")
    for method in (client.options, client.put, client.delete):
        assert method(url).status_code in {403, 405}
    assert client.options(url).status_code == 405
    assert client.get(f"/team/groep/{cast.group_8a.code}/controle/").status_code == 405


# Reading is an act


def test_whom_a_check_page_shows_is_written_down_with_the_role(cast, as_):
    as_(cast.joost).get(at(cast.group_8a))

    assert readings(cast) == [
        (Reading.CONSENT_STATE, sorted([cast.noor.id, cast.sam.id, cast.bo.id]), "teacher")
    ]


def test_search_hits_are_written_down_and_a_search_without_hits_leaves_no_row(cast, as_):
    client = as_(cast.joost)
    client.get("/team/?q=zzz")
    client.get("/team/?q=noor")

    assert readings(cast) == [(Reading.PUPIL_SEARCH, [cast.noor.id], "teacher")]


@pytest.mark.parametrize("address", ["/team/?q=noor", "check", "kept"])
def test_what_cannot_be_written_down_is_not_shown(cast, as_, address):
    client = as_(cast.joost)
    kept = client.post(f"/team/groep/{cast.group_8a.code}/controle/", keep_fields(client, cast)).url
    url = {"check": at(cast.group_8a), "kept": kept}.get(address, address)
    client.raise_request_exception = False

    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON ledger_reading FROM portal_app")
        try:
            response = client.get(url)
        finally:
            owner.execute("GRANT INSERT ON ledger_reading TO portal_app")

    assert response.status_code == 500
    assert "Noor" not in text_of(response)
    assert client.get(url).status_code == 200


# Kept checks


def keep_fields(client, cast, place: str = "papier", *pupils) -> dict:
    """What the form on the page sends along."""
    page = client.get(at(cast.group_8a, place, *(pupils or (cast.bo, cast.noor))))
    fields: dict = {}
    for name, value in page.context["kept_fields"]:
        fields.setdefault(name, []).append(value)
    return fields


def test_a_check_is_kept_once_however_often_it_is_sent_and_shown_to_who_kept_it(cast, as_):
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    client = as_(cast.joost)
    url, fields = f"/team/groep/{cast.group_8a.code}/controle/", keep_fields(client, cast)
    assert client.get("/team/").context["has_kept"] is False

    answers = [client.post(url, fields) for _ in range(3)]
    page = client.get(answers[0].url)

    assert {(answer.status_code, answer.url) for answer in answers} == {(303, answers[0].url)}
    assert page.context["is_other_than_seen"] is False
    assert [(row["name"], row["is_allowed"]) for row in page.context["people"]] == [
        ("Noor Y.", False),
        ("Bo Ł.", True),
    ]
    with cast.acting():
        assert Check.objects.count() == 1
    assert client.get("/team/").context["has_kept"] is True
    assert answers[0].url in text_of(client.get("/team/controle/"))
    assert as_(cast.olga).get(answers[0].url).status_code == 404
    assert answers[0].url not in text_of(as_(cast.olga).get("/team/controle/"))


def test_a_stale_page_keeps_what_holds_now_and_says_that_it_changed(cast, as_):
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    client = as_(cast.joost)
    fields = keep_fields(client, cast, "papier", cast.bo)
    say(cast, cast.karol, cast.bo, Value.NO, "papier")

    answers = [client.post(f"/team/groep/{cast.group_8a.code}/controle/", fields) for _ in range(2)]
    page = client.get(answers[1].url)

    assert answers[0].url == answers[1].url
    assert page.context["is_other_than_seen"] is True
    assert page.context["check"].is_allowed is False


@pytest.mark.parametrize("missing", ["key", "pupil", "place"])
def test_a_form_with_something_missing_keeps_nothing_and_loses_nothing(cast, as_, missing):
    client = as_(cast.joost)
    fields = keep_fields(client, cast)
    del fields[missing]

    response = client.post(f"/team/groep/{cast.group_8a.code}/controle/", fields)

    assert response.status_code == 422
    ticked = {row["name"] for row in response.context["pupils"] if row["chosen"]}
    assert ticked == (set() if missing == "pupil" else {"Bo Ł.", "Noor Y."})
    with cast.acting():
        assert not Check.objects.exists()


def test_pupils_of_another_foundation_cannot_be_kept(cast, as_):
    client = as_(cast.joost)
    fields = keep_fields(client, cast) | {"pupil": [cast.bo.code, cast.vera_child.code]}

    assert client.post(f"/team/groep/{cast.group_8a.code}/controle/", fields).status_code == 404


def test_keeping_asks_for_a_form_of_ours(cast, as_):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    as_(cast.joost, client)

    refused = client.post(f"/team/groep/{cast.group_8a.code}/controle/", {"key": str(uuid.uuid4())})

    assert refused.status_code == 403


def test_an_unknown_kept_check_does_not_exist(cast, as_):
    client = as_(cast.joost)

    assert client.get("/team/controle/NIETGEKEND/").status_code == 404
    assert client.get("/team/controle/%00/").status_code == 404


# In how many statements


@pytest.mark.parametrize("more", [0, 2, 27])
def test_a_check_page_takes_6_statements_for_1_3_and_28_pupils(cast, as_, more):
    with cast.acting():
        small = group(cast.beacon, cast.year, "6C")
        first = pupil(small, "Tess", "Visser", years_ago(8))
    add_pupils(cast, more, to=small)
    client = as_(cast.joost)

    assert statements(client, at(small)) == 6
    assert statements(client, at(small, "papier", first)) == 6
    assert statements(client, at(small, "papier", more="&everyone=1"), **HTMX) == 6


def test_pupils_of_another_group_cost_two_statements_more_however_many(cast, as_):
    with cast.acting():
        other = group(cast.beacon, cast.year, "6C")
    add_pupils(cast, 3, to=other)
    with cast.acting():
        others = list(Pupil.objects.filter(memberships__group=other).order_by("id"))
    client = as_(cast.joost)

    assert statements(client, at(cast.group_8a, "papier", others[0])) == 8
    assert statements(client, at(cast.group_8a, "papier", *others)) == 8


@pytest.mark.parametrize("more", [0, 2])
def test_the_start_page_takes_10_statements_for_1_and_3_groups(cast, as_, more):
    with cast.acting():
        for number in range(more):
            group(cast.beacon, cast.year, f"6{number}")
    client = as_(cast.joost)

    assert statements(client, "/team/") == 10
    assert statements(client, "/team/?q=noor") == 12
    with cast.acting():
        assert Group.objects.filter(school=cast.beacon).count() == 1 + more


@pytest.mark.parametrize("count", [1, 3])
def test_the_kept_pages_take_as_many_statements_for_1_and_3(cast, as_, count):
    client = as_(cast.joost)
    for _ in range(count):
        page = client.post(
            f"/team/groep/{cast.group_8a.code}/controle/",
            keep_fields(client, cast, "papier", *[cast.bo, cast.noor, cast.sam][:count]),
        )

    assert statements(client, "/team/controle/") == 5
    assert statements(client, page.url) == 7
