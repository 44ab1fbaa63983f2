"""The databases that the rows are measured on: one empty and migrated, and copies of it, filled or not.

Each row runs in a process of its own (a fork), which enters one database and sets up Django there. What is filled once
is kept for the other rows of the same run.
"""

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from devstack.stack import DATABASE, Stack

SMALL, LARGE = "small", "large"
PUPILS = {SMALL: 5_000, LARGE: 250_000}
PATIENCE = 600.0  # seconds for one row: longer than any of them may take
Gives = TypeVar("Gives")


class RowFailed(Exception):
    """A row ended with an error, in words of its own process."""


class Ground:
    """The stack, and the databases on it by name."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.made: set[str] = set()

    def url(self, database: str, role: str = "postgres") -> str:
        return self.stack.database_url(role, database)

    def env(self, database: str, **changes: str) -> dict[str, str]:
        """What a process of the portal reads that works on this database."""
        ours = {
            "DATABASE_URL": self.url(database, "portal_app"),
            "OWNER_DATABASE_URL": self.url(database, "portal_owner"),
        }
        return self.stack.env | ours | changes

    def enter(self, database: str, **changes: str) -> None:
        """Set up Django on this database, with these changes to what it reads; once in a process."""
        os.environ.update(self.env(database, **changes))
        import django

        django.setup()

    def prepare(self) -> None:
        """Migrate the database that all others are copies of."""
        in_a_process(self._migrate)

    def _migrate(self) -> None:
        self.enter(DATABASE)
        from django.core.management import call_command

        call_command("migrate", database="owner", verbosity=0)

    def new(self, name: str, like: str = DATABASE) -> str:
        """A copy under this name, away from all others, for a row that writes. An older one of this name goes."""
        self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{like}" OWNER portal_owner STRATEGY file_copy')
        self._sql(f'GRANT CONNECT ON DATABASE "{name}" TO portal_app')
        return name

    def filled(self, size: str) -> str:
        """The database with so many pupils who all have answers; filled when it is asked for the first time."""
        if size not in self.made:
            begun = time.monotonic()
            self.new(size)
            in_a_process(lambda: self._fill(size))
            self.made.add(size)
            print(f"  {PUPILS[size]:,} pupils filled in {time.monotonic() - begun:.0f} s", flush=True)
        return size

    def _fill(self, size: str) -> None:
        self.enter(size)
        from .filling import fill_with_answers

        fill_with_answers(self.url(size), PUPILS[size])

    def _sql(self, text: str) -> None:
        assert self.stack.postgres is not None  # noqa: S101  the bench always brings its own
        self.stack.postgres.sql(text=text)


def in_a_process(act: Callable[[], Gives]) -> Gives:
    """Run it in a fork, and give what it gives. Raises RowFailed when it fails there, or takes too long."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=_run, args=(act, there))
    child.start()
    there.close()
    try:
        if not here.poll(PATIENCE):
            raise RowFailed(f"took more than {PATIENCE:.0f} s")
        is_good, gives = here.recv()
    except EOFError as error:
        raise RowFailed("its process ended without a word") from error
    finally:
        child.join(5)
        child.kill()
    if not is_good:
        raise RowFailed(gives)
    return gives


def _run(act: Callable[[], Any], there: Connection) -> None:
    import traceback

    try:
        there.send((True, act()))
    except BaseException:
        there.send((False, traceback.format_exc()))
