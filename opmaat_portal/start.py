"""Which rooms a mailbox has a key to, and where each person begins."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Capacity
from ledger.acting import acting
from policies.rules import may_publish
from schools.choices import RoleName
from schools.models import Role
from schools.querysets import at_work

from .audiences import staff


@dataclass(frozen=True, slots=True)
class Door:
    url: str
    label: str


def doors_of(request: HttpRequest, capacities: set[Capacity]) -> list[Door]:
    """One door per capacity, family first."""
    doors = []
    if Capacity.GUARDIAN in capacities:
        doors.append(Door(reverse("consent:parents.home"), _("My children")))
    if Capacity.PUPIL in capacities:
        doors.append(Door(reverse("portal:pupils.start"), _("My school")))
    if Capacity.STAFF in capacities:
        doors.append(Door(_staff_start(request), _("My work at school")))
    return doors


def start_page(roles: Iterable[Role]) -> str:
    """Where somebody with these roles begins: the room of the role that reaches furthest, else the team's."""
    names = {role.name for role in roles}
    if may_administer(roles):
        return reverse("portal:admins.start")
    if RoleName.BOARD in names:
        return reverse("portal:board.start")
    if RoleName.DPO in names:
        return reverse("portal:dpo.start")
    return reverse("consent:staff.groups")


def may_administer(roles: Iterable[Role]) -> bool:
    """Has the start page of administrators: who keeps the protocol, the import and the rounds."""
    return may_publish(roles)


def has_role(roles: Iterable[Role], name: RoleName) -> bool:
    return any(role.name == name for role in roles)


def _staff_start(request: HttpRequest) -> str:
    """The roles stand behind the wall, so it is opened for this one question."""
    portal = staff(request, {})
    with acting(portal.actor, portal.foundations, read_only=True) as act:
        roles = at_work(portal.reaches[0].person_id, act.today)[1]
    return start_page(roles)
