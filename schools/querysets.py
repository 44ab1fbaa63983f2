"""Named sets of people and places; all of them see only what the wall lets through."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.choices import Capacity
from accounts.models import Reach, User
from ledger.sql import any_of, columns_of

from .choices import GROUP_ROLES, Authority, RoleName
from .models import (
    Enrolment,
    Foundation,
    Group,
    GroupMembership,
    Guardian,
    Guardianship,
    Pupil,
    Role,
    SchoolYear,
    StaffMember,
    Vacation,
)


def in_force(on: date) -> Q:
    """Rows with a period that covers this day."""
    return Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))


def here_or_coming(on: date) -> Q:
    """Enrolments that are not over on this day: of who is there, and of who begins later (R1)."""
    return Q(until=None) | Q(until__gte=on)


def reaches_of(user: User, capacity: Capacity) -> list[Reach]:
    return list(Reach.objects.raw(REACHES, [user.pk, str(capacity)]))


def at_work(person_id: int, on: date) -> tuple[StaffMember | None, list[Role]]:
    """Who this is, with their foundation and the roles of that day, in one statement.

    Somebody who has left, or has no role that day, comes with none; unknown here: None.
    """
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK, {"person": person_id, "on": on})
        found = [list(_instances(row)) for row in cursor.fetchall()]
    if not found:
        return StaffMember.objects.select_related("foundation").filter(id=person_id).first(), []
    _, person, foundation, _ = found[0]
    person.foundation = foundation
    roles = []
    for role, _, _, group in found:
        role.staff_member, role.foundation, role.group = person, foundation, group
        roles.append(role)
    return person, roles


# Every page asks these two, and by hand they cost a third: the ORM would compile them anew for each page.
REACHES = f"""
SELECT {columns_of(Reach, "r")} FROM accounts_reach r WHERE r.user_id = %s AND r.capacity = %s
ORDER BY r.foundation_id, r.id
"""  # noqa: S608  names of our own columns
OF_WORK = ((Role, "r"), (StaffMember, "s"), (Foundation, "f"), (Group, "g"))
AT_WORK = f"""
SELECT {", ".join(columns_of(model, alias) for model, alias in OF_WORK)}
FROM schools_role r
JOIN schools_staffmember s ON s.foundation_id = r.foundation_id AND s.id = r.staff_member_id
JOIN schools_foundation f ON f.id = r.foundation_id
LEFT JOIN schools_group g ON g.foundation_id = r.foundation_id AND g.id = r.group_id
WHERE r.staff_member_id = %(person)s AND NOT s.has_left
  AND r.since <= %(on)s AND (r.until IS NULL OR r.until >= %(on)s)
ORDER BY r.id
"""  # noqa: S608  names of our own columns


def _instances(row: Sequence[Any]) -> Iterator[Any]:
    """The rows of these models that stand beside each other; None for one that was not joined."""
    start = 0
    for model, _ in OF_WORK:
        names = [field.attname for field in model._meta.concrete_fields]
        values = row[start : start + len(names)]
        start += len(names)
        yield None if values[0] is None else model.from_db(connection.alias, names, values)


def year_on(day: date) -> SchoolYear | None:
    return SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()


def groups_for(roles: list[Role], on: date) -> QuerySet[Group]:
    """The groups of this year that these roles may check: of the own school, or of the whole foundation."""
    groups = Group.objects.filter(year__starts_on__lte=on, year__ends_on__gte=on).select_related("school")
    if any(role.school_id is None and role.group_id is None for role in roles):
        return groups.order_by("school__name", "name", "id")
    schools = {role.school_id for role in roles if role.school_id}
    schools |= {role.group.school_id for role in roles if role.group}
    return groups.filter(school_id__in=schools).order_by("school__name", "name", "id")


def own_groups(roles: list[Role]) -> list[int]:
    return [role.group_id for role in roles if role.group_id and role.name in {str(r) for r in GROUP_ROLES}]


def pupils_of_group(group: Group) -> QuerySet[Pupil]:
    return Pupil.objects.filter(memberships__group=group).order_by("call_name", "surname", "id")


def children_of(guardian: Guardian, on: date) -> list[Pupil]:
    """Children, enrolled or coming, that this guardian has full authority for on this day (C2, R1); eldest last.

    Of a pupil who is old enough to decide, `represented_by_me` says whether this guardian decides nevertheless.
    """
    return list(Pupil.objects.raw(CHILDREN, {"guardian": guardian.pk, "on": on, "full": str(Authority.FULL)}))


CHILDREN = f"""
SELECT {columns_of(Pupil, "p")}, mine.represented_by_me
FROM schools_pupil p JOIN (
    SELECT foundation_id, pupil_id, bool_or(beyond_16) AS represented_by_me FROM schools_guardianship
    WHERE guardian_id = %(guardian)s AND authority = %(full)s AND since <= %(on)s
      AND (until IS NULL OR until >= %(on)s)
    GROUP BY foundation_id, pupil_id
) mine ON mine.foundation_id = p.foundation_id AND mine.pupil_id = p.id
WHERE EXISTS (SELECT FROM schools_enrolment e WHERE e.foundation_id = p.foundation_id AND e.pupil_id = p.id
    AND (e.until IS NULL OR e.until >= %(on)s))
ORDER BY p.born_on DESC, p.call_name, p.id
"""  # noqa: S608  names of our own columns


def own_address(pupil: Pupil) -> str:
    """Where to write to the pupil and nobody else; "" when any guardian has the same address, or none is known.

    Schools often fill in the address of a parent, or of who lives with one: with it an adult would decide as the
    pupil (C8).
    """
    shared = Guardian.objects.filter(email__iexact=pupil.email)
    return pupil.email if pupil.email and not shared.exists() else ""


def with_own_address(pupil_ids: Collection[int]) -> QuerySet[Pupil]:
    """Those of these pupils who have an address that no guardian has (see `own_address`)."""
    shared = Guardian.objects.filter(email__iexact=OuterRef("email")).order_by()
    known = Pupil.objects.filter(id__in=any_of("bigint", pupil_ids)).exclude(email="")
    return known.exclude(Exists(shared)).order_by("id")


def has_role(roles: list[Role], *names: RoleName) -> bool:
    return any(role.name in {str(name) for name in names} for role in roles)


def group_names(pupil_ids: Sequence[int], on: date) -> dict[int, str]:
    """The group of each pupil in the school year of that day, by name; several are joined with a comma."""
    with connection.cursor() as cursor:
        cursor.execute(GROUP_NAMES, [list(pupil_ids), on, on])
        return dict(cursor.fetchall())


GROUP_NAMES = """
SELECT m.pupil_id, string_agg(g.name, ', ' ORDER BY g.name, m.id)
FROM schools_groupmembership m
JOIN schools_group g ON g.foundation_id = m.foundation_id AND g.id = m.group_id
JOIN schools_schoolyear y ON y.foundation_id = g.foundation_id AND y.id = g.year_id
WHERE m.pupil_id = ANY(%s) AND y.starts_on <= %s AND y.ends_on >= %s
GROUP BY m.pupil_id
"""


def pupil_ids(groups: QuerySet[Group], codes: Sequence[str]) -> list[int]:
    """The pupils with these codes who are in one of these groups; others do not exist for the asker."""
    found = Pupil.objects.filter(code__in=codes, memberships__group__in=groups.order_by())
    return list(found.order_by("id").values_list("id", flat=True).distinct())


def named(query: str, person: str = "") -> Q:
    """Call name and surname begin with the words of the query, accents aside; `person` is the path to them."""

    def begins(words: str) -> Q:
        return Q(**{f"{person}call_name__unaccent__istartswith": words}) | Q(
            **{f"{person}surname__unaccent__istartswith": words}
        )

    every_word = Q()
    for word in query.split():
        every_word &= begins(word) | Q(**{f"{person}prefix__unaccent__icontains": word})
    return begins(query) | every_word


def find_pupils(query: str, group_ids: Sequence[int], most: int = 30) -> list[GroupMembership]:
    """Pupils of these groups with such a name; one row for each of their groups."""
    return list(
        GroupMembership.objects.filter(named(query, "pupil__"), group_id__in=group_ids)
        .select_related("pupil", "group__school")
        .order_by("pupil__call_name", "pupil__surname", "id")[:most]
    )


def find_guardians(
    query: str, school_ids: Collection[int] | None, on: date, most: int = 30
) -> list[Guardian]:
    """Guardians with such a name of children who are enrolled on that day: at these schools, or anywhere (None).

    Their children of that day come along as `ties`; never an address.
    """
    enrolled = Enrolment.objects.filter(in_force(on))
    if school_ids is not None:
        enrolled = enrolled.filter(school_id__in=school_ids)
    ties = Guardianship.objects.filter(in_force(on), pupil_id__in=enrolled.order_by().values("pupil_id"))
    shown = ties.select_related("pupil").order_by("pupil__call_name", "id")
    return list(
        Guardian.objects.filter(named(query), id__in=ties.order_by().values("guardian_id"))
        .prefetch_related(Prefetch("guardianships", shown, to_attr="ties"))
        .order_by("call_name", "surname", "id")[:most]
    )


def find_staff(query: str, school_ids: Collection[int] | None, on: date, most: int = 30) -> list[StaffMember]:
    """Colleagues with such a name and a role on that day: at these schools or for the foundation, or all (None).

    Those roles come along as `roles_now`; nobody who has left.
    """
    roles = Role.objects.filter(in_force(on))
    if school_ids is not None:
        here = Q(school_id__in=school_ids) | Q(group__school_id__in=school_ids)
        roles = roles.filter(here | Q(school=None, group=None))
    shown = roles.select_related("school", "group__school").order_by("id")
    return list(
        StaffMember.objects.filter(
            named(query), has_left=False, id__in=roles.order_by().values("staff_member_id")
        )
        .prefetch_related(Prefetch("roles", shown, to_attr="roles_now"))
        .order_by("call_name", "surname", "id")[:most]
    )


def vacations_of(school_id: int) -> tuple[tuple[date, date], ...]:
    """Days without school, both included: those of the whole foundation and those of this school (I7)."""
    return vacations_at([school_id])[school_id]


def vacations_at(school_ids: Iterable[int]) -> dict[int, tuple[tuple[date, date], ...]]:
    """The same of each of these schools, in one statement; of none without asking."""
    found: dict[int, list[tuple[date, date]]] = {school_id: [] for school_id in school_ids}
    if not found:
        return {}
    rows = Vacation.objects.filter(Q(school=None) | Q(school_id__in=found)).order_by("since", "id")
    for school_id, since, until in rows.values_list("school_id", "since", "until"):
        for days_off in found.values() if school_id is None else [found[school_id]]:
            days_off.append((since, until))
    return {school_id: tuple(days_off) for school_id, days_off in found.items()}


def roles_at(school_ids: Collection[int], on: date) -> QuerySet[Role]:
    """The roles of that day at these schools (none given: at all), in their groups, or for the whole foundation."""
    rows = Role.objects.filter(in_force(on)).order_by()
    if not school_ids:
        return rows
    here = Q(school_id__in=school_ids) | Q(group__school_id__in=school_ids) | Q(school=None, group=None)
    return rows.filter(here)


def staff_at(school_id: int, on: date) -> QuerySet[Role]:
    """The roles of that day at this school, in its groups, or for the whole foundation; nobody who has left."""
    here = Q(school_id=school_id) | Q(group__school_id=school_id) | Q(school=None, group=None)
    return (
        Role.objects.filter(here, in_force(on), staff_member__has_left=False)
        .select_related("staff_member")
        .order_by("staff_member_id", "id")
    )


def guardians_for(pupil_id: int, on: date) -> QuerySet[Guardian]:
    """Who must hear what happens to this child: guardians with authority who may be contacted."""
    return Guardian.objects.filter(
        id__in=Guardianship.objects.filter(
            in_force(on), pupil_id=pupil_id, authority=Authority.FULL, may_be_contacted=True
        ).values("guardian_id")
    ).order_by("surname", "call_name", "id")


def children_by_staff(staff_ids: Sequence[int], on: date | None) -> dict[int, list[Pupil]]:
    """The children of staff members who are a parent here with the same mailbox; others are not known.

    `on` None: of any day. What the other parent chose is not for somebody whose own authority has ended either.
    """
    staff: dict[int, list[int]] = {}
    for reach in Reach.objects.filter(capacity=Capacity.STAFF, person_id__in=staff_ids).order_by("id"):
        staff.setdefault(reach.user_id, []).append(reach.person_id)
    guardians = dict(
        Reach.objects.filter(capacity=Capacity.GUARDIAN, user_id__in=staff)
        .order_by("id")
        .values_list("person_id", "user_id")
    )
    held = Q() if on is None else in_force(on)
    rows = Guardianship.objects.filter(held, guardian_id__in=guardians).select_related("pupil")
    found: dict[int, list[Pupil]] = {}
    for row in rows.order_by("id"):
        for staff_id in staff[guardians[row.guardian_id]]:
            found.setdefault(staff_id, []).append(row.pupil)
    return found
