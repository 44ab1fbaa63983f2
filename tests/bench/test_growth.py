"""Row `growth` in short: the check of a group reads as much in a table of 10,000 pupils as in one of 1,000."""

from datetime import date

import psycopg
import pytest

from bench.rows.queries import buffers, check_query
from schools.models import Group

FOUNDATION = 900_000
TODAY = date(2026, 11, 22)
# Groups of 28 that do not lie side by side, nine answers for each pupil; past all walls and keys, and rolled back.
FILL = """
INSERT INTO schools_pupil (id, foundation_id, code, source_key, call_name, prefix, surname, email, born_on)
SELECT %(f)s + n, %(f)s, 'p' || n, n, 'Noor', '', 'Velen' || n, '', '2016-01-01' FROM generate_series(%(a)s, %(b)s) n;
INSERT INTO schools_enrolment (foundation_id, pupil_id, school_id, since)
SELECT %(f)s, %(f)s + n, %(f)s, '2026-08-01' FROM generate_series(%(a)s, %(b)s) n;
INSERT INTO schools_groupmembership (foundation_id, group_id, pupil_id)
SELECT %(f)s, %(group)s + n %% %(groups)s, %(f)s + n FROM generate_series(%(a)s, %(b)s) n;
INSERT INTO schools_guardianship (foundation_id, guardian_id, pupil_id, authority, may_be_contacted, since, source,
    verified_by)
SELECT %(f)s, %(f)s + 2 * n + twice, %(f)s + n, 'full', true, '2026-08-01', 'import', ''
FROM generate_series(%(a)s, %(b)s) n, generate_series(0, 1) twice ORDER BY n, twice;
INSERT INTO consent_latestanswer (foundation_id, pupil_id, purpose_id, guardian_id, value, version_id, decided_at,
    entry_id, answer_id)
SELECT %(f)s, %(f)s + n, %(f)s + purpose, %(f)s + 2 * n, 'yes', %(f)s + purpose, now(), n, 10 * n + purpose
FROM generate_series(%(a)s, %(b)s) n, generate_series(1, 9) purpose ORDER BY n, purpose;
INSERT INTO schools_staffmember (id, foundation_id, code, source_key, call_name, prefix, surname, email, has_left)
SELECT %(f)s + n, %(f)s, 's' || n, n, 'Wil', '', 'Werkt', '', false FROM generate_series(%(a)s, %(b)s, 25) n;
INSERT INTO schools_role (foundation_id, staff_member_id, name, school_id, since)
SELECT %(f)s, %(f)s + n, 'office', %(f)s + n / 700, '2026-08-01' FROM generate_series(%(a)s, %(b)s, 25) n;
ANALYZE schools_pupil, schools_enrolment, schools_groupmembership, schools_guardianship, consent_latestanswer,
    schools_staffmember, schools_role, consent_purpose, consent_questionversion;
"""
ONCE = """
INSERT INTO schools_foundation (id, slug, name, help_phone, help_email, decides_from_age, reset_at_16, pupil_may_veto,
    asks_every_year, yes_needs_code, approved_languages)
VALUES (%(f)s, 'groei', 'Groei', '', '', 16, false, false, true, false, '{}');
INSERT INTO schools_schoolyear (id, foundation_id, name, starts_on, ends_on)
VALUES (%(f)s, %(f)s, '2026-2027', '2026-08-01', '2027-07-31');
INSERT INTO schools_school (id, foundation_id, slug, name, brin, location_number, sector, governance, region, phone,
    place) VALUES (%(f)s, %(f)s, 'groei', 'Groei', '99ZZ', '00', 'po', 'public', 'south', '', '');
INSERT INTO schools_group (id, foundation_id, code, school_id, year_id, source_key, name, grade)
VALUES (%(f)s, %(f)s, 'groei', %(f)s, %(f)s, '1', 'Groep 1', '');
INSERT INTO consent_purpose (id, foundation_id, slug, layer, short_label, position, all_must_agree, is_active, medium)
SELECT %(f)s + n, %(f)s, 'vraag-' || n, 'paper', 'Vraag', n, false, true, 'all' FROM generate_series(1, 9) n;
INSERT INTO consent_questionversion (id, foundation_id, purpose_id, number, is_material, in_force_on)
SELECT %(f)s + n, %(f)s, %(f)s + n, 1, false, '2026-08-01' FROM generate_series(1, 9) n;
"""


@pytest.fixture
def growing(django_db_setup, stack):
    """A connection of the superuser, in a transaction that is never kept: first all tables become empty and new in it,
    since what other tests left behind in an index would be read too."""
    with psycopg.connect(stack.database_url("postgres"), cursor_factory=psycopg.ClientCursor) as database:
        database.execute("SET LOCAL session_replication_role = replica")
        database.execute("SET LOCAL lock_timeout = '20s'")
        database.execute("TRUNCATE schools_foundation CASCADE")
        database.execute(ONCE, {"f": FOUNDATION})
        yield database
        database.rollback()


def test_a_check_reads_as_much_among_10_000_pupils_as_among_1_000(growing):
    add(growing, 1, 1_000, group=FOUNDATION, groups=36)
    few = read_by_a_check(growing)
    add(growing, 1_001, 10_000, group=FOUNDATION + 100, groups=320)
    many = read_by_a_check(growing)

    assert few > 7 * 27  # seven for each pupil: it really was read
    assert many <= 1.1 * few, f"{many} pages of 8 kB against {few}"


def add(database: psycopg.Connection, first: int, last: int, *, group: int, groups: int) -> None:
    """These pupils, over so many groups from this one on, and a colleague for each 25 of them."""
    words = {"f": FOUNDATION, "a": first, "b": last, "group": group, "groups": groups}
    database.execute(FILL, words)


def read_by_a_check(database: psycopg.Connection) -> int:
    """What the check of the first group reads, as the app's role behind its wall."""
    group = Group(id=FOUNDATION, school_id=FOUNDATION, code="groei")
    with database.transaction(force_rollback=True):
        database.execute("SET LOCAL ROLE portal_app")
        # A table of 12 pages is rather read as a whole: here it is asked as a large one is, pupil by pupil.
        for way in ("seqscan", "hashjoin", "mergejoin"):
            database.execute(f"SET LOCAL enable_{way} = off")
        database.execute("SELECT set_config('portal.foundations', %s, true)", [str(FOUNDATION)])
        statement = check_query(group, TODAY)
        ((found, *_),) = database.execute(*statement).fetchall()
        assert found == FOUNDATION
        return buffers(database, statement)
