"""Put messages in the outbox, and take them out: in the transaction of what they are about (R5, R11)."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from ledger.acting import current
from notices.choices import Lane, State, Unreachable
from notices.doorbell import ring
from notices.models import Claim, Message
from notices.querysets import hold, in_nobodys_hand, may_contact
from schools.models import Guardian

# One statement for message and ticket: a message without a ticket would never leave. What was sent, or is on
# its way, stays as it is; of the waiting ones only those in `replaced` get the new words.
PUT = """
WITH given AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(guardians)s::bigint[], %(kinds)s::text[], %(causes)s::text[],
        %(languages)s::text[], %(contexts)s::jsonb[], %(links)s::uuid[], %(dues)s::timestamptz[],
        %(domains)s::text[]
    ) AS row (id, guardian_id, kind, cause, language, context, link, due_at, domain)
), put AS (
    INSERT INTO notices_message AS message
        (id, foundation_id, guardian_id, kind, cause, language, context, link, due_at, state, attempts,
         last_error)
    SELECT id, %(foundation)s, guardian_id, kind, cause, language, context, link, due_at, 'waiting', 0, ''
    FROM given
    ON CONFLICT ON CONSTRAINT message_once DO UPDATE
        SET context = excluded.context, language = excluded.language, link = excluded.link,
            due_at = excluded.due_at
        WHERE message.id = ANY (%(replaced)s::uuid[])
    RETURNING id, guardian_id, kind, cause, due_at
)
INSERT INTO notices_claim (id, foundation_id, lane, domain, first_due_at, due_at, attempts)
SELECT put.id, %(foundation)s, %(lane)s, given.domain, put.due_at, put.due_at, 0
FROM put JOIN given USING (guardian_id, kind, cause)
ON CONFLICT (id) DO UPDATE
    SET domain = excluded.domain, first_due_at = excluded.first_due_at, due_at = excluded.due_at
"""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What a guardian must be told. See `notices.models.Message` for the words; `due_at` None is: now."""

    kind: str
    guardian_id: int
    language: str
    cause: str
    context: dict[str, Any] = field(default_factory=dict)
    link: UUID | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """`planned`: messages that wait because of this call. `unreachable`: guardian id → why none."""

    planned: int
    unreachable: dict[int, Unreachable]


def put_messages(messages: Sequence[NewMessage], *, replace_waiting: bool = False) -> Put:
    """Plan these messages for the foundation that is open; they leave after commit, each at its `due_at`.

    The same kind for the same cause and guardian is planned once, whatever happens and however often this is
    called (R5). With `replace_waiting` one that has not left yet gets the new words and moment instead. Who
    has no address, or may not be contacted for any child, gets nothing: they are in the answer, for the
    school's work list (R2). A few statements whatever the number; raises NotActing, NotOneFoundation.
    """
    act = current()
    foundation_id = act.foundation
    wanted = {(message.cause, message.kind, message.guardian_id): message for message in messages}
    with transaction.atomic():
        domains, unreachable = who_can_be_reached(
            {message.guardian_id for message in wanted.values()}, act.today
        )
        reachable = [message for message in wanted.values() if message.guardian_id in domains]
        replaced = _hold_waiting(reachable) if replace_waiting else []
        planned = _insert(reachable, foundation_id, domains, replaced, act.now) if reachable else 0
    if any(message.due_at is None or message.due_at <= act.now for message in reachable):
        transaction.on_commit(partial(ring, Lane.BULK))
    return Put(planned, unreachable)


def stop_messages(*, cause: str, kinds: Collection[str], guardian_ids: Collection[int] | None = None) -> int:
    """Take the waiting messages of this cause out of the outbox: of these guardians, or of all (R2, R3).

    Takes effect at commit; what a worker has in hand at that moment may still leave, for at most 2 seconds, and is
    then sent, not stopped: its ticket stays until somebody has written that down (R12). What the mail server has
    taken already is not stopped. Their content is emptied. Returns how many were stopped; none is no error.
    Raises NotActing, NotOneFoundation.
    """
    chosen = Message.objects.filter(
        foundation_id=current().foundation, cause=cause, kind__in=kinds, state=State.WAITING
    )
    if guardian_ids is not None:
        chosen = chosen.filter(guardian_id__in=guardian_ids)
    with transaction.atomic():
        ids = list(chosen.order_by("id").values_list("id", flat=True))
        hold(ids)
        Claim.objects.filter(in_nobodys_hand(timezone.now()), id__in=ids, accepted_at=None).delete()
        taken = Claim.objects.filter(id__in=ids, accepted_at__isnull=False).order_by()
        waiting = Message.objects.filter(id__in=ids, state=State.WAITING)
        return waiting.exclude(id__in=taken.values("id")).update(state=State.STOPPED, context={})


def who_can_be_reached(
    guardian_ids: Collection[int], today: date
) -> tuple[dict[int, str], dict[int, Unreachable]]:
    """Guardian id → domain of the address, and guardian id → why not. For a preview too: writes nothing (R3)."""
    known = {
        guardian_id: (email, contactable)
        for guardian_id, email, contactable in Guardian.objects.filter(id__in=guardian_ids)
        .annotate(contactable=Exists(may_contact(OuterRef("id"), today)))
        .values_list("id", "email", "contactable")
    }
    domains: dict[int, str] = {}
    unreachable: dict[int, Unreachable] = {}
    for guardian_id in sorted(guardian_ids):
        email, contactable = known.get(guardian_id, ("", False))
        if guardian_id not in known:
            unreachable[guardian_id] = Unreachable.UNKNOWN
        elif not contactable:
            unreachable[guardian_id] = Unreachable.NO_CONTACT
        elif not email:
            unreachable[guardian_id] = Unreachable.NO_ADDRESS
        else:
            domains[guardian_id] = email.rpartition("@")[2].lower()
    return domains, unreachable


def _hold_waiting(messages: Sequence[NewMessage]) -> list[UUID]:
    """Lock the waiting ones that no worker has in hand; until commit no worker takes them."""
    if not messages:
        return []
    query = """
        SELECT claim.id FROM notices_claim AS claim JOIN notices_message AS message USING (id)
        JOIN unnest(%s::text[], %s::text[], %s::bigint[]) AS row (cause, kind, guardian_id)
            USING (cause, kind, guardian_id)
        WHERE message.state = 'waiting' AND claim.accepted_at IS NULL
            AND (claim.lease_until IS NULL OR claim.lease_until < %s)
        ORDER BY claim.id FOR UPDATE OF claim
    """
    keys = [[getattr(message, name) for message in messages] for name in ("cause", "kind", "guardian_id")]
    with connection.cursor() as cursor:
        cursor.execute(query, [*keys, current().now])
        return [row[0] for row in cursor.fetchall()]


def _insert(
    messages: Sequence[NewMessage],
    foundation_id: int,
    domains: dict[int, str],
    replaced: list[UUID],
    now: datetime,
) -> int:
    columns: dict[str, Any] = {
        "ids": [uuid4() for _ in messages],
        "guardians": [message.guardian_id for message in messages],
        "kinds": [message.kind for message in messages],
        "causes": [message.cause for message in messages],
        "languages": [message.language for message in messages],
        "contexts": [json.dumps(message.context) for message in messages],
        "links": [message.link for message in messages],
        "dues": [message.due_at or now for message in messages],
        "domains": [domains[message.guardian_id] for message in messages],
    }
    rest = {"foundation": foundation_id, "lane": str(Lane.BULK), "replaced": replaced}
    with connection.cursor() as cursor:
        cursor.execute(PUT, columns | rest)
        return cursor.rowcount
