"""Values by the thousand in one parameter, and keys in the order of time."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import connection

from ledger.sql import any_of, array_of, new_keys


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bigint", [1, -2, None]),
        ("text", ["", "NULL", 'a "b"', "c\\d", "{e,f}", "g'h", " i ", "é\n", None]),
        ("jsonb", ['{"a": ["Zoë \\"x\\"", "\\\\"]}']),
        ("uuid", [UUID(int=7)]),
        ("date", [date(2028, 2, 29)]),
        ("timestamptz", [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]),
        ("bytea", [b"", b"\x00\xff\\'"]),
        ("bigint", []),
    ],
)
def test_the_database_reads_the_values_that_were_given(kind, values):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[] IS NOT DISTINCT FROM %s::{kind}[]", [array_of(values), values])

        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize("value", [bytearray(b"a"), memoryview(b"a"), {"a": 1}, [1]])
def test_what_has_no_plain_spelling_is_refused(value):
    with pytest.raises(TypeError):
        array_of([value])


@pytest.mark.django_db
def test_any_of_takes_more_values_than_a_statement_has_room_for():
    with connection.cursor() as cursor:
        found = any_of("bigint", range(70_000))
        cursor.execute(f"SELECT count(*) FROM ({found.sql}) found", found.params)

        assert cursor.fetchone() == (70_000,)


def test_keys_are_of_version_7_unique_and_later_ones_sort_behind():
    first, then = new_keys(3_000), new_keys(3_000)

    assert {key.version for key in first + then} == {7}
    assert {key.variant for key in first} == {UUID(int=0x8 << 60).variant}
    assert len(set(first + then)) == 6_000
    assert min(then).int >> 80 >= max(first).int >> 80
