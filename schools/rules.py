"""Who may do what with people and places: pure predicates over the roles of today."""

from collections.abc import Iterable

from .choices import RoleName
from .models import Role

IMPORTING_ROLES = (RoleName.OFFICE, RoleName.ADMINISTRATOR)


def may_import(roles: Iterable[Role]) -> bool:
    """Has the room "import" at all: the school office, and the administrator of the foundation."""
    return any(role.name in IMPORTING_ROLES for role in roles)


def may_import_into(roles: Iterable[Role], school_id: int) -> bool:
    """The office for its own school only; the administrator for every school of the foundation."""
    return any(
        role.name == RoleName.ADMINISTRATOR or (role.name == RoleName.OFFICE and role.school_id == school_id)
        for role in roles
    )


def is_second_person(*, first_id: int | None, first_email: str, other_id: int, other_email: str) -> bool:
    """Two pairs of eyes are two persons and two mailboxes: one mailbox may stand for two staff members."""
    return first_id != other_id and (not first_email or first_email.casefold() != other_email.casefold())
