"""The people of the demo: the names of the contract (architecture.md 5) and how to find each of them.

The demo loader gives each the mailbox `address_of(name)`. Whoever is missing there is not on the sign-in page.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.choices import Capacity
from accounts.models import Reach, User
from schools.choices import RoleName

# Reserved for examples (RFC 2606): a mail that gets out by mistake reaches nobody.
DEMO_DOMAIN = "demo.example.org"
HOME, ELSEWHERE = "opmaat", "sevenwolden"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person to sign in as; `role` is what the loader gives a staff member at least."""

    name: str
    capacity: Capacity
    says: str
    role: RoleName | None = None
    foundation: str = HOME

    @property
    def email(self) -> str:
        return address_of(self.name)


def address_of(name: str) -> str:
    return f"{name}@{DEMO_DOMAIN}"


def _staff(name: str, role: RoleName, says: str, foundation: str = HOME) -> DemoPerson:
    return DemoPerson(name, Capacity.STAFF, says, role, foundation)


PEOPLE = (
    DemoPerson("ouder-drie", Capacity.GUARDIAN, _("parent with three children in two schools")),
    DemoPerson("ouder-a", Capacity.GUARDIAN, _("parent who said yes")),
    DemoPerson("ouder-b", Capacity.GUARDIAN, _("the other parent, who said no")),
    DemoPerson("leerling-16", Capacity.PUPIL, _("pupil of 16")),
    _staff("leerkracht", RoleName.TEACHER, _("teacher")),
    _staff("redacteur", RoleName.EDITOR, _("editor of the website and social media")),
    _staff("administratie", RoleName.OFFICE, _("school office")),
    _staff("anti-pest", RoleName.ANTI_BULLYING, _("anti-bullying coordinator")),
    _staff("vertrouwenspersoon", RoleName.ADVISER, _("confidential adviser")),
    _staff("teamleider", RoleName.TEAM_LEADER, _("team leader")),
    _staff("directeur", RoleName.DIRECTOR, _("director")),
    _staff("beheerder", RoleName.ADMINISTRATOR, _("administrator")),
    _staff("bestuur", RoleName.BOARD, _("executive board")),
    _staff("fg", RoleName.DPO, _("data protection officer")),
    _staff("mr-lid", RoleName.COUNCIL, _("council member")),
    _staff("buitenstaander", RoleName.DIRECTOR, _("director of another foundation"), ELSEWHERE),
)
BY_NAME = {person.name: person for person in PEOPLE}


def mailbox_of(person: DemoPerson) -> User | None:
    """The mailbox to sign in with, or None when the demo's data do not hold this person."""
    return User.objects.filter(email=person.email, is_active=True, reaches__isnull=False).distinct().first()


def present() -> list[DemoPerson]:
    """Those of the table who are in the database, in the order of the table; one query."""
    addresses = [person.email for person in PEOPLE]
    found = Reach.objects.filter(user__email__in=addresses, user__is_active=True)
    reached = set(found.values_list("user__email", flat=True))
    return [person for person in PEOPLE if person.email in reached]
