"""How far a round has come, in all, per school and per group: counted by the database (R7)."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from consent.domain.counted import born_until
from consent.domain.reminding import silent_links
from consent.domain.round_mails import invitation
from consent.domain.rounds_of_colleagues import colleagues_who_answered
from consent.domain.rounds_of_pupils import pupils_who_answered
from consent.models import PersonalLink, Round, RoundSchool
from ledger.acting import current
from notices.choices import State
from notices.models import Message
from schools.models import Foundation, Group, School


@dataclass(frozen=True, slots=True)
class Part:
    """How far one school or group is. A parent with children in two of them counts at both."""

    place: School | Group
    asked: int
    answered: int

    @property
    def share(self) -> float:
        return self.answered / self.asked

    @property
    def silent(self) -> int:
        return self.asked - self.answered


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is: parents once each; `unmailed` were asked and got no mail. Lowest school first (R7).

    Pupils who decide alone stand apart, and colleagues: of how many were asked, how many answered.
    """

    round: Round
    asked: int
    answered: int
    unmailed: int
    schools: tuple[Part, ...] = ()
    pupils_asked: int = 0
    pupils_answered: int = 0
    colleagues_asked: int = 0
    colleagues_answered: int = 0

    @property
    def silent(self) -> int:
        return self.asked - self.answered


# Of each school (or group) the guardians with a link who decide for a child there, and how many of them are silent.
PER_PLACE = """
WITH links AS (
  SELECT l.guardian_id, s.id IS NOT NULL AS is_silent FROM consent_personallink l
  LEFT JOIN ({silent}) s ON s.id = l.id
  WHERE l.foundation_id = %(foundation)s AND l.round_id = %(round)s),
children AS (
  SELECT DISTINCT l.guardian_id, l.is_silent, p.id FROM links l
  JOIN schools_guardianship g ON g.foundation_id = %(foundation)s AND g.guardian_id = l.guardian_id
    AND g.authority = 'full' AND g.since <= %(day)s AND (g.until IS NULL OR g.until >= %(day)s)
  JOIN schools_pupil p ON p.foundation_id = g.foundation_id AND p.id = g.pupil_id
    AND (g.beyond_16 OR p.born_on > %(grown)s))
"""
PER_SCHOOL = """
SELECT e.school_id, count(DISTINCT c.guardian_id),
  count(DISTINCT c.guardian_id) FILTER (WHERE NOT c.is_silent)
FROM children c JOIN schools_enrolment e ON e.foundation_id = %(foundation)s AND e.pupil_id = c.id
  AND (e.until IS NULL OR e.until >= %(day)s)
GROUP BY 1
"""
PER_GROUP = """
SELECT m.group_id, count(DISTINCT c.guardian_id),
  count(DISTINCT c.guardian_id) FILTER (WHERE NOT c.is_silent)
FROM children c JOIN schools_groupmembership m ON m.foundation_id = %(foundation)s AND m.pupil_id = c.id
JOIN schools_group g ON g.foundation_id = m.foundation_id AND g.id = m.group_id AND g.year_id = %(year)s
GROUP BY 1
"""


def progress_of(round_: Round, *, per_school: bool = True) -> Progress:
    """How many of the asked guardians answered something of what is asked since they were, in all and per school."""
    asked = PersonalLink.objects.filter(round=round_).count()
    answered = asked - silent_links(round_).count()
    pupils = set(round_.pupils.order_by().values_list("pupil_id", flat=True))
    colleagues = round_.colleagues.count()
    return Progress(
        round_,
        asked,
        answered,
        asked - _mailed(round_),
        tuple(progress_per_school(round_)) if per_school else (),
        len(pupils),
        len(pupils_who_answered(round_, pupils)),
        colleagues,
        len(colleagues_who_answered(round_)) if colleagues else 0,
    )


def progress_per_school(round_: Round) -> list[Part]:
    """Each school of this round, the lowest share first."""
    chosen = set(RoundSchool.objects.filter(round=round_).values_list("school_id", flat=True))
    counts = _counted(PER_SCHOOL, round_)
    schools = [
        school for school in School.objects.order_by("name", "id") if not chosen or school.id in chosen
    ]
    return _lowest_first([Part(school, *counts[school.id]) for school in schools if school.id in counts])


def progress_per_group(round_: Round, school: School | None = None) -> list[Part]:
    """Each group of the school (None: of all), the lowest share first."""
    counts = _counted(PER_GROUP, round_)
    groups = (
        Group.objects.filter(id__in=counts).select_related("school").order_by("school__name", "name", "id")
    )
    if school is not None:
        groups = groups.filter(school=school)
    return _lowest_first([Part(group, *counts[group.id]) for group in groups])


def _mailed(round_: Round) -> int:
    """One mail for each guardian (`message_once`), and each of them has a link: nothing to join."""
    mails = Message.objects.filter(cause=round_.cause, kind=invitation(round_.kind), guardian__isnull=False)
    return mails.exclude(state__in=[State.FAILED, State.STOPPED]).count()


def _counted(query: str, round_: Round) -> dict[int, tuple[int, int]]:
    """The silent ones stay in the database: 94,000 ids to and fro, compared one by one, took a minute."""
    day = _day_of(round_)
    foundation = Foundation.objects.get(id=current().foundation)
    silent, values = silent_links(round_).order_by().values("id").query.sql_with_params()
    names = {f"silent_{number}": value for number, value in enumerate(values)}
    parameters = names | {
        "foundation": foundation.id,
        "round": round_.id,
        "day": day,
        "grown": born_until(foundation.decides_from_age, day),
        "year": round_.year_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            PER_PLACE.format(silent=silent % tuple(f"%({name})s" for name in names)) + query, parameters
        )
        return {pk: (asked, answered) for pk, asked, answered in cursor.fetchall()}


def _day_of(round_: Round) -> date:
    """Today while it runs; of an old round a day on which everybody was still there."""
    return max(round_.opens_on, min(current().today, round_.year.ends_on))


def _lowest_first(parts: list[Part]) -> list[Part]:
    return sorted((part for part in parts if part.asked), key=lambda part: part.share)
