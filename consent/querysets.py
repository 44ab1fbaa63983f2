"""Named sets of what is asked; and the proof that the fast state is right (C11)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from schools.models import Enrolment, GroupMembership, School, SchoolYear
from schools.querysets import here_or_coming

from .choices import RoundKind, TaskKind
from .models import (
    Answer,
    Invalidation,
    Purpose,
    QuestionText,
    QuestionVersion,
    Round,
    RoundSchool,
    Submission,
    Task,
)


def purposes_in_use() -> QuerySet[Purpose]:
    """The purposes that are asked, in order, with places, versions and wordings."""
    versions = QuestionVersion.objects.order_by("number").prefetch_related(
        Prefetch("texts", QuestionText.objects.order_by("language"))
    )
    return (
        Purpose.objects.filter(is_active=True)
        .order_by("position", "id")
        .prefetch_related("places", Prefetch("versions", versions))
    )


def school_year_of(day: date) -> tuple[date, date]:
    """The first and the last day of the school year that this day falls in: 1 August to 31 July."""
    first = day.year - (day.month < 8)
    return date(first, 8, 1), date(first + 1, 7, 31)


def purposes_on(day: date) -> QuerySet[Purpose]:
    """The purposes that count on that day: an event until the end of its school year (C7, C9)."""
    first_day = school_year_of(day)[0]
    return purposes_in_use().filter(Q(event_on=None) | Q(event_on__gte=first_day))


def purposes_to_ask(day: date, schools: Collection[School] = ()) -> QuerySet[Purpose]:
    """What a round asks that starts on that day: of all schools, or what concerns one of these.

    A family with a child elsewhere is asked less: `Question.only_for` says of whom.
    """
    asked = purposes_on(day).filter(Q(event_on=None) | Q(event_on__gte=day))
    return asked.filter(Q(school=None) | Q(school__in=schools)) if schools else asked


def first_days(pupil_ids: Collection[int], day: date) -> dict[int, dict[int, date]]:
    """From when each of these pupils is at which school (pupil → school → day): that day, or a later one (R1)."""
    found: dict[int, dict[int, date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pupil_id, school_id, since FROM schools_enrolment"
            " WHERE pupil_id = ANY(%s) AND (until IS NULL OR until >= %s) ORDER BY since DESC, id DESC",
            [list(pupil_ids), day],
        )
        for pupil_id, school_id, since in cursor.fetchall():
            found.setdefault(pupil_id, {})[school_id] = max(since, day)
    return found


def version_on(purpose: Purpose, day: date) -> QuestionVersion:
    """The wording that is asked on that day. Raises LookupError when none is in force yet."""
    versions = [version for version in purpose.versions.all() if version.in_force_on <= day]
    if not versions:
        raise LookupError(f"no wording of purpose {purpose.id} is in force on {day}")
    return versions[-1]


def text_in(version: QuestionVersion, language: str) -> QuestionText:
    """The wording in that language; Dutch, the authoritative one, where it was not made."""
    texts = {text.language: text for text in version.texts.all()}
    return texts.get(language) or texts["nl"]


def rounds_running(day: date) -> QuerySet[Round]:
    """The rounds that go on that day, both days included, also one that waits; the newest first (R1)."""
    going_on = _to_count().filter(opens_on__lte=day, closes_on__gte=day, stopped_at=None)
    return going_on.order_by("-opens_on", "-id")


def rounds_at(schools: Collection[int] | None) -> QuerySet[Round]:
    """The rounds that ask (or asked) somebody of these schools (None: of any), the newest first."""
    if schools is None:
        return _to_count()
    named = RoundSchool.objects.filter(round=OuterRef("id")).order_by()
    here = named.filter(school__in=schools)
    return _to_count().filter(~Exists(named) | Exists(here))


def _to_count() -> QuerySet[Round]:
    """Rounds with their year and the settings of the foundation, by which they are counted: not asked one by one."""
    return Round.objects.select_related("foundation", "year")


def schools_not_asked(year: SchoolYear) -> list[School]:
    """The schools whose parents no yearly round of this year asked, or will ask; also those without pupils yet."""
    asked = Round.objects.filter(year=year, kind=RoundKind.YEARLY, stopped_at=None).prefetch_related(
        "schools"
    )
    chosen = [{row.school_id for row in round_.schools.all()} for round_ in asked.order_by()]
    if any(not schools for schools in chosen):
        return []
    return list(School.objects.exclude(id__in=set().union(*chosen)).order_by("name", "id"))


def taken_out(answers: Iterable[Answer]) -> set[int]:
    """The ids of those that were recorded in error, and count no more (C3)."""
    gone = Invalidation.objects.filter(answer__in=list(answers), in_force_at__isnull=False)
    return set(gone.order_by().values_list("answer_id", flat=True))


def still_said(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Without those of which every answer was taken out: nobody answered then (C3)."""
    gone = Invalidation.objects.filter(in_force_at__isnull=False).order_by()
    left = Answer.objects.filter(submission=OuterRef("pk")).exclude(id__in=gone.values("answer_id"))
    return submissions.exclude(Q(id__in=gone.values("answer__submission")) & ~Exists(left.order_by()))


def invalidations_waiting(
    schools: Collection[int] | None, not_about: Collection[int], on: date
) -> QuerySet[Invalidation]:
    """Those that still need a second person: about children at these schools (None: all), never the own ones."""
    rows = Invalidation.objects.filter(in_force_at=None).exclude(answer__pupil__in=not_about)
    if schools is not None:
        here = Enrolment.objects.filter(here_or_coming(on), school__in=schools)
        rows = rows.filter(answer__pupil__in=here.order_by().values("pupil"))
    return rows.select_related("answer__pupil", "answer__submission", "asked_by").order_by("asked_at", "id")


def tasks_of(
    schools: Collection[int] | None, groups: Collection[int], not_about: Collection[int]
) -> QuerySet[Task]:
    """The work of these schools (None: of all), and who wants to talk in these groups; never about the own
    children: that would tell one parent what the other one chose (C4)."""
    mine = Q() if schools is None else Q(school__in=schools)
    if schools is not None and groups:
        members = GroupMembership.objects.filter(group__in=groups).order_by()
        mine |= Q(kind=TaskKind.TALK, pupil__in=members.values("pupil"))
    found = Task.objects.filter(mine).exclude(pupil__in=not_about)
    return found.select_related("pupil", "school", "guardian").order_by("opened_at", "id")


# Counted answers without a kept one as new as they are; kept ones, less those that equal their answer. In one pass
# along two indexes: a sort of everything was eight times slower.
IS_RIGHT = """
SELECT count(*) FILTER (WHERE k.id IS NULL OR (k.entry_id, k.answer_id) < (a.entry_id, a.id)) = 0
    AND count(*) FILTER (WHERE k.answer_id = a.id AND k.valid_until IS NOT DISTINCT FROM a.valid_until
        AND (k.value, k.version_id, k.decided_at, k.entry_id) = (a.value, a.version_id, a.decided_at, a.entry_id))
        = (SELECT count(*) FROM consent_latestanswer)
FROM consent_answer a
LEFT JOIN consent_latestanswer k ON k.foundation_id = a.foundation_id AND k.pupil_id = a.pupil_id
    AND k.purpose_id = a.purpose_id AND coalesce(k.guardian_id, 0) = coalesce(a.guardian_id, 0)
WHERE NOT EXISTS (SELECT FROM consent_invalidation i WHERE i.foundation_id = a.foundation_id
    AND i.answer_id = a.id AND i.in_force_at IS NOT NULL)
"""
# Both in the order of their index: a hash of millions of rows is written to disk and read again, at twice the CPU.
BY_INDEX = "SELECT set_config('enable_hashjoin', %s, true)"
LATEST = "foundation_id, pupil_id, purpose_id, guardian_id, {}, value, version_id, decided_at, valid_until, entry_id"
WRONG = f"""
WITH fold AS (
    SELECT DISTINCT ON (foundation_id, pupil_id, purpose_id, guardian_id) {LATEST.format("id AS answer_id")}
    FROM consent_answer a
    WHERE NOT EXISTS (SELECT FROM consent_invalidation i WHERE i.foundation_id = a.foundation_id
        AND i.answer_id = a.id AND i.in_force_at IS NOT NULL)
    ORDER BY foundation_id, pupil_id, purpose_id, guardian_id, entry_id DESC, id DESC),
kept AS (SELECT {LATEST.format("answer_id")} FROM consent_latestanswer)
(SELECT 'not kept', * FROM (SELECT * FROM fold EXCEPT SELECT * FROM kept) missing)
UNION ALL
(SELECT 'kept wrongly', * FROM (SELECT * FROM kept EXCEPT SELECT * FROM fold) wrong)
"""  # noqa: S608  constants


def drifted() -> list[tuple[Any, ...]]:
    """Where the kept latest answers differ from the fold of all answers that were not taken out: always empty
    (C11, C3). They are named by a second statement, only when there are some."""
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX, ["off"])
        cursor.execute(IS_RIGHT)
        is_right = cursor.fetchone() == (True,)
        cursor.execute(BY_INDEX, ["on"])
        if is_right:
            return []
        cursor.execute(WRONG)
        return cursor.fetchall()
