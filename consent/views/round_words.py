"""What the pages of rounds say: which kinds can begin, and the plan of a round in words and names (R3)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from consent.choices import PARENT_LANGUAGES, LeftOut, RoundKind
from consent.domain.asked import MOST_NAMES, OF_GUARDIANS, OF_PUPILS, Plan, names_left_out
from consent.domain.round_mails import (
    REMINDERS,
    Sample,
    invitation,
    sample_colleague_mails,
    sample_mails,
    sample_pupil_mails,
)
from consent.models import Purpose, Round
from ledger.choices import Reading
from ledger.domain.record import record_reading
from schools.models import Foundation, SchoolYear


def kinds_to_start(year: SchoolYear | None, foundation: Foundation) -> list[dict[str, str]]:
    """The doors to a new round; which of the first two stands there is a setting of the foundation (R1)."""
    if year is None:
        return []
    first = RoundKind.YEARLY if foundation.asks_every_year else RoundKind.OVERVIEW
    about = {
        RoundKind.YEARLY: gettext("Ask the parents"),
        RoundKind.OVERVIEW: gettext("Send the yearly overview"),
        RoundKind.ENROLMENT: gettext("Ask new pupils by itself"),
        RoundKind.EVENT: gettext("Ask about one event"),
        RoundKind.MATERIAL: gettext("Ask a changed question anew"),
        RoundKind.STAFF: gettext("Ask colleagues about their own pictures"),
    }
    hints = {
        RoundKind.YEARLY: gettext("One mail for each parent, about all children together."),
        RoundKind.OVERVIEW: gettext("What they chose, and how to change it. Nothing has to be answered."),
        RoundKind.ENROLMENT: gettext("As soon as a pupil is known, before the first day."),
        RoundKind.EVENT: gettext("Only for that day, such as a musical."),
        RoundKind.MATERIAL: gettext("Only who said yes to the old words."),
        RoundKind.STAFF: gettext("You see how many have chosen, not who."),
    }
    kinds = [first, *(kind for kind in RoundKind if kind not in {RoundKind.YEARLY, RoundKind.OVERVIEW})]
    return [{"title": about[kind], "hint": hints[kind], "url": _url(kind)} for kind in kinds]


def _url(kind: RoundKind) -> str:
    if kind == RoundKind.ENROLMENT:
        return reverse("consent:admins.enrolment")
    return f"{reverse('consent:admins.round_new')}?soort={kind}"


def proposed_name(kind: RoundKind, year: SchoolYear, purpose: Purpose | None) -> str:
    """A name that nobody has to think of and that no round has yet."""
    name, number = _name(kind, year, purpose), 1
    taken = set(Round.objects.order_by().values_list("name", flat=True)) if name else set()
    while name and (name if number == 1 else f"{name} ({number})") in taken:
        number += 1
    return name if number == 1 else f"{name} ({number})"


def _name(kind: RoundKind, year: SchoolYear, purpose: Purpose | None) -> str:
    if purpose is not None and kind == RoundKind.MATERIAL:
        return gettext("New words: %(label)s") % {"label": purpose.short_label}
    if purpose is not None:
        return purpose.short_label
    names = {
        RoundKind.YEARLY: gettext("Photos and videos %(year)s"),
        RoundKind.OVERVIEW: gettext("Overview %(year)s"),
        RoundKind.STAFF: gettext("Pictures of colleagues %(year)s"),
    }
    return names[kind] % {"year": year.name} if kind in names else ""


def plan_words(
    plan: Plan, kind: RoundKind, closes_on: date, remind_before: Sequence[int], about: Purpose | None = None
) -> dict[str, Any]:
    """Who gets a mail and which, and who gets none."""
    reminders: list[Sample] = []
    if remind_before:
        last = REMINDERS[len(remind_before) - 1]
        reminders = sample_mails(last, plan, closes_on, PARENT_LANGUAGES, about)
    return {
        "mails": len(plan.mailed),
        "seen": plan.fingerprint,
        "is_empty": plan.is_empty,
        "left_out": left_out_rows(plan),
        "samples": sample_mails(invitation(kind), plan, closes_on, PARENT_LANGUAGES, about),
        "reminders": reminders,
        "pupils": len(plan.pupils),
        "pupil_samples": sample_pupil_mails(plan, closes_on, PARENT_LANGUAGES),
        "colleagues": len(plan.colleagues),
        "colleague_samples": sample_colleague_mails(plan, closes_on),
    }


def left_out_rows(plan: Plan) -> list[dict[str, Any]]:
    """For each reason how many, and the first of them by name (which is a reading: E2). Colleagues as a number."""
    people = names_left_out(plan)
    record_reading(Reading.PEOPLE_SEARCH, [one.id for reason in OF_GUARDIANS for one in people[reason]])
    record_reading(Reading.PUPIL_SEARCH, [one.id for reason in OF_PUPILS for one in people[reason]])
    return [
        {
            "why": reason.label,
            "count": len(plan.left_out[reason]),
            "who": "pupils" if reason in OF_PUPILS else "parents" if reason in OF_GUARDIANS else "colleagues",
            "names": [one.full_name for one in people.get(reason, [])],
            "more": max(0, len(plan.left_out[reason]) - MOST_NAMES) if reason in people else 0,
        }
        for reason in LeftOut
        if plan.left_out[reason]
    ]
