"""Take tickets in hand and give them back: short transactions outside the wall, on tickets only."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from notices.choices import Lane
from notices.models import Claim
from notices.querysets import claims_due, lanes_open, not_held

from . import pace

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A claim in our hand: this mail is ours until the lease ends."""

    id: UUID
    foundation_id: int | None
    lane: Lane
    attempts: int
    first_due_at: datetime
    is_accepted: bool
    domain: str

    @property
    def is_paced(self) -> bool:
        """A sign-in code goes when it is there, whatever its provider thinks of us."""
        return self.lane != Lane.CODES


def lease(lane: Lane, size: int) -> list[Ticket]:
    """Take up to `size` due tickets, oldest first, past those that another worker is just taking.

    They count as tried; unless given back or settled they are free again after OUTBOX_LEASE_SECONDS. Codes go as
    they come; the others at the pace of each provider, and rounds not at quiet times: also what was left behind by a
    mail server that was away does not leave at night.
    """
    now = timezone.now()
    if lane not in lanes_open(now):
        return []
    # durable: refuses to run inside somebody's transaction, in which a lease would mean nothing to others.
    with transaction.atomic(durable=True):
        if lane == Lane.CODES:
            due = claims_due(now).filter(lane=lane).order_by("due_at", "id")
            taken = list(due.select_for_update(skip_locked=True)[:size])
        else:
            taken = pace.take(lane, size, now)
            pace.charge([claim.domain for claim in taken], now)
        Claim.objects.filter(id__in=[claim.id for claim in taken]).update(
            lease_until=now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS), attempts=F("attempts") + 1
        )
    return [
        Ticket(
            claim.id,
            claim.foundation_id,
            lane,
            claim.attempts + 1,
            claim.first_due_at,
            claim.accepted_at is not None,
            claim.domain,
        )
        for claim in taken
    ]


def mark_accepted(ticket: Ticket) -> None:
    """The mail server has it: committed before the next mail, so that a crash doubles one at most (R12)."""
    with connection.cursor() as cursor:  # of all that is done for one mail the ORM took most of the time
        cursor.execute("UPDATE notices_claim SET accepted_at = %s WHERE id = %s", [timezone.now(), ticket.id])


def still_open(tickets: Iterable[Ticket]) -> set[UUID]:
    """Which of these were not stopped or held since they were taken."""
    ids = [ticket.id for ticket in tickets]
    return set(not_held().filter(id__in=ids, withdrawn_at=None).values_list("id", flat=True))


def give_back(tickets: Collection[Ticket]) -> None:
    """Not tried after all: free for anybody at once."""
    if tickets:
        ids = [ticket.id for ticket in tickets]
        Claim.objects.filter(id__in=ids).update(lease_until=None, attempts=F("attempts") - 1)
        pace.refund([ticket.domain for ticket in tickets if ticket.is_paced], timezone.now())


def put_off(tickets: Iterable[Ticket]) -> None:
    """Try again later; the pause doubles with each attempt. The moment lies here, never in the broker."""
    now = timezone.now()
    by_pause: dict[timedelta, list[UUID]] = {}
    for ticket in tickets:
        by_pause.setdefault(pause_after(ticket.attempts), []).append(ticket.id)
    for pause, ids in by_pause.items():
        Claim.objects.filter(id__in=ids).update(lease_until=None, due_at=now + pause)


def pause_after(attempts: int) -> timedelta:
    """15 s after the first attempt, then twice as long each time, 10 minutes at most."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
