"""Named sets of texts; readers get frozen ones only, and all see only what the wall lets through."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from schools.models import Foundation, School

from .choices import Audience
from .models import CouncilDecision, Ladder, Summary, Version

VARIABLE = re.compile(r"\{(stichting|school)\}", re.IGNORECASE)


def versions_in_force_order() -> QuerySet[Version]:
    """Every version that was ever put in force, planned ones included, the newest first."""
    return (
        Version.objects.filter(frozen_at__isnull=False)
        .select_related("protocol", "frozen")
        .order_by("-in_force_on", "-frozen_at", "-id")
    )


def version_in_force(on: date) -> Version | None:
    """The version that applies on this day, with its frozen text; None before the first one (P2)."""
    return versions_in_force_order().filter(in_force_on__lte=on).first()


def older_versions(on: date) -> list[Version]:
    """What applied before the version of this day, the newest first (P6)."""
    return list(versions_in_force_order().filter(in_force_on__lte=on)[1:])


def decision_of(version: Version) -> CouncilDecision | None:
    """The decision that counts: the latest one; of a minor version without its own, the one it keeps (P2).

    A kept decision is recognised by `decision.version_id != version.id`.
    """
    asked: Version | None = version
    while asked is not None:
        own = CouncilDecision.objects.filter(version=asked).order_by("-id").first()
        if own is not None or not asked.is_minor:
            return own
        asked = asked.copied_from
    return None


def ladder_on(audience: str, on: date) -> Ladder | None:
    """The measures that count on this day, rungs prefetched in order; None when there is no list (O14, I5)."""
    ladders = Ladder.objects.filter(audience=audience, in_force_on__lte=on)
    return ladders.prefetch_related("rungs").order_by("-in_force_on", "-id").first()


def filled(words: str, foundation: Foundation, school: School | None) -> str:
    """`{stichting}` and `{school}` replaced in one pass, so that a name is never read as a variable (K8)."""
    names = {"stichting": foundation.name, "school": school.name if school else _("the school")}
    return VARIABLE.sub(lambda found: names[found[1].lower()], words)


def for_readers(text: Mapping[str, Any], foundation: Foundation, school: School | None) -> dict[str, Any]:
    """A copy of a frozen text with the variables filled in, for the readers of this school (K8)."""
    return {
        **text,
        "title": filled(text["title"], foundation, school),
        "chapters": [
            {
                **chapter,
                "title": filled(chapter["title"], foundation, school),
                "blocks": [
                    {**block, "text": filled(block["text"], foundation, school)}
                    for block in chapter["blocks"]
                ],
            }
            for chapter in text["chapters"]
        ],
    }


def summary_of(version: Version, school: School | None, audience: Audience | str) -> Summary | None:
    """The school's own summary, else what all schools start from (P5)."""
    rows = {row.school_id: row for row in _summaries(version, school, audience)}
    return rows.get(school.id if school else None) or rows.get(None)


def summary_text(version: Version, school: School, audience: Audience | str) -> str:
    """The words of the summary for this school, variables filled in; "" when nobody wrote one yet (P5, K8)."""
    summary = summary_of(version, school, audience)
    return filled(summary.text, version.foundation, school) if summary else ""


def _summaries(version: Version, school: School | None, audience: Audience | str) -> QuerySet[Summary]:
    mine = Q(school=None) | Q(school=school) if school else Q(school=None)
    return Summary.objects.filter(mine, version=version, audience=audience).order_by("id")
