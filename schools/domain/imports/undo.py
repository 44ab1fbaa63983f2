"""Taking an import back, for 24 hours."""

from dataclasses import dataclass

from django.db import DataError, IntegrityError, transaction
from django.db.models import Q

from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from schools.choices import ImportState
from schools.models import ImportBatch

from .batches import KEEP, _locked, _move
from .journal import Row, restore, unreferred
from .refusal import ImportRefused

PEOPLE = {"schools_pupil": "pupils", "schools_guardian": "guardians", "schools_staffmember": "staff"}
COUNTED = PEOPLE | {
    "schools_enrolment": "enrolments",
    "schools_guardianship": "links",
    "schools_role": "roles",
    "schools_groupmembership": "places",
}


@dataclass(frozen=True, slots=True)
class Undoing:
    """In numbers: rows that go, come back, get their old values, and people who stay since they are in use."""

    removed: dict[str, int]
    returned: dict[str, int]
    restored: dict[str, int]
    kept: dict[str, int]


def may_be_undone(batch: ImportBatch) -> bool:
    """Within 24 hours, and nothing was taken in for this school since: an older one would undo the newer too."""
    if (
        batch.state != ImportState.APPLIED
        or batch.journal is None
        or batch.changed_at + KEEP <= current().now
    ):
        return False
    others = ImportBatch.objects.filter(school_id=batch.school_id, state=ImportState.APPLIED)
    after = Q(changed_at__gt=batch.changed_at) | Q(changed_at=batch.changed_at, id__gt=batch.id)
    return not others.filter(after).exists()


def what_undo_does(batch: ImportBatch) -> Undoing:
    """Say it before it is done (ux.md A3); raises ImportRefused("too_late")."""
    if not may_be_undone(batch):
        raise ImportRefused("too_late")
    doing = Undoing({}, {}, {}, {})
    for entry in batch.journal or []:
        name = COUNTED.get(entry["table"])
        if name is None:
            continue
        count = len(entry["rows"])
        if entry["op"] == "insert":
            # Rows of this same import refer to their people too; those go first, so they do not count.
            kept = _in_use(entry, batch) if entry["table"] in PEOPLE else 0
            _add(doing.removed, name, count - kept)
            _add(doing.kept, name, kept)
        else:
            _add(doing.returned if entry["op"] == "delete" else doing.restored, name, count)
    return doing


def undo(batch: ImportBatch) -> tuple[ImportBatch, Undoing]:
    """Put everything back as it was before this import, last change first.

    Enrolments, guardianships and roles that it made are cut at once; earlier values and periods come back unless
    somebody changed them since. People it added are removed only when nothing refers to them: who answered, was
    mailed or was checked meanwhile stays, without school or child, and is counted in `kept`. Whoever may import
    may undo: it gives back what stood yesterday, so no second person is asked. Refusals: too_late, wrong_state.
    """
    with transaction.atomic():
        batch = _locked(batch, ImportState.UNDONE)
        if not may_be_undone(batch):
            raise ImportRefused("too_late")
        doing = Undoing({}, {}, {}, {})
        try:
            with transaction.atomic():
                for entry in reversed(batch.journal or []):
                    _take_back(entry, doing)
        except (IntegrityError, DataError):
            raise ImportRefused("not_undone") from None
        numbers = {f"{name}_removed": count for name, count in doing.removed.items()}
        numbers |= {f"{name}_kept": count for name, count in doing.kept.items()}
        record(Verb.IMPORT_UNDONE, "school", batch.school_id, batch=batch.code, **numbers)
        return _move(batch, ImportState.UNDONE), doing


def _take_back(entry: Row, doing: Undoing) -> None:
    done, left = restore(entry)
    name = COUNTED.get(entry["table"])
    if name is None:
        return
    goal = {"insert": doing.removed, "delete": doing.returned}.get(entry["op"], doing.restored)
    _add(goal, name, done)
    _add(doing.kept, name, left)


def _in_use(entry: Row, batch: ImportBatch) -> int:
    """How many of these people something outside this import refers to."""
    own: dict[str, list[int]] = {}
    for other in batch.journal or []:
        if other["op"] == "insert":
            own.setdefault(other["table"], []).extend(other["rows"])
    return len(entry["rows"]) - len(unreferred(entry["table"], entry["rows"], leaving_out=own))


def _add(counts: dict[str, int], name: str, count: int) -> None:
    if count:
        counts[name] = counts.get(name, 0) + count
