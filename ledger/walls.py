"""The walls, as reversible migration operations: tenant, append-only, composite foreign keys.

Every table of a foundation gets row-level security with FORCE. The policy compares with a setting of the
transaction that only `acting()` makes; without it the setting is empty and no row is seen.
"""

from django.db.migrations import RunSQL

APP = "portal_app"
ERASER = "portal_eraser"

# The subselect makes it an InitPlan: computed once per statement, and still usable with an index.
OPEN_FOUNDATIONS = (
    "((SELECT string_to_array(nullif(current_setting('portal.foundations', true), ''), ',')::bigint[]))"
)
INSIDE = f"foundation_id = ANY ({OPEN_FOUNDATIONS}::bigint[])"


def tenant_wall(table: str) -> list[RunSQL]:
    """Rows of other foundations do not exist for the app: not to read, count, join, write or refer to."""
    return [
        RunSQL(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
            f"CREATE POLICY {table}_tenant ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE});",
            f"DROP POLICY {table}_tenant ON {table};"
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
        )
    ]


def append_only(table: str) -> list[RunSQL]:
    """The app may add and read, never change or remove; a trigger alone is bypassed by TRUNCATE."""
    return [
        RunSQL(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP};",
            f"GRANT UPDATE, DELETE ON {table} TO {APP};",
        )
    ]


def referable(table: str) -> list[RunSQL]:
    """The target of composite foreign keys: (foundation_id, id)."""
    return [
        RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_id UNIQUE (foundation_id, id);",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_id;",
        )
    ]


def reference(table: str, column: str, target: str, key: str = "id") -> list[RunSQL]:
    """A foreign key that cannot point at another foundation: a plain one is checked past the wall."""
    name = f"{table}_{column}_fk"
    return [
        RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (foundation_id, {column}) "
            f"REFERENCES {target} (foundation_id, {key});",
            f"ALTER TABLE {table} DROP CONSTRAINT {name};",
        )
    ]


def of_a_foundation(table: str) -> list[RunSQL]:
    """The foundation itself must exist (its own table stands outside the wall)."""
    return [
        RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_foundation_fk "
            "FOREIGN KEY (foundation_id) REFERENCES schools_foundation (id);",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_foundation_fk;",
        )
    ]


def walled(table: str, references: dict[str, str] | None = None, *, key: bool = True) -> list[RunSQL]:
    """All that an ordinary table of a foundation needs: wall, owner, target key, composite references."""
    operations = tenant_wall(table) + of_a_foundation(table)
    if key:
        operations += referable(table)
    for column, target in (references or {}).items():
        operations += reference(table, column, target)
    return operations
