"""Somebody who works here chooses about pictures of themselves; the same purposes as pupils (O12, B4, L1)."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consent.choices import Value
from consent.domain.decide import NotAsked
from consent.domain.facts import policy_of
from consent.models import Purpose, StaffAnswer
from consent.querysets import purposes_on, text_in, version_on
from consent.rules import PUPIL, GivenAnswer, State, staff_state
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.models import Foundation, StaffMember
from schools.querysets import at_work, year_on


class NotAtWork(Refusal):
    code = "not_at_work"
    message = _("You have no role at a school here today.")


def decide_for_self(*, staff_member: StaffMember, values: Mapping[int, Value], language: str) -> None:
    """Store yes or no per purpose id, about pictures of this staff member; what colleagues see changes at commit.

    Append-only: the last answer counts. A yes is valid until the school year ends (unless the foundation asks
    once), a no has no end. One ledger entry. Raises NotAtWork, NotAsked: then nothing is stored.
    """
    act = current()
    with transaction.atomic():
        # One at a time for this person: the order of the answers is the order of the entries.
        StaffMember.objects.select_for_update(no_key=True).get(id=staff_member.id)
        if not at_work(staff_member.id, act.today)[1]:
            raise NotAtWork
        purposes = {purpose.id: purpose for purpose in purposes_on(act.today) if purpose.school_id is None}
        if not values or any(pk not in purposes for pk in values):
            raise NotAsked
        rows = [_answer(staff_member, purposes[pk], value, language) for pk, value in values.items()]
        entry = record(
            Verb.STAFF_DECIDED, "staff_member", staff_member.id, answers=[_as_written(row) for row in rows]
        )
        for row in rows:
            row.entry = entry
        StaffAnswer.objects.bulk_create(rows)


def latest_of(staff_ids: Sequence[int]) -> dict[int, dict[int, StaffAnswer]]:
    """The last answer of each of these people per purpose; one statement."""
    found: dict[int, dict[int, StaffAnswer]] = {pk: {} for pk in staff_ids}
    rows = StaffAnswer.objects.filter(staff_member_id__in=staff_ids).select_related("version")
    for row in rows.order_by("entry_id", "id"):
        found[row.staff_member_id][row.purpose_id] = row
    return found


def states_of_staff(
    staff_ids: Sequence[int], purposes: Sequence[Purpose], foundation: Foundation, *, works_here: bool = True
) -> dict[int, dict[int, State]]:
    """What holds today for pictures of these colleagues, per purpose id."""
    today = current().today
    return {
        pk: {
            purpose.id: staff_state(
                [as_given(latest[purpose.id])] if purpose.id in latest else [],
                policy_of(purpose, foundation),
                today,
                works_here=works_here,
            )
            for purpose in purposes
        }
        for pk, latest in latest_of(staff_ids).items()
    }


def as_given(row: StaffAnswer) -> GivenAnswer:
    """One answer as the rule reads it."""
    day = row.decided_at.astimezone(SCHOOL_TIME).date()
    return GivenAnswer(
        row.purpose_id, PUPIL, Value(row.value), day, row.valid_until, row.version.number, row.id
    )


def _answer(staff_member: StaffMember, purpose: Purpose, value: Value, language: str) -> StaffAnswer:
    act = current()
    version = version_on(purpose, act.today)
    text = text_in(version, language)
    return StaffAnswer(
        foundation_id=staff_member.foundation_id,
        staff_member=staff_member,
        purpose=purpose,
        value=value,
        version=version,
        language=text.language,
        text_sha256=text.sha256,
        decided_at=act.now,
        valid_until=_valid_until(staff_member) if value == Value.YES else None,
    )


def _valid_until(staff_member: StaffMember) -> date | None:
    if not staff_member.foundation.asks_every_year:
        return None
    year = year_on(current().today)
    return year.ends_on if year else current().today


def _as_written(row: StaffAnswer) -> dict[str, object]:
    return {
        "purpose": row.purpose_id,
        "value": str(row.value),
        "version": row.version_id,
        "language": row.language,
        "text_sha256": row.text_sha256,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }
