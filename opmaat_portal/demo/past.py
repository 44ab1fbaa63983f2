"""What the demo's past has mailed: hundreds of mails that were read long ago, and are not sent again today."""

from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone

from consent.models import Round
from ledger.acting import current
from notices.choices import Lane, State
from notices.models import AccountMail, Claim, Message
from schools.models import Foundation


def make_past(foundation: Foundation, *, before: datetime, running: Round | None = None) -> int:
    """Book what was due before that moment as sent then; what is left counts as due from now on.

    The invites of the round that runs are left: their links must be in the mailbox of the demo. Without this,
    a first start would mail a receipt for every answer of a year, and a tried one would be given up at once,
    since its first try seems to be weeks ago. Inside `acting()` for this foundation; the number booked.
    """
    old = Message.objects.filter(foundation=foundation, state=State.WAITING, due_at__lt=before)
    if running is not None:
        old = old.exclude(Q(cause=f"round:{running.id}"))
    ids = list(old.order_by("id").values_list("id", flat=True))
    Claim.objects.filter(id__in=ids).delete()
    Message.objects.filter(id__in=ids).update(
        state=State.SENT, sent_at=F("due_at"), attempts=1, **Message.EMPTIED
    )
    now = timezone.now()
    Claim.objects.filter(foundation_id=foundation.id, first_due_at__lt=now).update(
        first_due_at=now, due_at=now
    )
    return len(ids)


def mails_to_one_have_left() -> None:
    """What told a colleague or a pupil of long ago left long ago; only what is due later still waits."""
    late = Claim.objects.filter(
        lane__in=[Lane.BULK, Lane.ROUNDS], foundation_id=None, due_at__lte=current().now
    )
    ids = list(late.values_list("id", flat=True))
    AccountMail.objects.filter(id__in=ids).update(
        state=State.SENT, sent_at=current().now, **AccountMail.EMPTIED
    )
    late.delete()
