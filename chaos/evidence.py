"""Gather the rows of the outbox and the files of the Maildir. No Django: the books are read by somebody else."""

import time
from collections.abc import Callable
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import psycopg

from .books import File, Row

ROWS = """
SELECT message.id, state, ARRAY[message.cause, kind, coalesce(guardian_id::text, '')], claim.id IS NOT NULL
FROM notices_message AS message LEFT JOIN notices_claim AS claim ON claim.id = message.id
UNION ALL
SELECT mail.id, state, ARRAY['to', kind, "to", CASE kind WHEN 'account' THEN '' ELSE mail.id::text END],
       claim.id IS NOT NULL
FROM notices_accountmail AS mail LEFT JOIN notices_claim AS claim ON claim.id = mail.id
"""
STRANGERS = """
SELECT id FROM notices_claim AS claim
WHERE NOT EXISTS (SELECT FROM notices_message m WHERE m.id = claim.id)
  AND NOT EXISTS (SELECT FROM notices_accountmail a WHERE a.id = claim.id)
"""


Answer = TypeVar("Answer")
RECOVERY_SECONDS = 20.0


def rows_of(url: str) -> tuple[list[Row], list[UUID]]:
    """Every message, and the tickets that belong to none; `url` is that of the superuser, who sees over the walls."""

    def ask(line: psycopg.Connection) -> tuple[list[Row], list[UUID]]:
        line.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rows = [Row(pk, state, tuple(of), ticket) for pk, state, of, ticket in line.execute(ROWS)]
        return rows, [pk for (pk,) in line.execute(STRANGERS)]

    return _patiently(url, ask)


def tickets(url: str) -> int:
    """How many mails still wait."""
    return _patiently(url, lambda line: len(line.execute("SELECT id FROM notices_claim").fetchall()))


def strike_the_clock(url: str) -> None:
    """What waits for eight o'clock this evening, or for a next try, is due now."""
    sql = "UPDATE notices_claim SET due_at = now(), first_due_at = now() WHERE due_at > now()"
    _patiently(url, lambda line: line.execute(sql) and None)


def _patiently(url: str, ask: Callable[[psycopg.Connection], Answer]) -> Answer:
    """Also while the server recovers from the loss of one connection."""
    ends = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            with psycopg.connect(url) as line:
                return ask(line)
        except psycopg.OperationalError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


class Maildir:
    """The files so far; each is opened once, however often it is asked."""

    def __init__(self, path: Path) -> None:
        self.new = path / "new"
        self._read: dict[str, File] = {}

    def files(self) -> list[File]:
        for path in self.new.iterdir() if self.new.exists() else ():
            if path.name not in self._read:
                with path.open("rb") as opened:
                    said = str(BytesHeaderParser().parse(opened)["Message-ID"])
                key = said.strip().strip("<>").rpartition("@")[0]
                self._read[path.name] = File(key, path.stat().st_mtime)
        return list(self._read.values())
