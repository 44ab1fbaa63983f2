"""Hold what is planned for one cause, and let it go again: one row, whatever the size of the round (R3)."""

from datetime import datetime
from functools import partial

from django.db import transaction

from ledger.acting import current
from notices.choices import Lane
from notices.doorbell import ring, ring_for
from notices.models import Claim, Held


def hold_back(cause: str) -> bool:
    """Nothing of this cause (`round:12`) leaves from the commit on; what a worker has in hand follows in 2 seconds.

    Holds what stands in the lane of rounds, and what is planned there later. False when it was held already. For
    the foundation that is open; raises NotActing, NotOneFoundation.
    """
    act = current()
    key = hold_key(act.foundation, cause)
    _held, is_new = Held.objects.get_or_create(
        cause=key, defaults={"foundation_id": act.foundation, "held_at": act.now}
    )
    return is_new


def stop_for_good(cause: str) -> None:
    """As `hold_back`, and there is no way back: what is planned is taken out of the outbox soon (`clear_stopped`).

    One row in the transaction of who stops; the outbox follows in small steps, so that nobody waits for 94,000 mails.
    Raises NotActing, NotOneFoundation.
    """
    hold_back(cause)
    Held.objects.filter(cause=hold_key(current().foundation, cause)).update(is_final=True)
    transaction.on_commit(partial(ring_for, "notices.tasks.clear_stopped", queue="bulk"))


def let_go(cause: str) -> bool:
    """What waited leaves from now on, each mail once; what was due in the meantime at once.

    False when none was held, or it was stopped for good. Raises NotActing, NotOneFoundation.
    """
    key = hold_key(current().foundation, cause)
    deleted, _rows = Held.objects.filter(cause=key, is_final=False).delete()
    if deleted:
        transaction.on_commit(partial(ring, Lane.ROUNDS))
    return bool(deleted)


def held_since(cause: str) -> datetime | None:
    """Since when this cause of the open foundation is held; None when it is not. For the page of a round."""
    held = Held.objects.filter(cause=hold_key(current().foundation, cause)).first()
    return held.held_at if held else None


def left_to_send(cause: str) -> int:
    """How many mails of this cause have not left yet, held or not, those planned for later included."""
    return Claim.objects.filter(lane=Lane.ROUNDS, cause=hold_key(current().foundation, cause)).count()


def hold_key(foundation_id: int, cause: str) -> str:
    """The cause as it stands on a ticket: `round:1` of one foundation is not that of another."""
    return f"{foundation_id}/{cause}"
