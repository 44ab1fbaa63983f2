"""Who answers, and through which door: by personal link or signed in. Both walk through the same pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from consent.choices import Channel
from consent.domain.in_use import purposes_now
from consent.domain.kiosk import Visit
from consent.forms import Question
from consent.models import LatestAnswer, PersonalLink, Purpose
from consent.querysets import first_days, text_in, version_on
from consent.rules import decides_alone, is_asked_on
from ledger.acting import current
from schools.models import Foundation, Guardian, Pupil
from schools.querysets import children_of


@dataclass(frozen=True)
class Sitting:
    """One guardian in one foundation; `key` is what stands in the address: the token, or the foundation.

    It lives for one request, so the children are asked for once.
    """

    guardian: Guardian
    foundation: Foundation
    channel: Channel
    key: str
    link: PersonalLink | None = None
    device_hash: str = ""
    visit: Visit | None = None

    @cached_property
    def children(self) -> list[Pupil]:
        return children_of(self.guardian, current().today)

    def url(self, step: str, *rest: str) -> str:
        """The address of a step behind this door: answer, choice, change, receipt, code."""
        if self.visit:
            return reverse(f"consent:kiosk.{step}", args=rest)
        door = "links" if self.link else "parents"
        return reverse(f"consent:{door}.{step}", args=[self.key, *rest])


def signed_in(request: HttpRequest) -> Sitting:
    """The guardian in the foundation that the address names; somebody else's foundation does not exist."""
    portal = request.portal
    if not portal.guardians:
        raise Http404
    return Sitting(portal.guardians[0], portal.foundation, Channel.SIGNED_IN, key=portal.foundation.slug)


def children_to_ask(sitting: Sitting) -> list[Pupil]:
    """The children this guardian decides for today; who decides alone is not among them (C2)."""
    return [child for child in sitting.children if not _is_grown(sitting, child)]


def grown_children(sitting: Sitting) -> list[Pupil]:
    """The children of this guardian who decide alone: their parents are told so, and see nothing more (C8, L1)."""
    return [child for child in sitting.children if _is_grown(sitting, child)]


def _is_grown(sitting: Sitting, child: Pupil) -> bool:
    is_old_enough = decides_alone(child.born_on, sitting.foundation.decides_from_age, current().today)
    return is_old_enough and not child.represented_by_me


def questions_today(children: Collection[Any] = ()) -> list[Question]:
    """Every purpose that is asked of these children by now, in the words of today and the reader's language.

    What one school adds is asked only about who goes there; an event until its day.
    """
    today = current().today
    return [q for q in questions_that_count(children) if is_asked_on(q.purpose.event_on, today)]


def questions_that_count(children: Collection[Any] = ()) -> list[Question]:
    """The same, with the events of this school year that are over: their answers can still be changed (C9)."""
    language, today = get_language() or "nl", current().today
    purposes = [
        purpose
        for purpose in purposes_now().values()
        if any(version.in_force_on <= today for version in purpose.versions.all())
    ]
    special = any(purpose.school_id or purpose.event_on for purpose in purposes)
    there = first_days([child.id for child in children], today) if special and children else {}
    return [
        Question(purpose, text_in(version_on(purpose, today), language), only_for)
        for purpose in purposes
        if (only_for := _only_for(purpose, there, today)) is None or only_for
    ]


def _only_for(purpose: Purpose, there: dict[int, dict[int, date]], today: date) -> frozenset[int] | None:
    """About whom this is asked (`may_be_asked`); None: about every child on the page."""
    if not there or not (purpose.school_id or purpose.event_on):
        return frozenset() if purpose.school_id else None
    last = max(today, purpose.event_on or date.max)
    return frozenset(
        pupil
        for pupil, schools in there.items()
        if any(day <= last for school, day in schools.items() if purpose.school_id in (None, school))
    )


def answers_before(guardian: Guardian, children: list[Pupil]) -> dict[tuple[int, int], LatestAnswer]:
    """This guardian's own latest answers, by child and purpose; never the other parent's (C4)."""
    return answers_by_guardian([guardian], children)[guardian.id]


def answers_by_guardian(
    guardians: Collection[Guardian], children: Collection[Pupil]
) -> dict[int, dict[tuple[int, int], LatestAnswer]]:
    """The same of each of them apart, in one statement."""
    rows = LatestAnswer.objects.filter(guardian__in=guardians, pupil__in=children).select_related("version")
    found: dict[int, dict[tuple[int, int], LatestAnswer]] = {guardian.id: {} for guardian in guardians}
    for row in rows:
        if row.guardian_id is not None:
            found[row.guardian_id][row.pupil_id, row.purpose_id] = row
    return found
