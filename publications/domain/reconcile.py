"""The one way by which consent reaches the register: compare, and make right (architecture.md 1)."""

from collections.abc import Collection
from dataclasses import dataclass

from .publish import publish_closed
from .settle import settle_all


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was wrong: items that were not entered yet, take-downs that were not open, or open without need."""

    entered: int
    opened: int
    lifted: int


def reconcile(*, pupils: Collection[int] | None = None) -> Reconciled:
    """Make the register of the foundation that is open follow from what the families say (U2, U3).

    Enters what was allowed for the closed layer, opens a take-down for every item on which a yes was turned back, and
    lifts one that is not needed any more. Of these pupils (who rang the doorbell), or of all (the sweep): the result
    is the same. Doing it twice, or twice at the same moment, changes nothing more.
    """
    entered = publish_closed(pupils)
    settled = settle_all(pupils)
    return Reconciled(entered, settled.opened, settled.lifted)
