"""Four reports at the first school of Opmaat, made and handled through the same acts as real ones.

One that nobody opened yet, one in progress, one closed, and one about the director, which went to the board. No text
names anybody: routing passes over who is named, and the names of the demo are drawn by chance.
"""

from datetime import datetime, time, timedelta

from incidents.choices import About, Category, Move, PersonPart, Reply, ReporterKind, Way, Wish
from incidents.domain.handle import add_note, add_person, answer_reporter, move, open_case
from incidents.domain.parents import log_contact
from incidents.domain.report import ReportWords, make_report
from incidents.models import Case
from ledger.acting import NOBODY, SCHOOL_TIME, Actor, acting, current
from ledger.choices import ActorKind
from schools.choices import RoleName
from schools.models import Enrolment, Foundation, Pupil, School, StaffMember

OF = "opmaat"

NEW = ReportWords(
    category=Category.PHOTO,
    what="Er staat een foto van de sportdag op Instagram. Mijn kind staat er groot op, en dat wil ik niet.",
    about=About.UNKNOWN,
    who="Ik weet niet wie de foto geplaatst heeft.",
    where_when="Op de pagina van school, gisteren.",
    reporter_kind=ReporterKind.PARENT,
)
HANDLED = ReportWords(
    category=Category.PHOTO,
    what="In de groepsapp van groep 7 gaat een filmpje rond van een jongen die huilt. Er wordt om gelachen.",
    about=About.PUPIL,
    who="Een paar kinderen uit groep 7.",
    where_when="Het is op het plein gemaakt, in de grote pauze.",
    reporter_kind=ReporterKind.PARENT,
)
CLOSED = ReportWords(
    category=Category.HURTING,
    what="Onder een bericht van school staan lelijke reacties over een gezin.",
    about=About.OUTSIDER,
    who="Accounts die wij niet kennen.",
    where_when="Onder het bericht over het herfstfeest.",
    reporter_kind=ReporterKind.OTHER,
)
ABOUT_DIRECTOR = ReportWords(
    category=Category.AGAINST_SCHOOL,
    what="Op LinkedIn is iets over ons gezin gezet waaraan iedereen ons kan herkennen.",
    about=About.DIRECTOR,
    who="De leiding van de school.",
    where_when="Vorige week.",
    reporter_kind=ReporterKind.PARENT,
    wish=Wish.ANYBODY,
)


def add_cases(foundation: Foundation, school: School) -> None:
    """Inside `acting()` for this foundation; what is long ago is written at its own moment."""
    director = _with_role(RoleName.DIRECTOR, school)
    _report(foundation, school, NEW, days=1)
    _report(foundation, school, ABOUT_DIRECTOR, days=2)
    _handle(foundation, _report(foundation, school, HANDLED, days=8), director, school)
    _close(foundation, _report(foundation, school, CLOSED, days=30), director)


def _report(foundation: Foundation, school: School, words: ReportWords, *, days: int) -> Case:
    """By somebody who is not signed in, so many days ago."""
    now = _ago(days, 15)
    with acting(NOBODY, [foundation.id], now=now):
        return make_report(school=school, words=words).case


def _handle(foundation: Foundation, case: Case, director: StaffMember, school: School) -> None:
    with acting(_director(director), [foundation.id], now=_ago(7, 9)):
        case = open_case(Case.objects.get(id=case.id))
        move(case, move=Move.HANDLE)
        add_note(case, text="Met de leraar van groep 7 gesproken. Het filmpje is sinds dinsdag in de app.")
    with acting(_director(director), [foundation.id], now=_ago(6, 11)):
        affected = add_person(case, part=PersonPart.AFFECTED, pupil=_somebody_at(school))
        log_contact(
            affected,
            way=Way.CALL,
            reply=Reply.ANSWERED,
            note="De ouders wisten ervan. Ze willen dat het filmpje weggaat en dat er in de klas over gepraat wordt.",
        )
        answer_reporter(
            case,
            text="Dank u voor uw melding. Wij hebben met de klas en met de ouders gepraat. Het filmpje is weggehaald "
            "uit de groepsapp. Deze week spreken wij de kinderen die het gedeeld hebben.",
        )


def _close(foundation: Foundation, case: Case, director: StaffMember) -> None:
    with acting(_director(director), [foundation.id], now=_ago(29, 9)):
        case = open_case(Case.objects.get(id=case.id))
        move(case, move=Move.HANDLE)
        add_note(case, text="Alle reacties bekeken en bewaard. Niemand van school schreef mee.")
    with acting(_director(director), [foundation.id], now=_ago(24, 14)):
        answer_reporter(
            case,
            text="Wij hebben de reacties weggehaald en het gezin gebeld. Onder dit bericht kan niemand meer reageren.",
        )
        move(case, move=Move.CLOSE, reason="Reacties weg, gezin gesproken, geen nieuwe berichten in 5 dagen.")


def _director(member: StaffMember) -> Actor:
    return Actor(ActorKind.STAFF, member.id, str(RoleName.DIRECTOR))


def _with_role(role: RoleName, school: School) -> StaffMember:
    today = current().today
    held = {"roles__name": role, "roles__school": school, "roles__since__lte": today, "roles__until": None}
    return StaffMember.objects.filter(**held).order_by("id")[0]


def _somebody_at(school: School) -> Pupil:
    """A pupil with a parent who may be called."""
    enrolled = Enrolment.objects.filter(school=school, until=None).values("pupil_id")
    pupils = Pupil.objects.filter(id__in=enrolled, guardianships__may_be_contacted=True)
    return pupils.order_by("-born_on", "id").first()


def _ago(days: int, hour: int) -> datetime:
    """That day at that hour, in school time; never after this moment."""
    now = current().now
    day = now.astimezone(SCHOOL_TIME).date() - timedelta(days=days)
    return min(datetime.combine(day, time(hour), tzinfo=SCHOOL_TIME), now)
