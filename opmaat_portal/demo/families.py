"""Families drawn at random, the same each time: who lives with whom, and what each adult may decide."""

from dataclasses import dataclass
from datetime import date, timedelta

from schools.choices import Authority
from schools.models import Group, Guardian, Guardianship, Pupil

from .names import HERITAGES, Heritage, draw_heritage, split_surname
from .population import Family, Population, years_before

SOURCE = "inschrijfformulier"
TWO_SCHOOLS = 0.08  # brothers and sisters at another school of the foundation


@dataclass(frozen=True, slots=True)
class Adult:
    """One adult of a household. `since` and `until` count days from today; no `since`: from birth."""

    authority: Authority = Authority.FULL
    since: int | None = None
    until: int | None = None
    has_family_name: bool = True
    mail: str = "own"  # own, shared (with the adult before), gone (no such mailbox) or none
    may_be_contacted: bool = True
    has_secret_address: bool = False


# The mail server of the demo refuses it (devstack.mailbox): mail that comes back can be seen on the pages.
GONE_DOMAIN = "bestaat-niet.example.net"
DECIDES, OTHER_NAME = Adult(), Adult(has_family_name=False)
# How many families in a thousand, and who the adults are.
HOUSEHOLDS: dict[str, tuple[int, tuple[Adult, ...]]] = {
    "together": (550, (DECIDES, OTHER_NAME)),
    "one parent": (130, (DECIDES,)),
    "apart": (90, (OTHER_NAME, DECIDES)),
    "shared address": (80, (DECIDES, Adult(has_family_name=False, mail="shared"))),
    "no address": (35, (DECIDES, Adult(has_family_name=False, mail="none"))),
    "address is gone": (10, (DECIDES, Adult(mail="gone", has_family_name=False))),
    "nobody has an address": (15, (Adult(mail="none"),)),
    "informed only": (25, (OTHER_NAME, Adult(Authority.INFORMED))),
    "without authority": (15, (OTHER_NAME, Adult(Authority.NONE))),
    "authority ended": (10, (OTHER_NAME, Adult(until=-200))),
    "authority starts later": (8, (OTHER_NAME, Adult(since=45))),
    "three": (12, (DECIDES, OTHER_NAME, Adult(since=-300, has_family_name=False))),
    "secret address": (8, (Adult(has_secret_address=True, has_family_name=False), DECIDES)),
    "no contact": (7, (OTHER_NAME, Adult(Authority.NONE, may_be_contacted=False))),
    "nobody": (5, ()),
}


class Seats:
    """The empty chairs of each group, in the order in which they are filled."""

    def __init__(self, population: Population, wanted: list[int]) -> None:
        """`wanted`: chairs of each of `population.groups`, in its order."""
        self.rng = population.rng
        pairs = zip(population.groups, wanted, strict=True)
        self.free = [group for group, count in pairs for _chair in range(count)]
        self.rng.shuffle(self.free)

    def take(self) -> Group:
        return self.free.pop()

    def take_for_sibling(self, taken: list[Group]) -> Group | None:
        """A chair in another grade, at the same school mostly; None when there is none left."""
        elsewhere = self.rng.random() < TWO_SCHOOLS
        grades = {group.grade for group in taken}
        for place in range(len(self.free) - 1, -1, -1):
            group = self.free[place]
            if group.grade not in grades and (group.school is taken[0].school) != elsewhere:
                return self.free.pop(place)
        return None


def fill(population: Population, seats: Seats) -> None:
    """Families until every chair is taken; the first ones show every kind of household and language once."""
    rng, kinds, heritages = population.rng, list(HOUSEHOLDS), list(HERITAGES)
    while seats.free:
        shows_all = bool(kinds or heritages)
        heritage = heritages.pop() if heritages else draw_heritage(rng)
        kind = kinds.pop(0) if kinds else _draw_kind(population)
        groups = [seats.take()]
        for _sibling in range(rng.choices((0, 1, 2), (50, 38, 12))[0]):
            if (group := seats.take_for_sibling(groups)) is not None:
                groups.append(group)
        speaks_it = shows_all or rng.random() < 0.6
        add_family(population, groups, heritage, kind, heritage.language if speaks_it else "nl")


def _draw_kind(population: Population) -> str:
    weights = [weight for weight, _adults in HOUSEHOLDS.values()]
    return population.rng.choices(list(HOUSEHOLDS), weights)[0]


def add_family(
    population: Population, groups: list[Group], heritage: Heritage, kind: str, language: str
) -> Family:
    surname = population.rng.choice(heritage.surnames)
    family = Family([_child(population, group, heritage, surname) for group in groups])
    is_woman = population.rng.random() < 0.5
    before = ""
    for adult in HOUSEHOLDS[kind][1]:
        name = _adult_name(
            population, heritage, surname if adult.has_family_name else None, is_woman=is_woman
        )
        email = _address(population, name, adult, before)
        guardian = population.add_guardian(name, email, language, has_secret_address=adult.has_secret_address)
        family.ties += [tie(population, guardian, child, adult) for child in family.children]
        before, is_woman = email, not is_woman
    population.families.append(family)
    return family


def _address(population: Population, name: tuple[str, str, str], adult: Adult, before: str) -> str:
    if adult.mail == "shared":
        return before
    if adult.mail == "none":
        return ""
    return population.address(name, GONE_DOMAIN if adult.mail == "gone" else "")


def tie(population: Population, guardian: Guardian, child: Pupil, adult: Adult = DECIDES) -> Guardianship:
    """What this adult may do for this child; without a date from birth on."""
    today = population.today
    return Guardianship(
        foundation=population.foundation,
        guardian=guardian,
        pupil=child,
        authority=adult.authority,
        since=child.born_on
        if adult.since is None
        else max(child.born_on, today + timedelta(days=adult.since)),
        until=None if adult.until is None else max(child.born_on, today + timedelta(days=adult.until)),
        may_be_contacted=adult.may_be_contacted,
        source=SOURCE,
    )


def _adult_name(
    population: Population, heritage: Heritage, surname: str | None, *, is_woman: bool
) -> tuple[str, str, str]:
    rng = population.rng
    if surname is None and rng.random() < 0.15:
        heritage = draw_heritage(rng)
    call_name = rng.choice(heritage.women if is_woman else heritage.men)
    return (call_name, *split_surname(surname or rng.choice(heritage.surnames), is_woman=is_woman))


def _child(population: Population, group: Group, heritage: Heritage, surname: str) -> Pupil:
    is_girl = population.rng.random() < 0.5
    call_name = population.rng.choice(heritage.girls if is_girl else heritage.boys)
    age = population.age_in(group)
    name = (call_name, *split_surname(surname, is_woman=is_girl))
    since = _start_of_secondary(population, age) if age >= 12 and group.grade != "8" else None
    return population.add_pupil(group, name, born_for(population, age), since=since)


def _start_of_secondary(population: Population, age: int) -> date:
    """At secondary school since the year in which they were 12."""
    return population.year.starts_on.replace(year=population.year.starts_on.year - (age - 12))


def born_for(population: Population, age: int) -> date:
    """A birthday that makes somebody `age` on 1 October of this school year, and at least 4 a month ago."""
    latest = date(population.year.starts_on.year - age, 9, 30)
    drawn = latest - timedelta(days=population.rng.randrange(365))
    return min(drawn, years_before(population.today, 4) - timedelta(days=31))
