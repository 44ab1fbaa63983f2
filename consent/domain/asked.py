"""Who is asked in a round, who is left out and why, and how far a round has come (R1, R2, R3, R7)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet

from consent.choices import LeftOut, Value
from consent.domain.counted import who_to_ask_anew
from consent.domain.facts import policy_of
from consent.models import LatestAnswer, PersonalLink, Purpose, Round, RoundPupil, RoundSchool, Submission
from consent.querysets import still_said
from consent.rules import birthday
from ledger.acting import SCHOOL_TIME, current
from notices.choices import State, Unreachable
from notices.domain.put import who_can_be_reached
from notices.models import Message
from schools.models import Enrolment, Foundation, Guardian, Pupil, School
from schools.querysets import here_or_coming, with_own_address

INVITE, REMINDER = "consent/invite", "consent/reminder"
WHY_NO_MAIL = {
    Unreachable.NO_ADDRESS: LeftOut.NO_ADDRESS,
    Unreachable.BOUNCED: LeftOut.NO_ADDRESS,
    Unreachable.NO_CONTACT: LeftOut.NO_CONTACT,
}


@dataclass(slots=True)
class Family:
    """The children that one guardian decides for, youngest first, and the schools they go to."""

    children: dict[int, str] = field(default_factory=dict)
    schools: set[int] = field(default_factory=set)

    @property
    def call_names(self) -> list[str]:
        return list(self.children.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would be asked, before anything is written (R3).

    `families` are asked; of them `left_out` tells who gets no mail. Guardians for the first three reasons,
    pupils for the other three: those are asked by no mail at all. `pupils` decide alone and get a mail of their own.
    """

    families: dict[int, Family]
    left_out: dict[LeftOut, list[int]]
    pupils: list[int] = field(default_factory=list)

    @property
    def mailed(self) -> list[int]:
        """The guardians who get a mail."""
        silent = {*self.left_out[LeftOut.NO_ADDRESS], *self.left_out[LeftOut.NO_CONTACT]}
        return [guardian_id for guardian_id in self.families if guardian_id not in silent]

    @property
    def fingerprint(self) -> str:
        """Differs when somebody else would get the mail: is this what was on the screen?"""
        everybody = f"{sorted(self.mailed)} {sorted(self.pupils)}"
        return hashlib.sha256(everybody.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SchoolProgress:
    """A parent with children at two schools counts at both."""

    school: School
    asked: int
    answered: int

    @property
    def share(self) -> float:
        return self.answered / self.asked


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is: parents once each; `unmailed` were asked and got no mail. Lowest school first (R7).

    Pupils who decide alone stand apart: of how many were asked, how many answered.
    """

    round: Round
    asked: int
    answered: int
    unmailed: int
    schools: tuple[SchoolProgress, ...] = ()
    pupils_asked: int = 0
    pupils_answered: int = 0

    @property
    def silent(self) -> int:
        return self.asked - self.answered


# Who decides for whom on a day: enrolled, if only from a later day (R1), and full authority; the age is looked at
# afterwards.
CHILDREN = """
SELECT g.guardian_id, p.id, p.call_name, p.born_on, e.school_id, g.beyond_16
FROM schools_guardianship g
JOIN schools_pupil p ON p.foundation_id = g.foundation_id AND p.id = g.pupil_id
JOIN schools_enrolment e ON e.foundation_id = p.foundation_id AND e.pupil_id = p.id
     AND (e.until IS NULL OR e.until >= %(day)s)
WHERE g.authority = 'full' AND g.since <= %(day)s AND (g.until IS NULL OR g.until >= %(day)s)
  AND g.foundation_id = %(foundation)s
ORDER BY g.guardian_id, p.born_on DESC, p.call_name, p.id
"""


def families_on(day: date) -> dict[int, Family]:
    """Every guardian who decides for somebody on that day (C2): a pupil who decides alone is in no family."""
    foundation = Foundation.objects.get(id=current().foundation)
    found: dict[int, Family] = {}
    with connection.cursor() as cursor:
        cursor.execute(CHILDREN, {"day": day, "foundation": foundation.id})
        for guardian_id, pupil_id, call_name, born_on, school_id, beyond in cursor.fetchall():
            if beyond or day < birthday(born_on, foundation.decides_from_age):
                family = found.setdefault(guardian_id, Family())
                family.children[pupil_id] = call_name
                family.schools.add(school_id)
    return found


def plan_round(
    *,
    purposes: Sequence[Purpose],
    opens_on: date,
    closes_on: date,
    schools: Sequence[School] = (),
    anew: Purpose | None = None,
) -> Plan:
    """Who would be asked: everybody who decides for a child at one of these schools (none given: at all).

    A family is asked about all its children together, also those at another school (R2). Who is asked the
    same in a round that runs at that time is not asked twice. `anew`: this one question was changed, and only those
    are asked whose yes ended with it (R1). Writes nothing.
    """
    wanted = {school.id for school in schools}
    ended = None if anew is None else who_to_ask_anew(anew, opens_on)
    families = {
        guardian_id: family
        for guardian_id, family in families_on(opens_on).items()
        if (not wanted or family.schools & wanted) and (ended is None or guardian_id in ended)
    }
    left_out: dict[LeftOut, list[int]] = {reason: [] for reason in LeftOut}
    left_out[LeftOut.ALREADY_ASKED] = (
        _asked_at_that_time(families, purposes, opens_on, closes_on)
        if anew is None
        else _asked_anew(families, anew, opens_on)
    )
    for guardian_id in left_out[LeftOut.ALREADY_ASKED]:
        del families[guardian_id]
    for guardian_id, why in who_can_be_reached(families, current().today)[1].items():
        left_out[WHY_NO_MAIL[why]].append(guardian_id)
    alone = _pupils_without_parents_to_ask(wanted, opens_on)
    rounds = _running(purposes, opens_on, closes_on)
    if anew is not None:
        alone = {LeftOut.PUPIL_DECIDES: _whose_own_yes_ended(alone[LeftOut.PUPIL_DECIDES], anew, opens_on)}
        rounds = _about_new_words(anew, opens_on)
    left_out |= alone
    return Plan(families, left_out, _share_out_pupils(left_out, rounds))


def progress_of(round_: Round, *, per_school: bool = True) -> Progress:
    """How many of the asked guardians passed on choices since the round opened, in all and per school."""
    asked = set(PersonalLink.objects.filter(round=round_).order_by().values_list("guardian_id", flat=True))
    since = Submission.objects.filter(at__gte=morning(round_.opens_on), guardian_id__in=asked)
    answered = set(still_said(since).order_by().values_list("guardian_id", flat=True))
    mails = Message.objects.filter(cause=f"round:{round_.id}", kind=INVITE).exclude(state=State.FAILED)
    schools = _by_school(round_, asked, answered) if per_school else []
    unmailed, pupils = len(asked) - mails.count(), _pupils_so_far(round_)
    return Progress(round_, len(asked), len(answered), unmailed, tuple(schools), *pupils)


def pupils_who_answered(round_: Round) -> set[int]:
    """Those who passed on a choice of their own since the round opened."""
    since = Submission.objects.filter(at__gte=morning(round_.opens_on), pupil__isnull=False)
    return set(still_said(since).order_by().values_list("pupil_id", flat=True))


def _pupils_so_far(round_: Round) -> tuple[int, int]:
    asked = set(RoundPupil.objects.filter(round=round_).order_by().values_list("pupil_id", flat=True))
    return len(asked), len(asked & pupils_who_answered(round_)) if asked else 0


def morning(day: date) -> datetime:
    """When the mails of that day leave: seven o'clock (`MAILS_FROM_HOUR`), school time."""
    return datetime.combine(day, time(settings.MAILS_FROM_HOUR), tzinfo=SCHOOL_TIME)


def names_left_out(plan: Plan) -> dict[LeftOut, list[Guardian] | list[Pupil]]:
    """The people behind the numbers, by name; the same two statements however many there are."""
    guardians = Guardian.objects.in_bulk([pk for reason in OF_GUARDIANS for pk in plan.left_out[reason]])
    pupils = Pupil.objects.in_bulk([pk for reason in OF_PUPILS for pk in plan.left_out[reason]])
    found: dict[LeftOut, list[Guardian] | list[Pupil]] = {}
    for reason in OF_GUARDIANS:
        found[reason] = sorted((guardians[pk] for pk in plan.left_out[reason]), key=_by_name)
    for reason in OF_PUPILS:
        found[reason] = sorted((pupils[pk] for pk in plan.left_out[reason]), key=_by_name)
    return found


OF_GUARDIANS = (LeftOut.ALREADY_ASKED, LeftOut.NO_ADDRESS, LeftOut.NO_CONTACT)
OF_PUPILS = (LeftOut.PUPIL_DECIDES, LeftOut.PUPIL_ASKED, LeftOut.NO_DECIDER)


def _by_name(person: Guardian | Pupil) -> tuple[str, str, int]:
    return person.surname.lower(), person.call_name.lower(), person.id


def _asked_at_that_time(
    guardian_ids: Sequence[int] | dict[int, Family],
    purposes: Sequence[Purpose],
    opens_on: date,
    closes_on: date,
) -> list[int]:
    links = PersonalLink.objects.filter(
        guardian_id__in=list(guardian_ids),
        round__opens_on__lte=closes_on,
        round__closes_on__gte=opens_on,
        round__in=Round.objects.filter(asked__purpose__in=purposes).order_by(),
    )
    return sorted(set(links.order_by().values_list("guardian_id", flat=True)))


def _asked_anew(guardian_ids: dict[int, Family], purpose: Purpose, on: date) -> list[int]:
    """Who was asked about this changed question alone since its words hold; a round about everything came before."""
    links = PersonalLink.objects.filter(
        guardian_id__in=list(guardian_ids), round__in=_about_new_words(purpose, on)
    )
    return sorted(set(links.order_by().values_list("guardian_id", flat=True)))


def _about_new_words(purpose: Purpose, on: date) -> QuerySet[Round]:
    since = max(v.in_force_on for v in purpose.versions.all() if v.is_material and v.in_force_on <= on)
    alone = Round.objects.annotate(questions=Count("asked")).filter(questions=1, opens_on__gte=since)
    return alone.filter(asked__purpose=purpose).order_by()


def _running(purposes: Sequence[Purpose], opens_on: date, closes_on: date) -> QuerySet[Round]:
    """The rounds that ask one of these in those days."""
    asking = Round.objects.filter(asked__purpose__in=purposes).order_by()
    return Round.objects.filter(opens_on__lte=closes_on, closes_on__gte=opens_on, id__in=asking.values("id"))


def _whose_own_yes_ended(pupil_ids: Sequence[int], purpose: Purpose, on: date) -> list[int]:
    """Of these pupils, who decide alone, those who said yes to words that do not hold any more."""
    foundation = Foundation.objects.get(id=current().foundation)
    oldest = policy_of(purpose, foundation).oldest_wording_that_counts(on)
    ended = LatestAnswer.objects.filter(
        pupil_id__in=pupil_ids,
        guardian=None,
        purpose=purpose,
        value=Value.YES,
        version__number__lt=oldest,
    )
    return sorted(ended.order_by().values_list("pupil_id", flat=True))


def _pupils_without_parents_to_ask(wanted: set[int], day: date) -> dict[LeftOut, list[int]]:
    """Pupils, also who still come, who decide alone, and those for whom nobody is known who decides."""
    foundation = Foundation.objects.get(id=current().foundation)
    here = Enrolment.objects.filter(here_or_coming(day))
    if wanted:
        here = here.filter(school_id__in=wanted)
    decided_for = Q(guardianships__authority="full", guardianships__since__lte=day) & (
        Q(guardianships__until=None) | Q(guardianships__until__gte=day)
    )
    pupils = Pupil.objects.filter(id__in=here.order_by().values("pupil_id")).annotate(
        deciders=Count("guardianships", filter=decided_for),
        beyond=Count("guardianships", filter=decided_for & Q(guardianships__beyond_16=True)),
    )
    found: dict[LeftOut, list[int]] = {LeftOut.PUPIL_DECIDES: [], LeftOut.NO_DECIDER: []}
    for pupil_id, born_on, deciders, beyond in pupils.values_list("id", "born_on", "deciders", "beyond"):
        if not beyond and day >= birthday(born_on, foundation.decides_from_age):
            found[LeftOut.PUPIL_DECIDES].append(pupil_id)
        elif not deciders:
            found[LeftOut.NO_DECIDER].append(pupil_id)
    return found


def _share_out_pupils(left_out: dict[LeftOut, list[int]], rounds: QuerySet[Round]) -> list[int]:
    """Of the pupils who decide alone, those who get a mail; in `left_out` stay those who do not, by reason.

    Who was asked in one of these rounds is not asked twice.
    """
    deciding = left_out[LeftOut.PUPIL_DECIDES]
    asked = RoundPupil.objects.filter(pupil_id__in=deciding, round__in=rounds.order_by())
    already = set(asked.order_by().values_list("pupil_id", flat=True))
    reachable = set(with_own_address(deciding).values_list("id", flat=True)) if deciding else set()
    left_out[LeftOut.PUPIL_ASKED] = [pk for pk in deciding if pk in already]
    left_out[LeftOut.PUPIL_DECIDES] = [pk for pk in deciding if pk not in already and pk not in reachable]
    return [pk for pk in deciding if pk in reachable and pk not in already]


def _by_school(round_: Round, asked: set[int], answered: set[int]) -> list[SchoolProgress]:
    chosen = set(RoundSchool.objects.filter(round=round_).values_list("school_id", flat=True))
    families = families_on(max(round_.opens_on, min(current().today, round_.year.ends_on)))
    rows = []
    for school in School.objects.order_by("name", "id"):
        here = {pk for pk in asked if pk in families and school.id in families[pk].schools}
        if here and (not chosen or school.id in chosen):
            rows.append(SchoolProgress(school, len(here), len(here & answered)))
    return sorted(rows, key=lambda row: row.share)
