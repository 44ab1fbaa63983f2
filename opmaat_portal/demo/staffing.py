"""Who works where: every group has a teacher, every role of the vocabulary somebody (domain.md 1)."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from schools.choices import RoleName, Sector
from schools.models import School, StaffMember

from .names import DUTCH, draw_heritage, split_surname
from .people import PEOPLE, DemoPerson
from .population import Population

# The people of the contract who work at a school, by name; the others are drawn.
NAMES = {
    "leerkracht": ("Sanne", "de Bruijn"),
    "redacteur": ("Timo", "Brabers"),
    "administratie": ("Ingrid", "van Gestel"),
    "anti-pest": ("Nadia", "Ouali"),
    "vertrouwenspersoon": ("Wim", "Coppens"),
    "teamleider": ("Esra", "Koçak"),
    "directeur": ("Hanneke", "Verschuren"),
    "beheerder": ("Robbert", "Maas"),
    "bestuur": ("Carla", "ter Horst"),
    "fg": ("Paweł", "Sikora"),
    "mr-lid": ("Jolanda", "in 't Veld"),
    "buitenstaander": ("Douwe", "Hoekstra"),
}
OF_SCHOOL = (
    RoleName.DIRECTOR,
    RoleName.OFFICE,
    RoleName.ANTI_BULLYING,
    RoleName.TEAM_LEADER,
    RoleName.COUNCIL,
)
OF_PRIMARY = (RoleName.PHASE_COORDINATOR, RoleName.PHASE_COORDINATOR)
OF_SECONDARY = (RoleName.DEPARTMENT_LEADER,)
OF_FOUNDATION = (
    RoleName.BOARD,
    RoleName.DPO,
    RoleName.ADMINISTRATOR,
    RoleName.ADMINISTRATOR,  # two pairs of eyes for a large import
    RoleName.ADVISER,
    RoleName.STAFF_OFFICER,
    RoleName.POLICY_OFFICER,
    RoleName.EDITOR,
)
# Contract people whose role is one for the whole foundation.
WHOLE_FOUNDATION = {"redacteur", "vertrouwenspersoon", "beheerder", "bestuur", "fg"}
OWN_GROUP = 6  # the teacher of the contract: the seventh group of the first school


def staff_all(population: Population) -> None:
    _contract_people(population)
    for school in population.schools:
        _staff_school(population, school)
    for role in _missing(population, OF_FOUNDATION, None):
        population.give_role(_somebody(population), role)
    _guests(population)


def _contract_people(population: Population) -> None:
    """Those of architecture.md 5 who work here: at the first school, or for the whole foundation."""
    first, groups = population.schools[0], population.groups
    for person in (p for p in PEOPLE if p.role and p.foundation == population.foundation.slug):
        member = population.add_staff(_name(person), person.email)
        if person.role == RoleName.TEACHER:
            population.give_role(member, person.role, group=groups[OWN_GROUP])
        elif person.name in WHOLE_FOUNDATION:
            population.give_role(member, person.role)
        else:
            population.give_role(member, person.role, school=first)
        if person.name in {
            "administratie",
            "directeur",
        }:  # of the school that is still empty, too: the sample file
            population.give_role(member, person.role, school=population.schools[-1])


def _name(person: DemoPerson) -> tuple[str, str, str]:
    call_name, surname = NAMES[person.name]
    return (call_name, *split_surname(surname, is_woman=False))


def _staff_school(population: Population, school: School) -> None:
    """A role that somebody must be able to turn to is never empty (domain.md 1)."""
    wanted = (*OF_SCHOOL, *(OF_SECONDARY if school.sector == Sector.VO else OF_PRIMARY))
    for role in _missing(population, wanted, school):
        population.give_role(_somebody(population), role, school=school)
    for group in population.groups_of(school):
        teaches = RoleName.TEACHER if school.sector == Sector.PO else RoleName.MENTOR
        population.give_role(_somebody(population), teaches, group=group)
        if teaches is RoleName.MENTOR:
            population.give_role(_somebody(population), RoleName.TEACHER, group=group)


def _missing(population: Population, wanted: Iterable[RoleName], school: School | None) -> Iterable[RoleName]:
    """What is wanted there, less what somebody has already."""
    missing = Counter(wanted)
    missing.subtract(role.name for role in population.roles if role.school is school and role.group is None)
    return missing.elements()


def _guests(population: Population) -> None:
    """A substitute for this week, and a teacher who has left: signs in, and finds no room."""
    today, groups = population.today, population.groups
    population.give_role(
        _somebody(population),
        RoleName.SUBSTITUTE,
        group=groups[0],
        since=today,
        until=today + timedelta(days=4),
    )
    left = _somebody(population, has_left=True)
    population.give_role(left, RoleName.TEACHER, group=groups[-1], until=today - timedelta(days=40))


def _somebody(population: Population, *, has_left: bool = False) -> StaffMember:
    rng = population.rng
    heritage = DUTCH if rng.random() < 0.7 else draw_heritage(rng)
    is_woman = rng.random() < 0.7
    call_name = rng.choice(heritage.women if is_woman else heritage.men)
    prefix, surname = split_surname(rng.choice(heritage.surnames), is_woman=is_woman)
    return population.add_staff((call_name, prefix, surname), has_left=has_left)


def add_parent_who_works_here(population: Population) -> StaffMember:
    """Her one mailbox opens both doors: she is the mother of a pupil, and teaches at the same foundation."""
    member = population.add_staff(("Nurgül", "", "Çetin"))
    population.give_role(member, RoleName.TEACHER, group=population.groups[2])
    return member
