"""What parents are told after a choice: a receipt for who chose, and for the others only what the school does."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import formats, translation

from consent.choices import Value
from consent.domain.facts import KnownPupil, known_pupils, policy_of
from consent.domain.tell_pupil import send_pupil_receipt
from consent.models import Answer, LatestAnswer, Purpose, Submission
from consent.querysets import text_in, version_on
from consent.rules import PUPIL, State, deciders_at, first_day, may_be_asked, state_from_first_day
from ledger.acting import SCHOOL_TIME, current
from notices.choices import State as MessageState
from notices.domain.put import NewMessage, put_messages
from notices.models import Message
from schools.models import Foundation, Guardian

States = Mapping[tuple[int, int], State]
DIGEST_AT = time(20, 0)
LAST_DIGEST_AT = time(23, 45)
# The newest link of a guardian that still opens on that day.
LINK_TARGET = """
SELECT l.target FROM consent_personallink l
JOIN consent_round r ON r.foundation_id = l.foundation_id AND r.id = l.round_id
JOIN schools_schoolyear y ON y.foundation_id = r.foundation_id AND y.id = r.year_id
WHERE l.foundation_id = %s AND l.guardian_id = %s AND y.ends_on >= %s ORDER BY l.id DESC LIMIT 1
"""


def receipt_of(
    submission: Submission,
    answers: Sequence[Answer],
    children: Sequence[KnownPupil],
    purposes: Mapping[int, Purpose],
    after: States,
) -> list[NewMessage]:
    """One mail for a parent that repeats in words what was decided, in the language of the choice. No surname (R6).

    Where a yes does not hold, because the parents do not choose the same, it says so; not who said what (C4).
    That of a pupil is put here: it goes to an address, not to a guardian.
    """
    if submission.pupil is not None:
        send_pupil_receipt(submission, answers, purposes)
    if submission.guardian is None or submission.guardian_id is None:
        return []
    rows = [
        {
            "name": child.call_name,
            "from_day": coming_in(submission.language, child),
            "answers": [
                {
                    **_title(purposes[row.purpose_id], submission.language),
                    "is_yes": row.value == Value.YES,
                    "is_talk": row.value == Value.TALK,
                    "is_used": row.value == Value.YES and after[child.id, row.purpose_id].is_allowed,
                }
                for row in answers
                if row.pupil_id == child.id
            ],
        }
        for child in reversed(children)
    ]
    return [
        NewMessage(
            kind="consent/receipt",
            guardian_id=submission.guardian_id,
            language=submission.language,
            cause=f"submission:{submission.code}",
            context={"children": rows, "code": submission.code, "family_url": family_url()},
            link=_link_target(submission.guardian_id),
        )
    ]


def tell_others(
    who_chose: int | None,
    children: Sequence[KnownPupil],
    purposes: Mapping[int, Purpose],
    before: States,
    after: States,
) -> None:
    """C4: each other decider of a child whose state changed hears what the school does now; not who said what.

    `who_chose` is a guardian, or None for the pupil: from 16 nobody else decides, so nobody else is told.

    A message when what the school does is the same would only betray what the other parent said.
    One message per day and guardian (a second one only for changes after 20.00), about every child that
    changed that day: a later change never pushes an earlier one out of the message that waits.
    """
    foundation = Foundation.objects.get(id=current().foundation)
    messages = changes_for_others(who_chose, children, purposes, before, after, foundation)
    put_messages(messages, replace_waiting=True)


def changes_for_others(
    who_chose: int | None,
    children: Sequence[KnownPupil],
    purposes: Mapping[int, Purpose],
    before: States,
    after: States,
    foundation: Foundation,
) -> list[NewMessage]:
    """What `tell_others` tells, to put with `replace_waiting`; who hears it is locked from here on.

    `children` are known as they are now, eldest first.
    """
    due_at, today = digest_moment(current().now), current().today
    concerned: dict[int, list[KnownPupil]] = {}
    for child in children:
        if any(before[child.id, pk].is_allowed != after[child.id, pk].is_allowed for pk in purposes):
            for decider in deciders_at(child.facts, foundation.decides_from_age, today):
                if decider is not PUPIL and decider != who_chose:
                    concerned.setdefault(decider, []).append(child)
    if not concerned:
        return []
    cause = f"changed:{due_at:%Y-%m-%dT%H:%M}"
    # Locked, so that of two digests for the same guardian the second one knows the children of the first.
    guardians = Guardian.objects.select_for_update(no_key=True).filter(id__in=concerned).order_by("id")
    return [
        NewMessage(
            kind="consent/changed",
            guardian_id=guardian.id,
            language=guardian.language,
            cause=cause,
            context={
                "children": _digest(guardian, concerned[guardian.id], cause, purposes, foundation),
                "family_url": family_url(),
            },
            link=_link_target(guardian.id),
            due_at=due_at,
        )
        for guardian in list(guardians)
    ]


def tell_taken_out(
    guardian: Guardian,
    taken: Sequence[Answer],
    now_count: Sequence[LatestAnswer],
    children: Sequence[KnownPupil],
    purposes: Mapping[int, Purpose],
    after: States,
) -> None:
    """C3: who decided hears that an entry made in error was taken out, and what of theirs counts now.

    Only about children for whom they decide today; why it was wrong is not in the mail.
    """
    now = {(row.pupil_id, row.purpose_id): row.value for row in now_count}
    rows = [
        {
            "name": child.call_name,
            "answers": [
                {
                    **_title(purposes[row.purpose_id], guardian.language),
                    "value": now.get((child.id, row.purpose_id), ""),
                    "is_used": after[child.id, row.purpose_id].is_allowed,
                }
                for row in taken
                if row.pupil_id == child.id and row.purpose_id in purposes
            ],
        }
        for child in _decided_by(guardian, children)
    ]
    if not any(row["answers"] for row in rows):
        return
    message = NewMessage(
        kind="consent/taken_out",
        guardian_id=guardian.id,
        language=guardian.language,
        cause=f"taken_out:{taken[0].id}",
        context={"children": rows, "family_url": family_url()},
        link=_link_target(guardian.id),
        due_at=current().now,
    )
    put_messages([message])


def _decided_by(guardian: Guardian, children: Sequence[KnownPupil]) -> list[KnownPupil]:
    """Those for whom this guardian decides today, youngest first (C2)."""
    today, foundation = current().today, Foundation.objects.get(id=current().foundation)
    return [
        child
        for child in reversed(children)
        if guardian.id in deciders_at(child.facts, foundation.decides_from_age, today)
    ]


def family_url() -> str:
    """Where a parent without a link of this year signs in; the address is a contract (architecture.md 5)."""
    return f"{settings.PORTAL_URL}/ouder/"


@lru_cache(maxsize=512)
def day_in(language: str, day: date) -> str:
    """A day in the words of that language, for a mail: 14 november. Kept: a round says the same to thousands."""
    with translation.override(language):
        return formats.date_format(day, "j E")  # in Polish and Ukrainian a month has another form after a day


def coming_in(language: str, child: KnownPupil) -> str:
    """From which day the child is at school here, for a mail; "" for who is there already."""
    today = current().today
    begins = first_day(child.facts, None, today)
    return day_in(language, begins) if begins is not None and begins > today else ""


def digest_moment(now: datetime) -> datetime:
    """When today's digest leaves: 20.00 school time, or 23.45 for what changes after that."""
    local = now.astimezone(SCHOOL_TIME)
    for moment in (DIGEST_AT, LAST_DIGEST_AT):
        due = local.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)
        if local < due:
            return due
    return local.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _digest(
    guardian: Guardian,
    changed: Sequence[KnownPupil],
    cause: str,
    purposes: Mapping[int, Purpose],
    foundation: Foundation,
) -> list[dict[str, object]]:
    """What the school does now, for the children that changed just now and those already in the digest."""
    waiting = Message.objects.filter(
        guardian=guardian, kind="consent/changed", cause=cause, state=MessageState.WAITING
    ).first()
    known = {row["pupil"] for row in waiting.context["children"]} if waiting else set()
    today, ids = current().today, {child.id for child in changed}
    children = changed if known <= ids else known_pupils(sorted(ids | known))
    return [
        _now_does(child, purposes, foundation, guardian.language)
        for child in reversed(children)
        if guardian.id in deciders_at(child.facts, foundation.decides_from_age, today)
    ]


def _now_does(
    child: KnownPupil, purposes: Mapping[int, Purpose], foundation: Foundation, language: str
) -> dict[str, object]:
    today = current().today
    return {
        "pupil": child.id,
        "name": child.call_name,
        "from_day": coming_in(language, child),
        "now": [
            {
                **_title(purpose, language),
                "is_allowed": state_from_first_day(
                    child.facts, policy_of(purpose, foundation), today
                ).is_allowed,
            }
            for purpose in purposes.values()
            if may_be_asked(child.facts, purpose.school_id, purpose.event_on, today)
            and any(version.in_force_on <= today for version in purpose.versions.all())
        ],
    }


def _title(purpose: Purpose, language: str) -> dict[str, str]:
    """The question in that language; `lang` is set where it was made in Dutch only."""
    text = text_in(version_on(purpose, current().today), language)
    return {"title": text.title, "lang": "" if text.language == language else text.language}


def _link_target(guardian_id: int) -> UUID | None:
    """Where the newest link of this guardian leads that still opens today."""
    words: list[Any] = [current().foundation, guardian_id, current().today]
    with connection.cursor() as cursor:
        cursor.execute(LINK_TARGET, words)
        row = cursor.fetchone()
    return row[0] if row else None
