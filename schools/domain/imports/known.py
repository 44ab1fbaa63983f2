"""What the portal knows already about the people and places of an upload: plain values, no model rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from ledger.sql import any_of
from schools.choices import PersonKind, RoleName
from schools.models import (
    Enrolment,
    Group,
    GroupMembership,
    Guardian,
    Guardianship,
    KnownAs,
    Pupil,
    Role,
    School,
    SchoolYear,
    StaffMember,
)
from schools.querysets import in_force

from .rows import PersonRow, Upload
from .text import ASCII_SIGNS, fold

NAME = ("call_name", "prefix", "surname")
FIELDS = {
    PersonKind.PUPIL: (*NAME, "email", "born_on"),
    PersonKind.GUARDIAN: (*NAME, "email", "language", "has_secret_address"),
    PersonKind.STAFF: (*NAME, "email"),
}
MODELS: dict[PersonKind, Any] = {
    PersonKind.PUPIL: Pupil,
    PersonKind.GUARDIAN: Guardian,
    PersonKind.STAFF: StaffMember,
}


@dataclass(frozen=True, slots=True)
class KnownPerson:
    id: int
    key: str
    values: dict[str, Any]

    @property
    def full_name(self) -> str:
        return " ".join(part for name in NAME if (part := self.values[name]))


@dataclass(slots=True)
class Register:
    """The people of one kind: by number (second numbers too), and those who may be a close match."""

    by_key: dict[str, KnownPerson] = field(default_factory=dict)
    lookalikes: list[KnownPerson] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KnownLink:
    id: int
    guardian: int
    pupil: int
    authority: str
    may_be_contacted: bool
    since: date
    until: date | None
    is_verified: bool
    representation: str = ""
    beyond_16: bool = False


@dataclass(slots=True)
class Known:
    """A snapshot for one school and one school year; `day` is the first day on which the import counts."""

    school_id: int
    day: date
    today: date
    year_id: int | None = None
    pupils: Register = field(default_factory=Register)
    guardians: Register = field(default_factory=Register)
    staff: Register = field(default_factory=Register)
    here: dict[int, int] = field(default_factory=dict)  # pupil → enrolment at this school
    elsewhere: dict[int, str] = field(
        default_factory=dict
    )  # pupil → name of another school of the foundation
    names: dict[int, KnownPerson] = field(default_factory=dict)  # everybody enrolled here
    groups: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # key → id, name, grade
    memberships: dict[tuple[int, int], int] = field(default_factory=dict)  # group, pupil → id
    links: list[KnownLink] = field(default_factory=list)
    old_links: set[tuple[int, int, date]] = field(default_factory=set)
    # Guardian and pupil of whom the school saw a paper: no file moves their days, or gives back what it takes.
    papers: set[tuple[int, int]] = field(default_factory=set)
    roles: dict[tuple[int, int], int] = field(default_factory=dict)  # staff member, group → id
    guardian_names: dict[int, str] = field(default_factory=dict)
    staff_names: dict[int, str] = field(default_factory=dict)


def year_starts(first_year: int) -> date:
    """School years run from 1 August."""
    return date(first_year, 8, 1)


def load_known(upload: Upload, school: School, today: date) -> Known:
    """Read all that `compare` needs, in a fixed number of queries however many pupils the file has."""
    starts = year_starts(upload.first_year)
    year_id = SchoolYear.objects.filter(starts_on=starts).values_list("id", flat=True).first()
    known = Known(school_id=school.id, day=max(today, starts), today=today, year_id=year_id)
    _load_people(known, upload)
    _load_enrolments(known, school)
    _load_groups(known, school)
    _load_links(known)
    return known


def _load_people(known: Known, upload: Upload) -> None:
    known.pupils = _register(PersonKind.PUPIL, upload.pupils)
    known.staff = _register(PersonKind.STAFF, upload.staff)
    known.guardians = _register(PersonKind.GUARDIAN, upload.guardians)


def _register(kind: PersonKind, rows: Sequence[PersonRow]) -> Register:
    """By their number or a second one; and who looks like somebody whose number is new."""
    model, keys = MODELS[kind], [row.key for row in rows]
    second = dict(
        KnownAs.objects.filter(kind=kind, source_key__in=any_of("text", keys)).values_list(
            "source_key", _column(kind)
        )
    )
    people = _people(
        kind, model.objects.filter(Q(source_key__in=any_of("text", keys)) | Q(id__in=second.values()))
    )
    by_id = {person.id: person for person in people}
    by_key = {person.key: person for person in people}
    by_key |= {key: by_id[person_id] for key, person_id in second.items()}
    return Register(by_key, _lookalikes(kind, [row for row in rows if row.key not in by_key]))


# Every name of plain letters is compared here as `fold` does it; any other is left to `fold`. Without this an import
# would read a quarter of a large foundation: as many children are born on the same days as those of one school. First
# the cheap question for nine in ten of them: does the name begin with another letter? (| 32 makes it a small one.)
LIKE_PUPILS = """
SELECT p.id FROM schools_pupil p
JOIN (SELECT DISTINCT born_on, folded, ascii(folded) AS first
      FROM unnest(%s::date[], %s::text[]) AS n(born_on, folded)) AS new USING (born_on)
WHERE ((ascii(p.call_name) | 32) = first OR (ascii(p.call_name) | 32) NOT BETWEEN 97 AND 122)
  AND (octet_length(p.call_name || p.prefix || p.surname) <> char_length(p.call_name || p.prefix || p.surname)
       OR translate(lower(p.call_name || p.prefix || p.surname), %s, '') = folded)
"""


def _lookalikes(kind: PersonKind, new: Sequence[PersonRow]) -> list[KnownPerson]:
    """Everybody with the likeness of one of these."""
    wanted = {likeness_of_row(kind, row) for row in new}
    if not wanted:
        return []
    if kind == PersonKind.PUPIL:
        names, days = zip(*wanted, strict=True)
        signs = "".join(map(chr, ASCII_SIGNS)).lstrip("\0")
        people = Pupil.objects.filter(id__in=RawSQL(LIKE_PUPILS, [list(days), list(names), signs]))  # noqa: S611
    else:
        addresses = any_of("text", {row.email for row in new if row.email})
        people = MODELS[kind].objects.filter(email__in=addresses)
    return [person for person in _people(kind, people) if likeness(kind, person.values) in wanted]


def likeness_of_row(kind: PersonKind, row: PersonRow) -> tuple[str, str]:
    """`likeness` of somebody in the file."""
    return likeness(kind, {name: getattr(row, name) for name in FIELDS[kind]})


def likeness(kind: PersonKind, values: Mapping[str, Any]) -> tuple[str, str]:
    """Spelling, case and hyphens do not count; the prefix may stand in another column ("van den Berg")."""
    other = values["born_on"].isoformat() if kind == PersonKind.PUPIL else (values["email"] or "")
    return fold(*(values[name] for name in NAME)), other


def _column(kind: PersonKind) -> str:
    return {PersonKind.PUPIL: "pupil_id", PersonKind.GUARDIAN: "guardian_id"}.get(kind, "staff_member_id")


def _people(kind: PersonKind, people: QuerySet[Any]) -> list[KnownPerson]:
    fields = FIELDS[kind]
    return [
        KnownPerson(row[0], row[1], dict(zip(fields, row[2:], strict=True)))
        for row in people.order_by("id").values_list("id", "source_key", *fields)
    ]


def _load_enrolments(known: Known, school: School) -> None:
    rows = Enrolment.objects.filter(in_force(known.day)).order_by("id")
    known.here = dict(rows.filter(school=school).values_list("pupil_id", "id"))
    known.names = {
        person.id: person
        for person in _people(PersonKind.PUPIL, Pupil.objects.filter(id__in=any_of("bigint", known.here)))
    }
    mine = set(known.here) | {person.id for person in _everybody(known.pupils)}
    others = rows.exclude(school=school).filter(pupil_id__in=any_of("bigint", mine))
    known.elsewhere = dict(others.values_list("pupil_id", "school__name"))


def _load_groups(known: Known, school: School) -> None:
    if known.year_id is None:
        return
    groups = Group.objects.filter(school=school, year_id=known.year_id).order_by("id")
    known.groups = {key: (pk, name, grade) for pk, key, name, grade in
                    groups.values_list("id", "source_key", "name", "grade")}  # fmt: skip
    ids = [pk for pk, _, _ in known.groups.values()]
    members = GroupMembership.objects.filter(group_id__in=ids).order_by("id")
    known.memberships = {
        (group, pupil): pk for pk, group, pupil in members.values_list("id", "group_id", "pupil_id")
    }
    # Also roles that start later: for next year's groups they all do.
    roles = (
        Role.objects.filter(name=RoleName.TEACHER, group_id__in=ids)
        .exclude(until__lt=known.day)
        .order_by("id")
    )
    known.roles = {
        (member, group): pk for pk, member, group in roles.values_list("id", "staff_member_id", "group_id")
    }
    people = StaffMember.objects.filter(id__in={member for member, _ in known.roles})
    known.staff_names = {person.id: person.full_name for person in people.order_by("id")}


def _load_links(known: Known) -> None:
    """The guardianships of everybody who is enrolled here or in the file, ended ones by their first day only."""
    pupils = set(known.here) | {person.id for person in _everybody(known.pupils)}
    columns = ("id", "guardian_id", "pupil_id", "authority", "may_be_contacted", "since", "until")
    rows = Guardianship.objects.filter(pupil_id__in=any_of("bigint", pupils)).order_by("since", "id")
    for row in rows.values_list(*columns, "verified_by", "representation", "beyond_16"):
        pk, guardian, pupil, authority, contact, since, until, verified_by, order, beyond = row
        known.old_links.add((guardian, pupil, since))
        if until is None or until >= known.day:
            seen = bool(verified_by)
            known.links.append(
                KnownLink(pk, guardian, pupil, authority, contact, since, until, seen, order, beyond)
            )
            if seen:
                known.papers.add((guardian, pupil))
    people = Guardian.objects.filter(id__in=any_of("bigint", {link.guardian for link in known.links}))
    known.guardian_names = {person.id: person.full_name for person in people.order_by("id")}


def _everybody(register: Register) -> Iterable[KnownPerson]:
    return [*register.by_key.values(), *register.lookalikes]
