"""Who looked at a child is found within the own foundation and year, never by reading everybody's rows (E4)."""

from datetime import timedelta

from django.db import connection

from consent.domain.history import LOOKED_DAYS
from ledger.acting import current
from ledger.models import ReadingRecord


def test_the_search_reads_the_rows_of_one_foundation_since_a_day_by_index(cast):
    """There is no index on `subject_ids`: behind the wall PostgreSQL may not use one (`@>` is not leakproof)."""
    with cast.acting(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_reading (foundation_id, at, actor_kind, actor_id, capacity, what, subject_ids)"
            " SELECT %s, now() - n * interval '1 minute', 'staff', 1, 'teacher', 'consent:state', jsonb_build_array(n)"
            " FROM generate_series(1, 2000) n",
            [cast.home.id],
        )
        since = current().now - timedelta(days=LOOKED_DAYS)
        found = ReadingRecord.objects.filter(at__gte=since, subject_ids__contains=[7])
        plan = found.explain()

        assert found.count() == 1
    assert "foundation_id_at_idx" in plan or "pkey" in plan
    assert "subject_ids @>" in plan
