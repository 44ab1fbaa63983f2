"""The words of a round: what its mails name, and the mails themselves as somebody will read them (R3, R6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from consent.choices import RoundKind
from consent.domain.asked import INVITE, Plan
from consent.domain.tell import day_in, family_url
from consent.domain.tell_pupil import pupil_url
from consent.models import Purpose, Round
from consent.querysets import text_in, version_on
from ledger.acting import current
from notices import mail
from notices.domain.write import foundation_words, words_of
from notices.models import Message
from schools.models import Foundation, Guardian, Pupil, StaffMember

OVERVIEW = "consent/overview"
PUPIL_INVITE = "consent/pupil_invite"
STAFF_INVITE = "consent/staff_invite"
# One template for each, since nobody gets the same kind twice for one cause (R5).
REMINDERS = ("consent/reminder", "consent/reminder_2", "consent/reminder_3")
PUPIL_REMINDER, STAFF_REMINDER = "consent/pupil_reminder", "consent/staff_reminder"


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail as one person will read it, in one language; the link in it is not a real one."""

    language: str
    to_name: str
    written: mail.Written


def invitation(kind: str) -> str:
    """The template of the first mail to a guardian."""
    return OVERVIEW if kind == RoundKind.OVERVIEW else INVITE


def invite_words(
    call_names: list[str], closes_on: date, language: str, about: Purpose | None = None
) -> dict[str, Any]:
    """What the templates of invitation and reminder name: call names only (R6); `about`: the one question."""
    return {
        "children": call_names,
        "closes_on": day_in(language, closes_on),
        "about": text_in(version_on(about, current().today), language).title if about else "",
        "family_url": family_url(),
    }


def purposes_of(round_: Round) -> list[Purpose]:
    """What this round asks, with words; also what is asked no more since."""
    asked = round_.asked.order_by().values("purpose_id")
    return list(
        Purpose.objects.filter(id__in=asked).prefetch_related("versions__texts").order_by("position", "id")
    )


def question_of(round_: Round) -> Purpose | None:
    """The one question that the mails of this round name: of an event, or one that was changed."""
    return purposes_of(round_)[0] if round_.kind in {RoundKind.EVENT, RoundKind.MATERIAL} else None


def pupil_words(closes_on: date, language: str) -> dict[str, str]:
    """What the templates to a pupil who decides alone name."""
    return {"closes_on": day_in(language, closes_on), "pupil_url": pupil_url()}


def colleague_words(closes_on: date) -> dict[str, str]:
    """What the templates to a colleague name."""
    return {"closes_on": day_in("nl", closes_on), "own_url": f"{settings.PORTAL_URL}/team/eigen/"}


def sample_mails(
    kind: str, plan: Plan, closes_on: date, languages: Sequence[str], about: Purpose | None = None
) -> list[Sample]:
    """A mail of this kind to the first guardian who gets one, word for word, in each of these languages.

    Empty when nobody gets a mail. Writes nothing: the address in it opens nothing.
    """
    if plan.first is None:
        return []
    guardian_id, family = plan.first
    foundation = Foundation.objects.get(id=current().foundation)
    guardian = Guardian.objects.get(id=guardian_id)
    address = f"{settings.PORTAL_URL}/toestemming/…/"
    samples = []
    for language in languages:
        context = invite_words(family.call_names, closes_on, language, about)
        message = Message(guardian=guardian, kind=kind, language=language, context=context)
        written = mail.write(kind, language, words_of(message, foundation, address))
        samples.append(Sample(language, guardian.call_name, written))
    return samples


def sample_pupil_mails(plan: Plan, closes_on: date, languages: Sequence[str]) -> list[Sample]:
    """The invitation of the first pupil who decides alone and gets a mail."""
    if not plan.pupils:
        return []
    pupil = Pupil.objects.get(id=plan.pupils[0])
    return [
        _sample(PUPIL_INVITE, language, pupil.call_name, pupil_words(closes_on, language))
        for language in languages
    ]


def sample_colleague_mails(plan: Plan, closes_on: date) -> list[Sample]:
    """The invitation of the first colleague; colleagues read Dutch."""
    if not plan.colleagues:
        return []
    person = StaffMember.objects.get(id=plan.colleagues[0])
    return [_sample(STAFF_INVITE, "nl", person.call_name, colleague_words(closes_on))]


def _sample(kind: str, language: str, to_name: str, words: dict[str, Any]) -> Sample:
    foundation = Foundation.objects.get(id=current().foundation)
    around = {"to_name": to_name, "foundation": foundation_words(foundation, language)}
    return Sample(language, to_name, mail.write(kind, language, words | around))
