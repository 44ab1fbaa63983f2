"""What happened around one child: own answers, what the school did, and who looked. Never the other parent (C4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from consent.choices import Value
from consent.models import Answer, CheckedPerson, Invalidation
from consent.rules import Facts, GivenAnswer, Policy, birthday, state
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import ActorKind, Reading, Verb
from ledger.models import Entry, ReadingRecord

ONE_DAY, LOOKED_DAYS = timedelta(days=1), 365
# Readings that show the choices about a child; a case that somebody reported is not among them.
OF_CHOICES = (Reading.CONSENT_STATE, Reading.FAMILY_FILE, Reading.PROOF, Reading.TASK_LIST)


@dataclass(frozen=True, slots=True)
class SchoolDid:
    """From this day on the school might use pictures for this purpose, or not any more."""

    day: date
    purpose: int
    is_allowed: bool


@dataclass(slots=True)
class Looks:
    """Somebody of this role looked at the choices about a child on one day."""

    day: date
    capacity: str
    times: int = 0
    checks_kept: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """Every answer about one child, of all who decide; `taken_out`: answer id → the day it did not count any more."""

    answers: tuple[Answer, ...]
    taken_out: Mapping[int, date] = field(default_factory=dict)

    def of(self, guardian_id: int) -> list[Answer]:
        """This guardian's own, newest first: all that a page may show."""
        return [row for row in reversed(self.answers) if row.guardian_id == guardian_id]


def given_about(pupil_id: int) -> Given:
    """Read them, oldest first, in the order in which they were written down: a few statements, however many."""
    answers = (
        Answer.objects.filter(pupil_id=pupil_id)
        .select_related("submission", "version")
        .prefetch_related("version__texts")
        .order_by("entry_id", "id")
    )
    errors = Invalidation.objects.filter(answer__pupil_id=pupil_id, in_force_at__isnull=False).order_by("id")
    return Given(tuple(answers), {row.answer_id: _day(row.in_force_at) for row in errors if row.in_force_at})


def what_school_did(facts: Facts, given: Given, policies: Sequence[Policy], since: date) -> list[SchoolDid]:
    """Each day on which what the school might do changed, newest first; as it stood at the end of that day.

    Folded from the answers each time (C11): what ended by its own date is in it without any job.
    """
    today = current().today
    answers = [_as_given(row) for row in given.answers]
    days = {since, *_turning_days(facts, answers, policies), *given.taken_out.values()}
    before = {policy.purpose: False for policy in policies}
    found: list[SchoolDid] = []
    for day in sorted(day for day in days if since <= day <= today):
        known = tuple(row for row in answers if _counts_on(day, row, given.taken_out))
        for policy in policies:
            is_allowed = state(replace(facts, answers=known), policy, day).is_allowed
            if is_allowed != before[policy.purpose]:
                found.append(SchoolDid(day, policy.purpose, is_allowed))
                before[policy.purpose] = is_allowed
    return found[::-1]


def who_looked(pupil_id: int) -> list[Looks]:
    """By day and role, newest first, of the last year: readings by staff, and checks that were kept (E4)."""
    since = current().now - timedelta(days=LOOKED_DAYS)
    found: dict[tuple[date, str], Looks] = {}
    readings = ReadingRecord.objects.filter(
        what__in=OF_CHOICES, actor_kind=ActorKind.STAFF, at__gte=since, subject_ids__contains=[pupil_id]
    )
    for day, capacity, times in _per_day(readings):
        found.setdefault((day, capacity), Looks(day, capacity)).times = times
    checks = CheckedPerson.objects.filter(pupil_id=pupil_id, check_row__at__gte=since)
    kept = Entry.objects.filter(
        verb=Verb.CHECK_KEPT, subject_type="check", subject_id__in=checks.order_by().values("check_row_id")
    )
    for day, capacity, times in _per_day(kept):
        found.setdefault((day, capacity), Looks(day, capacity)).checks_kept = times
    return sorted(found.values(), key=lambda looks: (-looks.day.toordinal(), looks.capacity))


def _per_day(rows: QuerySet[Any]) -> Iterable[tuple[date, str, int]]:
    per_day = rows.annotate(day=TruncDate("at", tzinfo=SCHOOL_TIME)).values("day", "capacity")
    counted = per_day.annotate(times=Count("id")).order_by("day", "capacity")
    return counted.values_list("day", "capacity", "times")


def _turning_days(facts: Facts, answers: Sequence[GivenAnswer], policies: Sequence[Policy]) -> Iterator[date]:
    """Every day on which the rule may come to another answer."""
    for answer in answers:
        yield answer.decided_on
        if answer.valid_until:
            yield answer.valid_until + ONE_DAY
    for period in (*facts.enrolments, *(authority.period for authority in facts.authorities)):
        yield period.since
        if period.until:
            yield period.until + ONE_DAY
    for policy in policies:
        yield birthday(facts.born_on, policy.decides_from_age)
        yield from (wording.in_force_on for wording in policy.wordings)


def _counts_on(day: date, answer: GivenAnswer, taken_out: Mapping[int, date]) -> bool:
    return answer.decided_on <= day < taken_out.get(answer.id, date.max)


def _as_given(row: Answer) -> GivenAnswer:
    return GivenAnswer(
        row.purpose_id,
        row.guardian_id,
        Value(row.value),
        _day(row.decided_at),
        row.valid_until,
        row.version.number,
        row.id,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(SCHOOL_TIME).date()
