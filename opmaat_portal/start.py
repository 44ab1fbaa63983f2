"""Which rooms a mailbox has a key to."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Capacity


@dataclass(frozen=True, slots=True)
class Door:
    url: str
    label: str


def doors_of(capacities: set[Capacity]) -> list[Door]:
    """One door per capacity, family first; empty for a capacity whose rooms are not built yet."""
    doors = []
    if Capacity.GUARDIAN in capacities:
        doors.append(Door(reverse("consent:parents.home"), _("My children")))
    if Capacity.STAFF in capacities:
        doors.append(Door(reverse("consent:staff.groups"), _("My work at school")))
    return doors
