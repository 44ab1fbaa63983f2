"""A second start skips what the first one made; only when nothing at all speaks against it."""

from pathlib import Path

import devstack
from devstack.prepared import digest, is_prepared, mark_prepared

MIGRATION = (
    "CREATE TABLE IF NOT EXISTS django_migrations (id int); INSERT INTO django_migrations VALUES (%s);"
)


def sources(root: Path) -> Path:
    """Something like our own folders."""
    for name in ("app/migrations", "samples", ".venv/lib", "tests"):
        (root / name).mkdir(parents=True)
    (root / "app/migrations/0001_initial.py").write_text("one")
    return root


def test_a_database_is_prepared_until_a_source_or_a_migration_changes(tmp_path):
    root, people = sources(tmp_path), tmp_path / "people.txt"
    with devstack.running(outside={}) as stack:

        def is_known() -> bool:
            return is_prepared(stack.postgres, "portal", root, people)

        people.write_text("ouder-drie")
        assert not is_known()  # no tables at all

        stack.postgres.sql(text=MIGRATION % 7, database="portal")
        assert not is_known()
        mark_prepared(stack.postgres, "portal", root)
        assert is_known()

        stack.postgres.sql(text=MIGRATION % 8, database="portal")
        assert not is_known()
        mark_prepared(stack.postgres, "portal", root)
        (root / "app/migrations/0002_more.py").write_text("two")
        assert not is_known()
        mark_prepared(stack.postgres, "portal", root)
        people.unlink()
        assert not is_known()


def test_a_database_from_outside_is_looked_at_each_time(tmp_path):
    assert not is_prepared(None, "portal", sources(tmp_path), tmp_path / "samples")


def test_only_what_can_make_tables_or_people_counts(tmp_path):
    root = sources(tmp_path)
    before = digest(root)

    for name in (".venv/lib/x.py", "tests/test_x.py", "app/page.html"):
        (root / name).write_text("new")
    assert digest(root) == before

    (root / "samples/protocol.md").write_text("new")
    assert digest(root) != before
