"""A foundation for a simulated year: two schools with vacations of their own, and families as they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from email.parser import BytesHeaderParser

from django.utils import timezone

from ledger.acting import SCHOOL_TIME, Acting, acting, system
from schools.choices import HolidayRegion, RoleName
from schools.models import (
    Enrolment,
    Foundation,
    Group,
    Guardian,
    Guardianship,
    Pupil,
    School,
    SchoolYear,
    StaffMember,
    Vacation,
)
from tests.cast import group, guardian, pupil, school, school_year, staff
from tests.notices.conftest import Server

BEGIN, END, YEAR_TURN = date(2027, 8, 1), date(2028, 9, 1), date(2028, 8, 1)
LEAP_DAY = date(2028, 2, 29)
BROKEN = "kapot"  # the mail server knows no such address
# Each school's own, as the regions differ: first and last day, both included.
VACATIONS = {
    "de-beuk": [("2027-08-01", "2027-08-29"), ("2027-10-16", "2027-10-24"), ("2027-12-25", "2028-01-09"),
                ("2028-02-19", "2028-02-27"), ("2028-04-29", "2028-05-07"), ("2028-07-15", "2028-08-27")],
    "de-eik": [("2027-08-01", "2027-09-05"), ("2027-10-23", "2027-10-31"), ("2027-12-25", "2028-01-09"),
               ("2028-02-26", "2028-03-05"), ("2028-04-29", "2028-05-07"), ("2028-07-22", "2028-09-01")],
}  # fmt: skip


@dataclass
class Child:
    """What the test knows by itself of a pupil, to say who is asked without asking the portal."""

    pupil: Pupil
    school: School
    since: date
    until: date | None = None

    def decides_alone(self, day: date) -> bool:
        born = self.pupil.born_on
        return (day.year - born.year, (day.month, day.day) >= (born.month, born.day)) >= (16, True)

    def is_decided_for(self, day: date) -> bool:
        """By the parents: not over yet, and not of age; who still has to begin counts."""
        return (self.until is None or self.until >= day) and not self.decides_alone(day)


@dataclass
class Family:
    guardians: list[Guardian]
    children: list[Child] = field(default_factory=list)

    def deciding_for(self, day: date) -> list[Child]:
        return [child for child in self.children if child.is_decided_for(day)]


@dataclass
class World:
    foundation: Foundation
    year: SchoolYear
    schools: list[School]
    groups: list[Group]
    families: list[Family] = field(default_factory=list)
    colleagues: list[StaffMember] = field(default_factory=list)
    unreachable: set[int] = field(default_factory=set)

    @contextmanager
    def acting(self, actor=None) -> Iterator[Acting]:
        with acting(actor or system("test"), [self.foundation.id]) as act:
            yield act

    def family_of(self, guardian_id: int) -> Family:
        return next(
            family for family in self.families if any(one.id == guardian_id for one in family.guardians)
        )


@dataclass(frozen=True)
class Arrived:
    """One mail as the mail server took it, at the simulated moment."""

    at: datetime
    to: str
    kind: str
    message_id: str

    @property
    def day(self) -> date:
        return self.at.astimezone(SCHOOL_TIME).date()


class Post(Server):
    """A real SMTP server that notes when each mail came, on the simulated clock."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[Arrived] = []
        self.answers[BROKEN] = "550 5.1.1 no such mailbox"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        mail = BytesHeaderParser().parsebytes(envelope.content)
        self.arrived.append(Arrived(timezone.now(), mail["To"], mail["X-Portal-Kind"], mail["Message-ID"]))
        return "250 OK"


def make_world() -> World:
    """Under the simulated clock: everybody is there since years, except who is said to come later."""
    home = Foundation.objects.create(slug="jaar", name="Stichting Jaar")
    with acting(system("test"), [home.id]):
        year = school_year(home, BEGIN)
        school_year(home, YEAR_TURN)
        schools = [school(home, "de-beuk", "De Beuk", "99CA"), school(home, "de-eik", "De Eik", "99CB")]
        School.objects.filter(id=schools[0].id).update(region=HolidayRegion.NORTH)
        world = World(home, year, schools, [group(one, year, "8A") for one in schools])
        for one in schools:
            Vacation.objects.bulk_create(
                Vacation(foundation=home, school=one, name="Vakantie", since=since, until=until)
                for since, until in VACATIONS[one.slug]
            )
        for number in range(18):
            _add_family(world, number)
        _add_those_who_differ(world)
        world.colleagues = [
            staff(home, name, RoleName.OFFICE, school=schools[number % 2])
            for number, name in enumerate(["Olga", "Otto", "Oumar", "Odile"])
        ]
    return world


def _add_family(world: World, number: int) -> Family:
    """One to three children, at one of the schools or at both; every fourth has one parent."""
    children = [
        add_child(
            world, f"Kind{number}x{index}", date(2015 + (number + index) % 7, 3, 4), (number + index) % 2
        )
        for index in range(1 + number % 3)
    ]
    return add_parents(
        world, children, *[f"Ouder{number}{letter}" for letter in "ab"[: 2 - (number % 4 == 3)]]
    )


def add_child(
    world: World, name: str, born_on: date, at: int, *, since: date | None = None, email: str = ""
) -> Child:
    child = pupil(world.groups[at], name, "Jaar", born_on)
    Pupil.objects.filter(id=child.id).update(email=email)
    begun = Enrolment.objects.filter(pupil=child)
    begun.update(since=since or date(2025, 8, 1))
    return Child(child, world.schools[at], since or date(2025, 8, 1))


def add_parents(world: World, children: list[Child], *names: str, **more: str) -> Family:
    family = Family(
        [guardian(world.foundation, name, "Jaar", [one.pupil for one in children], **more) for name in names],
        children,
    )
    world.families.append(family)
    return family


def _add_those_who_differ(world: World) -> None:
    """No address, an address that bounces, no contact allowed, and those who come of age in the year."""
    silent = add_parents(world, [add_child(world, "Stil", date(2016, 1, 1), 0)], "Zonder", email="")
    broken = add_parents(
        world, [add_child(world, "Stuk", date(2016, 1, 1), 1)], "Stuk", email=f"{BROKEN}@jaar.example.org"
    )
    hidden = add_parents(world, [add_child(world, "Geheim", date(2016, 1, 1), 0)], "Geheim")
    Guardianship.objects.filter(guardian=hidden.guardians[0]).update(may_be_contacted=False)
    world.unreachable = {family.guardians[0].id for family in (silent, broken, hidden)}
    for name, born_on, email in [
        ("Schrikkel", date(2012, 2, 29), "schrikkel@leerling.example.org"),
        ("Maart", date(2012, 3, 1), ""),
        ("Oud", date(2010, 5, 5), "oud@leerling.example.org"),
    ]:
        add_parents(world, [add_child(world, name, born_on, 1, email=email)], f"Ouder{name}")
