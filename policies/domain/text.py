"""The text of a version as data, its hash, and the facts by which it is judged."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from policies.choices import Origin, Outcome
from policies.models import Block, Chapter, CouncilDecision, Version
from policies.querysets import decisions_of
from policies.rules import Decided, VersionFacts

Text = dict[str, Any]


def text_of(version: Version) -> Text:
    """The text that readers get: frozen as it was put in force; of a concept, its chapters as they are now."""
    return dict(version.frozen.text) if version.frozen_at is not None else _concepts([version])[version.id]


def _concepts(versions: Sequence[Version]) -> dict[int, Text]:
    """The texts of these concepts, by id."""
    texts: dict[int, Text] = {
        version.id: {"title": version.protocol.title, "chapters": []} for version in versions
    }
    chapters = Chapter.objects.filter(version_id__in=texts).order_by("position", "id")
    for chapter in chapters.prefetch_related("blocks"):
        blocks = [_block(block) for block in chapter.blocks.all()]
        texts[chapter.version_id]["chapters"].append(
            {"key": str(chapter.key), "title": chapter.title, "blocks": blocks}
        )
    return texts


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
    return facts_of_all([version])[version.id]


def facts_of_all(versions: Sequence[Version]) -> dict[int, VersionFacts]:
    """The same of several, by id: in a fixed number of statements, however many."""
    texts = _concepts([version for version in versions if version.frozen_at is None])
    decisions = decisions_of(versions)
    protocols = {version.protocol_id for version in versions}
    in_force = list(Version.objects.filter(protocol_id__in=protocols, frozen_at__isnull=False).order_by("id"))
    return {
        version.id: _facts(version, texts.get(version.id), decisions.get(version.id), in_force)
        for version in versions
    }


def _facts(
    version: Version, text: Text | None, decision: CouncilDecision | None, in_force: Sequence[Version]
) -> VersionFacts:
    """`in_force`: every version that was put in force, this one and those of other protocols included."""
    others = [row for row in in_force if row.protocol_id == version.protocol_id]
    return VersionFacts(
        origin=Origin(version.origin),
        sha256=text_hash(text) if text is not None else str(version.frozen.sha256),
        is_empty=text is not None and not any(chapter["blocks"] for chapter in text["chapters"]),
        decided=_decided(version, decision),
        in_force_on=version.in_force_on,
        followed_on=_followed_on(version, others),
        first_portal_on=_first_day(row for row in others if row.origin == Origin.PORTAL),
    )


def _decided(version: Version, decision: CouncilDecision | None) -> Decided | None:
    if decision is None:
        return None
    is_kept = decision.version_id != version.id
    return Decided(Outcome(decision.outcome), decision.decided_on, decision.covers, is_kept)


def _followed_on(version: Version, others: Sequence[Version]) -> date | None:
    """From when the next version applied; of two with the same first day the one frozen later applies."""
    if version.frozen_at is None:
        return None
    mine = (version.in_force_on, version.frozen_at, version.id)
    return _first_day(row for row in others if (row.in_force_on, row.frozen_at, row.id) > mine)


def _first_day(versions: Iterable[Version]) -> date | None:
    return min((row.in_force_on for row in versions if row.in_force_on), default=None)
