"""Write down what became of the mails of a slice: their state, their tickets, and nothing left to read."""

import enum
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ledger.acting import acting, system
from notices.choices import Lane, State
from notices.models import AccountMail, Claim, Message
from notices.querysets import hold

from .bounces import keep_refusals
from .lease import Ticket, give_back, put_off

# A mail server may be away for a long weekend; a sign-in code is of no use after an hour.
MESSAGE_LIFE, CODE_LIFE = timedelta(days=4), timedelta(hours=1)


class Fate(enum.Enum):
    SENT = enum.auto()
    FAILED = enum.auto()  # for ever: the school's work list
    LATER = enum.auto()
    UNTRIED = enum.auto()  # no time left in this slice
    GONE = enum.auto()  # stopped in the meantime: nothing to send


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one ticket; `error` in at most 80 characters, without an address.

    `status`: a mail server refused it for ever, in the words of RFC 3463; `to` is then the address.
    """

    ticket: Ticket
    fate: Fate
    error: str = ""
    status: str = ""
    to: str = ""


def settle(settled: Iterable[Settled]) -> None:
    """Keep the books, one transaction per foundation; sign-in mails belong to none."""
    by_foundation: dict[int | None, list[Settled]] = defaultdict(list)
    for one in settled:
        by_foundation[one.ticket.foundation_id].append(_given_up(one))
    for foundation_id, ours in by_foundation.items():
        if foundation_id is None:
            with transaction.atomic():
                _book(AccountMail, ours)
        else:
            with acting(system("delivery"), [foundation_id]):
                _book(Message, ours)


def _given_up(one: Settled) -> Settled:
    life = CODE_LIFE if one.ticket.lane == Lane.CODES else MESSAGE_LIFE
    if one.fate is Fate.LATER and timezone.now() - one.ticket.first_due_at > life:
        return Settled(one.ticket, Fate.FAILED, one.error)
    return one


def _book(model: type[Message] | type[AccountMail], settled: Sequence[Settled]) -> None:
    by_fate: dict[Fate, list[Settled]] = defaultdict(list)
    for one in settled:
        by_fate[one.fate].append(one)
    sent, failed, later = by_fate[Fate.SENT], by_fate[Fate.FAILED], by_fate[Fate.LATER]
    hold(_ids(settled))
    model.objects.filter(id__in=_ids([*failed, *later])).update(attempts=F("attempts") + 1)
    # Also what was stopped while it left: it did leave.
    model.objects.filter(id__in=_ids(sent)).update(
        state=State.SENT, sent_at=timezone.now(), last_error="", attempts=F("attempts") + 1, **model.EMPTIED
    )
    waiting = model.objects.filter(state=State.WAITING)
    for error, ids in _by_error(failed).items():
        # A sign-in mail that failed is of no more use; a message may be sent again to a corrected address.
        emptied = model.EMPTIED if model is AccountMail else {}
        waiting.filter(id__in=ids).update(state=State.FAILED, last_error=error, **emptied)
    for error, ids in _by_error(later).items():
        waiting.filter(id__in=ids).update(last_error=error)
    if model is Message:
        keep_refusals([(one.ticket.id, one.to, one.status) for one in failed if one.status])
    Claim.objects.filter(id__in=_ids([*sent, *failed, *by_fate[Fate.GONE]])).delete()
    put_off(one.ticket for one in later)
    give_back([one.ticket for one in by_fate[Fate.UNTRIED]])


def _ids(settled: Iterable[Settled]) -> list[UUID]:
    return [one.ticket.id for one in settled]


def _by_error(settled: Iterable[Settled]) -> dict[str, list[UUID]]:
    ids: dict[str, list[UUID]] = defaultdict(list)
    for one in settled:
        ids[one.error].append(one.ticket.id)
    return ids
