"""Who may receive a report here, today: people, their roles, their own children, and what the report says."""

from collections.abc import Iterable

from incidents.choices import About, Category, ReporterKind, Wish
from incidents.models import Case, Handler, RoutingRow
from incidents.rules import (
    HANDLING_ROLES,
    RECEIVING_ROLES,
    Candidate,
    PersonName,
    ReportFacts,
    RouteRow,
    is_at_once,
    passed_over,
    route,
)
from ledger.acting import current
from schools.choices import RoleName
from schools.models import Person, School
from schools.querysets import children_by_staff, staff_at


def candidates_at(school: School) -> list[Candidate]:
    """Everybody who works at this school or for the whole foundation today, once per role.

    Relatives are the children of who has the same mailbox as a parent; a child of somebody with two mailboxes is
    not known here: whoever receives such a case withdraws from it (`handle.recuse`).
    """
    today = current().today
    roles = list(staff_at(school.id, today))
    children = children_by_staff([role.staff_member_id for role in roles], today)
    return [
        Candidate(
            role.staff_member_id,
            name_of_person(role.staff_member),
            RoleName(role.name),
            role.group_id,
            tuple(name_of_person(child) for child in children.get(role.staff_member_id, ())),
        )
        for role in roles
    ]


def receivers(school: School, report: ReportFacts, *, without: Iterable[int] = ()) -> list[Candidate]:
    """Who handles it (I2); empty when nobody may."""
    gone = set(without)
    people = [one for one in candidates_at(school) if one.id not in gone]
    return route(_table(), report, people)


def must_be_told_at_once(report: ReportFacts) -> bool:
    """Also on a Friday at 22.00, when the foundation's table says so (O17, I6)."""
    return is_at_once(_table(), report)


def _table() -> list[RouteRow]:
    return [
        RouteRow(RoleName(row.role), row.category, row.reporter_kind, row.about, row.wish, row.is_at_once)
        for row in RoutingRow.objects.order_by("position", "id")
    ]


def may_receive(school: School, report: ReportFacts) -> dict[int, RoleName]:
    """Everybody who may get this report by hand, in the role that goes furthest; nobody who is passed over."""
    people = candidates_at(school)
    out = passed_over(report, people)
    able = [one for one in people if one.role in RECEIVING_ROLES and one.id not in out]
    return {one.id: one.role for one in sorted(able, key=lambda one: weight_of(one.role))}


def weight_of(role: RoleName) -> tuple[bool, int]:
    """Of several roles the one that goes furthest counts: `max` of this, or the last when sorted by it."""
    return role in HANDLING_ROLES, list(RoleName).index(role)


def facts_of(case: Case, words: str, who: str) -> ReportFacts:
    """The case as routing reads it; the reporter's own name is sealed apart and not known any more."""
    return ReportFacts(
        category=Category(case.category),
        reporter_kind=ReporterKind(case.reporter_kind),
        about=About(case.about),
        wish=Wish(case.wish),
        who=who,
        words=words,
    )


def give_to(case: Case, staff_member_id: int, role: RoleName) -> None:
    """From now on this person sees the case; the database asks that whoever gives it sees it too."""
    Handler(
        foundation_id=case.foundation_id,
        case=case,
        staff_member_id=staff_member_id,
        role=role,
        since=current().now,
    ).save(force_insert=True)


def name_of_person(person: Person) -> PersonName:
    """A name as routing compares it."""
    return PersonName(person.call_name, person.surname, person.prefix)
