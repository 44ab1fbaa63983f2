"""What a form on paper may still say."""

from collections.abc import Sequence
from datetime import date

from consent.choices import Value

from .verdict import Wording


def is_superseded(wordings: Sequence[Wording], *, printed_on: date, today: date) -> bool:
    """Whether the words on the form are not those of today: an answer is proof of the words that were read (R09)."""
    return _number_on(wordings, printed_on) != _number_on(wordings, today)


def _number_on(wordings: Sequence[Wording], day: date) -> int:
    return max((wording.number for wording in wordings if wording.in_force_on <= day), default=0)


def is_older_than(signed_on: date, value: Value, *, latest_on: date, latest: Value) -> bool:
    """Whether this decider chose something newer than the paper: then the paper does not count any more (C3).

    Of the same day nobody knows which was first: a no counts, a yes does not undo a no.
    """
    if latest_on != signed_on:
        return latest_on > signed_on
    return latest == Value.NO and value != Value.NO
