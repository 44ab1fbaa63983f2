"""Take planned mails out of the outbox: in a few statements, whatever their number (R2, R3)."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ledger.acting import acting, current, system
from notices.choices import Lane, State
from notices.models import AccountMail, Claim, Held, Message
from notices.querysets import in_nobodys_hand

from .hold import hold_key

STEP = 2000  # mails in one transaction: about a tenth of a second
CHOSEN = """
    message.foundation_id = %(foundation)s AND message.cause = %(cause)s AND message.kind = ANY (%(kinds)s)
    AND (%(guardians)s::bigint[] IS NULL OR message.guardian_id = ANY (%(guardians)s::bigint[]))
"""
# Tickets before their messages, and in one order, as `querysets.hold` does: nobody waits in a ring.
LOCK = f"""
SELECT count(*) FROM (
    SELECT claim.id FROM notices_claim AS claim JOIN notices_message AS message USING (id)
    WHERE {CHOSEN} AND message.state = 'waiting' ORDER BY claim.id FOR UPDATE OF claim
) AS locked
"""  # noqa: S608  only our own words are put in
STOP = f"""
UPDATE notices_message AS message SET state = 'stopped', context = '{{}}'
WHERE {CHOSEN} AND message.state = 'waiting'
    AND NOT EXISTS (SELECT FROM notices_claim WHERE id = message.id AND accepted_at IS NOT NULL)
"""  # noqa: S608
TAKE_OUT = f"""
DELETE FROM notices_claim AS claim USING notices_message AS message
WHERE message.id = claim.id AND {CHOSEN} AND message.state = 'stopped' AND claim.accepted_at IS NULL
    AND (claim.lease_until IS NULL OR claim.lease_until < %(now)s)
"""  # noqa: S608
# What a worker has in hand keeps its ticket, since it may have left: the worker looks here before each mail.
WITHDRAW = f"""
UPDATE notices_claim AS claim SET withdrawn_at = %(now)s FROM notices_message AS message
WHERE message.id = claim.id AND {CHOSEN} AND message.state = 'stopped'
"""  # noqa: S608


def stop_messages(*, cause: str, kinds: Collection[str], guardian_ids: Collection[int] | None = None) -> int:
    """Take the waiting messages of this cause out of the outbox: of these guardians, or of all (R2, R3).

    Of all also means the mails that `put_mails` put for this cause in the lane of rounds. For a few, or a small round:
    one of thousands is stopped by `stop_for_good`. Takes effect at commit, and a worker that wants one of them waits
    for that; what it has in hand may still leave, for at most 2 seconds, and is then sent, not stopped: its ticket
    stays until somebody has written that down (R12). What the mail server has taken already is not stopped. Their
    content is emptied. Returns how many were stopped; none is no error. Raises NotActing, NotOneFoundation.
    """
    words: dict[str, Any] = {
        "foundation": current().foundation,
        "cause": cause,
        "kinds": list(kinds),
        "guardians": None if guardian_ids is None else list(guardian_ids),
        "now": timezone.now(),
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK, words)
            cursor.execute(STOP, words)
            stopped = cursor.rowcount
            cursor.execute(TAKE_OUT, words)
            cursor.execute(WITHDRAW, words)
        if guardian_ids is None:
            stopped += _stop_mails(hold_key(words["foundation"], cause), kinds)
    return stopped


def _stop_mails(key: str, kinds: Collection[str]) -> int:
    claims = Claim.objects.filter(
        in_nobodys_hand(timezone.now()), lane=Lane.ROUNDS, cause=key, foundation_id=None, accepted_at=None
    )
    ids = list(claims.select_for_update().order_by("id").values_list("id", flat=True))
    waiting = AccountMail.objects.filter(id__in=ids, kind__in=kinds, state=State.WAITING)
    ids = list(waiting.values_list("id", flat=True))
    Claim.objects.filter(id__in=ids).delete()
    return AccountMail.objects.filter(id__in=ids).update(state=State.STOPPED, **AccountMail.EMPTIED)


def clear_stopped() -> int:
    """Take what was stopped for good (`stop_for_good`) out of the outbox, in small steps; gives how many mails.

    Safe twice at once, and to be killed in between: nothing of it leaves anyway. Opens its own transactions.
    """
    cleared = 0
    for held in Held.objects.filter(is_final=True).order_by("id"):
        while step := _clear_some(held):
            cleared += step
    return cleared


def _clear_some(held: Held) -> int:
    with acting(system("stop"), [held.foundation_id]):
        free = Claim.objects.filter(in_nobodys_hand(timezone.now()), lane=Lane.ROUNDS, cause=held.cause)
        planned = free.order_by("domain", "due_at", "id")
        claims = list(planned.select_for_update(skip_locked=True)[:STEP])
        left = [claim.id for claim in claims if claim.accepted_at]  # its worker died before it kept the books
        ids = [claim.id for claim in claims]
        for model in (Message, AccountMail):
            waiting = model.objects.filter(state=State.WAITING)
            waiting.filter(id__in=left).update(
                state=State.SENT, sent_at=timezone.now(), attempts=1, **model.EMPTIED
            )
            waiting.filter(id__in=ids).update(state=State.STOPPED, **model.EMPTIED)
        Claim.objects.filter(id__in=ids).delete()
    return len(ids)
