"""A pupil passes on choices: alone from 16 (C2, C8); before it only a no, where the foundation counts it (C6a)."""

from collections.abc import Sequence
from functools import partial

from django.utils.translation import gettext_lazy as _

from consent.choices import Channel, Value
from consent.domain.decide import Choice, Entered, NotYours, is_here_or_coming, pass_on
from consent.domain.facts import KnownPupil
from consent.models import Submission
from consent.rules import PUPIL, deciders_at, pupil_may_say
from ledger.acting import current
from ledger.refusal import Refusal
from schools.models import Foundation, Pupil
from schools.querysets import own_address


class NotYetYours(Refusal):
    code = "not_yet_yours"
    message = _("You do not choose about this yourself yet.")


class MailboxShared(Refusal):
    code = "mailbox_shared"
    message = _("Your parent uses this e-mail address too. Ask the school to note your own address.")


def decide_as_pupil(
    *,
    pupil: Pupil,
    choices: Sequence[Choice],
    channel: Channel,
    language: str,
    entered: Entered | None = None,
) -> Submission:
    """Store what the pupil chose about pictures of themselves; what `decide` says holds here too.

    The receipt goes to the pupil's own address; parents hear only of a veto, and only what the school does then.
    Raises NotYours (another pupil, or left), NotYetYours (the parents or a legal representative decide),
    MailboxShared (more than a no, signed in with an address of a parent), NotAsked: then nothing is changed.
    """
    who = Submission(
        pupil=pupil, channel=channel, language=language, **(entered.as_columns() if entered else {})
    )
    return pass_on(who, choices, partial(_refuse_what_is_not_the_pupils, pupil, choices, channel))


def _refuse_what_is_not_the_pupils(
    pupil: Pupil,
    choices: Sequence[Choice],
    channel: Channel,
    children: Sequence[KnownPupil],
    foundation: Foundation,
) -> None:
    today = current().today
    if [child.id for child in children] != [pupil.id] or not is_here_or_coming(children[0], today):
        raise NotYours
    decides = PUPIL in deciders_at(children[0].facts, foundation.decides_from_age, today)
    may_veto = foundation.pupil_may_veto
    if not all(pupil_may_say(choice.value, decides=decides, may_veto=may_veto) for choice in choices):
        raise NotYetYours
    only_no = all(choice.value == Value.NO for choice in choices)
    if channel == Channel.SIGNED_IN and not only_no and not own_address(pupil):
        raise MailboxShared
