"""A round that is stopped, or stands still for a while: nothing leaves within two seconds (R3)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consent.choices import RoundKind
from consent.domain.asked import INVITE
from consent.domain.round_mails import (
    OVERVIEW,
    PUPIL_INVITE,
    PUPIL_REMINDER,
    REMINDERS,
    STAFF_INVITE,
    STAFF_REMINDER,
)
from consent.models import Round
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from notices.choices import State
from notices.domain.hold import hold_back, left_to_send, let_go, stop_for_good
from notices.domain.stop import stop_messages
from notices.models import Message


class RoundIsOver(Refusal):
    code = "round_is_over"
    message = _("This round was stopped. It cannot go on; begin a new one.")


def pause(round_: Round) -> None:
    """No mail of this round leaves any more until `resume`; who has a link answers as before. Safe twice."""
    with transaction.atomic():
        round_ = _locked(round_)
        if round_.paused_at is None:
            _set(round_, paused_at=current().now)
            hold_back(round_.cause)
            record(Verb.ROUND_PAUSED, "round", round_.id)


def resume(round_: Round) -> None:
    """What waited leaves now, each mail once; what fell due meanwhile is written by the next sweep. Safe twice.

    Not the reminders that waited: they name days and children of before, and the plan of the round has the next. After
    the closing day the invitations do not leave either.
    """
    with transaction.atomic():
        round_ = _locked(round_)
        if round_.paused_at is not None:
            _set(round_, paused_at=None)
            late = [*REMINDERS, PUPIL_REMINDER, STAFF_REMINDER]
            if current().today > round_.closes_on:
                late += [INVITE, OVERVIEW, PUPIL_INVITE, STAFF_INVITE]
            stop_messages(cause=round_.cause, kinds=late)
            waiting = Message.objects.filter(
                cause=round_.cause, state=State.WAITING, due_at__lt=current().now
            )
            waiting.update(due_at=current().now)  # it leaves now, and no reminder follows at its heels
            let_go(round_.cause)
            record(Verb.ROUND_RESUMED, "round", round_.id)


def stop(round_: Round) -> int:
    """End this round for good: no invitation, no reminder. Gives how many mails were waiting to leave.

    Links that were sent stay open (R4), answers stand, silence stays no. These people may be asked in a new round.
    """
    with transaction.atomic():
        round_ = Round.objects.select_for_update(no_key=True).get(id=round_.id)
        if round_.stopped_at is not None:
            return 0
        _set(round_, stopped_at=current().now)
        # Of colleagues not even a number: what waits are reminders of who stayed silent (law C26).
        waiting = 0 if round_.kind == RoundKind.STAFF else left_to_send(round_.cause)
        stop_for_good(round_.cause)
        record(Verb.ROUND_STOPPED, "round", round_.id, stopped=waiting)
    return waiting


def _locked(round_: Round) -> Round:
    found = Round.objects.select_for_update(no_key=True).get(id=round_.id)
    if found.stopped_at is not None:
        raise RoundIsOver
    return found


def _set(round_: Round, **values: object) -> None:
    Round.objects.filter(id=round_.id).update(**values)
