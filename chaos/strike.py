"""One kill at one named point, and everybody back on their feet. No Django."""

import time
from dataclasses import dataclass

from . import orders
from .field import Field
from .points import Point

PATIENCE = 20.0  # seconds to wait for a process to come to the point; a worker needs some to start

LONGEST_DYING = 3.0


@dataclass(frozen=True, slots=True)
class Kill:
    """What died, and when (seconds since the epoch). Not `is_hit`: nobody came to that point in time."""

    point: Point
    at: float
    is_hit: bool


def strike(field: Field, point: Point) -> Kill:
    """Wait until somebody stands at the point, kill what it names, start again what is dead."""
    field.revive(expected=False)
    if point.hook and not _stands_there(field, point):
        orders.take_back(field.orders, point.hook)
        field.revive(expected=True)  # it may have come there at the very last moment
        return Kill(point, time.time(), is_hit=False)
    at = time.time()
    for victim in point.victims:
        field.kill(victim)
    if point.hook:
        _wait_for_the_end(field, point)
        orders.take_back(field.orders, point.hook)
    field.revive(expected=True)
    return Kill(point, at, is_hit=True)


def _wait_for_the_end(field: Field, point: Point) -> None:
    """Between taking the order and dying a moment passes; a child of the worker is replaced by its parent."""
    name = point.hook.partition(":")[0]
    ends = time.monotonic() + LONGEST_DYING
    is_child = name == "worker" and point.how == orders.DIE
    while point.how != orders.WAIT and not is_child and time.monotonic() < ends:
        if not field.stack.is_running(name):
            return
        time.sleep(0.01)


def _stands_there(field: Field, point: Point) -> bool:
    orders.give(field.orders, point.hook, point.how)
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if orders.is_reached(field.orders, point.hook):
            return True
        field.revive(expected=False)
        time.sleep(0.01)
    return False
