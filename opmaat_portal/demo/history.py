"""Answers of long ago, written by the hundred: the same rows as `consent.domain.decide` leaves, without its mails.

The work that follows from them is put on the lists afterwards (`consent.domain.work.open_what_waits`).

Only for the demo: `decide` takes some 40 ms a family, which is right for a parent and too slow for a year of them.
A test passes the same choices through both and compares every field.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from uuid import UUID, uuid5

from django.db import connection

from consent.choices import Channel, Value
from consent.domain.decide import Choice
from consent.domain.store import KEEP_LATEST
from consent.domain.verify import as_written
from consent.models import Answer, LinkDevice, PersonalLink, Purpose, Submission
from consent.querysets import purposes_in_use, text_in, version_on
from ledger.acting import SCHOOL_TIME, Actor
from ledger.choices import ActorKind, Verb
from ledger.domain.record import ID_SEQUENCE, leaf_hash
from ledger.models import Entry, EntryPayload
from schools.choices import Authority
from schools.models import Foundation, Guardian

BATCH = 2_000
BROWSERS = UUID("7b0c5d52-6a1e-4a59-9d5c-0d6f3a2f7e11")  # names the made-up browsers, no more


@dataclass(frozen=True)
class Passed:
    """One time that a guardian passed on choices: by the mailed link, or signed in."""

    at: datetime
    guardian: Guardian
    choices: tuple[Choice, ...]
    link: PersonalLink | None
    valid_until: date

    @property
    def channel(self) -> Channel:
        return Channel.LINK if self.link else Channel.SIGNED_IN

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.GUARDIAN, self.guardian.id, str(self.channel))

    @property
    def language(self) -> str:
        return self.guardian.language

    @property
    def device_hash(self) -> str:
        """Each family has one browser."""
        return uuid5(BROWSERS, str(self.link.id)).hex * 2 if self.link else ""

    @cached_property
    def day(self) -> date:
        return self.at.astimezone(SCHOOL_TIME).date()


@dataclass(slots=True)
class Rows:
    """What one `Passed` becomes."""

    submission: Submission
    answers: list[Answer]
    entries: list[Entry] = field(default_factory=list)
    companions: list[EntryPayload] = field(default_factory=list)


def store_history(foundation: Foundation, passes: Sequence[Passed]) -> None:
    """Write these, given in the order of time; inside `acting()` for this foundation.

    Who answered twice follows on the own earlier answer, so those go in a later wave.
    """
    purposes = {purpose.id: purpose for purpose in purposes_in_use()}
    rows = [_rows(foundation, passed, purposes) for passed in passes]
    _write_entries(foundation, passes, rows)
    Submission.objects.bulk_create([row.submission for row in rows], batch_size=BATCH)
    devices = {
        (passed.link.id, passed.device_hash): LinkDevice(
            foundation=foundation, link=passed.link, device_hash=passed.device_hash
        )
        for passed in passes
        if passed.link
    }
    LinkDevice.objects.bulk_create(devices.values(), batch_size=BATCH)
    latest: dict[tuple[int, int, int | None], int] = {}
    for wave in _waves(passes, rows):
        answers = [answer for row in wave for answer in row.answers]
        for answer in answers:
            answer.follows_id = latest.get(_key(answer))
        Answer.objects.bulk_create(answers, batch_size=BATCH)
        latest |= {_key(answer): answer.id for answer in answers}
        with connection.cursor() as cursor:
            cursor.execute(KEEP_LATEST, [[answer.id for answer in answers]])


def _key(answer: Answer) -> tuple[int, int, int | None]:
    return answer.pupil_id, answer.purpose_id, answer.guardian_id


def _waves(passes: Sequence[Passed], rows: Sequence[Rows]) -> list[list[Rows]]:
    """First everybody's first answers, then the second ones, and so on."""
    seen: Counter[int] = Counter()
    waves: list[list[Rows]] = []
    for passed, row in zip(passes, rows, strict=True):
        turn = seen[passed.guardian.id]
        seen[passed.guardian.id] += 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(row)
    return waves


def _rows(foundation: Foundation, passed: Passed, purposes: dict[int, Purpose]) -> Rows:
    submission = Submission(
        foundation=foundation,
        guardian=passed.guardian,
        link=passed.link,
        channel=passed.channel,
        language=passed.language,
        at=passed.at,
    )
    valid_until = passed.valid_until if foundation.asks_every_year else None
    answers = []
    for choice in passed.choices:
        version = version_on(purposes[choice.purpose_id], passed.day)
        text = text_in(version, passed.language)
        answers.append(
            Answer(
                foundation=foundation,
                submission=submission,
                pupil_id=choice.pupil_id,
                purpose_id=choice.purpose_id,
                guardian=passed.guardian,
                authority=Authority.FULL,
                value=choice.value,
                version=version,
                language=text.language,
                text_sha256=text.sha256,
                channel=passed.channel,
                decided_at=passed.at,
                valid_until=valid_until if choice.value == Value.YES else None,
            )
        )
    return Rows(submission, answers)


def _write_entries(foundation: Foundation, passes: Sequence[Passed], rows: Sequence[Rows]) -> None:
    """One entry per child and time, by who answered and when, with leaf hash and companion (E1)."""
    wanted = sum(len({answer.pupil_id for answer in row.answers}) for row in rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [ID_SEQUENCE, wanted])
        ids = iter([row[0] for row in cursor.fetchall()])
    entries, companions = [], []
    for passed, row in zip(passes, rows, strict=True):
        for pupil_id in dict.fromkeys(answer.pupil_id for answer in row.answers):
            answers = [answer for answer in row.answers if answer.pupil_id == pupil_id]
            entry, companion = _entry(foundation, passed, next(ids), row.submission, answers)
            for answer in answers:
                answer.entry = entry
            entries.append(entry)
            companions.append(companion)
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    EntryPayload.objects.bulk_create(companions, batch_size=BATCH)


def _entry(
    foundation: Foundation, passed: Passed, entry_id: int, submission: Submission, answers: Sequence[Answer]
) -> tuple[Entry, EntryPayload]:
    actor, salt = passed.actor, secrets.token_bytes(16)
    entry = Entry(
        id=entry_id,
        foundation_id=foundation.id,
        at=passed.at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        capacity=actor.capacity,
        verb=Verb.CHOICE_DECIDED,
        subject_type="pupil",
        subject_id=answers[0].pupil_id,
    )
    payload = {
        "submission": submission.code,
        "channel": str(submission.channel),
        "answers": [as_written(answer) for answer in answers],
    }
    entry.leaf_hash = leaf_hash(entry, salt, payload)
    return entry, EntryPayload(entry=entry, foundation_id=foundation.id, salt=salt, payload=payload)
