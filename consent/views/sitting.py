"""Who answers, and through which door: by personal link or signed in. Both walk through the same pages."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language

from consent.choices import Channel, Value
from consent.forms import Question
from consent.models import LatestAnswer, PersonalLink, Purpose
from consent.querysets import purposes_in_use, text_in, version_on
from consent.rules import decides_alone
from ledger.acting import current
from schools.models import Foundation, Guardian, Pupil
from schools.querysets import children_of


@dataclass(frozen=True, slots=True)
class Sitting:
    """One guardian in one foundation; `key` is what stands in the address: the token, or the foundation."""

    guardian: Guardian
    foundation: Foundation
    channel: Channel
    key: str
    link: PersonalLink | None = None
    device_hash: str = ""

    def url(self, step: str, *rest: str) -> str:
        """The address of a step behind this door: answer, choice, change, receipt, code."""
        door = "links" if self.link else "parents"
        return reverse(f"consent:{door}.{step}", args=[self.key, *rest])


def children_to_ask(sitting: Sitting) -> list[Pupil]:
    """The children this guardian decides for today; who decides alone is not among them (C2)."""
    return [
        child for child in children_of(sitting.guardian, current().today) if not _is_grown(sitting, child)
    ]


def grown_children(sitting: Sitting) -> list[Pupil]:
    """The children of this guardian who decide alone: their parents are told so, and see nothing more (C8, L1)."""
    return [child for child in children_of(sitting.guardian, current().today) if _is_grown(sitting, child)]


def _is_grown(sitting: Sitting, child: Pupil) -> bool:
    is_old_enough = decides_alone(child.born_on, sitting.foundation.decides_from_age, current().today)
    return is_old_enough and not child.represented_by_me


def questions_today() -> list[Question]:
    """Every purpose that is asked by now, in the words of today and the reader's language."""
    language, today = get_language() or "nl", current().today
    return [
        Question(purpose, text_in(version_on(purpose, today), language))
        for purpose in purposes_in_use()
        if any(version.in_force_on <= today for version in purpose.versions.all())
    ]


def answers_before(guardian: Guardian, children: list[Pupil]) -> dict[tuple[int, int], LatestAnswer]:
    """This guardian's own latest answers, by child and purpose; never the other parent's (C4)."""
    rows = LatestAnswer.objects.filter(guardian=guardian, pupil__in=children).select_related("version")
    return {(row.pupil_id, row.purpose_id): row for row in rows}


def still_counts(row: LatestAnswer | None, purpose: Purpose) -> bool:
    """A no has no end; a yes counts until its last day, and on a wording that still says the same (C3)."""
    if row is None or row.value != Value.YES:
        return row is not None
    today = current().today
    material = [v.number for v in purpose.versions.all() if v.is_material and v.in_force_on <= today]
    return (row.valid_until is None or today <= row.valid_until) and row.version.number >= max(
        material, default=0
    )
