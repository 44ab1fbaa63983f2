"""The cache that counts attempts: a table in PostgreSQL, on a connection outside the request's transaction."""

from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections


class CountersCache(DatabaseCache):
    """Forgets only what has expired.

    Django's own throws away a third of what still counts when the table is full: whoever tries enough accounts
    would wipe out the tries on the one he is after.
    """

    def _cull(self, db: str, cursor: Any, now: Any, num: int) -> None:
        connection = connections[db]
        table = connection.ops.quote_name(self._table)
        now = connection.ops.adapt_datetimefield_value(now)
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608  our own table
