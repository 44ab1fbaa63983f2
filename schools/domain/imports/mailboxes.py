"""Who may sign in: a mailbox per address, and as whom it enters this foundation."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.choices import Capacity
from accounts.models import Reach, User
from ledger.acting import current
from ledger.sql import any_of

from . import journal as write
from .journal import Journal

USERS, REACHES = "accounts_user", "accounts_reach"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The address of one person; "" takes the way in away."""

    capacity: Capacity
    person_id: int
    email: str
    language: str


def set_mailboxes(journal: Journal, foundation: int, wanted: Sequence[Mailbox]) -> None:
    """Make these people reachable at these addresses and at no other.

    Two people may share an address: then one mailbox has two reaches, and asks who they are. A mailbox that
    exists already (a parent with children at another foundation too) is used as it is: its password, language
    and second factor belong to its owner.
    """
    users = _users(journal, wanted)
    there = {
        (reach.capacity, reach.person_id): (reach.id, reach.user_id)
        for capacity in Capacity
        for reach in Reach.objects.filter(
            foundation_id=foundation,
            capacity=capacity,
            person_id__in=any_of("bigint", [box.person_id for box in wanted if box.capacity == capacity]),
        ).order_by("id")
    }
    new: list[dict[str, Any]] = []
    changed, gone = [], []
    for box in wanted:
        reach = there.get((box.capacity, box.person_id))
        user = users.get(box.email)
        if user is None and reach:
            gone.append(reach[0])
        elif user and reach and reach[1] != user:
            changed.append((reach[0], {"user_id": reach[1]}, {"user_id": user}))
        elif user and not reach:
            person = {"capacity": str(box.capacity), "person_id": box.person_id}
            new.append({"user_id": user, "foundation_id": foundation, **person})
    write.delete(journal, REACHES, gone)
    write.update(journal, REACHES, changed)
    write.insert(journal, REACHES, new)


def _users(journal: Journal, wanted: Sequence[Mailbox]) -> dict[str, int]:
    """Address → user id. Another foundation may make the same mailbox at the same moment: then that one is used."""
    languages = {box.email: box.language for box in wanted if box.email}
    known = _known(languages)
    rows = [
        {
            "email": email,
            "password": f"!{secrets.token_urlsafe(30)}",  # unusable: signs in with a mailed code
            "is_active": True,
            "language": language,
            "created_at": current().now,
        }
        for email, language in sorted(languages.items())
        if email not in known
    ]
    if not rows:
        return known
    write.insert(journal, USERS, rows, unless_there="email")
    return _known(languages)


def _known(emails: dict[str, str]) -> dict[str, int]:
    return dict(User.objects.filter(email__in=any_of("text", emails)).values_list("email", "id"))
