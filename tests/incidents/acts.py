"""How the tests of incidents report something, and act as somebody who works there."""

from contextlib import contextmanager

from incidents.choices import About, Category, PersonPart, ReporterKind
from incidents.domain.handle import add_person, open_case
from incidents.domain.report import ReportWords, make_report
from incidents.models import Case
from ledger.acting import NOBODY, Actor
from ledger.choices import ActorKind
from policies.choices import Audience, Shape, Weight
from policies.models import Ladder, Rung
from schools.choices import RoleName


def words(**changes) -> ReportWords:
    return ReportWords(
        **{
            "category": Category.BULLYING,
            "what": "Ze lachen mij elke dag uit in de appgroep.",
            "about": About.PUPIL,
            "reporter_kind": ReporterKind.PUPIL,
            **changes,
        }
    )


def staff(person, capacity: str = "director") -> Actor:
    return Actor(ActorKind.STAFF, person.id, capacity)


def reporter(case: Case) -> Actor:
    return Actor(ActorKind.REPORTER, case.number, "code_phrase")


def reported(cast, school=None, **changes):
    """A report on the page of a school, by nobody who is signed in."""
    pictures = changes.pop("pictures", ())
    with cast.acting(NOBODY):
        return make_report(school=school or cast.beacon, words=words(**changes), pictures=pictures)


@contextmanager
def handling(cast, person, case: Case, **options):
    """As this person, with their own copy of the case, read behind the wall."""
    with cast.acting(staff(person), **options):
        yield Case.objects.get(id=case.id)


def opened(cast, person, **changes) -> Case:
    case = reported(cast, **changes).case
    with handling(cast, person, case) as mine:
        open_case(mine)
    return case


def ladder(cast, *, audience=Audience.PUPILS, in_force_on, rungs) -> list[Rung]:
    """`rungs`: name, weight, who decides, parents are told."""
    with cast.acting():
        made = Ladder.objects.create(
            foundation=cast.home, audience=audience, shape=Shape.STEPS, in_force_on=in_force_on
        )
        return [
            Rung.objects.create(
                foundation=cast.home,
                ladder=made,
                position=position,
                name=name,
                weight=weight,
                decided_by=decided_by,
                parents_are_told=parents_are_told,
            )
            for position, (name, weight, decided_by, parents_are_told) in enumerate(rungs, 1)
        ]


def talk_and_warning(cast, in_force_on) -> list[Rung]:
    return ladder(
        cast,
        in_force_on=in_force_on,
        rungs=[
            ("Gesprek", Weight.LIGHT, RoleName.DIRECTOR, True),
            ("Waarschuwing", Weight.LIGHT, RoleName.BOARD, True),
            ("Schorsing", Weight.SUSPENSION, RoleName.DIRECTOR, True),
        ],
    )


def accuse(cast, person, case: Case, pupil):
    with handling(cast, person, case) as mine:
        return add_person(mine, part=PersonPart.ACCUSED, pupil=pupil)
