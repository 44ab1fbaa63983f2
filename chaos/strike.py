"""One kill at one named point, and everybody back on their feet. No Django."""

import time
from dataclasses import dataclass

from . import orders
from .field import Field
from .points import Point

PATIENCE = 12.0  # seconds to wait for a process to come to the point; a worker needs some to start


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
        if point.how != orders.WAIT:
            time.sleep(0.05)  # between taking the order and dying
        orders.take_back(field.orders, point.hook)
    field.revive(expected=True)
    return Kill(point, at, is_hit=True)


def _stands_there(field: Field, point: Point) -> bool:
    orders.give(field.orders, point.hook, point.how)
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if orders.is_reached(field.orders, point.hook):
            return True
        time.sleep(0.01)
    return False
