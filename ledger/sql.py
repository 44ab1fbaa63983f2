"""For statements by hand: thousands of values in one parameter, keys for thousands of rows, columns by name."""

import os
import time
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Model
from django.db.models.expressions import RawSQL


def array_of(values: Iterable[object]) -> str:
    """These values as PostgreSQL writes an array, for `%s::bigint[]` and the like; None is NULL.

    Texts, numbers, days, moments, UUIDs and booleans; bytes for `bytea[]`. As a list they take psycopg ten times as
    long: it looks at each value on its own, and a round for 94,000 guardians has two million of them. Raises
    TypeError for anything else.
    """
    return "{" + ",".join([_element(value) for value in values]) + "}"


def any_of(kind: str, values: Iterable[object]) -> RawSQL:
    """These values, of a type of PostgreSQL, for an `__in` that may hold a whole foundation: one parameter.

    A statement has room for 65,535; a placeholder for each of thousands costs more than the query, too.
    """
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [array_of(values)])  # noqa: S611  `kind` is a constant


def columns_of(model: type[Model], alias: str) -> str:
    """All of them by name. With `*` a statement that a connection has prepared fails for as long as that connection
    lives once a migration has added a column: the version that still runs would stop."""
    return ", ".join(f"{alias}.{field.column}" for field in model._meta.concrete_fields)


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if not isinstance(value, (str, int, float, Decimal, date, UUID)):
        raise TypeError(f"no array of {type(value).__name__}")
    text = str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def new_keys(count: int) -> list[UUID]:
    """So many new keys that sort by the millisecond they were made in (RFC 9562, version 7).

    With keys at random each row of a round lands on another page of each index. No secret: 74 bits are random, the
    others are the time.
    """
    made_at = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    noise = os.urandom(10 * count)
    version, variant = 0x7 << 76, 0x2 << 62
    keys = []
    for start in range(0, 10 * count, 10):
        number = int.from_bytes(made_at + noise[start : start + 10], "big")
        number = number & ~(0xF << 76) & ~(0x3 << 62) | version | variant
        keys.append(UUID(int=number))
    return keys
