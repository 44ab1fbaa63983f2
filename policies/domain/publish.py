"""A version is put in force: from then on its text never changes, whoever asks (P2)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from policies.domain.documents import ask_documents
from policies.domain.text import facts_of, text_hash, text_of
from policies.models import FrozenText, Version
from policies.rules import why_not_publish
from schools.models import StaffMember

WORDS = {
    "already": _("This version was put in force before. A change is a new version."),
    "empty": _("This version has no text yet."),
    "no_decision": _(
        "The participation council has not decided about this text. Register its decision first."
    ),
    "refused": _("The participation council refused consent. This text cannot be put in force."),
    "not_covered": _(
        "The text was changed after the council decided. The decision does not cover it: ask the council again."
    ),
    "before_decision": _("This day is before the day on which the council decided. Choose a later day."),
    "in_past": _("This day is over. Choose today or a later day."),
    "not_before": _(
        "A text from before the portal was in force before today, and before the first text of the portal. "
        "Choose that day."
    ),
}


class PublishRefused(Refusal):
    """Nothing was put in force; the codes are those of `rules.why_not_publish`."""

    def __init__(self, code: str) -> None:
        super().__init__(WORDS[code], code)


def publish(*, version: Version, in_force_on: date, by: StaffMember | None) -> Version:
    """Freeze text and hash, and put the version in force from this day; the one before it ends by date only.

    Asks for the PDFs of every school; a worker makes them later (P5). Nothing can undo it: a typing error too
    is a next version (P2). Raises PublishRefused with the reason: then nothing is changed.
    """
    with transaction.atomic():
        version = (
            Version.objects.select_for_update(no_key=True, of=("self",))
            .select_related("protocol", "copied_from", "foundation")
            .get(id=version.id)
        )
        facts = facts_of(version)
        if why := why_not_publish(facts, in_force_on, today=current().today):
            raise PublishRefused(why)
        frozen = _freeze(version, in_force_on)
        ask_documents(version)
        _write_down(version, frozen, by)
    return version


def _freeze(version: Version, in_force_on: date) -> FrozenText:
    """First the text, then date and moment in one statement: after that the trigger stops every change."""
    text, now = text_of(version), current().now
    frozen = FrozenText.objects.create(
        foundation_id=version.foundation_id, version=version, text=text, sha256=text_hash(text), at=now
    )
    Version.objects.filter(id=version.id).update(frozen_at=now, in_force_on=in_force_on)
    version.frozen_at, version.in_force_on, version.frozen = now, in_force_on, frozen
    return frozen


def _write_down(version: Version, frozen: FrozenText, by: StaffMember | None) -> None:
    record(
        Verb.VERSION_PUBLISHED,
        "version",
        version.id,
        number=version.number,
        in_force_on=version.in_force_on.isoformat() if version.in_force_on else "",
        sha256=frozen.sha256,
        is_minor=version.is_minor,
        changed_blocks=_changed(version, frozen.text),
        staff_member=by.id if by else None,
    )


def _changed(version: Version, text: Mapping[str, Any]) -> int | None:
    """How many pieces differ from the version it was copied from: a minor one with many stands out."""
    if version.copied_from is None:
        return None
    before, after = _pieces(text_of(version.copied_from)), _pieces(text)
    return sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())


def _pieces(text: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    pieces: dict[str, tuple[str, ...]] = {}
    for chapter in text["chapters"]:
        pieces[chapter["key"]] = (chapter["title"],)
        pieces |= {b["key"]: (b["kind"], b["number"], b["text"]) for b in chapter["blocks"]}
    return pieces
