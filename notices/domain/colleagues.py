"""Tell somebody who works at a school that something waits in the portal; never what it is about (I8)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from schools.models import Foundation, StaffMember

from .addressed import put_mails


def tell_colleagues(
    kind: str,
    people: Iterable[StaffMember],
    words: dict[str, Any],
    *,
    foundation: Foundation,
    due_at: datetime,
) -> int:
    """Put one mail for each of these people, to leave from `due_at`; gives how many have an address.

    See `put_mails`.
    """
    return put_mails(kind, people, words, foundation=foundation, due_at=due_at)
