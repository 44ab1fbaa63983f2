"""The words of a work list of a round: why somebody is on it, and what helps. Never an address."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.choices import Silence
from consent.domain.work_lists import CannotMail, Silent
from consent.forms import KeyForm
from consent.models import Round
from schools.models import Pupil

NOBODY_THERE = ("5.1.", "5.4.")


def why_words(one: Silent) -> str:
    """In a sentence why no mail gets through, or that it did."""
    if one.why == Silence.BOUNCED or (one.why == Silence.CAME_BACK and one.status):
        return bounce_words(one.status)
    if one.why == Silence.SILENT and not one.was_mailed:
        return _("The mail has not left yet.")
    return {
        Silence.NO_CONTACT: _("May not be contacted."),
        Silence.NO_ADDRESS: _("No e-mail address is known."),
        Silence.NO_MAIL: _("An e-mail address is known now. No mail was sent yet."),
        Silence.CAME_BACK: _("The mail could not be delivered."),
        Silence.SILENT: _("Was asked by mail, and has not chosen yet."),
    }[one.why]


def bounce_words(status: str) -> str:
    """What a status of RFC 3463 means for somebody who wants to help."""
    if status == "5.2.2":
        return _("The mailbox is full.")
    if status.startswith(NOBODY_THERE) or status == "5.2.1":
        return _("The mailbox does not exist.")
    return _("The mail was refused.")


def help_words(one: Silent) -> str:
    """What to do first; "" when the buttons say it."""
    if one.may_mail and one.why == Silence.CAME_BACK:
        return _("Is the address right now? Then mail once more.")
    if one.why in {Silence.BOUNCED, Silence.NO_ADDRESS}:
        return _("Correct the address in your pupil administration and import again. Or ask on paper.")
    return ""


def person_row(one: Silent, round_: Round, groups: Mapping[int, str], *, may_print: bool) -> dict[str, Any]:
    """A parent with the children, why, and what helps. The address is nowhere in it."""
    letter = one.letter_on
    return {
        "name": one.guardian.full_name,
        "children": [child_row(child, groups) for child in one.children],
        "why": why_words(one),
        "hint": help_words(one),
        "letter": _("Letter printed on %(day)s.") % {"day": date_format(letter, "j F")} if letter else "",
        "mail_url": reverse("consent:staff.mail_again", args=[round_.code, one.guardian.code])
        if one.may_mail and not round_.is_held
        else "",
        "key_form": KeyForm(),
        "may_print": may_print and one.why != Silence.NO_CONTACT,
    }


def child_row(child: Pupil, groups: Mapping[int, str]) -> dict[str, Any]:
    """Each with the page where an answer by phone is entered, and a key for a form on paper."""
    return {
        "name": child.short_name,
        "call_name": child.call_name,
        "group": groups.get(child.id, ""),
        "code": child.code,
        "entry_url": reverse("consent:paper.child", args=[child.code]),
        "key_form": KeyForm(),
    }


def pupil_row(child: Pupil, groups: Mapping[int, str]) -> dict[str, Any]:
    """A pupil of whom nobody is known who decides: to where it is written down who does."""
    return {
        "name": child.short_name,
        "group": groups.get(child.id, ""),
        "authority_url": reverse("consent:staff.authority", args=[child.code]),
    }


def csv_rows(people: Iterable[Silent], groups: Mapping[int, str]) -> list[list[object]]:
    """A row per parent: names, groups and why."""
    head: list[object] = [_("Parent"), _("Children"), _("Groups"), _("Why")]
    rows: list[list[object]] = [
        [
            one.guardian.full_name,
            ", ".join(child.short_name for child in one.children),
            ", ".join(dict.fromkeys(groups.get(child.id, "") for child in one.children)),
            why_words(one),
        ]
        for one in people
    ]
    return [head, *rows]


def said_words(data: QueryDict) -> dict[str, str]:
    """What happened just now: done, or why not."""
    refusal = CannotMail.WORDS.get(data.get("niet", ""))
    if refusal:
        return {"kind": "warn", "text": str(refusal)}
    if "gemaild" in data:
        return {"kind": "done", "text": _("The mail leaves now, with the same link as before.")}
    if "niemand" in data:
        return {
            "kind": "calm",
            "text": _("There is nobody to write to: everybody has a letter, or was reached."),
        }
    return {}
