"""Named sets of texts; readers get frozen ones only, and all see only what the wall lets through."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ledger.sql import columns_of
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
    return decisions_of([version]).get(version.id)


def decisions_of(versions: Iterable[Version]) -> dict[int, CouncilDecision]:
    """The same of several, by id and in one statement; a version without a decision is not in it."""
    ids = [version.id for version in versions]
    return {row.asked_id: row for row in CouncilDecision.objects.raw(DECIDED, [ids])} if ids else {}


# From a minor version back to the one that it corrects, as long as there is no decision.
DECIDED = f"""
WITH RECURSIVE back AS (
  SELECT v.id AS asked_id, v.foundation_id, v.id, v.is_minor, v.copied_from_id
  FROM policies_version v WHERE v.id = ANY(%s)
  UNION ALL
  SELECT b.asked_id, v.foundation_id, v.id, v.is_minor, v.copied_from_id
  FROM back b JOIN policies_version v ON v.foundation_id = b.foundation_id AND v.id = b.copied_from_id
  WHERE b.is_minor AND NOT EXISTS (SELECT FROM policies_councildecision d
    WHERE d.foundation_id = b.foundation_id AND d.version_id = b.id)
)
SELECT DISTINCT ON (b.asked_id) b.asked_id, {columns_of(CouncilDecision, "d")}
FROM back b JOIN policies_councildecision d ON d.foundation_id = b.foundation_id AND d.version_id = b.id
ORDER BY b.asked_id, d.id DESC
"""  # noqa: S608  names of our own columns


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
