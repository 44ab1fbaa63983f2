"""Set-based writing that remembers how to take itself back.

One statement per table and kind of change, whatever the number of rows (performance.md: `import`). Every change
lands in a journal, in order: ids of what was added, values before and after of what was changed, whole rows of
what was taken away. Names of tables and columns are constants of this package, never input.
"""
# ruff: noqa: S608  names of tables and columns are constants; values always go as parameters

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

Row = dict[str, Any]


@dataclass(slots=True)
class Journal:
    """What was done, oldest first; `entries` is stored with the import for 24 hours."""

    entries: list[Row] = field(default_factory=list)

    def note(self, op: str, table: str, rows: Sequence[Any]) -> None:
        if rows:
            self.entries.append({"op": op, "table": table, "rows": list(rows)})


def insert(journal: Journal, table: str, rows: Sequence[Row], *, unless_there: str = "") -> list[int]:
    """Add rows that all have the same columns; gives their ids in the same order. Raises IntegrityError.

    A column that is not named gets the default of its model, as `Model()` would give it.
    With `unless_there` (a unique column) rows that exist already are skipped, and their ids left out.
    """
    if not rows:
        return []
    ids = _draw_ids(table, len(rows))
    defaults = {name: value for name, value in _defaults(table).items() if name not in rows[0]}
    columns = ", ".join([*defaults, *rows[0]])
    full = [{**defaults, **row, "id": pk} for row, pk in zip(rows, ids, strict=True)]
    conflict = f" ON CONFLICT ({unless_there}) DO NOTHING RETURNING id" if unless_there else ""
    sql = f"INSERT INTO {table} (id, {columns}) SELECT id, {columns} FROM json_populate_recordset(NULL::{table}, %s)"
    if conflict:
        ids = [pk for (pk,) in _query(sql + conflict, [_json(full)])]
    else:
        _execute(sql, [_json(full)])
    journal.note("insert", table, ids)
    return ids


def update(journal: Journal, table: str, changes: Iterable[tuple[int, Row, Row]]) -> None:
    """Give rows other values: (id, before, after) with the same columns in both."""
    by_columns: dict[tuple[str, ...], list[tuple[int, Row, Row]]] = {}
    for pk, before, after in changes:
        by_columns.setdefault(tuple(sorted(after)), []).append((pk, before, after))
    for columns, some in by_columns.items():
        wanted = ", ".join(f"{column} = n.{column}" for column in columns)
        _execute(
            f"UPDATE {table} t SET {wanted} FROM json_populate_recordset(NULL::{table}, %s) n WHERE t.id = n.id",
            [_json([{**after, "id": pk} for pk, _, after in some])],
        )
        journal.note(
            "update", table, [{"id": pk, "before": before, "after": after} for pk, before, after in some]
        )


def delete(journal: Journal, table: str, ids: Sequence[int]) -> None:
    """Take rows away; they are kept whole in the journal."""
    if ids:
        gone = _query(f"DELETE FROM {table} t WHERE id = ANY(%s) RETURNING to_jsonb(t)", [list(ids)])
        journal.note("delete", table, [row if isinstance(row, dict) else json.loads(row) for (row,) in gone])


def end_period(journal: Journal, table: str, ids: Sequence[int], last_day: date) -> None:
    """The rows hold until and including `last_day`. One that only began later was never in force by then: it is
    taken away (or, when something refers to it, moved to that one day).
    """
    rows = _query(f"SELECT id, since, until FROM {table} WHERE id = ANY(%s) ORDER BY id", [list(ids)])
    begun = [(pk, {"until": until}, {"until": last_day}) for pk, since, until in rows if since <= last_day]
    update(journal, table, begun)
    later = {pk: (since, until) for pk, since, until in rows if since > last_day}
    free = set(unreferred(table, list(later)))
    delete(journal, table, sorted(free))
    moved = [
        (pk, {"since": since, "until": until}, {"since": last_day, "until": last_day})
        for pk, (since, until) in later.items()
        if pk not in free
    ]
    update(journal, table, moved)


def unreferred(table: str, ids: Sequence[int], leaving_out: dict[str, list[int]] | None = None) -> list[int]:
    """Those of these rows that no row of any table refers to, asked of the database's own foreign keys.

    So an import never needs to know who stands above it: an answer, a personal link or a mail that was made for
    a person since keeps that person. Rows in `leaving_out` (table → ids) do not count as references.
    """
    if not ids:
        return []
    where, params = ["t.id = ANY(%s)"], [list(ids)]
    for other, column, target in _references_to(table):
        own = (leaving_out or {}).get(other)
        where.append(
            f"NOT EXISTS (SELECT 1 FROM {other} r WHERE r.{column} = t.{target}"
            + (" AND r.id <> ALL (%s))" if own else ")")
        )
        params += [own] if own else []
    sql = f"SELECT t.id FROM {table} t WHERE {' AND '.join(where)} ORDER BY t.id"
    return [pk for (pk,) in _query(sql, params)]


def _references_to(table: str) -> list[tuple[str, str, str]]:
    """(table, column, target column); of a composite key the column beside foundation_id."""
    return _query(
        "SELECT c.conrelid::regclass::text, a.attname, f.attname FROM pg_constraint c "
        "JOIN LATERAL unnest(c.conkey, c.confkey) AS k(own, theirs) ON true "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own "
        "JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.theirs "
        "WHERE c.contype = 'f' AND c.conparentid = 0 AND c.confrelid = %s::regclass "
        "AND a.attname <> 'foundation_id' ORDER BY 1, 2",
        [table],
    )


def restore(entry: Row) -> tuple[int, int]:
    """Take one entry of a journal back; (done, left alone because somebody changed or used it since)."""
    table, rows = entry["table"], entry["rows"]
    if entry["op"] == "insert":
        free = unreferred(table, rows)
        _execute(f"DELETE FROM {table} WHERE id = ANY(%s)", [free])
        return len(free), len(rows) - len(free)
    if entry["op"] == "delete":
        done = _query(
            f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s) "
            "ON CONFLICT DO NOTHING RETURNING id",
            [_json(rows)],
        )
        return len(done), len(rows) - len(done)
    return _restore_values(table, rows)


# Of the row t and its values b of before: a paper that the school saw since is not undone with the file (C2).
NO_PAPER_SINCE = """ AND NOT EXISTS (
    SELECT FROM schools_guardianship paper
    WHERE paper.foundation_id = t.foundation_id AND paper.guardian_id = t.guardian_id
      AND paper.pupil_id = t.pupil_id AND paper.id <> t.id AND paper.verified_by <> ''
      AND paper.since <= coalesce(b.until, 'infinity') AND coalesce(paper.until, 'infinity') >= t.since
)"""


def _restore_values(table: str, rows: list[Row]) -> tuple[int, int]:
    columns = sorted(rows[0]["after"])
    before = [{**row["before"], "id": row["id"]} for row in rows]
    after = [{**row["after"], "id": row["id"]} for row in rows]
    back = ", ".join(f"{column} = b.{column}" for column in columns)
    unchanged = " AND ".join(f"t.{column} IS NOT DISTINCT FROM a.{column}" for column in columns)
    untouched = NO_PAPER_SINCE if table == "schools_guardianship" else ""
    done = _query(
        f"UPDATE {table} t SET {back} FROM json_populate_recordset(NULL::{table}, %s) b, "
        f"json_populate_recordset(NULL::{table}, %s) a "
        f"WHERE t.id = b.id AND t.id = a.id AND {unchanged}{untouched} RETURNING t.id",
        [_json(before), _json(after)],
    )
    return len(done), len(rows) - len(done)


@cache
def _defaults(table: str) -> dict[str, Any]:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    fields = (field for field in model._meta.concrete_fields if not field.primary_key)
    return {str(field.column): field.get_default() for field in fields}


def _draw_ids(table: str, count: int) -> list[int]:
    return [pk for (pk,) in _query(f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)", [count])]


def _execute(sql: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _query(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _json(rows: list[Row]) -> str:
    return json.dumps(rows, default=plain)


def plain(value: object) -> str:
    """Days and moments as PostgreSQL reads them."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
