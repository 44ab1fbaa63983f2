"""Where each person begins, and what waits for them there: the urgent first, one button each."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import Capacity
from accounts.models import Reach
from consent.domain.rounds import start_round
from consent.models import Check
from incidents.choices import About, Category, ReporterKind, State
from incidents.models import Case, RoutingRow
from ledger.acting import Actor
from ledger.choices import ActorKind, Reading
from ledger.domain.record import record_reading
from opmaat_portal import waiting
from opmaat_portal.audiences import Portal
from opmaat_portal.counts import FEWEST, Row, few_or, without_small_numbers
from opmaat_portal.retention import KINDS, TERMS, retention_table
from opmaat_portal.waiting import Urgency, Waiting, waiting_for
from policies.choices import DocumentKind, DocumentState, Outcome
from policies.models import CouncilDecision, Document, Protocol, Version
from schools.choices import ImportState, RoleName
from schools.models import ImportBatch, Role
from tests.cast import guardian, pupil, reach, staff, today, years_ago

FRAME = ("SAVEPOINT", "RELEASE", "SELECT set_config")


def statements(client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return sum(not query["sql"].startswith(FRAME) for query in seen.captured_queries)


def waits(cast, person) -> list[Waiting]:
    with cast.acting(Actor(ActorKind.STAFF, person.id)), override("en"):
        roles = list(Role.objects.filter(staff_member=person).select_related("group"))
        return waiting_for(Portal("staff", person=person, foundation=cast.home, roles=roles), today())


def text_of(response) -> str:
    return re.sub(r'<input type="hidden"[^>]*>', "", response.content.decode())


@pytest.fixture
def sam_signs_in(cast):
    with cast.acting():
        cast.sam.email = "sam@thuis.example.org"
        cast.sam.save()
        reach(cast.sam, Capacity.PUPIL)
    return cast.sam


# Where sign-in leads


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("joost", "/team/"),
        ("olga", "/team/"),
        ("fatima", "/team/"),
        ("ria", "/team/"),
        ("ada", "/beheer/"),
        ("henk", "/bestuur/"),
        ("lotte", "/fg/"),
        ("amina", "/ouder/"),
        ("piet", "/team/"),
    ],
)
def test_signing_in_leads_to_the_own_start(cast, as_, name, place):
    client = as_(cast.people[name])
    answer = client.get("/start/")

    assert answer.url == place
    assert client.get(place).status_code == (403 if name == "piet" else 200)


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (RoleName.ADVISER, "/team/"),
        (RoleName.COUNCIL, "/team/"),
        (RoleName.STAFF_OFFICER, "/team/"),
        (RoleName.POLICY_OFFICER, "/beheer/"),
    ],
)
def test_a_role_without_a_check_has_a_start_with_the_protocol_and_what_waits(cast, as_, role, place):
    with cast.acting():
        somebody = staff(cast.home, "Sofie", role)
    client = as_(somebody)

    assert client.get("/start/").url == place
    page = text_of(client.get(f"{place}?taal=en"))
    assert 'class="stack-s waiting"' in page
    assert "No protocol is in force yet." in page
    assert "8A" not in page


def test_a_parent_who_works_here_chooses_a_door(cast, as_):
    amina = cast.user_of(cast.amina)
    Reach.objects.filter(capacity=Capacity.STAFF, person_id=cast.joost.id).update(user=amina)

    page = as_(cast.amina).get("/start/")

    assert [door.url for door in page.context["doors"]] == ["/ouder/", "/team/"]


def test_the_pupil_has_a_small_start_with_what_is_there(cast, as_, sam_signs_in):
    client = as_(sam_signs_in)

    assert client.get("/start/").url == "/leerling/"
    page = client.get("/leerling/")
    assert [school.slug for school in page.context["schools"]] == ["de-baken"]
    assert reverse("policies:public.school", args=["thuis", "de-baken"]) in text_of(page)
    assert reverse("incidents:public.explain", args=["thuis", "de-baken"]) in text_of(page)
    assert "Noor" not in text_of(page)


def test_a_pupil_who_left_finds_no_school(cast, as_, sam_signs_in):
    with cast.acting():
        cast.sam.enrolments.update(until=today() - timedelta(days=1))

    page = as_(sam_signs_in).get("/leerling/")

    assert page.status_code == 200
    assert page.context["schools"] == []


def test_two_pupils_with_one_mailbox_say_who_is_there(cast, as_, sam_signs_in):
    with cast.acting():
        cast.noor.email = cast.sam.email
        cast.noor.save()
        reach(cast.noor, Capacity.PUPIL)

    assert as_(sam_signs_in).get("/leerling/").url.startswith("/accounts/wie/")


def test_the_front_door_leads_to_the_schools_and_to_the_answer_on_a_report(cast, client):
    page = text_of(client.get("/"))

    for address in ("/thuis/", "/de-brug/", "/melding/", "/accounts/login/"):
        assert f'href="{address}"' in page


# The ways between the rooms


@pytest.mark.parametrize(
    ("name", "rooms"),
    [
        ("joost", ["/team/", "/team/papier/", "/directie/", "/team/ronde/"]),
        ("olga", ["/team/", "/team/papier/", "/directie/ronde/", "/beheer/import/"]),
        ("ria", ["/team/", "/team/papier/", "/directie/", "/directie/ronde/"]),
        (
            "ada",
            [
                "/beheer/",
                "/team/",
                "/team/papier/",
                "/directie/",
                "/beheer/protocol/",
                "/beheer/ronde/",
                "/beheer/vragen/",
                "/beheer/import/",
            ],
        ),
        ("henk", ["/bestuur/", "/directie/", "/beheer/protocol/"]),
        ("lotte", ["/fg/", "/directie/"]),
    ],
)
def test_the_header_has_the_rooms_that_this_person_may_enter(cast, as_, name, rooms):
    client = as_(cast.people[name])
    page = client.get(client.get("/start/").url)

    assert [room["url"] for room in page.context["rooms"]()] == rooms
    assert [room["url"] for room in page.context["rooms"]() if room["current"]] == [page.request["PATH_INFO"]]
    for room in rooms:
        assert client.get(room).status_code == 200, room


# What waits


def a_case(cast, who, *, code="K7QXTW", days_ago=0, state=State.RECEIVED):
    """A report that this person handles: written as the domain writes it, one row behind each wall."""
    from incidents.domain.report import ReportWords, log_spoken

    with cast.acting(Actor(ActorKind.STAFF, who.id), now=timezone.now() - timedelta(days=days_ago)):
        RoutingRow.objects.get_or_create(
            foundation=cast.home, position=1, defaults={"role": RoleName.DIRECTOR}
        )
        words = ReportWords(
            category=Category.HURTING,
            what="Er staat iets naars in de groepsapp.",
            about=About.PUPIL,
            reporter_kind=ReporterKind.PUPIL,
            is_anonymous=True,
        )
        return log_spoken(school=cast.beacon, words=words, by=who)


def an_import(cast, asked_by=None, school=None, state=ImportState.WAITING):
    with cast.acting():
        return ImportBatch.objects.create(
            foundation=cast.home,
            school=school or cast.beacon,
            state=state,
            made_at=timezone.now(),
            changed_at=timezone.now(),
            asked_by=asked_by,
        )


def a_version(cast, number="1.0", **fields):
    with cast.acting():
        protocol, _made = Protocol.objects.get_or_create(
            foundation=cast.home, slug="sociale-media", defaults={"title": "Afspraken"}
        )
        return Version.objects.create(
            foundation=cast.home, protocol=protocol, number=number, made_at=timezone.now(), **fields
        )


def decide(cast, version, outcome):
    with cast.acting():
        CouncilDecision.objects.create(
            foundation=cast.home,
            version=version,
            council="GMR",
            outcome=outcome,
            decided_on=today(),
            covers="x" * 64,
            recorded_at=timezone.now(),
        )


def run_round(cast, closes=10):
    with cast.acting():
        return start_round(
            name="Jaarvraag",
            year=cast.year,
            purposes=list(cast.purposes.values()),
            opens_on=today(),
            closes_on=today() + timedelta(days=closes),
        ).round


def test_who_has_nothing_waiting_is_told_so(cast, as_):
    assert waits(cast, cast.joost) == []
    assert "Nothing waits for you now." in text_of(as_(cast.joost).get("/team/?taal=en"))


def test_the_urgent_comes_first_whatever_room_it_is_from(cast, monkeypatch):
    rows = [Waiting(urgency, str(number), 1, "/", "x") for number, urgency in enumerate(reversed(Urgency))]
    for room, row in zip(("_cases", "_imports", "_protocol", "_rounds"), rows, strict=True):
        monkeypatch.setattr(waiting, room, lambda *_args, row=row: [row])

    assert [one.urgency for one in waits(cast, cast.ada)] == sorted(Urgency)


def test_a_late_report_stands_above_a_new_one_and_above_an_import(cast):
    with cast.acting():
        Role.objects.create(
            foundation=cast.home,
            staff_member=cast.ria,
            name=RoleName.OFFICE,
            school=cast.beacon,
            since=years_ago(1),
        )
    new = a_case(cast, cast.ria)
    late = a_case(cast, cast.ria, days_ago=30)
    an_import(cast)

    found = waits(cast, cast.ria)

    assert found[0].urgency == Urgency.LATE
    assert late.code in found[0].sentence
    assert {new.code, late.code} <= {
        code for one in found for code in re.findall(r"[A-Z0-9]{6}", one.sentence)
    }
    assert found[0].url == reverse("incidents:directors.case", args=[late.code])


def test_a_report_of_somebody_else_waits_for_nobody_else(cast):
    a_case(cast, cast.ria)

    assert waits(cast, cast.fatima) == []
    assert [one for one in waits(cast, cast.henk) if "/directie/" in one.url] == []


def test_a_closed_report_waits_no_more(cast):
    case = a_case(cast, cast.ria)
    with cast.acting(Actor(ActorKind.STAFF, cast.ria.id)):
        Case.objects.filter(id=case.id).update(state=State.CLOSED, closed_at=timezone.now())

    assert waits(cast, cast.ria) == []


def test_an_import_waits_for_a_second_person_not_for_who_asked(cast):
    batch = an_import(cast, asked_by=cast.olga)
    an_import(cast, asked_by=cast.ada, school=cast.harbour)
    an_import(cast, state=ImportState.CHECKED)

    def imports(person):
        return [one.url for one in waits(cast, person) if "/import/" in one.url]

    assert imports(cast.olga) == [], "the other one is of another school"
    assert imports(cast.ada) == [reverse("schools:admins.import_preview", args=[batch.code])]
    assert len(imports(cast.zoe)) == 2
    assert imports(cast.joost) == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (None, "waits for the council"),
        (Outcome.NOT_DECIDED, "waits for the council"),
        (Outcome.REFUSED, "The council refused"),
        (Outcome.CONSENT, "can be put in force"),
    ],
)
def test_a_concept_says_what_it_waits_for(cast, outcome, words):
    version = a_version(cast)
    if outcome:
        decide(cast, version, outcome)

    (found,) = [one for one in waits(cast, cast.ada) if "/protocol/" in one.url]

    assert found.url == reverse("policies:admins.version", args=[version.code])
    assert words in found.sentence


def test_a_pdf_that_failed_is_for_today(cast):
    version = a_version(cast, frozen_at=timezone.now(), in_force_on=today())
    with cast.acting():
        for number in range(2):
            Document.objects.create(
                foundation=cast.home,
                version=version,
                school=cast.beacon,
                kind=DocumentKind.PROTOCOL,
                fingerprint=str(number) * 64,
                state=DocumentState.FAILED,
                asked_at=timezone.now(),
            )

    found = waits(cast, cast.ada)[0]

    assert (found.urgency, found.count) == (Urgency.TODAY, 2)


def test_the_administrator_hears_of_parents_without_mail_and_without_answer(cast):
    with cast.acting():
        guardian(cast.home, "Geen", "Post", [cast.bo], email="")
    round_ = run_round(cast)
    lists, page = f"/team/ronde/{round_.code}/werk/", f"/beheer/ronde/{round_.code}/"

    def seen(person) -> list[tuple[int, str]]:
        return [(one.count, one.url) for one in waits(cast, person) if "/ronde/" in one.url]

    assert seen(cast.ada) == [(1, f"{lists}onbereikbaar/"), (4, page)]
    assert seen(cast.ria) == seen(cast.olga) == [(1, f"{lists}onbereikbaar/")]
    assert seen(cast.joost) == []


def test_a_year_in_which_nobody_was_asked_waits_only_where_each_year_is_asked(cast):
    assert [one.url for one in waits(cast, cast.ada)].count("/beheer/ronde/nieuw/?soort=yearly") == 1
    cast.home.asks_every_year = False

    assert [one.url for one in waits(cast, cast.ada)].count("/beheer/ronde/nieuw/?soort=yearly") == 0


@pytest.mark.parametrize("more", [0, 3])
def test_the_start_pages_cost_the_same_however_much_waits(cast, as_, more):
    for _number in range(1 + more):
        a_case(cast, cast.ria)
        an_import(cast)
        with cast.acting():
            pupil(cast.group_8a, "Nog", "Een", years_ago(9))
    run_round(cast)
    found = {
        name: statements(as_(cast.people[name]), place)
        for name, place in (
            ("ria", "/team/"),
            ("joost", "/team/"),
            ("ada", "/beheer/"),
            ("henk", "/bestuur/"),
        )
    }

    assert found == {"ria": 18, "joost": 10, "ada": 25, "henk": 15}


# The board and the DPO


def test_the_board_sees_numbers_and_no_names_and_no_small_ones(cast, as_):
    with cast.acting():
        for number in range(12):
            guardian(cast.home, f"Ouder{number}", "Veel", [cast.bo])
    run_round(cast)

    page = as_(cast.henk).get("/bestuur/")

    for name in ("Amina", "Ouder1", "Joost", "Noor", "Yıldız"):
        assert name not in text_of(page)
    shown = [row.asked.number for row in page.context["table"].rows]
    assert shown == [None, None], "De Haven has one parent; De Baken would give it away"
    assert page.context["checks"].is_small


rows_of_numbers = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (max(pair), min(pair))), max_size=7
)


@given(rows_of_numbers)
def test_no_small_number_is_shown_or_can_be_computed(pairs):
    rows = [Row(str(place), asked, answered) for place, (asked, answered) in enumerate(pairs)]
    total = Row("all", sum(row.asked for row in rows), sum(row.answered for row in rows))

    table = without_small_numbers(rows, total)

    hidden = [row for row, shown in zip(rows, table.rows, strict=True) if shown.asked.number is None]
    for shown in [*table.rows, table.total]:
        numbers = [cell.number for cell in (shown.asked, shown.answered, shown.silent)]
        assert all(number is None for number in numbers) or min(numbers) >= FEWEST
    if table.total.asked.number is not None and hidden:
        assert len(hidden) > 1
        for column in range(3):
            assert sum(row.cells[column] for row in hidden) >= FEWEST


def test_nothing_is_hidden_where_nothing_is_small():
    rows = [Row("a", 40, 20), Row("b", 30, 20)]

    table = without_small_numbers(rows, Row("all", 70, 40))

    assert [row.answered.number for row in table.rows] == [20, 20]
    assert table.total.silent.number == 30


def test_one_small_school_takes_the_smallest_other_along():
    rows = [Row("small", 6, 3), Row("big", 100, 50), Row("middle", 40, 20)]

    table = without_small_numbers(rows, Row("all", 146, 73))

    assert [row.asked.number for row in table.rows] == [None, 100, None]
    assert table.rows[0].answered.is_small
    assert not table.rows[2].answered.is_small


@pytest.mark.parametrize(("number", "shown"), [(0, None), (4, None), (5, 5), (70, 70)])
def test_a_number_by_itself(number, shown):
    assert few_or(number).number == shown


def test_the_dpo_sees_how_often_each_kind_was_looked_at(cast, as_):
    for moment in (timezone.now(), timezone.now() - timedelta(days=29), timezone.now() - timedelta(days=31)):
        with cast.acting(Actor(ActorKind.STAFF, cast.joost.id), now=moment):
            record_reading(Reading.PUPIL_SEARCH, [cast.noor.id])
    with cast.acting(foundation=cast.bridge):
        record_reading(Reading.CASE_FILE, [1])

    readings = as_(cast.lotte).get("/fg/").context["readings"]

    assert {row["times"] for row in readings} == {0, 2}
    assert len(readings) == len(Reading)


def test_every_table_of_ours_is_in_the_retention_table_once_under_one_term():
    ours = {
        model._meta.label
        for model in apps.get_models()
        if isinstance(getattr(model, "retention", None), object) and hasattr(model, "retention")
    }
    named = [label for _records, labels in KINDS for label in labels.split()]

    assert sorted(named) == sorted(ours)
    for records, labels in KINDS:
        assert len({apps.get_model(label).retention.until for label in labels.split()}) == 1, records
    assert {apps.get_model(label).retention.until for label in named} == set(TERMS)
    assert len(retention_table()) == len(KINDS)


def test_a_check_that_was_kept_counts_for_the_board(cast, as_):
    with cast.acting():
        for _number in range(5):
            Check.objects.create(
                foundation=cast.home,
                staff_member=cast.joost,
                group=cast.group_8a,
                purpose=cast.purposes["papier"],
                is_allowed=True,
                at=timezone.now(),
            )

    assert as_(cast.henk).get("/bestuur/").context["checks"].number == 5
