"""What the first school of Opmaat placed in the last weeks, through the same acts as in real life.

Some items stand as they are, of one a family asked that it goes, and one is gone already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from consent.domain.check import Seen, Verdict, keep_check, look
from consent.domain.facts import KnownPurpose
from consent.domain.groups import known_group
from consent.models import Answer, Check
from ledger.acting import SCHOOL_TIME, Actor, acting, current
from ledger.choices import ActorKind
from publications.choices import Ending
from publications.domain.publish import change_details, places_of, publish
from publications.domain.reconcile import reconcile
from publications.domain.take_down import object_to, take_away
from publications.models import Publication
from schools.choices import GROUP_ROLES
from schools.models import Foundation, Group, Guardianship, Role, School, StaffMember

OF = "opmaat"


@dataclass(frozen=True, slots=True)
class Item:
    """`layer` of the purpose, how many pupils are on it, how many days ago; `then`: what the family did about it."""

    layer: str
    days: int
    pupils: int
    what: str
    link: str = ""
    print_run: str = ""
    then: str = ""


ITEMS = (
    Item("social", 6, 3, "Sportdag", link="https://sociaal.example.org/windroos/sportdag", then="gone"),
    Item("paper", 5, 4, "Nieuwsbrief november", print_run="Nieuwsbrief november, 240 stuks"),
    Item("closed", 4, 6, "Bezoek aan de boerderij"),
    Item(
        "social", 3, 2, "Voorleesontbijt", link="https://sociaal.example.org/windroos/voorlezen", then="asked"
    ),
    Item("social", 2, 4, "Lampionnen maken", link="https://sociaal.example.org/windroos/lampionnen"),
)


def add_publications(foundation: Foundation, school: School) -> None:
    """Inside `acting()` for this foundation; each item at its own moment, by the teacher of a group of this school."""
    groups = _groups(school)
    for number, item in enumerate(ITEMS):
        group, teacher = groups[number % len(groups)]
        _place(foundation, group, teacher, item)


def _groups(school: School) -> list[tuple[Group, StaffMember]]:
    """The groups that have a teacher, the own group of the contract's teacher first."""
    rows = Role.objects.filter(group__school=school, name__in=[str(name) for name in GROUP_ROLES], until=None)
    found: dict[int, tuple[Group, StaffMember]] = {}
    for role in rows.select_related("group", "staff_member").order_by("id"):
        found.setdefault(role.group_id, (role.group, role.staff_member))
    return list(found.values())[:3]


def _place(foundation: Foundation, group: Group, teacher: StaffMember, item: Item) -> None:
    actor = Actor(ActorKind.STAFF, teacher.id, "teacher")
    with acting(actor, [foundation.id], now=_ago(item.days, 15)):
        check = _keep(group, teacher, item)
        if check is None:
            return
        placed = _entered(check, item)
    if item.then:
        with acting(_family_of(placed), [foundation.id], now=_ago(1, 20)):
            object_to(placed, placed.people.order_by("id")[0].pupil)
    if item.then == "gone":
        with acting(actor, [foundation.id], now=_ago(0, 8)):
            take_away(
                placed, ending=Ending.GONE, proof="Bericht weggehaald en de link geopend: de pagina is leeg."
            )


def _keep(group: Group, teacher: StaffMember, item: Item) -> Check | None:
    """A check of pupils who all had a yes at that moment; None where too few families have answered."""
    known = known_group(group.code, group.foundation)
    if known is None:
        return None
    purpose = next(one for one in known.purposes if one.layer == item.layer)
    seen = look(purpose=purpose, pupils=known.pupils, purposes=known.purposes).seen
    pupils = list(_had_a_yes(seen))[: item.pupils]
    if not pupils:
        return None
    return keep_check(verdict=_verdict(purpose, pupils), group=group, staff_member=teacher)


def _had_a_yes(seen: tuple[Seen, ...]) -> Iterator[Seen]:
    for one in seen:
        answers = Answer.objects.filter(id__in=one.state.rests_on, decided_at__lt=current().now)
        if one.state.is_allowed and answers.count() == len(one.state.rests_on):
            yield one


def _verdict(purpose: KnownPurpose, seen: list[Seen]) -> Verdict:
    return Verdict(purpose, tuple(seen), ())


def _entered(check: Check, item: Item) -> Publication:
    """By one tap, or by itself; and then completed."""
    if item.layer == "closed":
        reconcile(pupils=list(check.people.exclude(pupil=None).order_by().values_list("pupil_id", flat=True)))
    else:
        publish(check, place=places_of(check)[0])
    made = Publication.objects.get(check_row=check)
    details = {"link": item.link, "print_run": item.print_run}
    change_details(made, what=item.what, **{name: words for name, words in details.items() if words})
    return made


def _family_of(placed: Publication) -> Actor:
    first = placed.people.order_by("id")[0]
    ties = Guardianship.objects.filter(pupil=first.pupil_id, authority="full", until=None)
    return Actor(ActorKind.GUARDIAN, ties.order_by("id")[0].guardian_id, "signed_in")


def _ago(days: int, hour: int) -> datetime:
    """That day at that hour, in school time; never after this moment."""
    now = current().now
    day = now.astimezone(SCHOOL_TIME).date() - timedelta(days=days)
    return min(datetime.combine(day, time(hour), tzinfo=SCHOOL_TIME), now)
