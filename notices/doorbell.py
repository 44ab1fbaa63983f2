"""Tell the worker that something waits. Only a doorbell: who misses it finds the work at the next sweep.

Never rings inside a transaction that can still be rolled back (use `transaction.on_commit`), never raises,
and never makes a request wait for a broker that is away: after one failure it stays silent for a while.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from .choices import Lane

if TYPE_CHECKING:
    from celery import Celery
    from kombu import Connection

SILENT_SECONDS = 5.0
# The bell itself, not who answers it. Before the mails of a round, and after what signs somebody in (R5).
CHANGED, CHANGED_QUEUE = "portal.changed", "sheets"
# A broker that does not answer at once is not waited for. (The worker itself waits as long as it takes.)
AT_ONCE = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "max_retries": 0,
    "interval_start": 0,
    "connect_retries_timeout": 1,
}

log = logging.getLogger(__name__)
_silent_until = 0.0
_held: ContextVar[set[Lane] | None] = ContextVar("held", default=None)


def ring(lane: Lane) -> bool:
    """Ask for a delivery in this lane; False when the broker could not be told (the sweep will find it)."""
    if (held := _held.get()) is not None:
        held.add(lane)
        return True
    return _told(lambda: _send(lane))


def ring_for(task: str, *ids: str | int, queue: str) -> bool:
    """Ask a worker for another task than a delivery, under the same promises; its own sweep finds what is missed."""
    return _told(lambda: _send_task(task, ids, queue))


def _told(send: Callable[[], None]) -> bool:
    global _silent_until  # noqa: PLW0603  one per process, like the connection itself
    if time.monotonic() < _silent_until:
        return False
    try:
        send()
    except Exception as error:  # whatever it is: the message is safe in the outbox
        _silent_until = time.monotonic() + SILENT_SECONDS
        log.warning("broker not reached, the sweep will find it: %s", type(error).__name__)
        return False
    return True


def ring_changed(foundation_id: int, pupil_ids: Collection[int]) -> bool:
    """Something about these pupils changed: whoever keeps what follows from it may come and look.

    Who that is stands nowhere here: the app that follows answers to the name CHANGED, and sweeps for what it missed.
    While hundreds are written at once (`ring_once`) it stays silent: that sweep finds them.
    """
    if _held.get() is not None:
        return True
    return _told(lambda: _send_task(CHANGED, (foundation_id, *sorted(pupil_ids)), CHANGED_QUEUE))


@contextmanager
def ring_once() -> Iterator[None]:
    """For who puts messages by the hundred: inside, every ring waits, and each lane gets one at the end.

    Stand around the transaction, since rings come after its commit.
    """
    held: set[Lane] = set()
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
        for lane in sorted(held, key=list(Lane).index):
            ring(lane)


def broker_answers() -> bool:
    """Does the broker answer at this moment (for /readyz)? Waits half a second at most."""
    try:
        with _line() as line:
            line.default_channel.client.ping()
    except Exception:  # whatever it is, it is no answer
        return False
    return True


def _send(lane: Lane) -> None:
    _send_task("notices.tasks.deliver", (str(lane),), str(lane))


def _send_task(task: str, ids: tuple[str | int, ...], queue: str) -> None:
    from kombu.pools import producers

    with producers[_line()].acquire(block=True, timeout=1) as producer:
        _app().send_task(task, args=list(ids), queue=queue, producer=producer, retry=False)


def _app() -> "Celery":
    """Named in the settings, as the WSGI application is: commands that ring nobody start a fifth faster without it."""
    app: Celery = import_string(settings.CELERY_APP)
    return app


def _line() -> "Connection":
    from kombu import Connection

    options = {**_app().conf.broker_transport_options, **AT_ONCE}
    return Connection(settings.CELERY_BROKER_URL, transport_options=options)
