"""Put messages in the outbox, in the transaction of what they are about (R5, R11)."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from ledger.acting import current
from ledger.sql import array_of, new_keys
from notices.choices import Lane, Unreachable
from notices.doorbell import ring
from notices.quiet import next_moment

from .hold import hold_key
from .stop import stop_messages as stop_messages  # in and out of the outbox: one address for who calls

# One statement for message and ticket: a message without a ticket would never leave. What was sent, or is on
# its way, stays as it is; of the waiting ones only those in `replaced` get the new words.
PUT = """
WITH given AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(guardians)s::bigint[], %(kinds)s::text[], %(causes)s::text[],
        %(languages)s::text[], %(contexts)s::jsonb[], %(links)s::uuid[], %(dues)s::timestamptz[],
        %(domains)s::text[], %(lanes)s::text[], %(holds)s::text[]
    ) AS row (id, guardian_id, kind, cause, language, context, link, due_at, domain, lane, held_as)
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
INSERT INTO notices_claim (id, foundation_id, lane, cause, domain, first_due_at, due_at, attempts)
SELECT put.id, %(foundation)s, given.lane, given.held_as, given.domain, put.due_at, put.due_at, 0
FROM put JOIN given USING (guardian_id, kind, cause)
ON CONFLICT (id) DO UPDATE
    SET domain = excluded.domain, first_due_at = excluded.first_due_at, due_at = excluded.due_at
"""
# As `querysets.may_contact` and `querysets.bounced`, of many guardians at once: a test compares them.
REACHED = """
SELECT guardian.id, guardian.email, may.guardian_id IS NOT NULL, gone.guardian_id IS NOT NULL
FROM schools_guardian AS guardian
LEFT JOIN (
    SELECT DISTINCT guardian_id FROM schools_guardianship
    WHERE foundation_id = %(foundation)s AND guardian_id = ANY (%(ids)s::bigint[])
        AND may_be_contacted AND (until IS NULL OR until >= %(today)s)
) AS may ON may.guardian_id = guardian.id
LEFT JOIN (
    SELECT DISTINCT guardian_id, address FROM notices_bounce
    WHERE foundation_id = %(foundation)s AND guardian_id = ANY (%(ids)s::bigint[])
        AND kind = 'bounce' AND is_about_address
) AS gone ON gone.guardian_id = guardian.id AND gone.address = lower(guardian.email)
WHERE guardian.foundation_id = %(foundation)s AND guardian.id = ANY (%(ids)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What a guardian must be told. See `notices.models.Message` for the words; `due_at` None is: now.

    In the lane of rounds it can be held (`hold_back`) and leaves at no quiet time; the caller knows the vacations.
    `held_as`: the cause along with which it waits and stops, where that is not its own ("").
    """

    kind: str
    guardian_id: int
    language: str
    cause: str
    context: dict[str, Any] = field(default_factory=dict)
    link: UUID | None = None
    due_at: datetime | None = None
    lane: Lane = Lane.BULK
    held_as: str = ""


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
    moments = zip(reachable, _due_moments(reachable, act.now), strict=True)
    due = {message.lane for message, due_at in moments if due_at <= act.now}
    for lane in Lane:
        if lane in due:
            transaction.on_commit(partial(ring, lane))
    return Put(planned, unreachable)


def who_can_be_reached(
    guardian_ids: Collection[int], today: date
) -> tuple[dict[int, str], dict[int, Unreachable]]:
    """Guardian id → domain of the address, and guardian id → why not. For a preview too: writes nothing (R3).

    One statement about these ids only: with `Exists`, PostgreSQL read all guardianships anew for each portion.
    """
    words: dict[str, Any] = {
        "ids": array_of(guardian_ids),
        "today": today,
        "foundation": current().foundation,
    }
    with connection.cursor() as cursor:
        cursor.execute(REACHED, words)
        known = {pk: (email, may_write, is_bounced) for pk, email, may_write, is_bounced in cursor.fetchall()}
    domains: dict[int, str] = {}
    unreachable: dict[int, Unreachable] = {}
    for guardian_id in sorted(guardian_ids):
        email, may_write, is_bounced = known.get(guardian_id, ("", False, False))
        if guardian_id not in known:
            unreachable[guardian_id] = Unreachable.UNKNOWN
        elif not may_write:
            unreachable[guardian_id] = Unreachable.NO_CONTACT
        elif not email:
            unreachable[guardian_id] = Unreachable.NO_ADDRESS
        elif is_bounced:
            unreachable[guardian_id] = Unreachable.BOUNCED
        else:
            domains[guardian_id] = email.rpartition("@")[2].lower()
    return domains, unreachable


def _due_at(message: NewMessage, now: datetime) -> datetime:
    due_at = message.due_at or now
    return next_moment(due_at) if message.lane == Lane.ROUNDS else due_at


def _hold_waiting(messages: Sequence[NewMessage]) -> list[UUID]:
    """Lock the waiting ones that no worker has in hand; until commit no worker takes them."""
    if not messages:
        return []
    query = """
        SELECT claim.id FROM notices_claim AS claim JOIN notices_message AS message USING (id)
        JOIN unnest(%s::text[], %s::text[], %s::bigint[]) AS row (cause, kind, guardian_id)
            ON (row.cause, row.kind, row.guardian_id) = (message.cause, message.kind, message.guardian_id)
        WHERE message.state = 'waiting' AND claim.accepted_at IS NULL
            AND (claim.lease_until IS NULL OR claim.lease_until < %s)
        ORDER BY claim.id FOR UPDATE OF claim
    """
    keys = [
        array_of(getattr(message, name) for message in messages) for name in ("cause", "kind", "guardian_id")
    ]
    with connection.cursor() as cursor:
        cursor.execute(query, [*keys, current().now])
        return [row[0] for row in cursor.fetchall()]


def _keys(messages: Sequence[NewMessage]) -> list[UUID]:
    """Side by side in the indexes for a round of thousands. At random for any other mail: its Message-ID must not tell
    at which moment the other parent chose something (C4)."""
    in_order = iter(new_keys(sum(message.lane == Lane.ROUNDS for message in messages)))
    return [next(in_order) if message.lane == Lane.ROUNDS else uuid4() for message in messages]


def _insert(
    messages: Sequence[NewMessage],
    foundation_id: int,
    domains: dict[int, str],
    replaced: list[UUID],
    now: datetime,
) -> int:
    columns: dict[str, Sequence[object]] = {
        "ids": _keys(messages),
        "guardians": [message.guardian_id for message in messages],
        "kinds": [message.kind for message in messages],
        "causes": [message.cause for message in messages],
        "languages": [message.language for message in messages],
        "contexts": [json.dumps(message.context) for message in messages],
        "links": [message.link for message in messages],
        "dues": _due_moments(messages, now),
        "domains": [domains[message.guardian_id] for message in messages],
        "lanes": [message.lane.value for message in messages],
        "holds": [
            hold_key(foundation_id, message.held_as or message.cause) if message.lane == Lane.ROUNDS else ""
            for message in messages
        ],
    }
    words: dict[str, Any] = {name: array_of(column) for name, column in columns.items()}
    with connection.cursor() as cursor:
        cursor.execute(PUT, words | {"foundation": foundation_id, "replaced": replaced})
        return cursor.rowcount


def _due_moments(messages: Sequence[NewMessage], now: datetime) -> list[datetime]:
    """As `_due_at` of each; the quiet times are looked up once for each moment, not for each of 94,000 parents."""
    known: dict[tuple[Lane, datetime | None], datetime] = {}
    for message in messages:
        if (key := (message.lane, message.due_at)) not in known:
            known[key] = _due_at(message, now)
    return [known[message.lane, message.due_at] for message in messages]
