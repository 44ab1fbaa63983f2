"""How far a round has come: in all, day by day, per school and per group; counted by the database (R7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from django.db.models import Count

from consent.choices import RoundKind
from consent.domain.quiet import is_quiet_day
from consent.domain.round_mails import REMINDERS, invitation
from consent.domain.round_sql import CHILDREN, LINKS, OF_SCHOOLS, counted_on, rows_of
from consent.domain.rounds_of_colleagues import colleagues_counted
from consent.models import Round, RoundSchool
from consent.rules import Days, next_reminder
from ledger.acting import current
from notices.choices import State
from notices.models import Message
from schools.models import Enrolment, Group, GroupMembership, Guardianship, Pupil, School
from schools.querysets import here_or_coming, in_force

ONE_DAY, NOBODY = timedelta(days=1), (0, 0)


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
class Point:
    """The end of one day: of how many asked until then how many had answered."""

    on: date
    asked: int
    answered: int

    @property
    def share(self) -> float:
        return self.answered / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Totals:
    """How far a round is, in a line: parents once each. Pupils who decide alone stand apart, and colleagues: of how
    many were asked, how many answered."""

    round: Round
    asked: int
    answered: int
    pupils_asked: int = 0
    pupils_answered: int = 0
    colleagues_asked: int = 0
    colleagues_answered: int = 0

    @property
    def silent(self) -> int:
        return self.asked - self.answered

    @property
    def share(self) -> float:
        return self.answered / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Progress(Totals):
    """The same on the page of that round, and more: `unmailed` were asked and got no mail; lowest school first (R7).

    `coming`: the next days on which a reminder leaves, with how many parents would get it as it stands now.
    """

    unmailed: int = 0
    schools: tuple[Part, ...] = ()
    points: tuple[Point, ...] = ()
    coming: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder that left: which one, on which day, to how many parents."""

    number: int
    on: date
    parents: int


IN_ALL = f"""
WITH {LINKS}, {CHILDREN}
SELECT l.round_id, count(*), count(l.on_day) FROM links l WHERE {OF_SCHOOLS} GROUP BY 1
"""  # noqa: S608  fixed text
# One invitation at most for each guardian (`message_once`).
PER_DAY = f"""
WITH {LINKS}, {CHILDREN}
SELECT l.opens_on, l.closes_on, l.on_day, count(*), count(*) FILTER (WHERE l.no_reminders_at IS NULL), count(m.id)
FROM links l LEFT JOIN notices_message m ON m.foundation_id = %(foundation)s AND m.guardian_id = l.guardian_id
  AND m.cause = %(cause)s AND m.kind = %(invitation)s AND m.state <> ALL (%(not_left)s)
WHERE {OF_SCHOOLS} GROUP BY 1, 2, 3
"""  # noqa: S608
# Of each school (or group) the guardians with a link who decide for a child there, and how many of them answered.
PER_SCHOOL = f"""
WITH {LINKS}, {CHILDREN}
SELECT e.school_id, count(DISTINCT l.id), count(DISTINCT l.id) FILTER (WHERE l.on_day IS NOT NULL)
FROM links l JOIN enrolled e ON e.guardian_id = l.guardian_id GROUP BY 1
"""  # noqa: S608
PER_GROUP = f"""
WITH {LINKS}, {CHILDREN}, named AS (
  SELECT n.round_id, n.school_id FROM consent_roundschool n WHERE n.foundation_id = %(foundation)s
    AND n.round_id = ANY (%(rounds)s::bigint[]))
SELECT l.round_id, m.group_id, count(DISTINCT l.id), count(DISTINCT l.id) FILTER (WHERE l.on_day IS NOT NULL)
FROM links l JOIN children c ON c.guardian_id = l.guardian_id
JOIN consent_round r ON r.foundation_id = %(foundation)s AND r.id = l.round_id
JOIN schools_groupmembership m ON m.foundation_id = %(foundation)s AND m.pupil_id = c.pupil_id
JOIN schools_group g ON g.foundation_id = m.foundation_id AND g.id = m.group_id AND g.year_id = r.year_id
  AND (%(schools)s::bigint[] IS NULL OR g.school_id = ANY (%(schools)s::bigint[]))
  AND (r.id NOT IN (SELECT n.round_id FROM named n)
    OR (r.id, g.school_id) IN (SELECT n.round_id, n.school_id FROM named n))
GROUP BY 1, 2
"""  # noqa: S608
# Pupils who decide alone: asked at their own address, and those of them who passed something on since.
PUPILS = """
SELECT r.round_id, count(*), count(*) FILTER (WHERE EXISTS (
  SELECT FROM consent_submission s WHERE s.foundation_id = %(foundation)s AND s.pupil_id = r.pupil_id
    AND (s.at AT TIME ZONE %(zone)s)::date >= r.opens_on
    AND EXISTS (SELECT FROM consent_answer a WHERE a.foundation_id = %(foundation)s AND a.submission_id = s.id
      AND NOT EXISTS (SELECT FROM consent_invalidation i WHERE i.foundation_id = %(foundation)s
        AND i.answer_id = a.id AND i.in_force_at IS NOT NULL))))
FROM consent_roundpupil r WHERE r.foundation_id = %(foundation)s AND r.round_id = ANY (%(rounds)s::bigint[])
  AND (%(schools)s::bigint[] IS NULL OR r.pupil_id IN (
    SELECT e.pupil_id FROM schools_enrolment e WHERE e.foundation_id = %(foundation)s
      AND (e.until IS NULL OR e.until >= %(day)s) AND e.school_id = ANY (%(schools)s::bigint[])))
GROUP BY 1
"""
# About which of these pupils somebody answered something of a round since it began: a parent, or the pupil.
ANSWERED = """
SELECT DISTINCT r.id, a.pupil_id FROM consent_round r
JOIN consent_roundpurpose q ON q.foundation_id = r.foundation_id AND q.round_id = r.id
JOIN consent_answer a ON a.foundation_id = r.foundation_id AND a.pupil_id = ANY (%(pupils)s::bigint[])
  AND a.purpose_id = q.purpose_id
JOIN consent_submission s ON s.foundation_id = r.foundation_id AND s.id = a.submission_id
  AND s.at >= r.opens_on::timestamp AT TIME ZONE %(zone)s
WHERE r.foundation_id = %(foundation)s AND r.id = ANY (%(rounds)s::bigint[])
  AND NOT EXISTS (SELECT FROM consent_invalidation i WHERE i.foundation_id = r.foundation_id
    AND i.answer_id = a.id AND i.in_force_at IS NOT NULL)
"""


def totals_of(rounds: Sequence[Round], *, schools: Collection[int] | None = None) -> list[Totals]:
    """How many of the asked guardians answered something of what is asked since they were, in each of these rounds.

    In three statements, however many rounds; each figure is that of `progress_of`. `schools`: only the parents of
    these schools, and nothing of colleagues: a school sees no figure of its own staff.
    """
    parents = _by_round(rows_of(IN_ALL, rounds, schools=schools, on=counted_on))
    others = _others(rounds, schools)
    return [Totals(one, *parents.get(one.id, NOBODY), *others[one.id]) for one in rounds]


def progress_of(round_: Round, *, schools: Collection[int] | None = None) -> Progress:
    """The same of one round, with the days and the schools (`progress_per_school`)."""
    rows = _per_day(round_, schools)
    asked = sum(row[3] for row in rows)
    return Progress(
        round_,
        asked,
        sum(row[3] for row in rows if row[2] is not None),
        *_others([round_], schools)[round_.id],
        asked - sum(row[5] for row in rows) if schools is None else 0,
        tuple(progress_per_school(round_, schools)),
        tuple(_points(rows)),
        tuple(_coming(round_, rows)),
    )


def progress_per_school(round_: Round, schools: Collection[int] | None = None) -> list[Part]:
    """Each school of this round, the lowest share first; of `schools` only, when given."""
    chosen = set(RoundSchool.objects.filter(round=round_).values_list("school_id", flat=True))
    counts = {pk: (asked, answered) for pk, asked, answered in rows_of(PER_SCHOOL, [round_], on=counted_on)}
    return _lowest_first(
        [
            Part(school, *counts[school.id])
            for school in School.objects.order_by("name", "id")
            if school.id in counts
            and (not chosen or school.id in chosen)
            and (schools is None or school.id in schools)
        ]
    )


def progress_per_group(round_: Round, schools: Collection[int] | None = None) -> list[Part]:
    """Each group of these schools (None: of all that this round asks), the lowest share first."""
    counts = {group_id: numbers for (_pk, group_id), numbers in counted_per_group([round_], schools).items()}
    groups = Group.objects.filter(id__in=counts).select_related("school")
    return _lowest_first(
        [Part(group, *counts[group.id]) for group in groups.order_by("school__name", "name", "id")]
    )


def counted_per_group(
    rounds: Sequence[Round], schools: Collection[int] | None = None
) -> dict[tuple[int, int], tuple[int, int]]:
    """By the ids of round and group, of how many parents how many answered; a group without any is not there."""
    rows = rows_of(PER_GROUP, rounds, schools=schools, on=counted_on)
    return {(round_id, group_id): (asked, answered) for round_id, group_id, asked, answered in rows}


def reminders_sent(round_: Round, schools: Collection[int] | None = None) -> list[Reminded]:
    """Which reminders left on which day, the first one first; to the families of these schools, or to all (None)."""
    rows = Message.objects.filter(cause=round_.cause, kind__in=REMINDERS, state=State.SENT)
    if schools is not None:
        # Who was there when it opened: that a pupil left since unsends no mail.
        here = Enrolment.objects.filter(here_or_coming(round_.opens_on), school__in=schools).order_by()
        family = Guardianship.objects.filter(pupil__in=here.values("pupil_id")).order_by()
        rows = rows.filter(guardian__in=family.values("guardian_id"))
    counted = rows.order_by().values_list("kind", "sent_at__date").annotate(parents=Count("id"))
    found = [Reminded(REMINDERS.index(kind) + 1, on, parents) for kind, on, parents in counted]
    return sorted(found, key=lambda one: (one.on, one.number))


def _per_day(round_: Round, schools: Collection[int] | None) -> list[tuple[Any, ...]]:
    return rows_of(
        PER_DAY,
        [round_],
        schools=schools,
        on=counted_on,
        cause=round_.cause,
        invitation=invitation(round_.kind),
        not_left=[str(State.FAILED), str(State.STOPPED)],
    )


def _others(rounds: Sequence[Round], schools: Collection[int] | None) -> dict[int, tuple[int, int, int, int]]:
    """By round: of how many pupils how many answered, and of how many colleagues."""
    pupils = _by_round(rows_of(PUPILS, rounds, schools=schools, on=counted_on))
    colleagues = colleagues_counted(rounds) if schools is None else {}
    return {one.id: (*pupils.get(one.id, NOBODY), *colleagues.get(one.id, NOBODY)) for one in rounds}


def _by_round(rows: list[tuple[Any, ...]]) -> dict[int, tuple[int, int]]:
    return {pk: (asked, answered) for pk, asked, answered in rows}


def _points(rows: list[tuple[Any, ...]]) -> list[Point]:
    """Each day from the first opening until today (or the closing day), however little happened on it."""
    if not rows:
        return []
    asked: dict[date, int] = {}
    answered: dict[date, int] = {}
    for opens_on, _closes_on, on_day, count, _willing, _mailed in rows:
        asked[opens_on] = asked.get(opens_on, 0) + count
        if on_day is not None:
            answered[on_day] = answered.get(on_day, 0) + count
    first, last = min(asked), max([*answered, min(current().today, max(row[1] for row in rows))])
    days = [first + number * ONE_DAY for number in range(max((last - first).days, 0) + 1)]
    so_far = zip(
        days,
        accumulate(asked.get(day, 0) for day in days),
        accumulate(answered.get(day, 0) for day in days),
        strict=True,
    )
    return [Point(*point) for point in so_far]


def _coming(round_: Round, rows: list[tuple[Any, ...]]) -> list[tuple[date, int]]:
    """On a Sunday or a holiday nothing leaves: then it is the day after (R2)."""
    if round_.is_held or round_.kind == RoundKind.OVERVIEW:
        return []
    today = current().today
    found: dict[date, int] = {}
    for opens_on, closes_on, on_day, _count, willing, _mailed in rows:
        day = next_reminder(Days(opens_on, closes_on), round_.remind_before, today)
        if on_day is not None or day is None or not willing or closes_on < today:
            continue
        while is_quiet_day(day) and day < closes_on:
            day += ONE_DAY
        found[day] = found.get(day, 0) + willing
    return sorted(found.items())


def _lowest_first(parts: list[Part]) -> list[Part]:
    return sorted((part for part in parts if part.asked), key=lambda part: part.share)


def children_without_answer(
    rounds: Sequence[Round], group_ids: Collection[int], not_about: Collection[int] = ()
) -> dict[tuple[int, int], list[Pupil]]:
    """By the ids of round and group, the children about whom nobody answered anything of it since it began, by call
    name."""
    members = (
        GroupMembership.objects.filter(group_id__in=list(group_ids))
        .exclude(pupil_id__in=list(not_about))
        .filter(pupil__enrolments__in=Enrolment.objects.filter(in_force(current().today)).order_by())
        .select_related("pupil")
        .order_by("pupil__call_name", "pupil__surname", "pupil_id")
        .distinct()
    )
    answered = set(rows_of(ANSWERED, rounds, pupils=[row.pupil_id for row in members]))
    found: dict[tuple[int, int], list[Pupil]] = {}
    for one in rounds:
        for row in members:
            if (one.id, row.pupil_id) not in answered:
                found.setdefault((one.id, row.group_id), []).append(row.pupil)
    return found
