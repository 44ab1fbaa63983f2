"""Taking an import in: one act, all or nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models.functions import Lower

from accounts.choices import Capacity
from ledger.acting import current
from ledger.choices import Verb
from ledger.codes import random_code
from ledger.domain.record import record
from ledger.sql import any_of
from schools.choices import PersonKind, RoleName, Source
from schools.models import Guardian, ImportBatch, School, SchoolYear

from . import journal as write
from .journal import Journal
from .known import FIELDS, Known, year_starts
from .mailboxes import Mailbox, set_mailboxes
from .preview import People, Plan
from .refusal import ImportRefused
from .rows import LinkRow, Upload

TABLES = {
    PersonKind.PUPIL: "schools_pupil",
    PersonKind.GUARDIAN: "schools_guardian",
    PersonKind.STAFF: "schools_staffmember",
}
COLUMN_OF = {
    PersonKind.PUPIL: "pupil_id",
    PersonKind.GUARDIAN: "guardian_id",
    PersonKind.STAFF: "staff_member_id",
}
NOT_TOLD = {"email": "", "language": "nl", "has_secret_address": False}
SOURCE = str(Source.IMPORT)


def lock_schools() -> None:
    """One import at a time per foundation: they share guardians, and a child may move between two schools.

    The schools always exist and nothing else locks them; parents who answer meanwhile do not wait for this.
    """
    list(School.objects.order_by("id").select_for_update(no_key=True).values_list("id", flat=True))


def carry_out(batch: ImportBatch, upload: Upload, known: Known, plan: Plan) -> None:
    """Make the database as `plan` says and write it in the ledger, with numbers and no names.

    All or nothing: it runs in a savepoint, and whatever constraint fails raises ImportRefused("not_saved") with
    nothing changed. Pupils are never removed: who is not in the file is no longer enrolled from yesterday on (C1:
    from then every use is forbidden). The caller has the schools locked (`lock_schools`) and made the plan after
    that. Lock order: schools, pupils by id, guardians.
    """
    if plan.errors:
        raise ImportRefused("has_errors")
    if plan.close:
        raise ImportRefused("must_choose")
    journal = Journal()
    try:
        with transaction.atomic():
            _write(journal, batch.school, upload, known, plan)
    except (IntegrityError, DataError) as error:
        raise ImportRefused("not_saved", where=_where(error)) from None
    batch.journal = journal.entries
    batch.numbers = plan.numbers
    record(Verb.SCHOOL_IMPORTED, "school", batch.school_id, batch=batch.code, **plan.numbers)


def _where(error: Exception) -> str:
    """The constraint or column that refused: the message of the database itself quotes the row."""
    diagnosis = getattr(error.__cause__, "diag", None)
    names = (getattr(diagnosis, name, None) for name in ("table_name", "column_name", "constraint_name"))
    return ".".join(name for name in names if name)


def _write(journal: Journal, school: School, upload: Upload, known: Known, plan: Plan) -> None:
    foundation = current().foundation
    _lock_pupils(plan)
    groups = _write_groups(journal, foundation, school, upload, known, plan)
    pupils = _write_people(journal, foundation, PersonKind.PUPIL, plan.pupils)
    _write_places(journal, foundation, school, plan, groups, pupils)
    guardians = _write_people(journal, foundation, PersonKind.GUARDIAN, plan.guardians)
    _write_links(journal, foundation, known, plan, guardians, pupils)
    staff = _write_people(journal, foundation, PersonKind.STAFF, plan.staff)
    _write_roles(journal, foundation, plan, staff, groups)
    mailboxes = _mailboxes(Capacity.GUARDIAN, plan.guardians, guardians)
    mailboxes += _own(_mailboxes(Capacity.PUPIL, plan.pupils, pupils))
    set_mailboxes(journal, foundation, [*mailboxes, *_mailboxes(Capacity.STAFF, plan.staff, staff)])


def _lock_pupils(plan: Plan) -> None:
    """Who answers for one of these children now is let finish first; by id, as everybody locks them."""
    ids = {change.id for change in plan.pupils.changes} | {row.pupil.id for row in plan.left}
    ids |= {ended.link.pupil for ended in plan.ended_links} | {link.pupil for link, _ in plan.replaced_links}
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM schools_pupil WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(ids)]
            )


def _write_groups(
    journal: Journal, foundation: int, school: School, upload: Upload, known: Known, plan: Plan
) -> dict[str, int]:
    starts = year_starts(upload.first_year)
    year, _ = SchoolYear.objects.get_or_create(
        foundation_id=foundation,
        starts_on=starts,
        defaults={
            "name": f"{upload.first_year}-{upload.first_year + 1}",
            "ends_on": year_starts(upload.first_year + 1) - timedelta(days=1),
        },
    )
    ids = {key: pk for key, (pk, _, _) in known.groups.items()}
    rows = [
        {
            "foundation_id": foundation,
            "code": random_code(),
            "school_id": school.id,
            "year_id": year.id,
            "source_key": group.key,
            "name": group.name,
            "grade": group.grade,
        }
        for group in plan.new_groups
    ]
    added = write.insert(journal, "schools_group", rows)
    ids |= {group.key: pk for group, pk in zip(plan.new_groups, added, strict=True)}
    write.update(
        journal, "schools_group", [(change.id, change.before, change.after) for change in plan.changed_groups]
    )
    return ids


def _write_people(journal: Journal, foundation: int, kind: PersonKind, people: People) -> dict[str, int]:
    """Number → id, of everybody in the file."""
    rows: list[dict[str, Any]] = []
    for row in people.new:
        told = {name: getattr(row, name) for name in FIELDS[kind]}
        values = {name: NOT_TOLD[name] if value is None else value for name, value in told.items()}
        rows.append({"foundation_id": foundation, "code": random_code(), "source_key": row.key, **values})
        if kind == PersonKind.STAFF:
            rows[-1]["has_left"] = False
    added = write.insert(journal, TABLES[kind], rows)
    write.update(
        journal, TABLES[kind], [(change.id, change.before, change.after) for change in people.changes]
    )
    second = [
        {"foundation_id": foundation, "kind": str(kind), "source_key": key, COLUMN_OF[kind]: person}
        for key, person in people.second_numbers
    ]
    write.insert(journal, "schools_knownas", second)
    return people.ids | {row.key: pk for row, pk in zip(people.new, added, strict=True)}


def _write_places(
    journal: Journal,
    foundation: int,
    school: School,
    plan: Plan,
    groups: dict[str, int],
    pupils: dict[str, int],
) -> None:
    enrolled = [
        {"foundation_id": foundation, "pupil_id": pupils[key], "school_id": school.id, "since": plan.day}
        for key in plan.enrolled
    ]
    yesterday = plan.day - timedelta(days=1)
    write.end_period(journal, "schools_enrolment", [row.enrolment_id for row in plan.left], yesterday)
    write.insert(journal, "schools_enrolment", enrolled)
    write.delete(journal, "schools_groupmembership", plan.parted)
    joined = [
        {"foundation_id": foundation, "group_id": groups[group], "pupil_id": pupils[pupil]}
        for group, pupil in plan.joined
    ]
    write.insert(journal, "schools_groupmembership", joined)


def _write_links(
    journal: Journal,
    foundation: int,
    known: Known,
    plan: Plan,
    guardians: dict[str, int],
    pupils: dict[str, int],
) -> None:
    """A link with another authority ends and a new one begins: what held on which day stays readable (C2)."""
    yesterday = plan.day - timedelta(days=1)
    ended = [row.link.id for row in plan.ended_links] + [link.id for link, _ in plan.replaced_links]
    write.end_period(journal, "schools_guardianship", ended, yesterday)
    write.update(
        journal,
        "schools_guardianship",
        [(change.id, change.before, change.after) for change in plan.changed_links],
    )

    def row_of(row: LinkRow, contact: bool, *, is_new: bool) -> dict[str, Any]:
        guardian, pupil = guardians[row.guardian], pupils[row.pupil]
        since = _link_begins(row, known, plan)
        if not is_new or (guardian, pupil, since) in known.old_links:
            since = plan.day
        return {
            "foundation_id": foundation,
            "guardian_id": guardian,
            "pupil_id": pupil,
            "authority": row.authority,
            "may_be_contacted": contact if row.may_be_contacted is None else row.may_be_contacted,
            "beyond_16": bool(row.representation),
            "representation": row.representation,
            "source": SOURCE,
            "source_on": row.ordered_on,
            "verified_by": "",
            "since": since,
            "until": row.until,
        }

    rows = [row_of(row, True, is_new=True) for row in plan.new_links]
    rows += [row_of(row, link.may_be_contacted, is_new=False) for link, row in plan.replaced_links]
    write.insert(journal, "schools_guardianship", rows)


def _link_begins(row: LinkRow, known: Known, plan: Plan) -> date:
    """Of a child who still has to begin the parent decides from now on: they are asked before the first day (R1)."""
    is_coming = plan.day > known.today and row.pupil in plan.enrolled
    return row.since or (known.today if is_coming else plan.day)


def _write_roles(
    journal: Journal, foundation: int, plan: Plan, staff: dict[str, int], groups: dict[str, int]
) -> None:
    """A new teacher has the group from today, or from the first day of a school year that must still begin."""
    write.end_period(journal, "schools_role", sorted(plan.ended_roles), plan.day - timedelta(days=1))
    rows = [
        {
            "foundation_id": foundation,
            "staff_member_id": staff[member],
            "group_id": groups[group],
            "name": str(RoleName.TEACHER),
            "since": plan.day,
        }
        for member, group in plan.new_roles
    ]
    write.insert(journal, "schools_role", rows)


def _mailboxes(capacity: Capacity, people: People, ids: dict[str, int]) -> list[Mailbox]:
    """New people, and those whose address changed; who is known and unchanged is left alone."""
    changed = {change.id for change in people.changes if "email" in change.after}
    rows = [*people.new, *(row for row, person in people.known if person.id in changed)]
    return [
        Mailbox(capacity, ids[row.key], row.email or "", getattr(row, "language", None) or "nl")
        for row in rows
    ]


def _own(mailboxes: list[Mailbox]) -> list[Mailbox]:
    """Of pupils: an address that a parent has too is no key of the pupil, and opens nothing (see `own_address`)."""
    addresses = {box.email.lower() for box in mailboxes if box.email}
    known = Guardian.objects.annotate(address=Lower("email")).filter(address__in=any_of("text", addresses))
    shared = set(known.order_by().values_list("address", flat=True))
    return [replace(box, email="") if box.email.lower() in shared else box for box in mailboxes]
