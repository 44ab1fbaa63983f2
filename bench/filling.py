"""A foundation with all that a page needs: people by COPY, nine questions, everybody's answers, and who signs in."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from itertools import islice

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from accounts.choices import Capacity
from accounts.models import Reach, User
from consent.choices import Layer
from consent.domain.purposes import add_purpose
from consent.models import Purpose
from ledger.acting import acting, system
from schools.choices import RoleName
from schools.models import (
    Enrolment,
    Foundation,
    Group,
    GroupMembership,
    Guardian,
    Guardianship,
    Pupil,
    Role,
    School,
    SchoolYear,
    StaffMember,
)

from .people import CALL_NAMES, Size, fill

QUESTIONS, IN_GROUP, ROWS_PER_WRITE = 9, 28, 20_000
SLUG, CALM, BENCH = "maat", 30, system("bench")
ENTRY = ("id", "foundation_id", "at", "actor_kind", "actor_id", "capacity", "verb", "subject_type", "subject_id",
         "leaf_hash")  # fmt: skip
SUBMISSION = ("id", "foundation_id", "code", "guardian_id", "channel", "language", "at", "note")
ANSWER = ("id", "foundation_id", "submission_id", "pupil_id", "purpose_id", "guardian_id", "authority", "value",
          "version_id", "language", "text_sha256", "channel", "decided_at", "valid_until", "entry_id")  # fmt: skip
LATEST = ("id", "foundation_id", "pupil_id", "purpose_id", "guardian_id", "value", "version_id", "decided_at",
          "valid_until", "entry_id", "answer_id")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an answer names it."""

    purpose: int
    version: int
    sha256: str


def fill_with_answers(database_url: str, pupils: int) -> None:
    """Everybody by COPY, each with nine answers of one parent; and a teacher with one group."""
    foundation = Foundation.objects.create(slug=SLUG, name="Stichting Maat")
    with acting(BENCH, [foundation.id]) as act:
        today = act.today
        year = school_year(foundation, today)
        questions = ask_questions(today)
    size = Size.at(pupils)
    fill(database_url, foundation.id, year.id, size, today)
    employ_colleagues(database_url, today - timedelta(days=CALM))
    answer(database_url, foundation.id, size, questions, year.ends_on, today)
    with acting(BENCH, [foundation.id]):
        employ_teacher(foundation)


def school_year(foundation: Foundation, today: date) -> SchoolYear:
    return SchoolYear.objects.create(
        foundation=foundation,
        name="2000-2001",
        starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=300),
    )


def ask_questions(today: date, count: int = QUESTIONS) -> list[Asked]:
    """So many questions in words of now, over the three layers."""
    layers = (Layer.PAPER, Layer.CLOSED, Layer.SOCIAL)
    for number in range(count):
        add_purpose(
            slug=f"vraag-{number}",
            layer=layers[number % len(layers)],
            short_label=f"Vraag {number}",
            all_must_agree=False,
            places=[f"Plaats {number}"],
            words={"nl": (f"Vraag {number}", "Waar het over gaat")},
            in_force_on=today - timedelta(days=2 * CALM),
        )
    return [
        Asked(purpose.id, version.id, version.texts.get().sha256)
        for purpose in Purpose.objects.order_by("id")
        for version in purpose.versions.all()
    ]


def employ_colleagues(database_url: str, since: date) -> None:
    """A teacher of each group and four more at each school, some 31 together; nobody at the first school.

    There is only who checks for the row `quick-check`, which is about 28 pupils.
    """
    with psycopg.connect(database_url) as database:
        for sql in (COLLEAGUES, ROLES):
            database.execute(sql, [since] if sql is ROLES else None)


COLLEAGUES = """
INSERT INTO schools_staffmember (id, foundation_id, code, source_key, call_name, prefix, surname, email, has_left)
SELECT id, foundation_id, 'W' || id, 'W' || id, 'Wil', '', 'Werkt' || id, 'w' || id || '@example.org', false
FROM (SELECT id, foundation_id, school_id FROM schools_group
    UNION ALL SELECT 100000 * n + id, foundation_id, id FROM schools_school, generate_series(1, 4) n) work
WHERE school_id > (SELECT min(id) FROM schools_school)
"""
ROLES = """
INSERT INTO schools_role (foundation_id, staff_member_id, name, group_id, school_id, since)
SELECT s.foundation_id, s.id, CASE WHEN g.id IS NULL THEN 'office' ELSE 'teacher' END, g.id,
    CASE WHEN g.id IS NULL THEN s.id %% 100000 + s.id / 1000000 * 1000000 END, %s
FROM schools_staffmember s LEFT JOIN schools_group g ON g.id = s.id
"""


def employ_teacher(foundation: Foundation) -> None:
    """Somebody with one group of exactly 28 pupils."""
    from django.db.models import Count

    full = Group.objects.annotate(count=Count("memberships")).filter(count=IN_GROUP)
    person = StaffMember.objects.create(
        foundation=foundation, source_key="maat", call_name="Joost", surname="Meter", email="maat@example.org"
    )
    role = Role(
        foundation=foundation, staff_member=person, name=RoleName.TEACHER, group=full.order_by("id")[0]
    )
    role.since = timezone.now().date() - timedelta(days=CALM)
    role.save()
    user = User.objects.create_user("maat@example.org", "a long password of nobody")
    Reach.objects.create(user=user, foundation_id=foundation.id, capacity=Capacity.STAFF, person_id=person.id)


def signed_in(email: str = "maat@example.org", *methods: str) -> str:
    """The cookie of a session as the sign-in page makes it."""
    user = User.objects.get(email=email)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": method, "at": timezone.now().timestamp()} for method in methods or ("password",)
    ]
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def ask_family(slug: str = "gezin", children: int = 3) -> str:
    """A foundation with three questions, one a layer, and a parent of so many children; gives the token of the link."""
    from accounts.choices import LinkKind
    from accounts.links import token_for
    from consent.domain.rounds import start_round
    from consent.models import PersonalLink

    foundation = Foundation.objects.create(slug=slug, name="Stichting Gezin")
    with acting(BENCH, [foundation.id]) as act:
        today = act.today
        year = school_year(foundation, today)
        ask_questions(today, count=3)
        family_at_school(foundation, year, today, children)
        start_round(
            name="Jaarvraag",
            year=year,
            purposes=list(Purpose.objects.order_by("id")),
            opens_on=today,
            closes_on=today + timedelta(days=CALM),
        )
        return token_for(LinkKind.CONSENT, PersonalLink.objects.get().target)


def family_at_school(foundation: Foundation, year: SchoolYear, today: date, children: int) -> None:
    """One parent with children in groups of one school."""
    since = today - timedelta(days=CALM)
    school = School.objects.create(
        foundation=foundation, slug="school", name="De School", brin="99ZZ", sector="po", governance="public",
        region="south",
    )  # fmt: skip
    parent = Guardian.objects.create(
        foundation=foundation,
        source_key="ouder",
        call_name="Amina",
        surname="Meter",
        email="ouder@example.org",
    )
    for number in range(children):
        group = Group.objects.create(
            foundation=foundation,
            school=school,
            year=year,
            source_key=str(number),
            name=f"Groep {number + 3}",
        )
        child = Pupil.objects.create(
            foundation=foundation,
            source_key=str(number),
            call_name=CALL_NAMES[number],
            surname="Meter",
            born_on=today - timedelta(days=365 * (6 + number)),
        )
        GroupMembership.objects.create(foundation=foundation, group=group, pupil=child)
        Enrolment.objects.create(foundation=foundation, pupil=child, school=school, since=since)
        Guardianship.objects.create(
            foundation=foundation,
            guardian=parent,
            pupil=child,
            authority="full",
            since=since,
            source="import",
        )


# -- answers


def answer(
    database_url: str, foundation: int, size: Size, questions: Sequence[Asked], until: date, today: date
) -> None:
    """The first parent of each pupil said yes nine times out of ten: history, fast state, and one entry per child.

    The indexes are made after the rows: with them the loading would take minutes. Only in a database that nobody
    else has, and only by its superuser.
    """
    base, at = 1_000_000 * foundation, f"{today - timedelta(days=CALM)} 12:00:00+00"
    couples = size.guardians // 2
    people = [(base + number, base + 2 * (number % couples)) for number in range(size.pupils)]
    history = {"consent_answer": (ANSWER, _answers(people, foundation, questions, until, at))}
    the_rest = {
        "ledger_entry": (ENTRY, _entries(people, foundation, at)),
        "consent_submission": (SUBMISSION, _submissions(people, foundation, at)),
        "consent_latestanswer": (LATEST, _latest(people, foundation, questions, until, at)),
    }
    with ThreadPoolExecutor() as crew:  # PostgreSQL does the work: two connections, two cores
        list(crew.map(partial(_load, database_url, 10 * base), (history, the_rest)))
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute("VACUUM ANALYZE")


def _load(database_url: str, next_id: int, lots: Mapping[str, tuple[Sequence[str], Iterator[str]]]) -> None:
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
        for table, (columns, rows) in lots.items():
            database.execute(READY, [False, table])
            with database.cursor() as cursor, cursor.copy(_into(table, columns)) as copy:
                while lot := "".join(islice(rows, ROWS_PER_WRITE)):
                    copy.write(lot)
            database.execute(READY, [True, table])
            database.execute(f"REINDEX TABLE {table}")
            database.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {next_id})")


READY = "UPDATE pg_index SET indisready = %s WHERE indrelid = %s::regclass"


def _into(table: str, columns: Sequence[str]) -> str:
    return f"COPY {table} ({', '.join(columns)}) FROM STDIN"


def _entries(people: Sequence[tuple[int, int]], foundation: int, at: str) -> Iterator[str]:
    leaf = "\\\\x" + "00" * 32  # their hashes are read by nobody here
    for pupil, guardian in people:
        yield f"{pupil}\t{foundation}\t{at}\tguardian\t{guardian}\tlink\tchoice_decided\tpupil\t{pupil}\t{leaf}\n"


def _submissions(people: Sequence[tuple[int, int]], foundation: int, at: str) -> Iterator[str]:
    for pupil, guardian in people:
        yield f"{pupil}\t{foundation}\tS{pupil}\t{guardian}\tlink\tnl\t{at}\t\n"


def _answers(
    people: Sequence[tuple[int, int]], foundation: int, questions: Sequence[Asked], until: date, at: str
) -> Iterator[str]:
    for pupil, guardian in people:
        for number, asked in enumerate(questions):
            value, last = _value(pupil, number, until)
            yield (
                f"{pupil * QUESTIONS + number}\t{foundation}\t{pupil}\t{pupil}\t{asked.purpose}\t{guardian}\tfull\t"
                f"{value}\t{asked.version}\tnl\t{asked.sha256}\tlink\t{at}\t{last}\t{pupil}\n"
            )


def _latest(
    people: Sequence[tuple[int, int]], foundation: int, questions: Sequence[Asked], until: date, at: str
) -> Iterator[str]:
    for pupil, guardian in people:
        for number, asked in enumerate(questions):
            value, last = _value(pupil, number, until)
            pk = pupil * QUESTIONS + number
            yield (
                f"{pk}\t{foundation}\t{pupil}\t{asked.purpose}\t{guardian}\t{value}\t{asked.version}\t{at}\t{last}\t"
                f"{pupil}\t{pk}\n"
            )


def _value(pupil: int, number: int, until: date) -> tuple[str, str]:
    return ("no", "\\N") if (pupil + number) % 10 == 0 else ("yes", str(until))
