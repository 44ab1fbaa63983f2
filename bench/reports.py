"""A foundation with so many reports, of which one director handles 400. Imported when Django is set up."""

from datetime import timedelta

import psycopg
from django.utils import timezone

from accounts.choices import Capacity
from accounts.models import Reach, User
from incidents.choices import About, Category, EventKind, ReporterKind
from incidents.domain.report import ReportWords, make_report
from incidents.models import Case, Event
from ledger.acting import NOBODY, Actor, acting
from ledger.choices import ActorKind
from schools.choices import RoleName
from schools.models import Foundation, Role, School, StaffMember

from .filling import BENCH, CALM, READY, SLUG, school_year

EMAIL, COLLEAGUES, HANDLED, SCHOOLS = "directeur@example.org", 200, 400, 100


def fill_with_reports(database_url: str, count: int) -> None:
    """One report by the real seam; the others are copies of it in every table, with a moment and handlers of their
    own: two for each. One in eight is open. Only in a database that nobody else has, by its superuser."""
    foundation = Foundation.objects.create(slug=SLUG, name="Stichting Maat")
    with acting(BENCH, [foundation.id]) as act:
        school_year(foundation, act.today)
        schools = [_school(foundation, number) for number in range(SCHOOLS)]
        director = _director(foundation, schools[0])
        for number in range(COLLEAGUES):
            StaffMember.objects.create(
                foundation=foundation, source_key=f"c{number}", call_name="Wil", surname=f"Werkt{number}"
            )
    with acting(NOBODY, [foundation.id]):
        words = ReportWords(
            category=Category.BULLYING,
            what="Ze lachen mij elke dag uit in de appgroep.",
            about=About.PUPIL,
            reporter_kind=ReporterKind.PUPIL,
        )
        made = make_report(school=schools[0], words=words)
    with acting(Actor(ActorKind.STAFF, director.id, "director"), [foundation.id]):
        first = Case.objects.get(id=made.case.id)
        assert Event.objects.filter(case=first, kind=EventKind.RECEIVED).exists()  # noqa: S101
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute("SET session_replication_role = replica")
        numbers = {
            "count": count,
            "first": first.id,
            "director": director.id,
            "mine": HANDLED,
            "schools": SCHOOLS,
        }
        for table, text in (("case", CASES), ("casekey", KEYS), ("event", EVENTS), ("handler", HANDLERS)):
            database.execute(READY, [False, f"incidents_{table}"])
            database.execute(text, numbers)
            database.execute(READY, [True, f"incidents_{table}"])
            database.execute(f"REINDEX TABLE incidents_{table}")
        database.execute("VACUUM ANALYZE")


# The so manieth report has a key that tells its number; those that the director handles are spread over all of them.
CASES = """
INSERT INTO incidents_case (id, foundation_id, code, number, school_id, channel, category, reporter_kind, is_anonymous,
    about, wish, happened_on, received_at, state, state_before, events_count, closed_at)
SELECT md5('case' || n)::uuid, c.foundation_id,
    upper(lpad(to_hex(n * 7919::bigint %% 16777216), 6, '0')), n, s.id, c.channel, c.category,
    c.reporter_kind, c.is_anonymous, c.about, c.wish, c.happened_on, c.received_at - n * interval '5 minutes',
    CASE WHEN n / (%(count)s / %(mine)s) %% 8 = 0 THEN 'received' ELSE 'closed' END, '', c.events_count,
    CASE WHEN n / (%(count)s / %(mine)s) %% 8 <> 0 THEN c.received_at END
FROM incidents_case c, generate_series(1, %(count)s) n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS turn FROM schools_school) s ON s.turn = n %% %(schools)s
WHERE c.id = %(first)s
"""
KEYS = """
INSERT INTO incidents_casekey (id, foundation_id, case_id, wrapped)
SELECT gen_random_uuid(), k.foundation_id, c.id, k.wrapped FROM incidents_casekey k, incidents_case c
WHERE k.case_id = %(first)s AND c.id <> %(first)s
"""
EVENTS = """
INSERT INTO incidents_event (id, foundation_id, case_id, position, kind, at, by_id, capacity, is_shared, sealed, facts)
SELECT gen_random_uuid(), e.foundation_id, c.id, e.position, e.kind, c.received_at, e.by_id, e.capacity, e.is_shared,
    e.sealed, e.facts
FROM incidents_event e, incidents_case c WHERE e.case_id = %(first)s AND c.id <> %(first)s
"""
HANDLERS = """
INSERT INTO incidents_handler (id, foundation_id, case_id, staff_member_id, role, since, until)
SELECT gen_random_uuid(), c.foundation_id, c.id,
    CASE WHEN turn = 0 AND c.number %% (%(count)s / %(mine)s) = 0 THEN %(director)s
        ELSE %(director)s + 1 + (c.number + turn * 7) %% 200 END, 'director', c.received_at, NULL
FROM incidents_case c, generate_series(0, 1) turn WHERE c.id <> %(first)s
"""


def _school(foundation: Foundation, number: int) -> School:
    return School.objects.create(
        foundation=foundation,
        slug=f"school-{number}",
        name=f"School {number}",
        brin=f"{number:02}AA",
        location_number="00",
        sector="po",
        governance="public",
        region="south",
    )


def _director(foundation: Foundation, school: School) -> StaffMember:
    person = StaffMember.objects.create(
        foundation=foundation, source_key="d", call_name="Dirk", surname="Directeur", email=EMAIL
    )
    Role.objects.create(
        foundation=foundation,
        staff_member=person,
        name=RoleName.DIRECTOR,
        school=school,
        since=timezone.now().date() - timedelta(days=CALM),
    )
    user = User.objects.create_user(EMAIL, "a long password of nobody")
    Reach.objects.create(user=user, foundation_id=foundation.id, capacity=Capacity.STAFF, person_id=person.id)
    return person
