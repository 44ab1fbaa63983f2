"""What can be chosen about one child on one day: neither what another school asks, nor a day that is over."""

from collections.abc import Iterable
from datetime import date

from consent.choices import Value
from consent.models import LatestAnswer, Purpose
from consent.rules import Facts, is_asked_on, may_be_asked
from ledger.acting import current


def stands_on_sheet(facts: Facts, purpose: Purpose, printed_on: date) -> bool:
    """Is this question printed on that day, for this child? Of its school, worded by then, its event still to come."""
    return (
        may_be_asked(facts, purpose.school_id, purpose.event_on, printed_on)
        and is_asked_on(purpose.event_on, printed_on)
        and is_worded(purpose, printed_on)
    )


def to_choose(facts: Facts, purposes: Iterable[Purpose], day: date) -> list[Purpose]:
    """Of these (`purposes_on`), what can be chosen about this child: an event until its day, after it only where
    somebody answered it, to change that answer (C7, C9)."""
    answered = {answer.purpose for answer in facts.answers}
    return [
        purpose
        for purpose in purposes
        if may_be_asked(facts, purpose.school_id, purpose.event_on, day)
        and is_worded(purpose, day)
        and (is_asked_on(purpose.event_on, day) or purpose.id in answered)
    ]


def is_worded(purpose: Purpose, day: date) -> bool:
    """A wording of it is in force on that day; `purpose` comes from `purposes_in_use`."""
    return any(version.in_force_on <= day for version in purpose.versions.all())


def still_counts(row: LatestAnswer | None, purpose: Purpose) -> bool:
    """A no has no end; a yes counts until its last day, and on a wording that still says the same (C3)."""
    if row is None or row.value != Value.YES:
        return row is not None
    today = current().today
    material = [v.number for v in purpose.versions.all() if v.is_material and v.in_force_on <= today]
    return (row.valid_until is None or today <= row.valid_until) and row.version.number >= max(
        material, default=0
    )
