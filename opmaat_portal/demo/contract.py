"""The families that the demo promises (architecture.md 5), and some more that must be there to be seen."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from consent.choices import Value
from schools.choices import Authority, Sector
from schools.models import Group, Guardian, School

from .families import Adult, born_for, tie
from .names import DUTCH, POLISH, split_surname
from .people import HOME, address_of
from .population import Family, Population, years_before
from .staffing import OWN_GROUP, add_parent_who_works_here

IN_TWO_FOUNDATIONS = "olena.shevchenko@post.example.org"
# Around today: who has just become old enough to decide alone, who does so today, and who is about to.
AROUND_TODAY = (-40, -10, -2, -1, 0, 1, 2, 10, 29, 30)


@dataclass(frozen=True, slots=True)
class Promise:
    """What this guardian answers in the running round, and how many days ago; None is silence."""

    guardian: Guardian
    value: Value | None
    days_ago: int = 0


@dataclass(slots=True)
class Promised:
    """Guardians whose answers are not left to chance: in the running round, and in that of last year."""

    now: list[Promise] = field(default_factory=list)
    last_year: list[Promise] = field(default_factory=list)

    def of(self, guardian: Guardian) -> Promise | None:
        return next((promise for promise in self.now if promise.guardian is guardian), None)

    def of_last_year(self) -> "Promised":
        """Who has a promise for now was silent then, unless it was promised otherwise."""
        return Promised([*self.last_year, *(Promise(promise.guardian, None) for promise in self.now)])


def add_promised(population: Population) -> Promised:
    """Before the chairs are filled: these come on top of whoever is drawn."""
    promised = Promised()
    if population.foundation.slug == HOME:
        own = population.groups[OWN_GROUP]
        _three_children(population, promised)
        _who_disagree(population, promised, own)
        _pupils_of_16(population, promised)
        _left_and_new(population, own)
        _works_here_too(population)
    if population.foundation.slug in {HOME, "sevenwolden"}:
        _in_two_foundations(population)
    if population.schools[0].sector == Sector.VO:
        for age, group in ((16, population.groups[-2]), (18, population.groups[-1])):
            _around_birthday(population, group, age)
    return promised


def _family(
    population: Population,
    children: list[tuple[str, Group]],
    surname: str,
    adults: list[tuple[Guardian, Adult]],
) -> Family:
    pupils = [
        population.add_pupil(
            group,
            (name, *split_surname(surname, is_woman=True)),
            born_for(population, population.age_in(group)),
        )
        for name, group in children
    ]
    ties = [tie(population, guardian, pupil, adult) for guardian, adult in adults for pupil in pupils]
    family = Family(pupils, ties)
    population.families.append(family)
    return family


def _three_children(population: Population, promised: Promised) -> None:
    """Three children in two schools, one of them in the teacher's own group, and nothing answered yet."""
    first, second = population.schools[0], population.schools[1]
    here, there = population.groups_of(first), population.groups_of(second)
    mother = population.add_guardian(("Samira", "el", "Idrissi"), address_of("ouder-drie"), "nl")
    father = population.add_guardian(("Youssef", "", "Haddad"), "", "ar")
    _family(
        population,
        [("Lina", here[OWN_GROUP]), ("Yusuf", here[4]), ("Amira", there[2])],
        "Haddad",
        [(mother, Adult()), (father, Adult(Authority.INFORMED))],
    )
    promised.now.append(Promise(mother, None))


def _who_disagree(population: Population, promised: Promised, own: Group) -> None:
    first = population.add_guardian(("Marieke", "de", "Wit"), address_of("ouder-a"), "nl")
    other = population.add_guardian(("Jeroen", "", "Vermeulen"), address_of("ouder-b"), "nl")
    _family(population, [("Daan", own)], "Vermeulen", [(first, Adult()), (other, Adult())])
    promised.now += [Promise(first, Value.YES), Promise(other, Value.NO)]


def _pupils_of_16(population: Population, promised: Promised) -> None:
    """Decides alone since a season; the yes of last year has run out.

    And a classmate who became 16 this week: what the father said before still stands (C8).
    """
    group = population.groups_of(_with_vso(population))[-1]
    born_on = years_before(population.today, 16) - timedelta(days=100)
    pupil = population.add_pupil(
        group,
        ("Robin", "", "Kowalski"),
        born_on,
        since=_years_ago(population, 3),
        email=address_of("leerling-16"),
    )
    mother = population.add_guardian(
        ("Beata", "", "Kowalska"), population.address(("Beata", "", "Kowalska")), "pl"
    )
    population.families.append(Family([pupil], [tie(population, mother, pupil)]))
    promised.last_year.append(Promise(mother, Value.YES))
    just_16 = population.add_pupil(
        group,
        ("Filip", "", "Wójcik"),
        years_before(population.today - timedelta(days=4), 16),
        since=_years_ago(population, 3),
    )
    father, adult = _new_guardian(population, "Piotr", "Wójcik")
    population.families.append(Family([just_16], [tie(population, father, just_16, adult)]))
    promised.now.append(Promise(father, Value.YES, days_ago=7))


def _with_vso(population: Population) -> School:
    return next(school for school in population.schools if school.sector == Sector.SO)


def _left_and_new(population: Population, own: Group) -> None:
    """In the group of the contract's teacher: one who left, one who came this week, one without any guardian."""
    today = population.today
    _family(
        population, [("Tijn", own)], "van der Linden", [_new_guardian(population, "Inge", "van der Linden")]
    )
    population.enrolments[-1].until = today - timedelta(days=9)
    _family(population, [("Zuzanna", own)], "Wróbel", [_new_guardian(population, "Iwona", "Wróbel", "pl")])
    population.enrolments[-1].since = today - timedelta(days=3)
    _family(population, [("Robel", own)], "Zerai", [])


def _new_guardian(
    population: Population, call_name: str, surname: str, language: str = "nl"
) -> tuple[Guardian, Adult]:
    name = (call_name, *split_surname(surname, is_woman=True))
    return population.add_guardian(name, population.address(name), language), Adult()


def _works_here_too(population: Population) -> None:
    member = add_parent_who_works_here(population)
    mother = population.add_guardian((member.call_name, member.prefix, member.surname), member.email, "nl")
    _family(population, [("Beyza", population.groups[5])], "Çetin", [(mother, Adult())])


def _in_two_foundations(population: Population) -> None:
    """One mailbox, a guardian in each of two foundations: nothing else is shared between them."""
    mother = population.add_guardian(("Olena", "", "Shevchenko"), IN_TWO_FOUNDATIONS, "uk")
    name = "Zlata" if population.foundation.slug == HOME else "Danylo"
    _family(population, [(name, population.groups[0])], "Shevchenko", [(mother, Adult())])


def _around_birthday(population: Population, group: Group, age: int) -> None:
    """C8: parents until the eve, the pupil from the day itself; each of them with an own mailbox."""
    for number, days in enumerate(AROUND_TODAY):
        heritage = POLISH if number % 4 == 3 else DUTCH
        rng = population.rng
        name = (rng.choice(heritage.girls), *split_surname(rng.choice(heritage.surnames), is_woman=True))
        born_on = years_before(population.today + timedelta(days=days), age)
        pupil = population.add_pupil(
            group, name, born_on, since=_years_ago(population, age - 12), email=population.address(name)
        )
        parent = _new_guardian(population, rng.choice(heritage.women), " ".join(name[1:]).strip())[0]
        population.families.append(Family([pupil], [tie(population, parent, pupil)]))


def _years_ago(population: Population, years: int) -> date:
    start = population.year.starts_on
    return start.replace(year=start.year - years)
