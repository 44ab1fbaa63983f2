"""A round asks pupils who decide alone too: at their own address, and one reminder for who stays silent (R1, R2)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from consent.domain.asked import morning, pupils_who_answered
from consent.domain.facts import known_pupils
from consent.domain.tell import day_in
from consent.domain.tell_pupil import open_mailboxes, pupil_languages, pupil_url
from consent.models import Round, RoundPupil
from consent.rules import PUPIL, deciders_at, first_day
from ledger.acting import current
from notices.domain.addressed import put_mails
from schools.models import Foundation, Pupil
from schools.querysets import with_own_address

PUPIL_INVITE, PUPIL_REMINDER = "consent/pupil_invite", "consent/pupil_reminder"


def ask_pupils(round_: Round, pupil_ids: Sequence[int]) -> None:
    """Put a mail for each of these pupils, from the morning of the round on; the own mailbox may sign in.

    In the transaction that makes the round: a row per pupil says that it was done.
    """
    pupils = list(with_own_address(pupil_ids))
    RoundPupil.objects.bulk_create(
        RoundPupil(foundation_id=round_.foundation_id, round=round_, pupil=pupil) for pupil in pupils
    )
    if pupils:
        open_mailboxes(pupils)
    _put(PUPIL_INVITE, round_, pupils, morning(round_.opens_on))


def remind_pupils(round_: Round) -> int:
    """One reminder for who was asked, still decides alone and gave no answer; 0 the second time.

    The rows are locked and marked, so that of two at the same moment only one writes.
    """
    rows = RoundPupil.objects.select_for_update(no_key=True).filter(round=round_, reminded_at=None)
    waiting = {row.pupil_id: row for row in rows.order_by("id")}
    silent = _still_deciding(set(waiting) - pupils_who_answered(round_)) if waiting else []
    pupils = list(with_own_address(silent)) if silent else []
    RoundPupil.objects.filter(id__in=[waiting[pupil.id].id for pupil in pupils]).update(
        reminded_at=current().now
    )
    _put(PUPIL_REMINDER, round_, pupils, morning(current().today))
    return len(pupils)


def pupil_words(closes_on: date, language: str) -> dict[str, str]:
    """What the templates of invitation and reminder name."""
    return {"closes_on": day_in(language, closes_on), "pupil_url": pupil_url()}


def _still_deciding(pupil_ids: Iterable[int]) -> list[int]:
    """At school here or about to be, and nobody decides for them (meanwhile a representative may)."""
    today = current().today
    age = Foundation.objects.get(id=current().foundation).decides_from_age
    return [
        child.id
        for child in known_pupils(sorted(pupil_ids))
        if PUPIL in deciders_at(child.facts, age, today) and first_day(child.facts, None, today) is not None
    ]


def _put(kind: str, round_: Round, pupils: Sequence[Pupil], due_at: datetime) -> None:
    """By language: each reads the day and the words in the own one."""
    languages = pupil_languages([pupil.id for pupil in pupils])
    for language in sorted(set(languages.values())):
        put_mails(
            kind,
            [pupil for pupil in pupils if languages[pupil.id] == language],
            pupil_words(round_.closes_on, language),
            foundation=round_.foundation,
            due_at=due_at,
            language=language,
        )
