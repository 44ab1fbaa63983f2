"""One transaction, one actor, one set of foundations: the only way to the tables behind the wall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from .choices import ActorKind

SCHOOL_TIME = ZoneInfo("Europe/Amsterdam")


class NotActing(RuntimeError):
    """Something needed an actor and a transaction, and ran outside `acting()`."""


class NotOneFoundation(RuntimeError):
    """A write must belong to exactly one foundation; this transaction is open for none or for several."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a capacity, as the ledger names them: numbers and words only, no name or address."""

    kind: ActorKind
    id: int = 0
    capacity: str = ""


NOBODY = Actor(ActorKind.NOBODY)


def system(capacity: str) -> Actor:
    """The portal itself, e.g. `system("reminder")`."""
    return Actor(ActorKind.SYSTEM, 0, capacity)


@dataclass(frozen=True, slots=True)
class Acting:
    actor: Actor
    foundations: tuple[int, ...]
    read_only: bool
    now: datetime
    readings: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The school's calendar day (Europe/Amsterdam), not the server's."""
        return self.now.astimezone(SCHOOL_TIME).date()

    @property
    def foundation(self) -> int:
        """The id of the one foundation that is written to; raises NotOneFoundation."""
        if len(self.foundations) != 1:
            raise NotOneFoundation(f"open for {len(self.foundations)} foundations")
        return self.foundations[0]


_current: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting:
    """Who acts now, for which foundations, at which business time. Raises NotActing outside `acting()`."""
    act = _current.get()
    if act is None or not connection.in_atomic_block:
        raise NotActing("no actor: wrap this in acting()")
    return act


@contextmanager
def acting(
    actor: Actor,
    foundations: Sequence[int] = (),
    *,
    read_only: bool = False,
    now: datetime | None = None,
) -> Iterator[Acting]:
    """Open one transaction in which `actor` sees and touches `foundations` only.

    The database enforces it (row-level security); with `read_only` it refuses every write. An exception
    rolls everything back. Nested use opens a savepoint and puts back what was before: `set_config` does not
    revert at a savepoint's release, read-only does.
    """
    act = Acting(actor, tuple(foundations), read_only, now or timezone.now())
    outer = _current.get() if connection.in_atomic_block else None
    nested = connection.in_atomic_block
    with transaction.atomic():
        _tell_database(act)
        token = _current.set(act)
        try:
            yield act
        finally:
            _current.reset(token)
        if nested:
            _tell_database(outer, restoring=True)


@contextmanager
def as_actor(actor: Actor) -> Iterator[Acting]:
    """The same transaction, with the person now known (who it is stands behind the wall itself)."""
    before = current()
    act = replace(before, actor=actor)
    if (actor.kind, actor.id) != (before.actor.kind, before.actor.id):  # the database knows no capacity
        _tell_database(act, restoring=True)
    token = _current.set(act)
    try:
        yield act
    finally:
        _current.reset(token)


def _tell_database(act: Acting | None, *, restoring: bool = False) -> None:
    foundations = ",".join(str(pk) for pk in act.foundations) if act else ""
    actor = f"{act.actor.kind}:{act.actor.id}" if act else ""
    sql = "SELECT set_config('portal.foundations', %s, true), set_config('portal.actor', %s, true)"
    if act and act.read_only and not restoring:
        sql += ", set_config('transaction_read_only', 'on', true)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [foundations, actor])
