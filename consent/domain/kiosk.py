"""A tablet on an enrolment evening: started by staff, opened by the code of a letter, one family at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from consent.choices import Channel, Value
from consent.domain.decide import Choice, pass_on, refuse_what_is_not_theirs
from consent.domain.facts import KnownPupil, known_pupils
from consent.models import Answer, Invalidation, Kiosk, PaperForm, Submission
from consent.rules import (
    FORGET_AFTER,
    LetterStrength,
    deciders_at,
    end_times,
    first_day,
    letter_may_say_yes,
    letter_opens,
)
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.models import Enrolment, Foundation, Guardian, School, StaffMember
from schools.querysets import here_or_coming


@dataclass(frozen=True, slots=True)
class Visit:
    """One parent at one tablet: with which letter, and since when."""

    kiosk: Kiosk
    form: PaperForm
    guardian: Guardian
    began_at: datetime


class TooLong(Refusal):
    code = "too_long"
    message = _("A tablet works for at most 6 hours. Choose another time.")


class WrongLetter(Refusal):
    code = "wrong_letter"
    message = _("This code is not right. Look at your letter and type it once more.")


class LetterNotHere(Refusal):
    code = "letter_not_here"
    message = _("This letter does not work here. Give the tablet back and ask the school.")


class NoYesHere(Refusal):
    """A yes needs a stronger proof than this letter; the same words whatever the cause, so that they tell nothing."""

    code = "no_yes_here"
    message = _(
        "With this letter you can say no here, and not every yes. For a yes use the link in your e-mail."
    )


def start_kiosk(*, school: School, by: StaffMember, ends_at: datetime) -> Kiosk:
    """From now until then parents answer on this tablet; written down with the school. Raises TooLong."""
    now = current()
    if not now.now < ends_at <= end_times(now.now.astimezone(SCHOOL_TIME))[-1]:
        raise TooLong
    with transaction.atomic():
        kiosk = Kiosk.objects.create(
            foundation_id=now.foundation, school=school, started_by=by, started_at=now.now, ends_at=ends_at
        )
        record(Verb.KIOSK_STARTED, "school", school.id, kiosk=kiosk.code, until=ends_at.isoformat())
    return kiosk


def stop_kiosk(kiosk: Kiosk) -> bool:
    """The tablet works no more, at once; False when it had ended already. At its own end nothing is written."""
    now = current().now
    with transaction.atomic():
        is_mine = Kiosk.objects.filter(id=kiosk.id, stopped_at=None, ends_at__gt=now).update(stopped_at=now)
        if is_mine:
            record(Verb.KIOSK_STOPPED, "school", kiosk.school_id, kiosk=kiosk.code)
    return bool(is_mine)


def kiosks_running() -> QuerySet[Kiosk]:
    """The tablets that work at this moment, the newest first."""
    found = Kiosk.objects.filter(stopped_at=None, ends_at__gt=current().now)
    return found.select_related("school", "started_by")


def letter_at(kiosk: Kiosk, code: str) -> PaperForm:
    """The letter with this code, if its parent may answer here. Writes nothing.

    Raises WrongLetter for a code that is of no letter of this school (another school's looks the same), and
    LetterNotHere for a letter that is too old, was handed in already, bears no parent's name, or is of somebody
    who does not decide any more.
    """
    today = current().today
    form = PaperForm.objects.select_related("guardian__foundation", "pupil").filter(code=code).first()
    here = Enrolment.objects.filter(here_or_coming(today), school_id=kiosk.school_id)
    if form is None or not here.filter(pupil_id=form.pupil_id).exists():
        raise WrongLetter
    is_handed_in = form.submissions.filter(channel=Channel.PAPER).exists()
    if form.guardian is None or is_handed_in or not letter_opens(form.printed_on, today):
        raise LetterNotHere
    facts = known_pupils([form.pupil_id])[0].facts
    if first_day(facts, kiosk.school_id, today) is None or form.guardian_id not in deciders_at(
        facts, form.guardian.foundation.decides_from_age, today
    ):
        raise LetterNotHere
    return form


def begin_session(kiosk: Kiosk) -> dict[str, Any]:
    """What the browser of a tablet holds: which tablet it is, and nothing of a person."""
    return {"foundation": kiosk.foundation_id, "kiosk": kiosk.id}


def with_visit(tablet: dict[str, Any], form: PaperForm) -> dict[str, Any]:
    """The same, now that a parent has typed the code of this letter."""
    now = current().now.timestamp()
    return tablet | {"visit": {"form": form.id, "began": now, "seen": now}}


def still_there(tablet: dict[str, Any]) -> dict[str, Any]:
    """The same, after another page of this parent."""
    return tablet | {"visit": tablet["visit"] | {"seen": current().now.timestamp()}}


def without_visit(tablet: dict[str, Any]) -> dict[str, Any]:
    """The same, with nobody before it."""
    return {key: value for key, value in tablet.items() if key != "visit"}


def kiosk_of_session(tablet: dict[str, Any]) -> tuple[Kiosk | None, Visit | None]:
    """The tablet that works now, and the parent before it; (None, None) when it was stopped or its time is over.

    After `FORGET_AFTER` without a request nobody is there any more, whatever the browser still shows.
    """
    kiosk = kiosks_running().filter(id=tablet["kiosk"]).first() if tablet else None
    visit = tablet.get("visit") if kiosk else None
    if (
        kiosk is None
        or visit is None
        or current().now.timestamp() - visit["seen"] > FORGET_AFTER.total_seconds()
    ):
        return kiosk, None
    form = PaperForm.objects.select_related("guardian__foundation").get(id=visit["form"])
    began_at = datetime.fromtimestamp(visit["began"], tz=SCHOOL_TIME)
    return kiosk, Visit(kiosk, form, form.guardian, began_at) if form.guardian else None


def decide_at_kiosk(*, visit: Visit, choices: Sequence[Choice], language: str) -> Submission:
    """Store what this parent chose on the tablet: the same act as `decide`, with the same receipt by mail.

    Nobody recorded it for them: which tablet it was, and so who started it, stands with the answer and in the
    ledger. Raises NoYesHere and what `decide` raises; then nothing is changed.
    """
    who = Submission(
        guardian=visit.guardian,
        channel=Channel.KIOSK,
        language=language,
        kiosk=visit.kiosk,
        form=visit.form,
    )
    return pass_on(who, choices, partial(_refuse, visit, choices))


def _refuse(
    visit: Visit,
    choices: Sequence[Choice],
    children: Sequence[KnownPupil],
    foundation: Foundation,
) -> None:
    refuse_what_is_not_theirs(visit.guardian, children, foundation)
    said = _said_before(visit, [child.id for child in children])
    for choice in choices:
        row = said.get((choice.pupil_id, choice.purpose_id))
        if choice.value == Value.YES and not letter_may_say_yes(_strength(visit, foundation, row)):
            raise NoYesHere


def _said_before(visit: Visit, pupil_ids: Sequence[int]) -> dict[tuple[int, int], Answer]:
    """The last yes or no of this parent about each question, from before this visit; an error that was taken out
    is none. What is said in this visit is left out: saying no again, or "talk first", must not open the way to yes."""
    in_this_visit = Q(
        submission__kiosk=visit.kiosk, submission__form=visit.form, submission__at__gte=visit.began_at
    )
    taken_out = Invalidation.objects.filter(answer=OuterRef("id"), in_force_at__isnull=False)
    rows = (
        Answer.objects.filter(
            ~in_this_visit,
            ~Exists(taken_out.order_by()),
            guardian=visit.guardian,
            pupil_id__in=pupil_ids,
            value__in=[Value.YES, Value.NO],
        )
        .select_related("submission")
        .order_by("entry_id", "id")
    )
    return {(row.pupil_id, row.purpose_id): row for row in rows}


def _strength(visit: Visit, foundation: Foundation, row: Answer | None) -> LetterStrength:
    if row is None:
        return LetterStrength(foundation.yes_needs_code, visit.form.printed_on)
    return LetterStrength(
        foundation.yes_needs_code,
        visit.form.printed_on,
        latest=Value(row.value),
        latest_on=row.submission.signed_on or row.decided_at.astimezone(SCHOOL_TIME).date(),
    )
