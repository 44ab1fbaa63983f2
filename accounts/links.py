"""Personal links: a token of 160 bits that is derived, never stored; only its hash is."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from ledger.sql import array_of, columns_of

from .choices import LinkKind
from .models import LinkKey

TOKEN_BYTES = 20
WORD_JOINER = "\u2060"


def token_for(kind: LinkKind, target: UUID, key: str | None = None) -> str:
    """The token in the mailed address of this link; the same each time, so that a reminder repeats it."""
    secret = (key or settings.PORTAL_KEYS[0]).encode()
    digest = hmac.digest(secret, f"link:{kind}:{target}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode().rstrip("=")


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def add_keys(kind: LinkKind, targets: Sequence[UUID], foundation_id: int, ends_at: datetime) -> None:
    """Store what opens these new links, in one statement: a round makes them by the thousand."""
    hashes = [hash_of(token_for(kind, target)) for target in targets]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_linkkey (token_hash, foundation_id, kind, target, ends_at)
            SELECT row.token_hash, %s, %s, row.target, %s
            FROM unnest(%s::bytea[], %s::uuid[]) AS row (token_hash, target)
            """,
            [foundation_id, str(kind), ends_at, array_of(hashes), array_of(targets)],
        )


def find_link(kind: LinkKind, token: str) -> LinkKey | None:
    """The link that this token opens, ended ones too (their page says so), or None."""
    return next(iter(LinkKey.objects.raw(FIND, [hash_of(token), str(kind)])), None)


FIND = f"SELECT {columns_of(LinkKey, 'k')} FROM accounts_linkkey k WHERE k.token_hash = %s AND k.kind = %s"  # noqa: S608


def find_by_hash(kind: LinkKind, hex_hash: str) -> LinkKey | None:
    """The link whose hash a session remembers: the token itself is kept nowhere."""
    return LinkKey.objects.filter(token_hash=bytes.fromhex(hex_hash), kind=kind).first()


def hidden_address(email: str) -> str:
    """Enough to recognise the own address, too little to learn it: s…@voorbeeld.nl, on one line."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}…{WORD_JOINER}@{domain}" if at else ""
