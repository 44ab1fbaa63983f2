"""What parents are told after a choice: a receipt for who chose, and for the others only what the school does."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from consent.choices import Reason, Value
from consent.models import Answer, Purpose, Submission
from consent.querysets import KnownPupil, link_of, text_in, version_on
from consent.rules import State, deciders_on
from ledger.acting import SCHOOL_TIME, current
from notices.domain.put import NewMessage, put_messages
from schools.models import Guardian

States = Mapping[tuple[int, int], State]
DIGEST_AT = time(20, 0)
LAST_DIGEST_AT = time(23, 45)


def send_receipt(
    submission: Submission,
    answers: Sequence[Answer],
    children: Sequence[KnownPupil],
    purposes: Mapping[int, Purpose],
) -> None:
    """One mail that repeats in words what was decided, in the language of the choice. No surname (R6)."""
    if submission.guardian is None:
        return
    rows = [
        {
            "name": child.call_name,
            "answers": [
                {
                    "title": _title(purposes[row.purpose_id], submission.language),
                    "is_yes": row.value == Value.YES,
                }
                for row in answers
                if row.pupil_id == child.id
            ],
        }
        for child in children
    ]
    put_messages(
        [
            NewMessage(
                kind="consent/receipt",
                guardian_id=submission.guardian_id,
                language=submission.language,
                cause=f"submission:{submission.code}",
                context={"children": rows, "code": submission.code},
                link=_link_target(submission.guardian_id),
                due_at=current().now,
            )
        ]
    )


def tell_others(
    who_chose: Guardian,
    children: Sequence[KnownPupil],
    purposes: Mapping[int, Purpose],
    before: States,
    after: States,
) -> None:
    """C4: each other decider of a child whose state changed hears what the school does now; not who said what.

    One message per day and guardian (a second one only for changes after 20.00).
    """
    due_at = digest_moment(current().now)
    concerned: dict[int, list[KnownPupil]] = {}
    for child in children:
        if any(_shows(before[child.id, pk]) != _shows(after[child.id, pk]) for pk in purposes):
            for guardian_id in deciders_on(child.facts.authorities, current().today) - {who_chose.id}:
                concerned.setdefault(guardian_id, []).append(child)
    guardians = Guardian.objects.in_bulk(concerned)
    messages = [
        NewMessage(
            kind="consent/changed",
            guardian_id=pk,
            language=guardians[pk].language,
            cause=f"changed:{due_at:%Y-%m-%dT%H:%M}",
            context={
                "children": [_now_does(child, purposes, after, guardians[pk].language) for child in theirs]
            },
            link=_link_target(pk),
            due_at=due_at,
        )
        for pk, theirs in sorted(concerned.items())
    ]
    if messages:
        put_messages(messages, replace_waiting=True)


def digest_moment(now: datetime) -> datetime:
    """When today's digest leaves: 20.00 school time, or 23.45 for what changes after that."""
    local = now.astimezone(SCHOOL_TIME)
    for moment in (DIGEST_AT, LAST_DIGEST_AT):
        due = local.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)
        if local < due:
            return due
    return local.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _shows(state: State) -> tuple[bool, bool]:
    """What is worth a message: it may or may not, and whether the parents differ."""
    return state.is_allowed, state.reason == Reason.CONFLICT


def _now_does(
    child: KnownPupil, purposes: Mapping[int, Purpose], after: States, language: str
) -> dict[str, object]:
    return {
        "name": child.call_name,
        "now": [
            {"title": _title(purpose, language), "is_allowed": after[child.id, purpose.id].is_allowed}
            for purpose in purposes.values()
        ],
    }


def _title(purpose: Purpose, language: str) -> str:
    return text_in(version_on(purpose, current().today), language).title


def _link_target(guardian_id: int) -> object:
    link = link_of(guardian_id, current().today)
    return link.target if link else None
