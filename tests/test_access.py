"""Every route × role × relation against the reviewed table in access.py; a route without a row fails."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.template.base import Template
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.choices import Capacity, LinkKind
from accounts.links import token_for
from consent.choices import Channel, TaskKind, Value
from consent.domain.decide import Choice, decide
from consent.domain.decide_as_pupil import decide_as_pupil
from consent.domain.kiosk import start_kiosk
from consent.domain.papers import print_forms, sheets_for
from consent.domain.remarks import object_to_item
from consent.domain.rounds import start_round
from consent.domain.tasks import open_task
from consent.models import Check, PaperForm, PersonalLink, Scan, Submission
from incidents.choices import About, Category, Move, PersonPart
from incidents.domain.facts import rungs_for
from incidents.domain.handle import add_note, add_person, open_case
from incidents.domain.handle import move as move_case
from incidents.domain.measures import propose_measure
from incidents.domain.report import ReportWords, make_report
from incidents.domain.routing import RowWords, set_routing
from incidents.pictures import Picture
from ledger.acting import Actor
from ledger.choices import ActorKind
from policies.choices import Audience, DocumentState, Origin, Shape
from policies.domain.bring_in import bring_in
from policies.domain.documents import ask_documents
from policies.domain.ladders import RungWords, set_ladder
from policies.domain.reading import read_file
from policies.models import Document, Version
from publications.models import Publication, PublishedPerson
from schools.choices import FOUNDATION_ROLES, GROUP_ROLES, RoleName
from schools.models import Foundation
from tests.access import ROWS
from tests.access_people import EVERYBODY, STAFF, Row
from tests.cast import Cast, reach, school_year, staff, today
from tests.policies.published import put_in_force

# Outcomes of the table that leave room, and for what.
OTHER_WORDS = {"own": {"in", "403", "404"}, "either": {"in", "door"}}


def routes(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            name = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, name)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def test_every_route_has_a_row_and_every_row_a_route():
    assert set(routes(get_resolver())) == set(ROWS)


def test_every_person_stands_in_exactly_one_outcome():
    for name, row in ROWS.items():
        for relation, outcome in row.outcome.items():
            named = [person for people in outcome.values() for person in people]
            assert sorted(named) == sorted(EVERYBODY), (name, relation)


@pytest.fixture
def people(cast: Cast) -> dict[str, object]:
    """Everybody of the table: the cast, and one staff member per role at De Baken."""
    found = {name: getattr(cast, name) for name in ("amina", "ward", "vera", "bas", "els", "piet", "sam")}
    with cast.acting():
        cast.sam.email = "sam@thuis.example.org"
        cast.sam.save()
        reach(cast.sam, Capacity.PUPIL)
        for role in RoleName:
            place = {"group": cast.group_8a} if role in GROUP_ROLES else {"school": cast.beacon}
            place = {} if role in FOUNDATION_ROLES else place
            found[f"staff:{role}"] = staff(cast.home, f"x-{role}", role, **place)
    return found


def _directors_case(cast: Cast, people: dict[str, object]) -> dict[str, object]:
    """A case that the directors of De Baken handle, with a picture, a note, somebody in it and a measure."""
    with cast.acting():
        set_routing([RowWords(role=RoleName.DIRECTOR)])
        set_ladder(
            audience=Audience.PUPILS,
            shape=Shape.STEPS,
            in_force_on=today() - timedelta(days=9),
            rungs=[RungWords("Gesprek", RoleName.DIRECTOR)],
        )
    with cast.acting(Actor(ActorKind.NOBODY)):
        words = ReportWords(category=Category.BULLYING, what="Er wordt gepest", about=About.PUPIL)
        case = make_report(
            school=cast.beacon, words=words, pictures=[Picture("image/jpeg", b"shown", b"original")]
        ).case
    with cast.acting(Actor(ActorKind.STAFF, people["staff:director"].id, "director")):
        move_case(open_case(case), move=Move.HANDLE)
        note = add_note(case, text="Gebeld")
        bo = add_person(case, part=PersonPart.ACCUSED, pupil=cast.bo)
        measure = propose_measure(case, person=bo, rung=rungs_for(case, bo)[0], reason="Derde keer")
    return {
        "directors_case": case.code,
        "directors_note": note.id,
        "directors_person": bo.id,
        "directors_measure": measure.id,
    }


@pytest.fixture
def things(cast: Cast, people) -> dict[str, object]:
    """What the arguments of the table name: codes of groups and children, links, receipts, a kept check."""
    with cast.acting():
        start_round(
            name="Jaarvraag",
            year=cast.year,
            purposes=list(cast.purposes.values()),
            opens_on=today() - timedelta(days=3),
            remind_before=[1],
            closes_on=today() + timedelta(days=10),
        )
        link = PersonalLink.objects.select_related("round").get(guardian=cast.amina)
        check = Check.objects.create(
            foundation=cast.home,
            staff_member=cast.joost,
            group=cast.group_8a,
            purpose=cast.purposes["papier"],
            is_allowed=False,
            at=timezone.now(),
        )
        pile = print_forms(sheets=sheets_for([cast.noor]), by=cast.joost)
        tablet = start_kiosk(school=cast.beacon, by=cast.olga, ends_at=timezone.now() + timedelta(minutes=9))
        version = _brought_in()
        chapter = str(version.chapters.get().key)
        _printed(put_in_force(cast, number="9.0"))
    with cast.acting(foundation=cast.bridge):
        bridge_version = _brought_in()
        bridge_round = start_round(
            name="Elders",
            year=school_year(cast.bridge),
            purposes=list(cast.bridge_purposes.values()),
            opens_on=today(),
            closes_on=today() + timedelta(days=5),
        ).round
    return {
        "round": link.round.code,
        "bridge_round": bridge_round.code,
        "amina_code": cast.amina.code,
        "joosts_pile": pile.code,
        "beacons_kiosk": tablet.code,
        "noors_form": _form_code(cast),
        "version": version.code,
        "chapter": chapter,
        "bridge_version": bridge_version.code,
        "home": cast.home.slug,
        "bridge": cast.bridge.slug,
        "beacon": cast.beacon.slug,
        "group_8a": cast.group_8a.code,
        "group_7b": cast.group_7b.code,
        "bridge_group": cast.bridge_group.code,
        "noor": cast.noor.code,
        "sam": cast.sam.code,
        "bo": cast.bo.code,
        "erik": cast.erik.code,
        "vera_child": cast.vera_child.code,
        "papier": "papier",
        "amina_token": token_for(LinkKind.CONSENT, link.target),
        "no_token": "x" * 27,
        "amina_receipt": _answered(cast, cast.amina, cast.noor, link),
        "karol_receipt": _answered(cast, cast.karol, cast.bo),
        "amina_remark": _objected(cast, cast.amina, cast.noor),
        "karol_remark": _objected(cast, cast.karol, cast.bo),
        "sam_receipt": _pupil_answered(cast, cast.sam),
        "other_pupils_receipt": _pupil_answered(cast, cast.noor),
        "sam_objection": _pupil_objected(cast, cast.sam),
        "other_pupils_objection": _pupil_objected(cast, cast.noor),
        "colleagues_check": check.code,
        "noors_item": _placed(cast, check, cast.noor),
        "sams_item": _placed(cast, check, cast.sam),
        "task": _conflict(cast),
        **_directors_case(cast, people),
    }


def _form_code(cast: Cast) -> str:
    with cast.acting() as act:
        form = PaperForm.objects.filter(pupil=cast.noor).order_by("id")[0]
        entered = Submission.objects.create(
            foundation=cast.home,
            guardian=form.guardian,
            channel=Channel.PAPER,
            language="nl",
            at=act.now,
            form=form,
            recorded_by=cast.olga,
        )
        Scan.objects.create(
            foundation=cast.home,
            submission=entered,
            media_type="image/jpeg",
            content=b"scan",
            sha256="0" * 64,
            added_at=act.now,
        )
        return form.code


def _brought_in() -> Version:
    text = read_file("protocol.md", b"# Afspraken\n\n## Waarom\n\nDaarom.\n")
    return bring_in(title="Afspraken", number="1.0", origin=Origin.PORTAL, text=text, source_name="", by=None)


def _printed(version: Version) -> None:
    """The documents of a version, as a worker leaves them."""
    ask_documents(version)
    Document.objects.update(state=DocumentState.READY, pdf=b"%PDF-1.7", made_at=timezone.now())


def _answered(cast: Cast, guardian, child, link=None) -> str:
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "link")):
        return decide(
            guardian=guardian,
            choices=[Choice(child.id, cast.purposes["papier"].id, Value.NO)],
            channel=Channel.LINK if link else Channel.SIGNED_IN,
            language="nl",
            link=link,
        ).code


def _objected(cast: Cast, guardian, child) -> str:
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "signed_in")):
        return object_to_item(pupil=child, guardian=guardian, text="Foto", purpose=None, language="nl").code


def _pupil_answered(cast: Cast, child) -> str:
    with cast.acting(Actor(ActorKind.PUPIL, child.id, "signed_in")):
        Foundation.objects.filter(id=cast.home.id).update(pupil_may_veto=True)
        return decide_as_pupil(
            pupil=child,
            choices=[Choice(child.id, cast.purposes["papier"].id, Value.NO)],
            channel=Channel.SIGNED_IN,
            language="nl",
        ).code


def _placed(cast: Cast, check: Check, child) -> str:
    """An item of a colleague at De Baken, with one child on it."""
    with cast.acting():
        item = Publication.objects.create(
            foundation=cast.home,
            purpose=check.purpose,
            school=cast.beacon,
            group=cast.group_8a,
            place=f"Papier {child.call_name}",
            owner=cast.joost,
            allowed_at=timezone.now(),
            placed_on=today(),
        )
        PublishedPerson.objects.create(foundation=cast.home, publication=item, pupil=child)
        return item.code


def _pupil_objected(cast: Cast, child) -> str:
    with cast.acting(Actor(ActorKind.PUPIL, child.id, "signed_in")):
        child.foundation.refresh_from_db()  # with a veto by now
        return object_to_item(pupil=child, guardian=None, text="Foto", purpose=None, language="nl").code


def _conflict(cast: Cast) -> str:
    with cast.acting():
        return open_task(TaskKind.CONFLICT, pupil=cast.noor).code


def outcome_of(response) -> str:
    """What somebody got, in the words of the table."""
    if response.status_code in {403, 404} and not getattr(response, "is_own_refusal", False):
        return str(response.status_code)
    if response.status_code in {302, 303} and response.headers["Location"].startswith("/accounts/login/"):
        return "door"
    assert response.status_code < 500, response
    return "in"


def test_who_gets_in_where(cast, people, things, monkeypatch):
    # Thousands of pages of which only the status counts: a fifth of the time went into their words.
    monkeypatch.setattr(Template, "render", lambda *_: "<!doctype html><html lang=nl><title>x</title><p>x")
    clients = {"visitor": Client()}
    for name, person in people.items():
        clients[name] = Client()
        cast.sign_in(clients[name], person)

    wrong = []
    for route, row in ROWS.items():
        methods = ("get", "post")
        for relation, names in row.where.items():
            address = reverse(route, kwargs={key: things.get(name, name) for key, name in names.items()})
            expected = {person: word for word, group in row.outcome[relation].items() for person in group}
            for person in sorted(clients, key=lambda person: expected[person] not in {"in", "own"}):
                if _is_like_the_others(person, row, relation):
                    continue
                found = {method: _tried(clients[person], method, address) for method in methods}
                offered = {method: got for method, got in found.items() if got != "405"}
                assert offered, f"{route} offers neither GET nor POST"
                if (
                    expected[person] == "in"
                ):  # who gets in hears which methods there are; they are so for everybody
                    methods = tuple(offered)
                wrong += [
                    f"{route} ({relation}) as {person}: {method} {got}, expected {expected[person]}"
                    for method, got in offered.items()
                    if got != expected[person] and got not in OTHER_WORDS.get(expected[person], ())
                ]
    assert wrong == [], "\n".join(wrong)


def _is_like_the_others(person: str, row: Row, relation: str) -> bool:
    """Where no role makes a difference (open to all, or to no staff at all), a few of them will do."""
    outcome = row.outcome[relation]
    if set(outcome) <= {"in"} or set(outcome) <= {"404"} or set(outcome) <= {"own", "door"}:
        return person not in {"visitor", "amina", "staff:teacher", "staff:administrator"}
    no_role_looked_at = all(people >= STAFF for people in outcome.values() if people & STAFF)
    return no_role_looked_at and person in STAFF - {"staff:teacher", "staff:administrator"}


def _tried(client: Client, method: str, address: str) -> str:
    """One request whose traces are rolled back, in the database and in the browser."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, method)(address)
        transaction.set_rollback(True)
    client.cookies = cookies
    return "405" if response.status_code == 405 else outcome_of(response)


def test_a_row_that_lies_is_found(cast, people, things):
    """The matrix itself can fail: a teacher does get into the own group, whatever a table may say."""
    client = Client()
    cast.sign_in(client, people["staff:teacher"])
    address = reverse("consent:staff.check", args=[things["group_8a"]])
    assert _tried(client, "get", address) == "in"
    assert _tried(Client(), "get", address) == "door"
    with pytest.raises(NoReverseMatch):
        reverse("consent:staff.nothing")
