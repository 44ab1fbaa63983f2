"""The same small set of people everywhere; the people of De Brug must never appear anywhere else.

Amina is the mother of Noor (12) and Sam (16); Erik is Noor's father. Joost teaches 8A. Olga keeps the office,
Ada administers, Fatima coordinates against bullying, Ria directs, Henk is the board, Lotte the DPO.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.choices import Capacity
from accounts.models import Reach, User
from consent.choices import Layer
from consent.domain.purposes import add_purpose
from ledger.acting import SCHOOL_TIME, acting, system
from schools.choices import Authority, Governance, HolidayRegion, RoleName, Sector
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

WORDS = {
    "nl": ("Op papier", "Schoolgids, folder en nieuwsbrief"),
    "en": ("On paper", "School guide, leaflet and newsletter"),
}


def today() -> date:
    return timezone.now().astimezone(SCHOOL_TIME).date()


def years_ago(years: int, day: date | None = None) -> date:
    day = day or today()
    return (day.replace(day=1) - timedelta(days=1)).replace(year=day.year - years - (day.month == 1), day=15)


@dataclass
class Cast(SimpleNamespace):
    """Everybody by first name; `home` is the foundation of most, `bridge` the other one."""

    home: Foundation = None  # type: ignore[assignment]
    bridge: Foundation = None  # type: ignore[assignment]
    people: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def acting(self, actor=None, foundation: Foundation | None = None, **options: Any):
        return acting(actor or system("test"), [(foundation or self.home).id], **options)

    def user_of(self, person: Any) -> User:
        capacity = {Guardian: Capacity.GUARDIAN, StaffMember: Capacity.STAFF, Pupil: Capacity.PUPIL}[
            type(person)
        ]
        return Reach.objects.get(
            foundation_id=person.foundation_id, capacity=capacity, person_id=person.id
        ).user

    def sign_in(self, client: Client, person: Any) -> None:
        """A session as the sign-in pages make it: staff with password and second factor, parents with a code."""
        methods = ["password", "mfa"] if isinstance(person, StaffMember) else ["code"]
        user = self.user_of(person)
        client.force_login(user)
        session = client.session
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = [
            {"method": method, "at": timezone.now().timestamp()} for method in methods
        ]
        session.save()


def make_cast() -> Cast:
    cast = Cast()
    cast.home = Foundation.objects.create(slug="thuis", name="Stichting Thuis", help_phone="013 000 00 00")
    cast.bridge = Foundation.objects.create(slug="de-brug", name="Stichting De Brug")
    with cast.acting():
        _populate_home(cast)
    with cast.acting(foundation=cast.bridge):
        _populate_bridge(cast)
    return cast


def _populate_home(cast: Cast) -> None:
    people, home = cast.people, cast.home
    people["purposes"] = _purposes(home)
    people["year"] = school_year(home)
    people["beacon"] = school(home, "de-baken", "De Baken", "99AA")
    people["harbour"] = school(home, "de-haven", "De Haven", "99AB")
    people["group_8a"] = group(people["beacon"], people["year"], "8A")
    people["group_7b"] = group(people["harbour"], people["year"], "7B")
    people["noor"] = pupil(people["group_8a"], "Noor", "Yıldız", years_ago(12))
    people["sam"] = pupil(people["group_8a"], "Sam", "Yıldız", years_ago(16))
    people["bo"] = pupil(people["group_8a"], "Bo", "Łuczak", years_ago(11))
    people["mila"] = pupil(people["group_7b"], "Mila", "Öz", years_ago(10))
    people["amina"] = guardian(home, "Amina", "Yıldız", [people["noor"], people["sam"]])
    people["erik"] = guardian(home, "Erik", "Jansen", [people["noor"]])
    people["karol"] = guardian(home, "Karol", "Łuczak", [people["bo"]])
    people["ward"] = guardian(home, "Ward", "Smit", [people["bo"]], authority=Authority.INFORMED)
    people["selin"] = guardian(home, "Selin", "Öz", [people["mila"]])
    roles = {
        "joost": (RoleName.TEACHER, {"group": people["group_8a"]}),
        "olga": (RoleName.OFFICE, {"school": people["beacon"]}),
        "fatima": (RoleName.ANTI_BULLYING, {"school": people["beacon"]}),
        "ria": (RoleName.DIRECTOR, {"school": people["beacon"]}),
        "ada": (RoleName.ADMINISTRATOR, {}),
        "zoe": (RoleName.ADMINISTRATOR, {}),
        "henk": (RoleName.BOARD, {}),
        "lotte": (RoleName.DPO, {}),
        "els": (RoleName.TEACHER, {"group": people["group_7b"]}),
    }
    for name, (role, place) in roles.items():
        people[name] = staff(home, name.title(), role, **place)
    people["piet"] = staff(
        home, "Piet", RoleName.TEACHER, group=people["group_8a"], until=today() - timedelta(days=1)
    )


def _populate_bridge(cast: Cast) -> None:
    people, bridge = cast.people, cast.bridge
    people["bridge_purposes"] = _purposes(bridge)
    people["bridge_school"] = school(bridge, "overkant", "De Overkant", "99BA")
    people["bridge_group"] = group(people["bridge_school"], school_year(bridge), "Brugklas")
    people["vera_child"] = pupil(people["bridge_group"], "Vreemd", "Overkant", years_ago(12))
    people["vera"] = guardian(bridge, "Vera", "Overkant", [people["vera_child"]])
    people["bas"] = staff(bridge, "Bas", RoleName.DIRECTOR, school=people["bridge_school"])


def _purposes(foundation: Foundation) -> dict[str, Any]:
    texts = {
        "papier": (Layer.PAPER, "Papier", False),
        "besloten": (Layer.CLOSED, "Ouderapp", False),
        "sociaal": (Layer.SOCIAL, "Sociale media", True),
    }
    return {
        slug: add_purpose(
            slug=slug,
            layer=layer,
            short_label=label,
            all_must_agree=strict,
            places=[f"{label} 1", f"{label} 2"],
            words={language: (f"{label} ({language})", words[1]) for language, words in WORDS.items()},
            in_force_on=today() - timedelta(days=400),
        )
        for slug, (layer, label, strict) in texts.items()
    }


def school_year(foundation: Foundation, day: date | None = None) -> SchoolYear:
    day = day or today()
    first = day.year if day.month >= 8 else day.year - 1
    return SchoolYear.objects.get_or_create(
        foundation=foundation,
        name=f"{first}-{first + 1}",
        defaults={"starts_on": date(first, 8, 1), "ends_on": date(first + 1, 7, 31)},
    )[0]


def school(foundation: Foundation, slug: str, name: str, brin: str) -> School:
    return School.objects.create(
        foundation=foundation,
        slug=slug,
        name=name,
        brin=brin,
        sector=Sector.PO,
        governance=Governance.PUBLIC,
        region=HolidayRegion.SOUTH,
    )


def group(school: School, year: SchoolYear, name: str) -> Group:
    return Group.objects.create(
        foundation_id=school.foundation_id, school=school, year=year, source_key=name, name=name
    )


def pupil(in_group: Group, call_name: str, surname: str, born_on: date) -> Pupil:
    child = Pupil.objects.create(
        foundation_id=in_group.foundation_id,
        source_key=f"{in_group.school.brin}-{uuid.uuid4().hex[:8]}",
        call_name=call_name,
        surname=surname,
        born_on=born_on,
    )
    GroupMembership.objects.create(foundation_id=in_group.foundation_id, group=in_group, pupil=child)
    Enrolment.objects.create(
        foundation_id=in_group.foundation_id, pupil=child, school=in_group.school, since=years_ago(2)
    )
    return child


def enrol_elsewhere(child: Pupil, school: School, since: date) -> Enrolment:
    return Enrolment.objects.create(
        foundation_id=child.foundation_id, pupil=child, school=school, since=since
    )


def guardian(
    foundation: Foundation,
    call_name: str,
    surname: str,
    children: list[Pupil],
    *,
    authority: Authority = Authority.FULL,
    email: str | None = None,
    language: str = "nl",
) -> Guardian:
    email = f"{call_name.lower()}@{foundation.slug}.example.org" if email is None else email
    person = Guardian.objects.create(
        foundation=foundation,
        source_key=uuid.uuid4().hex[:12],
        call_name=call_name,
        surname=surname,
        email=email,
        language=language,
    )
    for child in children:
        Guardianship.objects.create(
            foundation=foundation,
            guardian=person,
            pupil=child,
            authority=authority,
            since=child.born_on,
            source="test",
        )
    if email:
        reach(person, Capacity.GUARDIAN)
    return person


def staff(
    foundation: Foundation, call_name: str, role: RoleName, until: date | None = None, **place: Any
) -> StaffMember:
    person = StaffMember.objects.create(
        foundation=foundation,
        source_key=uuid.uuid4().hex[:12],
        call_name=call_name,
        surname="Werkt",
        email=f"{call_name.lower()}@school-{foundation.slug}.example.org",
    )
    Role.objects.create(
        foundation=foundation, staff_member=person, name=role, since=years_ago(1), until=until, **place
    )
    reach(person, Capacity.STAFF)
    return person


def reach(person: Any, capacity: Capacity) -> None:
    user, _ = User.objects.get_or_create(email=person.email)
    Reach.objects.create(
        user=user, foundation_id=person.foundation_id, capacity=capacity, person_id=person.id
    )
