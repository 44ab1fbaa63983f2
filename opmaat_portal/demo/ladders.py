"""The lists of measures of the demo's foundations; why each is as it is, is told in `policies.py`."""

from dataclasses import dataclass
from datetime import date

from policies.choices import Audience, Shape, Weight
from policies.domain.ladders import RungWords
from schools.choices import RoleName

TEACHER, DIRECTOR, BOARD = RoleName.TEACHER, RoleName.DIRECTOR, RoleName.BOARD


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """`in_force_on` empty: from the first day of this school year."""

    audience: Audience
    shape: Shape
    rungs: tuple[RungWords, ...] = ()
    in_force_on: date | None = None


SUSPENSION = "Duurt nooit langer dan 1 week. De ouders krijgen de reden op papier."
EXPULSION = "Alleen na gesprekken met iedereen die erbij hoort, en zoals de wet het zegt."

OPMAAT_PUPILS = (
    RungWords("Gesprek", DIRECTOR, "We praten over wat er gebeurd is en hoe het beter kan."),
    RungWords(
        "Gesprek met je ouders erbij", DIRECTOR, "Je ouders komen op school. We maken samen afspraken."
    ),
    RungWords(
        "Telefoon ingeleverd",
        TEACHER,
        "School bewaart je telefoon tot het einde van de schooldag.",
        Weight.CONFISCATION,
    ),
    RungWords("Waarschuwing op papier", DIRECTOR, "Je ouders krijgen een brief."),
    RungWords("Schorsing", DIRECTOR, SUSPENSION, Weight.SUSPENSION),
)
SEVENWOLDEN_STAFF = (
    RungWords("Waarschuwing", DIRECTOR, "", Weight.LABOUR, parents_are_told=False),
    RungWords("Schorsing", BOARD, "Volgens de cao.", Weight.LABOUR, parents_are_told=False),
    RungWords("Berisping", BOARD, "Op papier, volgens de cao.", Weight.LABOUR, parents_are_told=False),
    RungWords("Ontslag", BOARD, "Met hulp van een jurist.", Weight.LABOUR, parents_are_told=False),
    RungWords(
        "Ontslag op staande voet", BOARD, "Met hulp van een jurist.", Weight.LABOUR, parents_are_told=False
    ),
)
SEVENWOLDEN_FAMILIES = (
    RungWords("Waarschuwing", DIRECTOR, "In een gesprek en op papier."),
    RungWords("Schorsing", DIRECTOR, SUSPENSION, Weight.SUSPENSION),
    RungWords("Van school sturen", BOARD, EXPULSION, Weight.EXPULSION),
)
LANKFORST_PUPILS = (
    RungWords("Gesprek", TEACHER, "Je leraar praat eerst met jou."),
    RungWords(
        "Telefoon ingeleverd",
        TEACHER,
        "Je leraar bewaart je telefoon tot school uitgaat. Je ouders horen het dezelfde dag.",
        Weight.CONFISCATION,
    ),
    RungWords(
        "Telefoon langer ingeleverd",
        DIRECTOR,
        "Alleen als het vaker gebeurt.",
        Weight.CONFISCATION,
    ),
    RungWords("Niet op het netwerk van school", DIRECTOR, "Alleen als het vaker gebeurt."),
    RungWords("Andere maatregel", DIRECTOR, "De directeur kiest wat past, en legt het uit."),
    RungWords("Schorsing", DIRECTOR, SUSPENSION, Weight.SUSPENSION),
    RungWords("Van school sturen", BOARD, EXPULSION, Weight.EXPULSION),
)

LADDERS = {
    "opmaat": (LadderPlan(Audience.PUPILS, Shape.STEPS, OPMAAT_PUPILS),),
    "sevenwolden": (
        LadderPlan(Audience.STAFF, Shape.RANGE, SEVENWOLDEN_STAFF, date(2016, 10, 24)),
        LadderPlan(Audience.PUPILS, Shape.RANGE, SEVENWOLDEN_FAMILIES, date(2016, 10, 24)),
        LadderPlan(Audience.PARENTS, Shape.RANGE, SEVENWOLDEN_FAMILIES, date(2016, 10, 24)),
    ),
    "borger-odoorn": (LadderPlan(Audience.PUPILS, Shape.STEPS),),
    "lankforst": (LadderPlan(Audience.PUPILS, Shape.STEPS, LANKFORST_PUPILS, date(2024, 11, 7)),),
}
