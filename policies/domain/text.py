"""The text of a version as data, its hash, and the facts by which it is judged."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from policies.choices import Origin, Outcome
from policies.models import Block, Chapter, Version
from policies.querysets import decision_of
from policies.rules import Decided, VersionFacts

Text = dict[str, Any]


def text_of(version: Version) -> Text:
    """The text that readers get: frozen as it was put in force; of a concept, its chapters as they are now."""
    if version.frozen_at is not None:
        return dict(version.frozen.text)
    chapters = Chapter.objects.filter(version=version).order_by("position", "id").prefetch_related("blocks")
    return {
        "title": version.protocol.title,
        "chapters": [
            {
                "key": str(chapter.key),
                "title": chapter.title,
                "blocks": [_block(block) for block in chapter.blocks.all()],
            }
            for chapter in chapters
        ],
    }


def _block(block: Block) -> dict[str, str]:
    return {"key": str(block.key), "kind": str(block.kind), "number": block.number, "text": block.text}


def text_hash(text: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a text: keys sorted, no spaces, UTF-8 (P2). Hex, 64 characters."""
    canonical = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def hash_of(version: Version) -> str:
    """The hash of the text as it is now; what a decision that is recorded now will cover (P3)."""
    return str(version.frozen.sha256) if version.frozen_at is not None else text_hash(text_of(version))


def facts_of(version: Version) -> VersionFacts:
    """What `rules.state_on` and `rules.why_not_publish` judge this version by, read now."""
    frozen = version.frozen_at is not None
    text = None if frozen else text_of(version)
    return VersionFacts(
        origin=Origin(version.origin),
        sha256=text_hash(text) if text is not None else str(version.frozen.sha256),
        is_empty=text is not None and not any(chapter["blocks"] for chapter in text["chapters"]),
        decided=_decided(version),
        in_force_on=version.in_force_on,
        followed_on=_followed_on(version),
        first_portal_on=_first_portal_on(version),
    )


def _decided(version: Version) -> Decided | None:
    decision = decision_of(version)
    if decision is None:
        return None
    is_kept = decision.version_id != version.id
    return Decided(Outcome(decision.outcome), decision.decided_on, decision.covers, is_kept)


def _followed_on(version: Version) -> date | None:
    """From when the next version applied; of two with the same first day the one frozen later applies."""
    if version.frozen_at is None:
        return None
    others = Version.objects.filter(protocol_id=version.protocol_id, frozen_at__isnull=False).exclude(
        id=version.id
    )
    mine = (version.in_force_on, version.frozen_at, version.id)
    later = [row for row in others if (row.in_force_on, row.frozen_at, row.id) > mine]
    return min((row.in_force_on for row in later if row.in_force_on), default=None)


def _first_portal_on(version: Version) -> date | None:
    made_here = Version.objects.filter(
        protocol_id=version.protocol_id, origin=Origin.PORTAL, in_force_on__isnull=False
    )
    return made_here.order_by("in_force_on").values_list("in_force_on", flat=True).first()
