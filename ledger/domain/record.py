"""Write down what happened, in the transaction in which it happened."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.db import connection

from ledger.acting import current
from ledger.choices import Reading, Verb
from ledger.models import Entry

ID_SEQUENCE = "ledger_entry_id_seq"
# Entries and companions in one statement: it is on the way of every choice that somebody makes.
ADD = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(verbs)s::text[], %(types)s::text[], %(subjects)s::bigint[],
        %(hashes)s::bytea[], %(salts)s::bytea[], %(payloads)s::jsonb[])
        AS row (id, verb, subject_type, subject_id, leaf_hash, salt, payload)
), added AS (
    INSERT INTO ledger_entry (id, foundation_id, at, actor_kind, actor_id, capacity, verb, subject_type, subject_id,
        leaf_hash)
    SELECT id, %(foundation)s, %(at)s, %(kind)s, %(actor)s, %(capacity)s, verb, subject_type, subject_id, leaf_hash
    FROM given
)
INSERT INTO ledger_entrypayload (entry_id, foundation_id, salt, payload)
SELECT id, %(foundation)s, salt, payload FROM given
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened: the act, on what, and what a reader needs to prove it later."""

    verb: Verb
    subject_type: str
    subject_id: int
    payload: dict[str, Any] = field(default_factory=dict)


def record(verb: Verb, subject_type: str, subject_id: int, **payload: Any) -> Entry:
    """Add one entry for the acting person; raises NotActing outside a transaction. See `record_all`."""
    return record_all([Fact(verb, subject_type, subject_id, payload)])[0]


def record_all(facts: Sequence[Fact]) -> list[Entry]:
    """Add one entry per fact, in this order, with leaf hash and erasable companion (E1).

    The actor, the foundation and the moment come from the transaction, never from an argument. Entry ids
    are drawn here: a caller that holds the lock on a child gets ids in the order of the acts on that child.
    """
    act = current()
    entries: list[Entry] = []
    salts = [secrets.token_bytes(16) for _ in facts]
    for entry_id, fact, salt in zip(_next_ids(len(facts)), facts, salts, strict=True):
        entry = Entry(
            id=entry_id,
            foundation_id=act.foundation,
            at=act.now,
            actor_kind=act.actor.kind,
            actor_id=act.actor.id,
            capacity=act.actor.capacity,
            verb=fact.verb,
            subject_type=fact.subject_type,
            subject_id=fact.subject_id,
        )
        entry.leaf_hash = leaf_hash(entry, salt, fact.payload)
        entry._state.adding = False
        entries.append(entry)
    if entries:
        _add(entries, salts, [json.dumps(fact.payload) for fact in facts])
    return entries


def _add(entries: Sequence[Entry], salts: Sequence[bytes], payloads: Sequence[str]) -> None:
    act = current()
    words: dict[str, Any] = {
        "foundation": act.foundation,
        "at": act.now,
        "kind": str(act.actor.kind),
        "actor": act.actor.id,
        "capacity": act.actor.capacity,
        "ids": [entry.id for entry in entries],
        "verbs": [str(entry.verb) for entry in entries],
        "types": [entry.subject_type for entry in entries],
        "subjects": [entry.subject_id for entry in entries],
        "hashes": [entry.leaf_hash for entry in entries],
        "salts": list(salts),
        "payloads": list(payloads),
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD, words)


def record_reading(what: Reading, subject_ids: Iterable[int]) -> None:
    """Write down that the acting person is about to see these people: before the page is shown (E2, R30).

    Raises NotActing outside a transaction. A page that shows nobody leaves no row.
    """
    act = current()
    ids = sorted(set(subject_ids))
    act.readings.append(what)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_reading (foundation_id, at, actor_kind, actor_id, capacity, what, subject_ids)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                act.foundation,
                act.now,
                act.actor.kind,
                act.actor.id,
                act.actor.capacity,
                what,
                json.dumps(ids),
            ],
        )


def leaf_hash(entry: Entry, salt: bytes, payload: dict[str, Any]) -> bytes:
    """SHA-256 over 0x00, the salt and the canonical JSON of the entry (RFC 6962 leaf, salted)."""
    body = {
        "v": 1,
        "id": entry.id,
        "foundation": entry.foundation_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [str(entry.actor_kind), entry.actor_id, entry.capacity],
        "verb": str(entry.verb),
        "subject": [entry.subject_type, entry.subject_id],
        "payload": payload,
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"\x00" + salt + text.encode()).digest()


def _next_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [ID_SEQUENCE, count])
        return [row[0] for row in cursor.fetchall()]
