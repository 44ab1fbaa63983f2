"""What can be chosen about one child on one day: neither what another school asks, nor a day that is over."""

from collections.abc import Iterable
from datetime import date

from consent.models import Purpose
from consent.rules import Facts, is_asked_on, may_be_asked


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
