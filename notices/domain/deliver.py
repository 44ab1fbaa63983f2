"""Deliver what is due in a lane: take tickets, write the mails, hand them over, keep the books.

Nothing is sent inside a transaction. Whatever dies in between: the ticket's lease ends and somebody else goes
on where it stood. A mail server that accepted a mail is believed; that mail is not sent again.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from notices.choices import Lane
from notices.doorbell import ring
from notices.models import AccountMail
from notices.querysets import lanes_open, lanes_with_work
from notices.smtp import LineLostError, Postman, ServerAwayError, Verdict

from . import pace
from .books import Fate, Settled, settle
from .lease import FIRST_PAUSE, LONGEST_PAUSE, Ticket, lease, mark_accepted, still_open
from .write import Ready, prepare

# A waiting code (R5) is seen within a second; a slice is as large as what leaves in half of one, since its tickets, its
# reading and its books cost the same for 50 mails as for 200.
SLICE, LARGEST_SLICE, SLICE_SECONDS, AIM_SECONDS = 50, 200, 1.0, 0.5
# How often is looked whether something more urgent waits.
URGENT_SECONDS = 0.25
# Within a slice: how often is looked whether somebody paused or stopped the round (R3: within 2 seconds).
LOOK_SECONDS = 0.5
# One call goes on about this long and for this many mails, so that a round is a handful of tasks; but it ends
# long before the worker's time limit.
CALL_SECONDS, CALL_MAILS, CALL_SECONDS_AT_MOST = 10.0, 200, 300.0
KEEP_ACCOUNT_MAILS = timedelta(days=30)

FATES = {Verdict.ACCEPTED: Fate.SENT, Verdict.LATER: Fate.LATER, Verdict.NEVER: Fate.FAILED}


def deliver_due(lane: Lane) -> bool:
    """Deliver what is due in this lane over one connection; True when more is left than one call should do.

    What is more urgent and waits goes first: it is looked for after a slice, each URGENT_SECONDS (R5). Where only
    providers are left that may not get more yet, one process waits for them. Safe to run many times at once. Raises
    when it is called inside a transaction.
    """
    began, handled, size, looked_at = time.monotonic(), 0, SLICE, -URGENT_SECONDS
    urgent = list(Lane)[: list(Lane).index(lane)]
    with Postman() as postman:
        while _goes_on(time.monotonic() - began, handled):
            if time.monotonic() - looked_at >= URGENT_SECONDS:
                for other in urgent:
                    _deliver_slice(other, postman, SLICE)
                looked_at = time.monotonic()
            begun = time.monotonic()
            taken = _deliver_slice(lane, postman, size)
            if postman.away_because:
                return False
            if taken:
                size = _next_size(taken, time.monotonic() - begun)
            else:
                if not _waited(lane):
                    return False
                if time.monotonic() - began > CALL_SECONDS:
                    break
            handled += taken
    return True


def _next_size(taken: int, seconds: float) -> int:
    """So many as leave in about AIM_SECONDS, going by the slice that took so long."""
    return max(SLICE, min(LARGEST_SLICE, round(taken * AIM_SECONDS / max(seconds, 0.001))))


def sweep() -> list[Lane]:
    """Ring for every lane in which something is due, and clear away old sign-in mails; gives the lanes (R11).

    This is what finds the mails of a killed worker, of a broker that lost its memory, and those due only now.
    """
    now = timezone.now()
    pace.forget_old(now)
    AccountMail.objects.filter(created_at__lt=now - KEEP_ACCOUNT_MAILS).delete()
    lanes = lanes_with_work(now)
    for lane in lanes:
        ring(lane)
    return lanes


def _goes_on(seconds: float, handled: int) -> bool:
    return seconds < CALL_SECONDS or (handled < CALL_MAILS and seconds < CALL_SECONDS_AT_MOST)


def _deliver_slice(lane: Lane, postman: Postman, size: int) -> int:
    """Deliver at most so many mails in about SLICE_SECONDS; gives the number of tickets taken."""
    tickets = lease(lane, size)
    if tickets:
        settle(_hand_over(prepare(tickets), postman))
    return len(tickets)


def _waited(lane: Lane) -> bool:
    """Wait a moment for a provider that may get more soon; False when there is none, or somebody else does it."""
    now = timezone.now()
    if lane == Lane.CODES or lane not in lanes_open(now):
        return False
    with pace.one_waits(lane) as is_ours:
        seconds = pace.pause(lane, now) if is_ours else None
        if seconds is None:
            return False
        time.sleep(seconds)
    return True


@dataclass
class _Watch:
    """What is known while a slice is handed over: how late it is, what may still leave, who asked for patience."""

    tickets: Sequence[Ticket]
    ends: float
    looked_at: float
    open: set[UUID]
    slow: set[str] = field(default_factory=set)
    took: set[str] = field(default_factory=set)

    def lets(self, ticket: Ticket, now: float) -> bool:
        if now - self.looked_at > LOOK_SECONDS:
            self.open = still_open(self.tickets)
            self.looked_at = now
        return now <= self.ends and ticket.id in self.open and ticket.domain not in self.slow


def _hand_over(mails: Sequence[Ready | Settled], postman: Postman) -> list[Settled]:
    now = time.monotonic()
    tickets = [one.ticket for one in mails if isinstance(one, Ready)]
    watch = _Watch(tickets, now + SLICE_SECONDS, now, {ticket.id for ticket in tickets})
    settled = [one if isinstance(one, Settled) else _hand_over_one(one, postman, watch) for one in mails]
    pace.go_on(watch.took - watch.slow)
    pace.slow_down(watch.slow, timezone.now(), first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    return settled


def _hand_over_one(mail: Ready, postman: Postman, watch: _Watch) -> Settled:
    if not watch.lets(mail.ticket, time.monotonic()):
        return Settled(mail.ticket, Fate.UNTRIED)
    try:
        reply = postman.hand_over(mail.to, mail.content)
    except (ServerAwayError, LineLostError) as error:
        return Settled(mail.ticket, Fate.LATER, f"mail server away: {error}"[:80])
    if reply.verdict is Verdict.ACCEPTED:
        mark_accepted(mail.ticket)
        watch.took.add(mail.ticket.domain)
    if reply.asks_patience:
        watch.slow.add(mail.ticket.domain)
    return Settled(mail.ticket, FATES[reply.verdict], reply.error, reply.status, mail.to)
