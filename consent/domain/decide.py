"""A parent passes on choices: yes or no, for one or more children, any day, in both directions alike (C9)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from consent.choices import Channel, Value
from consent.domain.facts import KnownPupil, known_pupils, policy_of
from consent.domain.in_use import purposes_now
from consent.domain.round_mails import REMINDERS
from consent.domain.store import store_answers
from consent.domain.tell import changes_for_others, receipt_of
from consent.domain.verify import as_written
from consent.domain.work import keep_tasks
from consent.models import (
    Answer,
    LinkDevice,
    PaperForm,
    PersonalLink,
    Purpose,
    Round,
    Submission,
)
from consent.querysets import school_year_of, text_in, version_on
from consent.rules import (
    TRUSTED_BROWSERS,
    GivenAnswer,
    LinkStrength,
    State,
    deciders_at,
    deciders_on,
    first_day,
    link_may_say_yes,
    may_be_asked,
    state_from_first_day,
)
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import Fact, record_all
from ledger.models import Entry
from ledger.refusal import Refusal
from notices.domain.put import put_messages
from notices.domain.stop import stop_messages
from notices.doorbell import ring_changed
from schools.choices import Authority
from schools.models import Foundation, Guardian, Pupil, StaffMember
from schools.querysets import year_on


@dataclass(frozen=True, slots=True)
class Choice:
    """Yes or no for one child and one purpose."""

    pupil_id: int
    purpose_id: int
    value: Value


@dataclass(frozen=True, slots=True)
class Entered:
    """Who at school wrote an answer down, with a note or from a form on paper."""

    by: StaffMember | None
    note: str = ""
    form: PaperForm | None = None
    signed_on: date | None = None

    def as_columns(self) -> dict[str, Any]:
        return {"recorded_by": self.by, "note": self.note, "form": self.form, "signed_on": self.signed_on}


class NotYours(Refusal):
    code = "not_yours"
    message = _("You cannot decide for this child here. Ask the school.")


class PupilDecides(Refusal):
    code = "pupil_decides"
    message = _("Your child is old enough and decides alone now.")


class NotAsked(Refusal):
    code = "not_asked"
    message = _("This question is not asked any more. Open the page again.")


class CodeNeeded(Refusal):
    code = "code_needed"
    message = _("For a yes we first send you a code by e-mail. A no never needs a code.")


def decide(
    *,
    guardian: Guardian,
    choices: Sequence[Choice],
    channel: Channel,
    language: str,
    link: PersonalLink | None = None,
    device_hash: str = "",
    entered: Entered | None = None,
) -> Submission:
    """Store these choices; what the school may do changes the moment this commits (C9, C11).

    Writes one answer per choice (never changing an older one), one ledger entry per child, the kept latest
    answers, a receipt mail, and a neutral message to the other deciders of a child whose state changed (C4).
    Reminders still waiting for this guardian are stopped (R2). Nothing is locked but the children themselves.
    `entered`: somebody at school wrote it down for them.
    Raises NotYours, PupilDecides, NotAsked, CodeNeeded: then nothing is changed.
    """
    who = Submission(
        guardian=guardian,
        link=link,
        channel=channel,
        language=language,
        **(entered.as_columns() if entered else {}),
    )
    return pass_on(who, choices, partial(refuse_what_is_not_theirs, guardian), device_hash=device_hash)


Refuse = Callable[[Sequence[KnownPupil], Foundation], None]


def pass_on(
    submission: Submission, choices: Sequence[Choice], refuse: Refuse, *, device_hash: str = ""
) -> Submission:
    """What every decider does, once it is known who that is: `submission`, not saved yet, says who and how.

    `refuse` raises when these children are not theirs to decide for; it is asked when the children are locked.
    For the rest see `decide`; of a pupil, `decide_as_pupil`.
    """
    link, foundation = submission.link, Foundation.objects.get(id=current().foundation)
    with transaction.atomic():
        children = _lock_children({choice.pupil_id for choice in choices})
        refuse(children, foundation)
        purposes = purposes_now()
        _refuse_what_is_not_asked(choices, children, purposes)
        if link is not None:
            _remember_device(link, device_hash, choices, foundation)
        before = _states(children, list(purposes.values()), foundation)
        submission.foundation, submission.at = foundation, current().now
        submission.save(force_insert=True)
        answers = _store(submission, choices, purposes, children)
        now = [_with(child, answers) for child in children]
        after = _states(now, list(purposes.values()), foundation)
        _stop_reminders(submission, choices)
        messages = receipt_of(submission, answers, children, purposes, after)
        messages += changes_for_others(submission.guardian_id, now, purposes, before, after, foundation)
        put_messages(messages, replace_waiting=True)
        keep_tasks(before, after, answers)
    transaction.on_commit(partial(ring_changed, foundation.id, {child.id for child in children}))
    return submission


ASKING = """
SELECT r.id FROM consent_round r
JOIN schools_schoolyear y ON y.foundation_id = r.foundation_id AND y.id = r.year_id AND y.ends_on >= %(today)s
WHERE r.foundation_id = %(foundation)s
    AND r.id IN (SELECT l.round_id FROM consent_personallink l
        WHERE l.foundation_id = %(foundation)s AND l.guardian_id = %(guardian)s)
    AND EXISTS (SELECT FROM consent_roundpurpose p WHERE p.foundation_id = r.foundation_id AND p.round_id = r.id
        AND p.purpose_id = ANY (%(purposes)s))
ORDER BY r.id
"""


def _stop_reminders(submission: Submission, choices: Sequence[Choice]) -> None:
    """R2: who has answered something of what a round asks is not reminded by it."""
    if submission.guardian_id is None:
        return
    words: dict[str, Any] = {
        "foundation": submission.foundation_id,
        "guardian": submission.guardian_id,
        "purposes": list({choice.purpose_id for choice in choices}),
        "today": current().today,
    }
    with connection.cursor() as cursor:
        cursor.execute(ASKING, words)
        ids = [pk for (pk,) in cursor.fetchall()]
    for pk in ids:
        stop_messages(cause=Round(id=pk).cause, kinds=REMINDERS, guardian_ids=[submission.guardian_id])


def _lock_children(ids: set[int]) -> list[KnownPupil]:
    """Lock the rows that always exist, in one order, so that two parents at the same second both succeed."""
    list(Pupil.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").values_list("id"))
    children = known_pupils(sorted(ids))
    if len(children) != len(ids):
        raise NotYours
    return children


def refuse_what_is_not_theirs(
    guardian: Guardian, children: Sequence[KnownPupil], foundation: Foundation
) -> None:
    """R1, C2: enrolled, if only from a later day; full authority today; the pupil does not decide alone yet."""
    today = current().today
    for child in children:
        if not is_here_or_coming(child, today) or guardian.id not in deciders_on(
            child.facts.authorities, today
        ):
            raise NotYours
        if guardian.id not in deciders_at(child.facts, foundation.decides_from_age, today):
            raise PupilDecides


def _refuse_what_is_not_asked(
    choices: Sequence[Choice], children: Sequence[KnownPupil], purposes: dict[int, Purpose]
) -> None:
    """What the foundation stopped asking, or another school asks, or is not worded yet."""
    known, today = {child.id: child for child in children}, current().today
    if not choices:
        raise NotAsked
    for choice in choices:
        purpose = purposes.get(choice.purpose_id)
        facts = known[choice.pupil_id].facts
        if purpose is None or not may_be_asked(facts, purpose.school_id, purpose.event_on, today):
            raise NotAsked
        if all(version.in_force_on > today for version in purpose.versions.all()):
            raise NotAsked


def is_here_or_coming(child: KnownPupil, on: date) -> bool:
    """Is at a school of this foundation on that day, or was enrolled to begin later (R1)."""
    return first_day(child.facts, None, on) is not None


def _remember_device(
    link: PersonalLink, device_hash: str, choices: Sequence[Choice], foundation: Foundation
) -> None:
    """The strength of the link: yes needs a code after the round, or from a third browser."""
    known = list(link.devices.order_by("id").values_list("device_hash", flat=True))
    strength = LinkStrength(
        foundation.yes_needs_code, link.closes_on, device_hash in known, devices_before=len(known)
    )
    says_yes = any(choice.value == Value.YES for choice in choices)
    if says_yes and not link_may_say_yes(strength, current().today):
        raise CodeNeeded
    # Only the first two browsers are remembered: a no from a third one must not open the door to a yes.
    if device_hash and device_hash not in known and len(known) < TRUSTED_BROWSERS:
        LinkDevice.objects.bulk_create(
            [LinkDevice(foundation=foundation, link=link, device_hash=device_hash)], ignore_conflicts=True
        )


def _store(
    submission: Submission,
    choices: Sequence[Choice],
    purposes: dict[int, Purpose],
    children: Sequence[KnownPupil],
) -> list[Answer]:
    known, today = {child.id: child.facts for child in children}, current().today
    year_end = cache(partial(_year_end, submission.link))  # one statement for all who begin on the same day
    rows = []
    for choice in choices:
        purpose = purposes[choice.purpose_id]
        begins = first_day(known[choice.pupil_id], purpose.school_id, today) or today
        last_day: date | None = None
        if purpose.event_on:
            last_day = school_year_of(purpose.event_on)[1]  # C7
        elif submission.foundation.asks_every_year:
            last_day = year_end(begins)
        rows.append(_answer(submission, choice, purpose, last_day))
    entries = _write_down(submission, rows)
    follows = {
        (child.id, given.purpose): given.id
        for child in children
        for given in child.facts.answers
        if given.decider == submission.guardian_id
    }
    for row in rows:
        row.entry = entries[row.pupil_id]
        row.follows_id = follows.get((row.pupil_id, row.purpose_id))
    store_answers(rows)
    return rows


def _year_end(link: PersonalLink | None, begins: date) -> date:
    """A yes counts until the end of the school year; of who still has to begin, of the year of the first day."""
    today = current().today
    if link is not None and begins == today:
        return link.round.valid_until
    if (year := year_on(begins)) is not None:
        return year.ends_on
    return today if begins == today else school_year_of(begins)[1]  # next year is not written down yet


def _answer(submission: Submission, choice: Choice, purpose: Purpose, last_day: date | None) -> Answer:
    version = version_on(purpose, current().today)
    text = text_in(version, submission.language)
    return Answer(
        foundation_id=submission.foundation_id,
        submission=submission,
        pupil_id=choice.pupil_id,
        purpose=purpose,
        guardian_id=submission.guardian_id,
        authority=Authority.FULL if submission.guardian_id else "pupil",
        value=choice.value,
        version=version,
        language=text.language,
        text_sha256=text.sha256,
        channel=submission.channel,
        decided_at=submission.at,
        valid_until=last_day if choice.value == Value.YES else None,
    )


def _write_down(submission: Submission, rows: Sequence[Answer]) -> dict[int, Entry]:
    """One entry per child, under that child's lock: entry ids follow the order of the acts."""
    facts: dict[int, Fact] = {}
    for row in rows:
        fact = facts.setdefault(
            row.pupil_id,
            Fact(
                Verb.CHOICE_DECIDED,
                "pupil",
                row.pupil_id,
                {
                    "submission": submission.code,
                    "channel": str(submission.channel),
                    **_at_which_tablet(submission),
                    "answers": [],
                },
            ),
        )
        fact.payload["answers"].append(as_written(row))
    entries = record_all(list(facts.values()))
    return dict(zip(facts, entries, strict=True))


def _at_which_tablet(submission: Submission) -> dict[str, Any]:
    """Of an answer on a tablet at school: which one, and who of the school had started it."""
    kiosk = submission.kiosk
    return {"kiosk": kiosk.code, "started_by": kiosk.started_by_id} if kiosk else {}


def _with(child: KnownPupil, answers: Sequence[Answer]) -> KnownPupil:
    """The child as it is known after these answers, without asking the database again."""
    new = tuple(
        GivenAnswer(
            row.purpose_id,
            row.guardian_id,
            Value(row.value),
            current().today,
            row.valid_until,
            row.version.number,
            row.id,
        )
        for row in answers
        if row.pupil_id == child.id
    )
    return replace(child, facts=replace(child.facts, answers=child.facts.answers + new))


def _states(
    children: Sequence[KnownPupil], purposes: Sequence[Purpose], foundation: Foundation
) -> dict[tuple[int, int], State]:
    today, policies = current().today, [policy_of(purpose, foundation) for purpose in purposes]
    return {
        (child.id, policy.purpose): state_from_first_day(child.facts, policy, today)
        for child in children
        for policy in policies
    }
