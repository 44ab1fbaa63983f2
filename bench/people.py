"""A made-up foundation of any size, filled by COPY: schools, groups, pupils, and guardians.

In the shape of the large one of performance.md: of 94,000 guardians 75,000 pupils at 100 schools, 5% of the
guardians without address. Two guardians for each pair of parents, one or two children for each pair, in any two
groups. All guardians decide for somebody; some of the second children decide alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import psycopg

PUPILS_PER_GUARDIAN, PUPILS_PER_SCHOOL, PUPILS_PER_GROUP = 75 / 94, 750, 28
SCATTER = 7919  # a prime: the pupils of one group do not lie side by side on the disk
WITHOUT_ADDRESS = 0.05
LANGUAGES = ("nl",) * 8 + ("ar", "tr")
CALL_NAMES = ("Noor", "Sam", "Bo", "Mila", "Yusuf", "Zoë", "Finn", "Aya", "Jip", "Łukasz", "Emma", "Daan", "Sara",
              "Levi", "Lina", "Adam", "Tess", "Milan", "Nora", "Luuk", "Fien", "Omar", "Roos", "Thijs")  # fmt: skip
BEGINNINGS = ("Berg", "Çel", "Linde", "Łuc", "Öz", "Water", "Roos", "Zand", "Dijk", "Hof", "Kamp", "Steen")
ENDINGS = ("man", "huis", "stra", "ink", "boer", "horst", "beek", "ers")
SURNAMES = tuple(beginning + ending for beginning in BEGINNINGS for ending in ENDINGS)
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each; `of` gives the numbers that belong to so many guardians, `at` those of so many pupils."""

    guardians: int
    pupils: int
    schools: int

    @classmethod
    def of(cls, guardians: int) -> "Size":
        return cls.at(round(guardians * PUPILS_PER_GUARDIAN), guardians)

    @classmethod
    def at(cls, pupils: int, guardians: int = 0) -> "Size":
        return cls(
            guardians or round(pupils / PUPILS_PER_GUARDIAN), pupils, max(1, pupils // PUPILS_PER_SCHOOL)
        )


def fill(database_url: str, foundation: int, year: int, size: Size, today: date) -> None:
    """Write the people of this foundation, past the wall: `database_url` is that of the server's own superuser.

    The same ones each time. Ids begin above those of the foundations before it.
    """
    rng = Random(f"{foundation}:{size}")
    with psycopg.connect(database_url) as database:
        database.execute(
            "SET session_replication_role = replica"
        )  # our own rows: their keys need no checking
        base = 1_000_000 * foundation
        schools = [base + number for number in range(size.schools)]
        count = max(size.schools, size.pupils // PUPILS_PER_GROUP)
        groups = [(base + number, schools[number * size.schools // count]) for number in range(count)]
        at = [groups[number * SCATTER % len(groups)] for number in range(size.pupils)]
        _copy(database, "school", SCHOOL, (_school(pk, foundation) for pk in schools))
        _copy(
            database,
            "group",
            GROUP,
            ((pk, foundation, f"C{pk}", at_, year, str(pk), f"Groep {pk}", "") for pk, at_ in groups),
        )
        _copy(database, "pupil", PUPIL, _pupils(foundation, base, size, today, rng))
        _copy(database, "guardian", GUARDIAN, _guardians(foundation, base, size, rng))
        since = today - timedelta(days=700)
        pupils = range(base, base + size.pupils)
        _copy(
            database,
            "enrolment",
            ENROLMENT,
            ((pk, foundation, pk, at[pk - base][1], since) for pk in pupils),
        )
        _copy(
            database,
            "groupmembership",
            MEMBERSHIP,
            ((pk, foundation, at[pk - base][0], pk) for pk in pupils),
        )
        _copy(database, "guardianship", GUARDIANSHIP, _guardianships(foundation, base, size, since))
    with psycopg.connect(database_url, autocommit=True) as database:
        database.execute("VACUUM ANALYZE")


SCHOOL = ("id", "foundation_id", "slug", "name", "brin", "location_number", "sector", "governance", "region",
          "phone", "place")  # fmt: skip
GROUP = ("id", "foundation_id", "code", "school_id", "year_id", "source_key", "name", "grade")
PERSON = ("id", "foundation_id", "code", "source_key", "call_name", "prefix", "surname", "email")
PUPIL = (*PERSON, "born_on")
GUARDIAN = (*PERSON, "language", "has_secret_address")
ENROLMENT = ("id", "foundation_id", "pupil_id", "school_id", "since")
MEMBERSHIP = ("id", "foundation_id", "group_id", "pupil_id")
GUARDIANSHIP = ("id", "foundation_id", "guardian_id", "pupil_id", "authority", "may_be_contacted", "since", "source",
                "verified_by")  # fmt: skip


def _school(pk: int, foundation: int) -> Row:
    brin = f"{pk % 10_000:04}"
    return pk, foundation, f"school-{pk}", f"School {pk}", brin, "00", "po", "public", "south", "", ""


def _pupils(foundation: int, base: int, size: Size, today: date, rng: Random) -> Iterator[Row]:
    couples = size.guardians // 2
    for number in range(size.pupils):
        pk, is_first = base + number, number < couples
        born_on = today - timedelta(days=rng.randint(4 * 366, (15 if is_first else 18) * 365))
        email = f"leerling{pk}@leerling.example.org" if rng.random() < 0.5 else ""
        yield (*_person(pk, "P", foundation, email, rng), born_on)


def _guardians(foundation: int, base: int, size: Size, rng: Random) -> Iterator[Row]:
    for number in range(size.guardians):
        pk = base + number
        email = "" if rng.random() < WITHOUT_ADDRESS else f"ouder{pk}@post{number % 40}.example.org"
        yield (*_person(pk, "G", foundation, email, rng), rng.choice(LANGUAGES), False)


def _guardianships(foundation: int, base: int, size: Size, since: date) -> Iterator[Row]:
    couples = size.guardians // 2
    for number in range(size.pupils):
        couple = number % couples
        for parent in (2 * couple, 2 * couple + 1):
            pk = base + 2 * number + parent % 2
            yield pk, foundation, base + parent, base + number, "full", True, since, "import", ""


def _person(pk: int, letter: str, foundation: int, email: str, rng: Random) -> Row:
    return (
        pk,
        foundation,
        f"{letter}{pk}",
        f"99AA-{pk}",
        rng.choice(CALL_NAMES),
        "",
        rng.choice(SURNAMES),
        email,
    )


def _copy(database: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with (
        database.cursor() as cursor,
        cursor.copy(f"COPY schools_{table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
