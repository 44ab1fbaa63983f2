"""A round: one message per guardian for all children together, and one reminder for who stayed silent (R1, R2)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction

from accounts.choices import LinkKind
from accounts.links import key_row
from accounts.models import LinkKey
from consent.domain.tell import day_in
from consent.models import PersonalLink, Purpose, Round, RoundPurpose, Submission
from consent.rules import birthday
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from notices.domain.put import NewMessage, put_messages
from schools.models import Foundation, Guardian, SchoolYear

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Planned:
    """How many guardians are written to, and how many have no address: work for the school's office."""

    round: Round
    written: int
    unreachable: int


def start_round(
    *,
    name: str,
    year: SchoolYear,
    purposes: Sequence[Purpose],
    opens_on: date,
    closes_on: date,
    remind_on: date,
) -> Planned:
    """Ask these purposes of everybody who decides for an enrolled child; each gets a link and one message.

    The messages wait in the outbox from `opens_on`, 07.00 school time; Celery delivers. A pupil who decides
    alone is not asked through the parents (C2). Raises IntegrityError when a round of that name exists.
    """
    foundation = Foundation.objects.get(id=current().foundation)
    with transaction.atomic():
        round_ = Round.objects.create(
            foundation=foundation,
            name=name,
            year=year,
            opens_on=opens_on,
            closes_on=closes_on,
            remind_on=remind_on,
            valid_until=year.ends_on,
        )
        RoundPurpose.objects.bulk_create(
            RoundPurpose(foundation=foundation, round=round_, purpose=purpose) for purpose in purposes
        )
        written, unreachable = _invite(round_, foundation)
        record(Verb.ROUND_STARTED, "round", round_.id, name=name, written=written, unreachable=unreachable)
    return Planned(round_, written, unreachable)


def remind(round_: Round) -> int:
    """Put one reminder for each guardian who gave no answer at all since the round opened; 0 the second time.

    After any answer, also a no, nobody is reminded (R2). Give the number of new messages.
    """
    today = current().today
    if not round_.remind_on <= today <= round_.closes_on:
        return 0
    answered = Submission.objects.filter(at__gte=_morning(round_.opens_on), guardian__isnull=False)
    silent = list(
        PersonalLink.objects.filter(round=round_)
        .exclude(guardian_id__in=answered.values("guardian_id"))
        .order_by("guardian_id")
    )
    children = _children_by_guardian(today)
    return _put("consent/reminder", round_, silent, children)[0]


def _invite(round_: Round, foundation: Foundation) -> tuple[int, int]:
    children = _children_by_guardian(round_.opens_on)
    links = [
        PersonalLink(foundation=foundation, round=round_, guardian_id=pk, target=uuid.uuid4())
        for pk in sorted(children)
    ]
    ends_at = datetime.combine(round_.year.ends_on + timedelta(days=1), time(), tzinfo=SCHOOL_TIME)
    PersonalLink.objects.bulk_create(links, batch_size=BATCH)
    LinkKey.objects.bulk_create(
        (key_row(LinkKind.CONSENT, link.target, foundation.id, ends_at) for link in links), batch_size=BATCH
    )
    return _put("consent/invite", round_, links, children)


def _put(
    kind: str, round_: Round, links: Sequence[PersonalLink], children: dict[int, list[str]]
) -> tuple[int, int]:
    guardians = Guardian.objects.in_bulk([link.guardian_id for link in links])
    day = round_.opens_on if kind == "consent/invite" else current().today
    messages = [
        NewMessage(
            kind=kind,
            guardian_id=link.guardian_id,
            language=guardians[link.guardian_id].language,
            cause=f"round:{round_.id}",
            context={
                "children": children[link.guardian_id],
                "closes_on": day_in(guardians[link.guardian_id].language, round_.closes_on),
            },
            link=link.target,
            due_at=_morning(day),
        )
        for link in links
        if link.guardian_id in children
    ]
    put = put_messages(messages)
    return put.planned, len(put.unreachable)


# Who decides for whom on a day: enrolled, full authority, and younger than the day from which one decides alone.
CHILDREN = """
SELECT g.guardian_id, p.call_name, p.born_on
FROM schools_guardianship g
JOIN schools_pupil p ON p.foundation_id = g.foundation_id AND p.id = g.pupil_id
WHERE g.authority = 'full' AND g.since <= %(day)s AND (g.until IS NULL OR g.until >= %(day)s)
  AND g.foundation_id = %(foundation)s
  AND EXISTS (SELECT 1 FROM schools_enrolment e WHERE e.foundation_id = p.foundation_id AND e.pupil_id = p.id
              AND e.since <= %(day)s AND (e.until IS NULL OR e.until >= %(day)s))
ORDER BY g.guardian_id, p.born_on DESC, p.call_name
"""


def _children_by_guardian(day: date) -> dict[int, list[str]]:
    foundation = Foundation.objects.get(id=current().foundation)
    found: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CHILDREN, {"day": day, "foundation": foundation.id})
        for guardian_id, call_name, born_on in cursor.fetchall():
            if day < birthday(born_on, foundation.decides_from_age):
                found.setdefault(guardian_id, []).append(call_name)
    return found


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(7), tzinfo=SCHOOL_TIME)
