"""Named sets of people and places; all of them see only what the wall lets through."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from accounts.choices import Capacity
from accounts.models import Reach, User

from .choices import GROUP_ROLES, Authority, RoleName
from .models import (
    Enrolment,
    Group,
    GroupMembership,
    Guardian,
    Guardianship,
    Pupil,
    Role,
    SchoolYear,
    StaffMember,
)


def in_force(on: date) -> Q:
    """Rows with a period that covers this day."""
    return Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))


def reaches_of(user: User, capacity: Capacity) -> list[Reach]:
    return list(Reach.objects.filter(user=user, capacity=capacity).order_by("foundation_id", "id"))


def at_work(person_id: int, on: date) -> tuple[StaffMember | None, list[Role]]:
    """Who this is, with their foundation and the roles of that day, in one statement.

    Somebody who has left, or has no role that day, comes with none; unknown here: None.
    """
    roles = list(
        Role.objects.filter(in_force(on), staff_member_id=person_id, staff_member__has_left=False)
        .select_related("staff_member__foundation")
        .order_by("id")
    )
    if roles:
        return roles[0].staff_member, roles
    return StaffMember.objects.select_related("foundation").filter(id=person_id).first(), []


def year_on(day: date) -> SchoolYear | None:
    return SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()


def groups_for(roles: list[Role], on: date) -> QuerySet[Group]:
    """The groups of this year that these roles may check: of the own school, or of the whole foundation."""
    groups = Group.objects.filter(year__starts_on__lte=on, year__ends_on__gte=on).select_related("school")
    if any(role.school_id is None and role.group_id is None for role in roles):
        return groups.order_by("school__name", "name", "id")
    schools = [role.school_id for role in roles if role.school_id]
    teaching = Group.objects.filter(id__in=[role.group_id for role in roles if role.group_id])
    mine = Q(school_id__in=schools) | Q(school_id__in=teaching.values("school_id"))
    return groups.filter(mine).order_by("school__name", "name", "id")


def own_groups(roles: list[Role]) -> list[int]:
    return [role.group_id for role in roles if role.group_id and role.name in {str(r) for r in GROUP_ROLES}]


def pupils_of_group(group: Group) -> QuerySet[Pupil]:
    return Pupil.objects.filter(memberships__group=group).order_by("call_name", "surname", "id")


def children_of(guardian: Guardian, on: date) -> QuerySet[Pupil]:
    """Enrolled children that this guardian has full authority for on this day (C2)."""
    return (
        Pupil.objects.filter(
            id__in=Guardianship.objects.filter(
                in_force(on), guardian=guardian, authority=Authority.FULL
            ).values("pupil_id")
        )
        .filter(id__in=Enrolment.objects.filter(in_force(on)).values("pupil_id"))
        .order_by("-born_on", "call_name", "id")
    )


def has_role(roles: list[Role], *names: RoleName) -> bool:
    return any(role.name in {str(name) for name in names} for role in roles)


def group_names(pupil_ids: Sequence[int], on: date) -> dict[int, str]:
    """The group of each pupil in the school year of that day, by name; several are joined with a comma."""
    rows = (
        GroupMembership.objects.filter(
            pupil_id__in=pupil_ids, group__year__starts_on__lte=on, group__year__ends_on__gte=on
        )
        .order_by("group__name", "id")
        .values_list("pupil_id", "group__name")
    )
    names: dict[int, list[str]] = {}
    for pupil_id, name in rows:
        names.setdefault(pupil_id, []).append(name)
    return {pupil_id: ", ".join(found) for pupil_id, found in names.items()}


def pupil_ids(groups: QuerySet[Group], codes: Sequence[str]) -> list[int]:
    """The pupils with these codes who are in one of these groups; others do not exist for the asker."""
    found = Pupil.objects.filter(code__in=codes, memberships__group__in=groups.order_by())
    return list(found.order_by("id").values_list("id", flat=True).distinct())


def find_pupils(query: str, group_ids: Sequence[int], most: int = 30) -> list[GroupMembership]:
    """Pupils of these groups whose call name or surname begins with these letters, accents aside."""
    by_name = Q(pupil__call_name__unaccent__istartswith=query) | Q(
        pupil__surname__unaccent__istartswith=query
    )
    return list(
        GroupMembership.objects.filter(by_name, group_id__in=group_ids)
        .select_related("pupil", "group__school")
        .order_by("pupil__call_name", "pupil__surname", "id")[:most]
    )
