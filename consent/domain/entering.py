"""Somebody at school enters what a parent chose on paper, by phone or in person (C2, C9).

It is the parent's choice: the same act as by link, with the same receipt; who entered it stands beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consent.choices import Channel, TaskKind, Value
from consent.domain.decide import Choice, Entered, PupilDecides, decide
from consent.domain.decide_as_pupil import decide_as_pupil
from consent.domain.facts import known_pupils
from consent.domain.papers import still_worded_so
from consent.domain.scans import ReadScan
from consent.domain.tasks import open_task
from consent.models import Answer, LatestAnswer, PaperForm, Purpose, Scan, Submission
from consent.rules import PUPIL, deciders_at, first_day, is_older_than
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.models import Foundation, Guardian, Pupil, StaffMember

Values = Mapping[int, Value]


class Superseded(Refusal):
    code = "superseded"
    message = _("This question was put in other words after the form was printed. Print a new form.")


class EnteredBefore(Refusal):
    code = "entered_before"
    message = _("This form was entered already. Look at what is left on it.")


class WrongDay(Refusal):
    code = "wrong_day"
    message = _("The day lies between the day of printing and today.")


class ChoseNewer(Refusal):
    code = "chose_newer"
    message = _("This parent has chosen something newer. The newest choice counts, so nothing was saved.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks: `same` in the words of today, of which `open` can be entered; `changed` in other words
    since; `done` entered before."""

    same: list[Purpose]
    open: list[Purpose]
    changed: list[Purpose]
    done: list[Purpose]


def signers_of(pupil: Pupil) -> tuple[list[Guardian], bool]:
    """Who may have signed: the guardians who decide today by name, or (True) only the pupil (C2)."""
    today, foundation = current().today, Foundation.objects.get(id=current().foundation)
    facts = known_pupils([pupil.id])[0].facts
    if first_day(facts, None, today) is None:
        return [], False
    deciders = deciders_at(facts, foundation.decides_from_age, today)
    rows = Guardian.objects.filter(id__in=[pk for pk in deciders if pk is not None])
    return list(rows.order_by("call_name", "surname", "id")), PUPIL in deciders


def asked_on(form: PaperForm) -> Asked:
    """What is left to enter from this form; what was entered and taken out again may be entered anew."""
    same, changed = still_worded_so(form)
    entered = set(
        Answer.objects.filter(submission__form=form)
        .exclude(invalidations__in_force_at__lte=current().now)
        .order_by()
        .values_list("purpose_id", flat=True)
    )
    return Asked(
        same=same,
        open=[purpose for purpose in same if purpose.id not in entered],
        changed=[purpose for purpose in changed if purpose.id not in entered],
        done=[purpose for purpose in [*same, *changed] if purpose.id in entered],
    )


def enter_form(
    *,
    form: PaperForm,
    guardian: Guardian | None,
    values: Values,
    signed_on: date,
    scan: ReadScan | None,
    by: StaffMember,
) -> Submission:
    """Store what stands on the paper as the choice of who signed it, with the scan; the receipt is mailed.

    A question that was left blank is not in `values` and is not answered. `guardian` None: the pupil signed.
    Raises Superseded (the words are others now), EnteredBefore, WrongDay, ChoseNewer, and what `decide` raises;
    then nothing is changed.
    """
    with transaction.atomic():
        list(Pupil.objects.select_for_update(no_key=True).filter(id=form.pupil_id).values_list("id"))
        asked = asked_on(form)
        if guardian is None and form.guardian_id is not None:
            raise PupilDecides  # what a parent signed is never the pupil's choice (C8)
        if values.keys() & {purpose.id for purpose in asked.changed}:
            raise Superseded
        if values.keys() - {purpose.id for purpose in asked.open}:
            raise EnteredBefore
        if not form.printed_on <= signed_on <= current().today:
            raise WrongDay
        _refuse_what_is_older(form.pupil, guardian, values, signed_on)
        entered = Entered(by, form=form, signed_on=signed_on)
        submission = _enter(form.pupil, guardian, values, Channel.PAPER, form.language, entered)
        if scan is not None:
            Scan.objects.create(
                foundation_id=form.foundation_id,
                submission=submission,
                media_type=scan.media_type,
                content=scan.content,
                sha256=scan.sha256,
                added_at=current().now,
            )
    return submission


def enter_spoken(
    *, pupil: Pupil, guardian: Guardian | None, values: Values, channel: Channel, note: str, by: StaffMember
) -> Submission:
    """Store what was said by phone or in person; the note tells who it was and how that was known.

    The words are those of today, in the language of the family. Raises what `decide` raises.
    """
    language = guardian.language if guardian else "nl"
    with transaction.atomic():
        return _enter(pupil, guardian, values, channel, language, Entered(by, note=note))


def _enter(
    pupil: Pupil,
    guardian: Guardian | None,
    values: Values,
    channel: Channel,
    language: str,
    entered: Entered,
) -> Submission:
    choices = [Choice(pupil.id, purpose_id, value) for purpose_id, value in values.items()]
    if guardian is None:
        submission = decide_as_pupil(
            pupil=pupil, choices=choices, channel=channel, language=language, entered=entered
        )
    else:
        submission = decide(
            guardian=guardian, choices=choices, channel=channel, language=language, entered=entered
        )
    if Value.TALK in values.values():
        open_task(TaskKind.TALK, pupil=pupil, guardian=guardian)
    record(
        Verb.CHOICE_RECORDED,
        "pupil",
        pupil.id,
        submission=submission.code,
        channel=str(channel),
        form=entered.form.code if entered.form else "",
        signed_on=entered.signed_on.isoformat() if entered.signed_on else "",
    )
    return submission


def _refuse_what_is_older(pupil: Pupil, guardian: Guardian | None, values: Values, signed_on: date) -> None:
    """A paper that lay in a bag for weeks does not undo what the same parent chose since."""
    latest = LatestAnswer.objects.filter(pupil=pupil, guardian=guardian, purpose_id__in=values)
    for row in latest.select_related("answer__submission").order_by("id"):
        chosen_on = row.answer.submission.signed_on or row.decided_at.astimezone(SCHOOL_TIME).date()
        value = values[row.purpose_id]
        if is_older_than(signed_on, value, latest_on=chosen_on, latest=Value(row.value)):
            raise ChoseNewer
