"""What an upload would change: a pure comparison of the rows with what is known. Writes nothing.

A person is recognised by number only. Somebody with another number and the same name and birth date (guardians
and staff: the same name and e-mail address) is a *close match*: it is asked of a human and never guessed, because
a parent who is tied to the wrong child sees and decides about a stranger's child, the worst thing an import can
do (trust, threat 15). Nothing is ticked beforehand, an unanswered question holds up the whole import, and
"keep apart" is the safe answer: then the child starts without any answer, which means no (C6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from schools.choices import Authority, PersonKind

from .known import FIELDS, Known, KnownLink, KnownPerson, Register, likeness, likeness_of_row, year_starts
from .rows import GroupRow, LinkRow, PersonRow, RowError, Upload
from .text import fold

APART = "apart"
STRENGTH = {Authority.NONE: 0, Authority.INFORMED: 1, Authority.FULL: 2}
SHARE_FOR_SECOND_PERSON = 20  # one in twenty: more than 5% (trust R41)


@dataclass(frozen=True, slots=True)
class Change:
    """The fields of one row that get another value."""

    id: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Close:
    """Somebody in the file who may be somebody whom we know under another number."""

    kind: PersonKind
    row: PersonRow
    candidates: tuple[KnownPerson, ...]

    @property
    def field_name(self) -> str:
        return f"{self.kind}:{self.row.key}"


@dataclass(slots=True)
class People:
    """The people of one kind in the file, each in exactly one of new, known or close."""

    new: list[PersonRow] = field(default_factory=list)
    known: list[tuple[PersonRow, KnownPerson]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    close: list[Close] = field(default_factory=list)
    second_numbers: list[tuple[str, int]] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)  # number → whom we know


@dataclass(frozen=True, slots=True)
class Left:
    """A pupil of this school who is not in its file: moved to another school of the foundation, or left."""

    pupil: KnownPerson
    enrolment_id: int
    moved_to: str


@dataclass(frozen=True, slots=True)
class EndedLink:
    link: KnownLink
    guardian: str
    pupil: str


@dataclass(slots=True)
class Plan:
    """Everything that taking in would do, in the order in which it is done."""

    day: date
    errors: list[RowError] = field(default_factory=list)
    pupils: People = field(default_factory=People)
    guardians: People = field(default_factory=People)
    staff: People = field(default_factory=People)
    new_groups: list[GroupRow] = field(default_factory=list)
    changed_groups: list[Change] = field(default_factory=list)
    enrolled: list[str] = field(default_factory=list)
    arrivals: dict[str, str] = field(default_factory=dict)  # number → name of the other school
    left: list[Left] = field(default_factory=list)
    joined: list[tuple[str, str]] = field(default_factory=list)  # group, pupil
    parted: list[int] = field(default_factory=list)
    new_links: list[LinkRow] = field(default_factory=list)
    replaced_links: list[tuple[KnownLink, LinkRow]] = field(default_factory=list)
    changed_links: list[Change] = field(default_factory=list)
    ended_links: list[EndedLink] = field(default_factory=list)
    loosened: int = 0
    links_now: int = 0
    pupils_now: int = 0
    new_roles: list[tuple[str, str]] = field(default_factory=list)  # staff member, group
    ended_roles: dict[int, str] = field(default_factory=dict)

    @property
    def all_people(self) -> tuple[People, People, People]:
        return self.pupils, self.guardians, self.staff

    @property
    def close(self) -> list[Close]:
        return [match for people in self.all_people for match in people.close]

    @property
    def needs_second_person(self) -> bool:
        """More than 5% of the pupils' places or of the parents' links here would disappear (R41)."""
        links = len(self.ended_links) + self.loosened
        return (
            links * SHARE_FOR_SECOND_PERSON > self.links_now
            or len(self.left) * SHARE_FOR_SECOND_PERSON > self.pupils_now
        )

    @property
    def people_shown(self) -> set[int]:
        """The pupils whom we knew and whom a preview of this plan shows (for the record of readings)."""
        asked = {person.id for match in self.pupils.close for person in match.candidates}
        return asked | set(self.pupils.ids.values()) | {row.pupil.id for row in self.left}

    @property
    def changes_nothing(self) -> bool:
        numbers = self.numbers
        quiet = ("pupils_known", "guardians_known", "staff_known")
        return not any(value for name, value in numbers.items() if name not in quiet)

    @property
    def numbers(self) -> dict[str, int]:
        """Counts only: for the ledger and the list of earlier imports."""
        return {
            "pupils_new": len(self.pupils.new),
            "pupils_known": len(self.pupils.known),
            "pupils_changed": len(self.pupils.changes),
            "pupils_left": len(self.left),
            "pupils_enrolled": len(self.enrolled),
            "guardians_new": len(self.guardians.new),
            "guardians_known": len(self.guardians.known),
            "guardians_changed": len(self.guardians.changes),
            "links_new": len(self.new_links),
            "links_changed": len(self.replaced_links) + len(self.changed_links),
            "links_ended": len(self.ended_links),
            "staff_new": len(self.staff.new),
            "staff_known": len(self.staff.known),
            "staff_changed": len(self.staff.changes),
            "roles_new": len(self.new_roles),
            "roles_ended": len(self.ended_roles),
            "groups_new": len(self.new_groups),
            "groups_changed": len(self.changed_groups),
            "places_in_groups": len(self.joined) + len(self.parted),
            "close": len(self.close),
        }

    @property
    def fingerprint(self) -> str:
        """Changes when the plan would do anything else: what a human agreed to is what is done."""
        return sha256(repr(self).encode()).hexdigest()


def compare(upload: Upload, known: Known, decisions: Mapping[str, str]) -> Plan:
    """The plan for this upload. `decisions`: `Close.field_name` → the id of the same person, or APART."""
    plan = Plan(day=known.day, errors=list(upload.errors))
    _check_year(upload, known, plan)
    plan.pupils = _sort(PersonKind.PUPIL, upload.pupils, known.pupils, decisions, plan)
    plan.guardians = _sort(PersonKind.GUARDIAN, upload.guardians, known.guardians, decisions, plan)
    plan.staff = _sort(PersonKind.STAFF, upload.staff, known.staff, decisions, plan)
    _compare_groups(upload, known, plan)
    _compare_enrolments(upload, known, plan)
    if upload.has_guardians:
        _compare_links(upload, known, plan)
    _compare_roles(upload, known, plan)
    return plan


def _check_year(upload: Upload, known: Known, plan: Plan) -> None:
    """Last year's file would send everybody back a group; one for the year after next is a typing error."""
    if not year_starts(upload.first_year - 1) <= known.today < year_starts(upload.first_year + 1):
        plan.errors.append(RowError("edexml", 0, "", "schooljaar", "other_year"))
    for pupil in upload.pupils:
        if pupil.born_on > known.today:
            plan.errors.append(RowError("edexml", pupil.row, pupil.number, "geboortedatum", "born_in_future"))


def _sort(
    kind: PersonKind, rows: Sequence[PersonRow], register: Register, decisions: Mapping[str, str], plan: Plan
) -> People:
    people = People()
    taken = {register.by_key[row.key].id for row in rows if row.key in register.by_key}
    lookalikes = _by_likeness(kind, (person for person in register.lookalikes if person.id not in taken))
    met: set[int] = set()
    for row in rows:
        person = register.by_key.get(row.key)
        if person is None:
            close = Close(kind, row, tuple(lookalikes.get(likeness_of_row(kind, row), ())))
            person = _decided(close, decisions, people)
            if person is None:
                continue
            people.second_numbers.append((row.key, person.id))
        elif _is_somebody_else(kind, row, person):
            plan.errors.append(_error(kind, row, "number_reused"))
            continue
        if person.id in met:
            plan.errors.append(_error(kind, row, "same_person_twice"))
            continue
        met.add(person.id)
        _meet(kind, row, person, people)
    return people


def _decided(close: Close, decisions: Mapping[str, str], people: People) -> KnownPerson | None:
    """The person whom a human recognised; None puts the row with the new ones, or with what must be asked."""
    if not close.candidates:
        people.new.append(close.row)
        return None
    answer = decisions.get(close.field_name, "")
    if answer == APART:
        people.new.append(close.row)
        return None
    same = next((person for person in close.candidates if str(person.id) == answer), None)
    if same is None:
        people.close.append(close)
    return same


def _meet(kind: PersonKind, row: PersonRow, person: KnownPerson, people: People) -> None:
    told = {name: getattr(row, name) for name in FIELDS[kind]}
    after = {
        name: value for name, value in told.items() if value is not None and value != person.values[name]
    }
    people.known.append((row, person))
    people.ids[row.key] = person.id
    if after:
        people.changes.append(Change(person.id, {name: person.values[name] for name in after}, after))


def _is_somebody_else(kind: PersonKind, row: PersonRow, person: KnownPerson) -> bool:
    """A number that now belongs to another human: nothing that proves identity is the same any more."""
    values = person.values
    same_first = _is_one_name(row.call_name, values["call_name"])
    same_last = _is_one_name(row.surname, values["surname"])
    if kind == PersonKind.PUPIL:
        return row.born_on != values["born_on"] and not (same_first and same_last)  # type: ignore[union-attr]
    return not same_first and not same_last and (row.email or "") != values["email"]


def _is_one_name(one: str, other: str) -> bool:
    return one == other or fold(one) == fold(other)


def _by_likeness(kind: PersonKind, people: Iterable[KnownPerson]) -> dict[tuple[str, str], list[KnownPerson]]:
    found: dict[tuple[str, str], list[KnownPerson]] = {}
    for person in people:
        found.setdefault(likeness(kind, person.values), []).append(person)
    return found


def _error(kind: PersonKind, row: PersonRow, code: str) -> RowError:
    file = "guardians" if kind == PersonKind.GUARDIAN else "edexml"
    column = {PersonKind.PUPIL: "leerling", PersonKind.STAFF: "leerkracht"}.get(kind, "")
    return RowError(file, row.row, row.number, column, code)


def _compare_groups(upload: Upload, known: Known, plan: Plan) -> None:
    for group in upload.groups:
        there = known.groups.get(group.key)
        if there is None:
            plan.new_groups.append(group)
        elif (there[1], there[2]) != (group.name, group.grade):
            before = {"name": there[1], "grade": there[2]}
            plan.changed_groups.append(Change(there[0], before, {"name": group.name, "grade": group.grade}))


def _compare_enrolments(upload: Upload, known: Known, plan: Plan) -> None:
    ids = plan.pupils.ids
    asked = {person.id for match in plan.pupils.close for person in match.candidates}
    open_keys = {match.row.key for match in plan.pupils.close}
    wanted: set[tuple[str, str]] = set()
    for row in upload.pupils:
        if row.key in open_keys:
            continue
        if ids.get(row.key) not in known.here:
            plan.enrolled.append(row.key)
            if other := known.elsewhere.get(ids.get(row.key, 0)):
                plan.arrivals[row.key] = other
        wanted |= {(group, row.key) for group in row.groups}
    stays = set(ids.values()) | asked | _in_trouble(upload, known, plan)
    plan.left = [
        Left(known.names[pupil], enrolment, known.elsewhere.get(pupil, ""))
        for pupil, enrolment in known.here.items()
        if pupil not in stays
    ]
    plan.pupils_now = len(known.here)
    _compare_memberships(known, plan, wanted, asked)


def _in_trouble(upload: Upload, known: Known, plan: Plan) -> set[int]:
    """Pupils whose own row must be mended first: the preview does not say that they left."""
    numbers = {error.number for error in plan.errors if error.file == "edexml"}
    return {
        person.id
        for key, person in known.pupils.by_key.items()
        if key.removeprefix(f"{upload.brin}-") in numbers
    }


def _compare_memberships(known: Known, plan: Plan, wanted: set[tuple[str, str]], asked: set[int]) -> None:
    keys = {pk: key for key, (pk, _, _) in known.groups.items()}
    numbers = {person: key for key, person in plan.pupils.ids.items()}
    there = set()
    for (group, pupil), pk in known.memberships.items():
        pair = (keys[group], numbers.get(pupil, ""))
        there.add(pair)
        if pair not in wanted and pupil not in asked:
            plan.parted.append(pk)
    plan.joined = sorted(wanted - there)


def _compare_links(upload: Upload, known: Known, plan: Plan) -> None:
    """Guardianships of the pupils in the file; those of pupils who left stay as they are."""
    here = {plan.pupils.ids[row.key] for row in upload.pupils if row.key in plan.pupils.ids}
    there: dict[tuple[int, int], KnownLink] = {}
    for link in known.links:  # by first day: what holds now goes before what the office planned for later
        if link.pupil in here:
            there.setdefault((link.guardian, link.pupil), link)
    plan.links_now = len(there)
    met = set()
    asked = {person.id for match in plan.guardians.close for person in match.candidates}
    open_keys = {match.row.key for match in plan.close}
    for row in upload.links:
        if row.until is not None and row.until < plan.day:
            continue
        if row.guardian in open_keys or row.pupil in open_keys:
            continue
        pair = (plan.guardians.ids.get(row.guardian, 0), plan.pupils.ids.get(row.pupil, 0))
        there_is = there.get(pair)
        met.add(pair)
        if there_is is None:
            plan.new_links.append(row)
        elif there_is.is_verified or pair not in known.papers:
            _compare_link(there_is, row, plan)
    broken = {error.number for error in plan.errors}
    for pair, link in there.items():
        # What the school has seen a paper of does not end by silence of a file: a curator is in no export.
        on_paper = pair in known.papers or link.beyond_16
        if pair not in met and link.guardian not in asked and not broken and not on_paper:
            name = known.guardian_names.get(link.guardian, "")
            child = known.names.get(link.pupil)
            plan.ended_links.append(EndedLink(link, name, child.full_name if child else ""))


def _compare_link(link: KnownLink, row: LinkRow, plan: Plan) -> None:
    contact = link.may_be_contacted if row.may_be_contacted is None else row.may_be_contacted
    is_told = bool(row.representation) and row.representation != link.representation
    if is_told or (link.authority != row.authority and not link.beyond_16):
        if link.is_verified and STRENGTH[Authority(row.authority)] > STRENGTH[Authority(link.authority)]:
            # The school saw a paper (a judgment): a file does not give back what that took.
            plan.errors.append(RowError("guardians", row.row, "", "gezag", "authority_verified"))
            return
        plan.loosened += link.authority == Authority.FULL != row.authority
        plan.replaced_links.append((link, row))
        return
    # A file without an end date takes none away: the link ends as planned, and the next import asks again.
    is_ordered = link.is_verified or (
        link.beyond_16 and not row.representation
    )  # a court order has its own last day
    until = link.until if is_ordered else row.until or link.until
    if contact != link.may_be_contacted or until != link.until:
        before = {"may_be_contacted": link.may_be_contacted, "until": link.until}
        plan.changed_links.append(Change(link.id, before, {"may_be_contacted": contact, "until": until}))


def _compare_roles(upload: Upload, known: Known, plan: Plan) -> None:
    """The file says who teaches which group; other roles are the portal's own and stay."""
    keys = {key: pk for key, (pk, _, _) in known.groups.items()}
    wanted = [(row.key, group) for row in upload.staff for group in row.groups]
    met = set()
    asked = {person.id for match in plan.staff.close for person in match.candidates}
    open_keys = {match.row.key for match in plan.staff.close}
    for member, group in wanted:
        pair = (plan.staff.ids.get(member, 0), keys.get(group, 0))
        met.add(pair)
        if pair not in known.roles and member not in open_keys:
            plan.new_roles.append((member, group))
    plan.ended_roles = {
        pk: known.staff_names.get(member, "")
        for (member, group), pk in known.roles.items()
        if (member, group) not in met and member not in asked
    }
