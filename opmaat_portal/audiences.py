"""Who comes in through which door: the first word of the address decides, not all that a person is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.choices import Capacity, LinkKind
from accounts.links import find_by_hash, find_link
from accounts.models import LinkKey, Reach
from consent.domain.kiosk import Visit, kiosk_of_session
from consent.models import Kiosk, PersonalLink
from ledger.acting import NOBODY, Actor
from ledger.choices import ActorKind
from schools.choices import SECOND_FACTOR_ROLES
from schools.models import Foundation, Guardian, Pupil, Role, StaffMember
from schools.querysets import at_work, reaches_of


@dataclass(slots=True)
class Portal:
    """What the views know of who is there: `request.portal`."""

    audience: str = "public"
    foundation: Foundation | None = None
    foundations: tuple[int, ...] = ()
    reaches: list[Reach] = field(default_factory=list)
    person: StaffMember | Guardian | Pupil | None = None
    guardians: list[Guardian] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    link_key: LinkKey | None = None
    link: PersonalLink | None = None
    tablet: dict[str, Any] = field(default_factory=dict)  # what the session of a kiosk holds
    kiosk: Kiosk | None = None
    visit: Visit | None = None
    must_choose_person: bool = False
    actor: Actor = NOBODY  # who the key says it is; `recognise` adds the capacity, or finds nobody

    @property
    def needs_second_factor(self) -> bool:
        return any(role.name in {str(name) for name in SECOND_FACTOR_ROLES} for role in self.roles)

    @property
    def link_has_ended(self) -> bool:
        return self.link_key is not None and self.link_key.ends_at <= timezone.now()


def family(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    """A parent: all foundations where a child is, or the one that the address names (every write)."""
    reaches = reaches_of(request.user, Capacity.GUARDIAN)
    portal = Portal("family", reaches=reaches)
    if slug := kwargs.get("foundation"):
        portal.foundation = Foundation.objects.filter(slug=slug).first()
        reaches = [
            reach for reach in reaches if portal.foundation and reach.foundation_id == portal.foundation.id
        ]
    chosen = request.session.get("persons", {})
    kept = []
    for foundation_id in dict.fromkeys(reach.foundation_id for reach in reaches):
        mine = [reach for reach in reaches if reach.foundation_id == foundation_id]
        person = chosen.get(f"{foundation_id}:{Capacity.GUARDIAN}")
        if len(mine) > 1 and person not in {reach.person_id for reach in mine}:
            portal.must_choose_person = True
        kept += [reach for reach in mine if len(mine) == 1 or reach.person_id == person]
    if not reaches:
        raise Http404
    portal.reaches = kept
    portal.foundations = tuple(dict.fromkeys(reach.foundation_id for reach in kept))
    return portal


def staff(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    """Somebody who works here: exactly one foundation at a time."""
    reaches = reaches_of(request.user, Capacity.STAFF)
    if not reaches:
        raise Http404
    wanted = request.session.get("staff_foundation")
    reach = next((reach for reach in reaches if reach.foundation_id == wanted), reaches[0])
    return Portal(
        "staff",
        reaches=[reach],
        foundations=(reach.foundation_id,),
        actor=Actor(ActorKind.STAFF, reach.person_id),
    )


def pupil(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    """A pupil with an own mailbox: one foundation; two pupils with one mailbox say who is there."""
    reaches = reaches_of(request.user, Capacity.PUPIL)
    if not reaches:
        raise Http404
    mine = [reach for reach in reaches if reach.foundation_id == reaches[0].foundation_id]
    chosen = request.session.get("persons", {}).get(f"{mine[0].foundation_id}:{Capacity.PUPIL}")
    reach = next((reach for reach in mine if reach.person_id == chosen), mine[0])
    return Portal(
        "pupil",
        reaches=[reach],
        foundations=(reach.foundation_id,),
        must_choose_person=len(mine) > 1 and reach.person_id != chosen,
        actor=Actor(ActorKind.PUPIL, reach.person_id, "signed_in"),
    )


def link(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    """Somebody with a personal link: one guardian, one round, one foundation. Unknown: nothing is open."""
    key = find_link(LinkKind.CONSENT, str(kwargs.get("token", "")))
    if key is None:
        return Portal("link")
    return Portal(
        "link",
        link_key=key,
        foundations=(key.foundation_id,),
        foundation=Foundation.objects.get(id=key.foundation_id),
    )


def report(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    """Somebody who came back with the code phrase of a report: that one report, and no person (I1)."""
    known = str(request.session.get("report", ""))
    key = find_by_hash(LinkKind.REPORT, known) if known else None
    if key is None or key.ends_at <= timezone.now():
        return Portal("report")
    return Portal(
        "report",
        link_key=key,
        foundations=(key.foundation_id,),
        foundation=Foundation.objects.get(id=key.foundation_id),
        actor=Actor(ActorKind.REPORTER, key.target.int, "code_phrase"),
    )


def kiosk(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    """A tablet of a school, as its session says; nobody is signed in on it. Without one nothing is open."""
    tablet = request.session.get("kiosk") or {}
    if not tablet:
        return Portal("kiosk")
    return Portal(
        "kiosk",
        foundations=(tablet["foundation"],),
        foundation=Foundation.objects.get(id=tablet["foundation"]),
        tablet=tablet,
        actor=Actor(ActorKind.NOBODY, 0, "kiosk"),
    )


def school(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    """A page of a school that everybody may read: the foundation that the address names, and nobody signed in."""
    foundation = get_object_or_404(Foundation, slug=kwargs["foundation"])
    return Portal("school", foundations=(foundation.id,), foundation=foundation)


def public(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    return Portal("public")


DOORS: dict[str, Callable[[HttpRequest, dict[str, object]], Portal]] = {
    "ouder": family,
    "leerling": pupil,
    "team": staff,
    "directie": staff,
    "beheer": staff,
    "bestuur": staff,
    "fg": staff,
    "toestemming": link,
    "melding": report,
    "kiosk": kiosk,
}


def come_in(request: HttpRequest, kwargs: dict[str, object]) -> Portal:
    """Before the transaction: which foundations this address may open for this person, or 404."""
    word = request.path_info.lstrip("/").split("/")[0]
    door = DOORS.get(word) or (school if kwargs.get("foundation") == word else public)
    if door in (family, staff) and not request.user.is_authenticated:
        raise Http404  # "/fg/": no room, and a public page of a foundation that cannot have this name
    return door(request, kwargs)


def recognise(portal: Portal, now: datetime, today: date) -> Actor:
    """Inside the transaction: the person behind the wall, in the capacity of this door."""
    if portal.audience == "staff":
        person, portal.roles = at_work(portal.reaches[0].person_id, today)
        if person is None:
            raise Http404
        portal.person, portal.foundation = person, person.foundation
        capacity = portal.roles[0].name if portal.roles else "former"
        return Actor(ActorKind.STAFF, person.id, capacity)
    if portal.audience == "family":
        ids = [reach.person_id for reach in portal.reaches]
        portal.guardians = list(
            Guardian.objects.filter(id__in=ids).select_related("foundation").order_by("id")
        )
        portal.person = portal.guardians[0] if portal.guardians else None
        return Actor(ActorKind.GUARDIAN, portal.person.id, "signed_in") if portal.person else NOBODY
    if portal.audience == "pupil":
        found = Pupil.objects.select_related("foundation").filter(id=portal.actor.id).first()
        if found is None:
            raise Http404
        portal.person, portal.foundation = found, found.foundation
        return portal.actor
    if portal.audience == "report":
        return portal.actor
    if portal.audience == "kiosk":
        portal.kiosk, portal.visit = kiosk_of_session(portal.tablet)
        if portal.visit is None:
            return portal.actor
        portal.person = portal.visit.guardian
        return Actor(ActorKind.GUARDIAN, portal.visit.guardian.id, "kiosk")
    if portal.link_key:
        portal.link = PersonalLink.objects.select_related("guardian", "round").get(
            target=portal.link_key.target
        )
        portal.person = portal.link.guardian
        return Actor(ActorKind.GUARDIAN, portal.link.guardian_id, "link")
    return NOBODY
