"""Everybody of one foundation, first gathered in memory, then written in a few statements."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db.models import Model

from accounts.choices import Capacity
from accounts.models import Reach, User
from schools.choices import Authority, RoleName
from schools.models import (
    Enrolment,
    Foundation,
    Group,
    GroupMembership,
    Guardian,
    Guardianship,
    Person,
    Pupil,
    Role,
    School,
    SchoolYear,
    StaffMember,
)

BATCH = 2_000
# Reserved for examples (RFC 2606).
MAIL_DOMAINS = ("post.example.org", "mail.example.net", "thuis.example.com")
# What unaccenting leaves as it is.
PLAIN = str.maketrans({"ł": "l", "ı": "i", "đ": "d", "ø": "o", "ß": "ss"})
CAPACITIES = {Guardian: Capacity.GUARDIAN, StaffMember: Capacity.STAFF, Pupil: Capacity.PUPIL}


@dataclass(slots=True)
class Family:
    """Brothers and sisters, and what each adult may do for each of them."""

    children: list[Pupil] = field(default_factory=list)
    ties: list[Guardianship] = field(default_factory=list)

    def deciders(self, pupil: Pupil, on: date) -> list[Guardian]:
        return [
            tie.guardian
            for tie in self.ties
            if tie.pupil is pupil
            and tie.authority == Authority.FULL
            and tie.since <= on
            and (tie.until is None or on <= tie.until)
        ]


@dataclass(slots=True)
class Population:
    """Rows of one foundation that are not yet written; `save` writes them all, parents before children."""

    foundation: Foundation
    year: SchoolYear
    today: date
    rng: Random
    schools: list[School] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    ages: list[int] = field(default_factory=list)  # of the pupils of each group, on 1 October
    families: list[Family] = field(default_factory=list)
    pupils: list[Pupil] = field(default_factory=list)
    memberships: list[GroupMembership] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    staff: list[StaffMember] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    def groups_of(self, school: School) -> list[Group]:
        return [group for group in self.groups if group.school is school]

    def age_in(self, group: Group) -> int:
        return self.ages[self.groups.index(group)]

    def add_group(self, school: School, name: str, grade: str, age: int) -> None:
        self.ages.append(age)
        self.groups.append(
            Group(
                foundation=self.foundation,
                school=school,
                year=self.year,
                source_key=name,
                name=name,
                grade=grade,
            )
        )

    def add_pupil(
        self,
        group: Group,
        name: tuple[str, str, str],
        born_on: date,
        *,
        since: date | None = None,
        email: str = "",
    ) -> Pupil:
        """In the group, and enrolled at its school from `since`: the fourth birthday when it is not said."""
        pupil = Pupil(
            foundation=self.foundation,
            source_key=f"{group.school.brin}-{10_001 + len(self.pupils)}",
            call_name=name[0],
            prefix=name[1],
            surname=name[2],
            born_on=born_on,
            email=email,
        )
        start = since or min(born_on + timedelta(days=4 * 365 + 2), self.today - timedelta(days=30))
        self.pupils.append(pupil)
        self.memberships.append(GroupMembership(foundation=self.foundation, group=group, pupil=pupil))
        self.enrolments.append(
            Enrolment(foundation=self.foundation, pupil=pupil, school=group.school, since=start)
        )
        return pupil

    def add_guardian(
        self, name: tuple[str, str, str], email: str, language: str, *, has_secret_address: bool = False
    ) -> Guardian:
        guardian = Guardian(
            foundation=self.foundation,
            source_key=f"ouder-{10_001 + len(self.guardians)}",
            call_name=name[0],
            prefix=name[1],
            surname=name[2],
            email=email,
            language=language,
            has_secret_address=has_secret_address,
        )
        self.guardians.append(guardian)
        return guardian

    def add_staff(
        self, name: tuple[str, str, str], email: str = "", *, has_left: bool = False
    ) -> StaffMember:
        domain = f"{self.foundation.slug}.example.org"
        member = StaffMember(
            foundation=self.foundation,
            source_key=f"mw-{1_001 + len(self.staff)}",
            call_name=name[0],
            prefix=name[1],
            surname=name[2],
            email=email or self.address(name, domain),
            has_left=has_left,
        )
        self.staff.append(member)
        return member

    def give_role(
        self,
        member: StaffMember,
        role: RoleName,
        *,
        school: School | None = None,
        group: Group | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> None:
        self.roles.append(
            Role(
                foundation=self.foundation,
                staff_member=member,
                name=role,
                school=school,
                group=group,
                since=since or self.today - timedelta(days=500),
                until=until,
            )
        )

    def address(self, name: tuple[str, str, str], domain: str = "") -> str:
        """An address that nobody else here has, made of the name, in plain letters."""
        domain = domain or self.rng.choice(MAIL_DOMAINS)
        local = ".".join(part for part in (plain(name[0]), plain(name[1] + name[2])) if part)
        address, number = f"{local}@{domain}", 1
        while address in self.addresses:
            number += 1
            address = f"{local}{number}@{domain}"
        self.addresses.add(address)
        return address

    def save(self) -> None:
        """Ten statements or so per thousand people; ids come back into the rows."""
        ties = [tie for family in self.families for tie in family.ties]
        _insert(
            self.schools, self.groups, self.pupils, self.memberships, self.enrolments, self.guardians, ties
        )
        _insert(self.staff, self.roles)
        give_mailboxes([*self.guardians, *self.staff, *self.pupils])


def _insert(*tables: Sequence[Model]) -> None:
    for rows in tables:
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)


def give_mailboxes(people: Iterable[Person]) -> None:
    """A way in for everybody with an address; two people with one address share the mailbox (domain.md 1)."""
    reached = [person for person in people if person.email]
    languages = {person.email: getattr(person, "language", "nl") for person in reversed(reached)}
    User.objects.bulk_create(
        (
            User(email=email, language=language, password=make_password(None))
            for email, language in languages.items()
        ),
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    ids = dict(User.objects.filter(email__in=languages).values_list("email", "id"))
    Reach.objects.bulk_create(
        (
            Reach(
                user_id=ids[person.email],
                foundation_id=person.foundation_id,
                capacity=CAPACITIES[type(person)],
                person_id=person.pk,
            )
            for person in reached
        ),
        batch_size=BATCH,
    )


def plain(text: str) -> str:
    """Letters and digits without accents, in lower case."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(PLAIN))
    return "".join(sign for sign in decomposed if sign.isascii() and sign.isalnum())


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 28 February for a 29th that was not there."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
