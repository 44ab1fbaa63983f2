"""What an import page shows, in words."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from schools.choices import Authority, ImportState, Representation
from schools.domain.imports.batches import Look
from schools.domain.imports.messages import ROWS, dropped_words
from schools.domain.imports.preview import Change, People, PersonRow, Plan
from schools.domain.imports.rows import LinkRow, RowError, Upload
from schools.domain.imports.summary import in_words, summary
from schools.domain.imports.undo import Undoing
from schools.forms import TakeInForm
from schools.models import ImportBatch, StaffMember

MOST = 300  # names per list; a whole foundation's file stays a page that a phone can show
TAGS = {
    ImportState.CHECKED: "wait",
    ImportState.WAITING: "wait",
    ImportState.APPLIED: "ok",
    ImportState.UNDONE: "no",
    ImportState.DROPPED: "no",
}


def earlier_rows(batches: Iterable[ImportBatch]) -> list[dict[str, Any]]:
    """The imports of before: when, which school, by whom, how many, and what became of them."""
    return [
        {
            "url": reverse("schools:admins.import_preview", args=[batch.code]),
            "at": batch.made_at,
            "school": batch.school.name,
            "by": batch.made_by.full_name if batch.made_by else _("on the command line"),
            "new": batch.numbers.get("pupils_new", 0),
            "left": batch.numbers.get("pupils_left", 0),
            "state": batch.get_state_display(),
            "tag": TAGS[ImportState(batch.state)],
        }
        for batch in batches
    ]


def result_words(batch: ImportBatch) -> dict[str, Any]:
    return {
        "state": batch.get_state_display(),
        "tag": TAGS[ImportState(batch.state)],
        "is_applied": batch.state == ImportState.APPLIED,
        "was_forgotten": batch.state in {ImportState.CHECKED, ImportState.WAITING},
        "numbers": summary(batch.numbers),
    }


def undo_words(doing: Undoing) -> list[tuple[str, list[tuple[str, int]]]]:
    """Headings with numbers, the empty ones left out."""
    parts = [
        (_("These are taken out again"), doing.removed),
        (_("These come back"), doing.returned),
        (_("These get their earlier data back"), doing.restored),
        (_("These stay, because something was recorded for them since. They have no place at school any more"),
         doing.kept),
    ]  # fmt: skip
    return [(heading, in_words(counts)) for heading, counts in parts if counts]


def preview_words(look: Look, person: StaffMember, form: TakeInForm) -> dict[str, Any]:
    plan, upload = look.plan, look.upload
    return {
        "errors": [_error(error) for error in plan.errors[:MOST]],
        "more_errors": max(0, len(plan.errors) - MOST),
        "dropped": dropped_words(upload.dropped),
        "unknown_languages": upload.unknown_languages,
        "has_guardians": upload.has_guardians,
        "matches": _matches(plan, form),
        "may_take_in": not plan.errors,
        "is_quiet": plan.changes_nothing,
        **_groups(look),
        **_second_person(look, person),
    }


def _groups(look: Look) -> dict[str, Any]:
    """New, already known, close match, moved or left."""
    plan, names = look.plan, _names_by_key(look.upload)
    arrived = [f"{names['p', key]}: {school}" for key, school in plan.arrivals.items()]
    return {
        "new": _part(_names(plan.pupils.new), _names(plan.guardians.new), _names(plan.staff.new)),
        "known": _known(plan),
        "left": {
            "heading": _("Pupils"),
            **_listed([_left(row.pupil.full_name, row.moved_to) for row in plan.left]),
        },
        "last_day": plan.day - timedelta(days=1),
        "arrived": {"heading": _("Comes from another school of ours"), **_listed(arrived)},
        "links": _links(look),
        "counts": [
            (_("New"), len(plan.pupils.new)),
            (_("Already known"), len(plan.pupils.known)),
            (_("Close match"), len(plan.close)),
            (_("Moved or left"), len(plan.left)),
        ],
    }


def _second_person(look: Look, person: StaffMember) -> dict[str, Any]:
    return {
        "needs_second": look.plan.needs_second_person,
        "is_waiting": look.batch.state == ImportState.WAITING,
        "is_own": look.batch.asked_by_id == person.id,
        "asked_by": look.batch.asked_by.full_name if look.batch.asked_by else "",
    }


def _matches(plan: Plan, form: TakeInForm) -> list[dict[str, Any]]:
    """Per question: its field, the name in the file, and whom we know."""
    return [
        {
            "field": form[match.field_name],
            "kind": match.kind.label,
            "name": _full_name(match.row),
            "number": match.row.number,
            "known": ", ".join(f"{person.full_name} ({person.key})" for person in match.candidates),
        }
        for match in plan.close
    ]


def _part(pupils: list[str], guardians: list[str], staff: list[str]) -> list[dict[str, Any]]:
    parts = [(_("Pupils"), pupils), (_("Parents"), guardians), (_("Teachers"), staff)]
    return [{"heading": heading, **_listed(names)} for heading, names in parts if names]


def _listed(lines: Sequence[str]) -> dict[str, Any]:
    return {"count": len(lines), "lines": lines[:MOST], "more": max(0, len(lines) - MOST)}


def _known(plan: Plan) -> list[dict[str, Any]]:
    kinds = ((_("Pupils"), plan.pupils), (_("Parents"), plan.guardians), (_("Teachers"), plan.staff))
    return [
        {"heading": heading, "count": len(people.known), "changes": _changes(people)[:MOST]}
        for heading, people in kinds
        if people.known
    ]


def _changes(people: People) -> list[dict[str, Any]]:
    """Who gets other data; that an address is secret is never shown, only that this was changed."""
    names = {person.id: person.full_name for _row, person in people.known}
    return [{"name": names[change.id], "fields": _fields(change)} for change in people.changes]


def _fields(change: Change) -> list[str]:
    labels = {
        "call_name": _("call name"),
        "prefix": _("prefix"),
        "surname": _("surname"),
        "email": _("e-mail"),
        "born_on": _("date of birth"),
        "language": _("language"),
    }
    shown = [
        f"{label}: {change.before[name] or '–'} → {change.after[name] or '–'}"
        for name, label in labels.items()
        if name in change.after
    ]
    return shown + ([_("secret address: changed")] if "has_secret_address" in change.after else [])


def _links(look: Look) -> list[dict[str, Any]]:
    """Who gets to do with which child that was here already: what must be looked at best (threat 15)."""
    plan, names = look.plan, _names_by_key(look.upload)
    words = dict(Authority.choices)
    fresh = {row.key for row in plan.pupils.new}
    new = [_link_line(row, names, words) for row in plan.new_links if row.pupil not in fresh]
    other = [_link_line(row, names, words) for _link, row in plan.replaced_links]
    ended = [f"{row.guardian} – {row.pupil}" for row in plan.ended_links]
    parts = [
        (_("New parent with a child that was here already"), new),
        (_("May do something else from now on"), other),
        (_("No longer linked"), ended),
        (_("No longer the teacher of a group here"), [name for name in plan.ended_roles.values() if name]),
    ]
    return [{"heading": heading, **_listed(lines)} for heading, lines in parts if lines]


def _link_line(row: LinkRow, names: dict[tuple[str, str], str], words: dict[str, Any]) -> str:
    beyond = f", {Representation(row.representation).label}" if row.representation else ""
    return f"{names['g', row.guardian]} – {names['p', row.pupil]}: {words[row.authority]}{beyond}"


def _names_by_key(upload: Upload) -> dict[tuple[str, str], str]:
    """A pupil and a parent may have the same number."""
    return {("p", row.key): _full_name(row) for row in upload.pupils} | {
        ("g", row.key): _full_name(row) for row in upload.guardians
    }


def _names(rows: Sequence[PersonRow]) -> list[str]:
    return [_full_name(row) for row in rows]


def _full_name(row: PersonRow) -> str:
    return " ".join(part for part in (row.call_name, row.prefix, row.surname) if part)


def _left(name: str, moved_to: str) -> str:
    return _("%(name)s: now at %(school)s") % {"name": name, "school": moved_to} if moved_to else name


def _error(error: RowError) -> dict[str, Any]:
    problem, remedy = ROWS[error.code]
    return {
        "file": _("Parents") if error.file == "guardians" else _("EDEXML"),
        "row": error.row,
        "number": error.number,
        "column": error.column or "–",
        "problem": problem,
        "remedy": remedy,
    }
