"""Tell who handles a report that it waits for them: at once, or in the morning of the next school day (I2, I7)."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from incidents.models import Case
from incidents.rules import told_from
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import ActorKind
from notices.domain.colleagues import tell_colleagues
from schools.models import Foundation, StaffMember
from schools.querysets import vacations_of

# The address is a contract (architecture.md §5): a domain function needs no URL table to write it.
ROOM = "/directie/"


def tell_handlers(case: Case, staff_member_ids: Iterable[int], *, is_at_once: bool = False) -> None:
    """A mail to each of them that says nothing about the case. Not to who is doing this: they know."""
    ids = set(staff_member_ids) - _myself()
    people = list(StaffMember.objects.filter(id__in=ids).order_by("id"))
    tell_colleagues(
        "incidents/waiting",
        people,
        {"is_at_once": is_at_once, "link": f"{settings.PORTAL_URL}{ROOM}"},
        foundation=Foundation.objects.get(id=case.foundation_id),
        due_at=told_from(_now(), is_at_once=is_at_once, vacations=vacations_of(case.school_id)),
    )


def _myself() -> set[int]:
    actor = current().actor
    return {actor.id} if actor.kind == ActorKind.STAFF else set()


def _now() -> datetime:
    return current().now.astimezone(SCHOOL_TIME)
