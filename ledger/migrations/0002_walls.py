"""The walls of the ledger: tenant, append-only, and readings partitioned by school year."""

from django.db import migrations

from ledger.walls import APP, ERASER, INSIDE, append_only, tenant_wall

FIRST_YEAR, LAST_YEAR = 2026, 2036

READING = f"""
CREATE TABLE ledger_reading (
    id bigint GENERATED ALWAYS AS IDENTITY,
    foundation_id bigint NOT NULL,
    at timestamptz NOT NULL,
    actor_kind varchar(10) NOT NULL,
    actor_id bigint NOT NULL,
    capacity varchar(40) NOT NULL,
    what varchar(40) NOT NULL,
    subject_ids jsonb NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE INDEX ledger_reading_foundation_at ON ledger_reading (foundation_id, at);
ALTER TABLE ledger_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_reading FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_reading_tenant ON ledger_reading USING ({INSIDE}) WITH CHECK ({INSIDE});
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_reading FROM {APP};
"""


def partition(name: str, bounds: str) -> str:
    """A partition is reached through its parent only: the app gets no right on it, and it has the wall too."""
    return f"""
CREATE TABLE {name} PARTITION OF ledger_reading {bounds};
ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {name} FORCE ROW LEVEL SECURITY;
REVOKE ALL ON {name} FROM {APP};
"""


PARTITIONS = "".join(
    partition(f"ledger_reading_{year}", f"FOR VALUES FROM ('{year}-08-01') TO ('{year + 1}-08-01')")
    for year in range(FIRST_YEAR, LAST_YEAR)
) + partition("ledger_reading_other", "DEFAULT")

COMPANIONS = (
    f"REVOKE UPDATE, DELETE, TRUNCATE ON ledger_entrypayload FROM {APP};"
    f"GRANT SELECT, DELETE ON ledger_entrypayload TO {ERASER};"
    f"GRANT SELECT, INSERT ON ledger_entry TO {ERASER};"
    f"GRANT INSERT ON ledger_entrypayload TO {ERASER};"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        *tenant_wall("ledger_entry"),
        *append_only("ledger_entry"),
        migrations.RunSQL(
            "ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_tenant_id UNIQUE (foundation_id, id);",
            "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_tenant_id;",
        ),
        *tenant_wall("ledger_entrypayload"),
        migrations.RunSQL(COMPANIONS, migrations.RunSQL.noop),
        *tenant_wall("ledger_once"),
        migrations.RunSQL(READING + PARTITIONS, "DROP TABLE ledger_reading;"),
    ]
