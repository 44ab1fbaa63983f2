"""Which roles handle cases, and how far each of them goes."""

from collections.abc import Collection, Iterable

from schools.choices import RoleName
from schools.models import Role

# Who may bring a case to its end.
HANDLING_ROLES = frozenset(
    {
        RoleName.TEACHER,
        RoleName.MENTOR,
        RoleName.PHASE_COORDINATOR,
        RoleName.TEAM_LEADER,
        RoleName.DEPARTMENT_LEADER,
        RoleName.ANTI_BULLYING,
        RoleName.ADVISER,
        RoleName.STAFF_OFFICER,
        RoleName.DIRECTOR,
        RoleName.BOARD,
    }
)
# Works at a school that a director answers for.
UNDER_THE_DIRECTOR = frozenset(
    {
        RoleName.TEACHER,
        RoleName.MENTOR,
        RoleName.SUBSTITUTE,
        RoleName.PHASE_COORDINATOR,
        RoleName.TEAM_LEADER,
        RoleName.DEPARTMENT_LEADER,
        RoleName.ANTI_BULLYING,
    }
)
# A confidential adviser listens and guides; measures are not theirs, or nobody would confide in them.
MEASURING_ROLES = HANDLING_ROLES - {RoleName.ADVISER}
# Who takes what can reach nobody else, only to look at it and to hand it over to somebody who handles it.
LAST_RESORT = (RoleName.DPO, RoleName.ADMINISTRATOR)
RECEIVING_ROLES = HANDLING_ROLES | set(LAST_RESORT)
# Who passes a case on outside school: police, child protection, the confidential inspector.
REFERRING_ROLES = frozenset(
    {RoleName.TEAM_LEADER, RoleName.ANTI_BULLYING, RoleName.ADVISER, RoleName.DIRECTOR, RoleName.BOARD}
)


def may_handle(roles: Iterable[Role]) -> bool:
    """Has a room for cases at all; which cases is told by the wall, never by the role."""
    return any(role.name in RECEIVING_ROLES for role in roles)


def may_decide(named: str, roles: Collection[str]) -> bool:
    """Decides on a measure that the ladder gives to the role `named`: who has it, or the director above them.

    Without the director a case stands still when the teacher whom the ladder names does not handle it (I4).
    """
    return named in roles or (named in UNDER_THE_DIRECTOR and RoleName.DIRECTOR in roles)


def may_log_spoken(roles: Iterable[Role], school_id: int) -> bool:
    """Writes down what somebody came to tell: who handles cases, at this school or for the foundation (I2)."""
    return any(role.name in HANDLING_ROLES and _is_at(role, school_id) for role in roles)


def _is_at(role: Role, school_id: int) -> bool:
    if role.group is not None:
        return role.group.school_id == school_id
    return role.school_id in {None, school_id}
