"""The words on the screen for values and reasons; never which parent said what."""

from collections.abc import Sequence
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.choices import Channel, Reason, Value
from consent.querysets import first_days
from consent.rules import State
from ledger.acting import current
from schools.querysets import group_names


def yes_no(value: str) -> str:
    return {
        Value.YES: _("Yes"),
        Value.NO: _("No"),
        Value.TALK: _("Talk first"),
        Value.BACK: _("No taken back"),
    }[Value(value)]


def grown_words(name: str) -> str:
    """UX-L1: to a parent of a pupil who decides alone."""
    return _("%(name)s is old enough and decides alone now.") % {"name": name}


def channel_words(channel: str) -> str:
    """Which way an answer came, for the family; what came on paper or by voice, school wrote down for them."""
    return {
        Channel.LINK: _("with the link in the e-mail"),
        Channel.SIGNED_IN: _("signed in"),
        Channel.PAPER: _("on paper, entered by the school"),
        Channel.PHONE: _("by phone, entered by the school"),
        Channel.IN_PERSON: _("at school, entered by the school"),
        Channel.KIOSK: _("on a tablet at school"),
        Channel.LOADED: _("earlier, taken over by the school"),
    }[Channel(channel)]


def groups_or_first_day(pupil_ids: Sequence[int]) -> dict[int, str]:
    """The group of each child; of who still has to begin: from 17 August 2027."""
    named = group_names(pupil_ids, current().today)
    return named | first_day_words([pk for pk in pupil_ids if pk not in named])


def first_day_words(pupil_ids: Sequence[int]) -> dict[int, str]:
    """Of those who still have to begin: from 17 August 2027."""
    today = current().today
    begin = {pk: min(days.values()) for pk, days in first_days(pupil_ids, today).items()} if pupil_ids else {}
    return {pk: from_words(day) for pk, day in begin.items() if day > today}


def from_words(day: date) -> str:
    """From the first day of a child who still has to begin."""
    return _("from %(day)s") % {"day": formats.date_format(day, "j E Y")}


REASONS = {
    Reason.AGREED: gettext_lazy("yes since %(day)s"),
    Reason.REFUSED: gettext_lazy("no since %(day)s"),
    Reason.CONFLICT: gettext_lazy("parents do not choose the same, so no"),
    Reason.NO_ANSWER: gettext_lazy("no answer yet"),
    Reason.NOT_ALL_ANSWERED: gettext_lazy("not all parents have answered yet"),
    Reason.EXPIRED: gettext_lazy("the yes has ended, no new answer yet"),
    Reason.REWORDED: gettext_lazy("the question has changed, no new answer yet"),
    Reason.TALK_FIRST: gettext_lazy("parent wants to talk first"),
    Reason.PUPIL_DECIDES: gettext_lazy("decides alone, no answer yet"),
    Reason.NO_DECIDER: gettext_lazy("nobody is known who may decide"),
    Reason.NOT_ENROLLED: gettext_lazy("is not at school here now"),
}


def reason_words(state: State) -> str:
    """Why a picture of this person may or may not be used, for staff (C6)."""
    return REASONS[state.reason] % {"day": day_words(state.since) if state.since else ""}


def day_words(day: date) -> str:
    """14 november; with the year when it is a year ago or longer."""
    is_recent = (current().today - day).days < 365
    return formats.date_format(day, "j E" if is_recent else "j E Y")
