"""The life of an import: looked at, taken in (by two persons when much would disappear) or stopped, undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from ledger.acting import current
from ledger.choices import ActorKind, Verb
from ledger.domain.record import record
from schools.choices import ImportState
from schools.models import ImportBatch, School, StaffMember
from schools.rules import is_second_person

from .apply import carry_out, lock_schools
from .edexml import read_edexml
from .guardians import read_guardians
from .known import Known, load_known
from .preview import APART, Plan, compare
from .refusal import FileRefused, ImportRefused
from .rows import Upload, from_json, to_json

KEEP = timedelta(hours=24)
MOVES = {
    ImportState.CHECKED: {ImportState.WAITING, ImportState.APPLIED, ImportState.DROPPED},
    ImportState.WAITING: {ImportState.APPLIED, ImportState.DROPPED},
    ImportState.APPLIED: {ImportState.UNDONE},
    ImportState.UNDONE: set(),
    ImportState.DROPPED: set(),
}


@dataclass(slots=True)
class Look:
    """An import with what it would do now."""

    batch: ImportBatch
    upload: Upload
    known: Known
    plan: Plan


def read_files(edexml: bytes, guardians: bytes | None = None) -> Upload:
    """Read both files; raises FileRefused. Of the bytes nothing is kept but the rows that the portal needs."""
    upload = read_edexml(edexml)
    if guardians is None:
        return upload
    try:
        return read_guardians(guardians, upload)
    except FileRefused as refused:
        refused.file = "guardians"
        raise


def school_of(upload: Upload) -> School:
    """The school that the file says it is of, by BRIN and location; raises FileRefused("school_unknown")."""
    school = School.objects.filter(brin=upload.brin, location_number=upload.location).first()
    if school is None:
        raise FileRefused("school_unknown", brin=upload.brin, location=upload.location)
    return school


def look_at(upload: Upload, school: School) -> Look:
    """Keep the rows for 24 hours and say what they would change. Nothing of the school itself is touched (A2)."""
    act = current()
    batch = ImportBatch(
        foundation_id=act.foundation,
        school=school,
        rows=to_json(upload),
        made_at=act.now,
        changed_at=act.now,
        made_by_id=_staff_id(),
    )
    look = _look(batch, upload)
    batch.numbers = look.plan.numbers
    batch.save()
    record(Verb.IMPORT_LOOKED_AT, "school", school.id, batch=batch.code)
    return look


def look_again(batch: ImportBatch, decisions: Mapping[str, str] | None = None) -> Look:
    """The same import against what is known now; raises ImportRefused("too_late") when its rows are gone."""
    if batch.rows is None or batch.changed_at + KEEP <= current().now:
        raise ImportRefused("too_late")
    return _look(batch, from_json(batch.rows), batch.same_people if decisions is None else decisions)


def take_in(batch: ImportBatch, *, decisions: Mapping[str, str], fingerprint: str) -> ImportBatch:
    """Do what the preview showed, or ask for a second person when much would disappear (R41).

    `fingerprint` is that of the preview: when the plan has become another one since, ImportRefused("changed").
    Other refusals: has_errors, must_choose (a close match without an answer), wrong_state, too_late, not_saved.
    Nothing is changed by a refusal. Gives the batch, applied or waiting.
    """
    with transaction.atomic():
        batch = _locked(batch, ImportState.APPLIED)
        if batch.state == ImportState.WAITING:
            raise ImportRefused("wrong_state")
        look = look_again(batch, {})
        if look.plan.fingerprint != fingerprint:
            raise ImportRefused("changed")
        if decisions:
            look.plan = compare(look.upload, look.known, decisions)
        batch.same_people = {match: decisions[match] for match in decisions if decisions[match]}
        batch.asked_by_id = _staff_id()
        if look.plan.needs_second_person and not look.plan.errors and not look.plan.close:
            batch.fingerprint = look.plan.fingerprint
            record(Verb.IMPORT_ASKED, "school", batch.school_id, batch=batch.code)
            return _move(batch, ImportState.WAITING)
        carry_out(batch, look.upload, look.known, look.plan)
        return _move(batch, ImportState.APPLIED)


def confirm(batch: ImportBatch, *, email: str) -> ImportBatch:
    """A second person agrees, and the import is taken in as the first one left it.

    Raises ImportRefused("same_person") for who asked (the same person or the same mailbox), "changed" when the
    plan became another one since the first person looked; then it starts again from the file.
    """
    with transaction.atomic():
        batch = _locked(batch, ImportState.APPLIED)
        me = _staff_id()
        if batch.state != ImportState.WAITING:
            raise ImportRefused("wrong_state")
        if me is None or not is_second_person(
            first_id=batch.asked_by_id, first_email=_mailbox(batch.asked_by), other_id=me, other_email=email
        ):
            raise ImportRefused("same_person")
        look = look_again(batch)
        if look.plan.fingerprint != batch.fingerprint:
            raise ImportRefused("changed")
        batch.confirmed_by_id = me
        record(Verb.IMPORT_CONFIRMED, "school", batch.school_id, batch=batch.code)
        carry_out(batch, look.upload, look.known, look.plan)
        return _move(batch, ImportState.APPLIED)


def drop(batch: ImportBatch) -> ImportBatch:
    """Stop an import that was only looked at; its rows are gone at once."""
    with transaction.atomic():
        batch = _locked(batch, ImportState.DROPPED)
        record(Verb.IMPORT_STOPPED, "school", batch.school_id, batch=batch.code)
        return _move(batch, ImportState.DROPPED)


def forget_imports() -> int:
    """Empty the rows and journals of imports that nobody touched for 24 hours; how many there were.

    Safe to run any time, for the foundation that is open. What was only looked at counts as stopped.
    """
    old = ImportBatch.objects.filter(changed_at__lte=current().now - KEEP)
    unfinished = old.filter(state__in=[ImportState.CHECKED, ImportState.WAITING])
    stopped = unfinished.update(state=ImportState.DROPPED, rows=None, journal=None, same_people={})
    done = old.exclude(rows=None, journal=None).update(rows=None, journal=None, same_people={})
    return stopped + done


def keep_all_apart(look: Look) -> dict[str, str]:
    """The safe answer to every close match (see `preview`)."""
    return {match.field_name: APART for match in look.plan.close}


def _look(batch: ImportBatch, upload: Upload, decisions: Mapping[str, str] | None = None) -> Look:
    known = load_known(upload, batch.school, current().today)
    return Look(batch, upload, known, compare(upload, known, decisions or {}))


def _locked(batch: ImportBatch, to: ImportState) -> ImportBatch:
    lock_schools()
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("school").get(id=batch.id)
    if to not in MOVES[ImportState(batch.state)]:
        raise ImportRefused("wrong_state")
    return batch


def _move(batch: ImportBatch, to: ImportState) -> ImportBatch:
    """Rows are needed until they are taken in, the journal as long as that can be undone."""
    batch.state = to
    batch.changed_at = current().now
    if to != ImportState.WAITING:
        batch.rows, batch.same_people = None, {}
    if to != ImportState.APPLIED:
        batch.journal = None
    batch.save()
    return batch


def _staff_id() -> int | None:
    """Who acts, when it is somebody of the staff; the command line is nobody."""
    actor = current().actor
    return actor.id if actor.kind == ActorKind.STAFF else None


def _mailbox(person: StaffMember | None) -> str:
    return person.email if person else ""
