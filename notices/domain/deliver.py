"""Deliver what is due in a lane: take tickets, write the mails, hand them over, keep the books.

Nothing is sent inside a transaction. Whatever dies in between: the ticket's lease ends and somebody else goes
on where it stood. A mail server that accepted a mail is believed; that mail is not sent again.
"""

import time
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from notices.choices import Lane
from notices.doorbell import ring
from notices.models import AccountMail
from notices.querysets import lanes_with_work
from notices.smtp import LineLostError, Postman, ServerAwayError, Verdict

from .books import Fate, Settled, settle
from .lease import lease, mark_accepted
from .write import Ready, prepare

# Small enough that a stop (R3) or a waiting code (R5) is seen within a second, large enough to be cheap.
SLICE, SLICE_SECONDS = 50, 1.0
# One call goes on about this long and for this many mails, so that a round is a handful of tasks; but it ends
# long before the worker's time limit.
CALL_SECONDS, CALL_MAILS, CALL_SECONDS_AT_MOST = 10.0, 200, 300.0
KEEP_ACCOUNT_MAILS = timedelta(days=30)

FATES = {Verdict.ACCEPTED: Fate.SENT, Verdict.LATER: Fate.LATER, Verdict.NEVER: Fate.FAILED}


def deliver_due(lane: Lane) -> bool:
    """Deliver what is due in this lane over one connection; True when more is left than one call should do.

    In the lane of rounds, sign-in codes that wait go first after every second (R5). Safe to run many times at
    once. Raises when it is called inside a transaction.
    """
    began, handled = time.monotonic(), 0
    with Postman() as postman:
        while _goes_on(time.monotonic() - began, handled):
            if lane != Lane.CODES:
                _deliver_slice(Lane.CODES, postman)
            taken = _deliver_slice(lane, postman)
            if not taken or postman.away_because:
                return False
            handled += taken
    return True


def sweep() -> list[Lane]:
    """Ring for every lane in which something is due, and clear away old sign-in mails; gives the lanes (R11).

    This is what finds the mails of a killed worker, of a broker that lost its memory, and those due only now.
    """
    now = timezone.now()
    AccountMail.objects.filter(created_at__lt=now - KEEP_ACCOUNT_MAILS).delete()
    lanes = lanes_with_work(now)
    for lane in lanes:
        ring(lane)
    return lanes


def _goes_on(seconds: float, handled: int) -> bool:
    return seconds < CALL_SECONDS or (handled < CALL_MAILS and seconds < CALL_SECONDS_AT_MOST)


def _deliver_slice(lane: Lane, postman: Postman) -> int:
    """Deliver at most SLICE mails in about SLICE_SECONDS; gives the number of tickets taken."""
    tickets = lease(lane, SLICE)
    if tickets:
        settle(_hand_over(prepare(tickets), postman))
    return len(tickets)


def _hand_over(mails: Sequence[Ready | Settled], postman: Postman) -> list[Settled]:
    ends = time.monotonic() + SLICE_SECONDS
    return [
        one if isinstance(one, Settled) else _hand_over_one(one, postman, is_late=time.monotonic() > ends)
        for one in mails
    ]


def _hand_over_one(mail: Ready, postman: Postman, *, is_late: bool) -> Settled:
    if is_late:
        return Settled(mail.ticket, Fate.UNTRIED)
    try:
        reply = postman.hand_over(mail.to, mail.content)
    except (ServerAwayError, LineLostError) as error:
        return Settled(mail.ticket, Fate.LATER, f"mail server away: {error}"[:80])
    if reply.verdict is Verdict.ACCEPTED:
        mark_accepted(mail.ticket)
    return Settled(mail.ticket, FATES[reply.verdict], reply.error)
