"""Was the demo's database prepared by these very sources? Then a start need not ask Django, which takes seconds.

The mark is a comment on the database itself, so that it comes and goes with the data. Anything else than what
`prepare_demo` left (other sources, a migration undone by hand, a database given from outside) is prepared again.
"""

import hashlib
from pathlib import Path

from .postgres import Postgres
from .processes import DevstackError

NOT_OURS = {"node_modules", "staticfiles", "tests", "bench", "chaos"}
MARK = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
LAST_MIGRATION = "SELECT max(id) FROM django_migrations"


def is_prepared(postgres: Postgres | None, database: str, root: Path, people: Path) -> bool:
    """False in every doubt: then everything is looked at, as at a first start."""
    if postgres is None or not people.exists():
        return False
    try:
        return postgres.sql(text=f"{MARK};", database=database).strip() == _mark(postgres, database, root)
    except DevstackError:
        return False


def mark_prepared(postgres: Postgres | None, database: str, root: Path) -> None:
    """Everything that is there now was made by these sources."""
    if postgres is not None:
        mark = _mark(postgres, database, root)
        postgres.sql(text=f"COMMENT ON DATABASE \"{database}\" IS '{mark}';", database=database)


def _mark(postgres: Postgres, database: str, root: Path) -> str:
    last = postgres.sql(text=f"{LAST_MIGRATION};", database=database).strip()
    return f"prepared by {digest(root)} up to migration {last}"


def digest(root: Path) -> str:
    """Of every source that can make tables or people: the Python of the portal, and its samples."""
    found = hashlib.sha256()
    for path in sorted(_sources(root)):
        found.update(f"{path.relative_to(root)}\0".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _sources(root: Path) -> list[Path]:
    folders = [
        folder
        for folder in root.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in NOT_OURS
    ]
    return [path for folder in folders for path in folder.rglob("*") if _is_source(path, folder)]


def _is_source(path: Path, folder: Path) -> bool:
    return path.is_file() and (path.suffix in {".py", ".sql"} or folder.name == "samples")
