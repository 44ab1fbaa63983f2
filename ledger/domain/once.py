"""Posted ten times, done once: double taps, the back button, two tabs, a retry after a lost answer."""

from collections.abc import Callable
from uuid import UUID, uuid5

from django.db import transaction

from ledger.acting import current
from ledger.models import Once


def once(key: UUID, act: Callable[[], str], *, of: str) -> str:
    """Do `act` unless this person already did it with this form key; give its result, the first one always.

    `of` names the act and what was sent with it: the same key with another answer is another act, so a yes
    that becomes a no while the first post is still on its way is not lost.

    `act` returns what the repeat must be able to show again (a code or a path, at most 200 characters). Two
    posts at the same moment: the second waits for the first. A refusal (exception) frees the key again, so
    that a corrected form may be sent with the same key.
    """
    now = current()
    with transaction.atomic():
        mine, is_first = Once.objects.get_or_create(
            foundation_id=now.foundation,
            actor_kind=now.actor.kind,
            actor_id=now.actor.id,
            key=uuid5(key, of),
            defaults={"at": now.now},
        )
        if is_first:
            mine.result = act()
            mine.save(update_fields=["result"])
    return mine.result
