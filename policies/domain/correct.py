"""The text of a concept is corrected by hand; of two people at once, neither overwrites the other (P9)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from policies.choices import BlockKind
from policies.domain.text import hash_of
from policies.models import Block, Chapter, Version
from schools.models import StaffMember

MOST_TITLE, MOST_NUMBER, MOST_TEXT = 200, 10, 5000  # characters, as the tables hold them
MOST_BLOCKS, MOST_CHAPTERS = 3000, 300
WORDS = {
    "title_missing": _("Give the chapter a title."),
    "too_long": _("A title has at most 200 characters, a number 10, an article 5,000. Split it in two."),
    "too_many": _("This is more than a protocol can hold."),
}


class EditedMeanwhile(Refusal):
    code = "edited_meanwhile"
    message = _(
        "Somebody else changed this text while you were working. Nothing of theirs was overwritten. "
        "Look at the text as it is now and add what is missing."
    )


class AlreadyInForce(Refusal):
    code = "already_in_force"
    message = _("This version has been put in force and does not change any more. Make a next version.")


class TextRefused(Refusal):
    """Nothing was changed; codes title_missing, too_long, too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(WORDS[code], code)


@dataclass(frozen=True, slots=True)
class BlockWords:
    """One article as typed; `key` of the block that it replaces, None for a new one."""

    key: UUID | None
    kind: BlockKind
    number: str
    text: str


def correct_chapter(
    *,
    chapter: Chapter,
    edits: int,
    title: str,
    blocks: Sequence[BlockWords],
    by: StaffMember | None,
) -> Chapter:
    """Replace the words of a chapter; articles keep their key, those left empty or left out are removed.

    `edits` is the version's count as it was on the screen. A decision of the council that was recorded before
    covers the text no more, unless the words stayed the same (P3).
    Raises EditedMeanwhile, AlreadyInForce, TextRefused: then nothing is changed.
    """
    title = one_title(title)
    words = [cleaned for block in blocks if (cleaned := _cleaned(block)).text]
    if len(words) > MOST_BLOCKS:
        raise TextRefused("too_many")
    with transaction.atomic():
        version = lock_concept(chapter.version_id, edits)
        chapter = Chapter.objects.get(id=chapter.id, version=version)
        if chapter.title != title:
            chapter.title = title
            chapter.save(update_fields=["title"])
        _replace_blocks(chapter, words)
        write_down_correction(version, by, chapter=str(chapter.key))
    return chapter


def add_chapter(*, version: Version, title: str, edits: int, by: StaffMember | None) -> Chapter:
    """Add an empty chapter at the end. Raises EditedMeanwhile, AlreadyInForce, TextRefused."""
    title = one_title(title)
    with transaction.atomic():
        version = lock_concept(version.id, edits)
        chapters = Chapter.objects.filter(version=version)
        if chapters.count() >= MOST_CHAPTERS:
            raise TextRefused("too_many")
        last = chapters.aggregate(last=Max("position"))["last"] or 0
        chapter = Chapter.objects.create(
            foundation_id=version.foundation_id,
            version=version,
            key=uuid.uuid4(),
            position=last + 1,
            title=title,
        )
        write_down_correction(version, by, chapter=str(chapter.key), added=True)
    return chapter


def remove_chapter(*, chapter: Chapter, edits: int, by: StaffMember | None) -> Version:
    """Remove a chapter with its articles from the concept. Raises EditedMeanwhile, AlreadyInForce."""
    with transaction.atomic():
        version = lock_concept(chapter.version_id, edits)
        Block.objects.filter(chapter=chapter).delete()
        Chapter.objects.filter(id=chapter.id).delete()
        write_down_correction(version, by, chapter=str(chapter.key), removed=True)
    return version


def move_chapter(*, chapter: Chapter, places: int, edits: int, by: StaffMember | None) -> Version:
    """Move a chapter `places` down (negative: up), no further than the ends.

    Raises EditedMeanwhile, AlreadyInForce.
    """
    with transaction.atomic():
        version = lock_concept(chapter.version_id, edits)
        rows = list(Chapter.objects.filter(version=version).order_by("position", "id"))
        ids = [row.id for row in rows]
        start = ids.index(chapter.id)
        end = min(max(start + places, 0), len(rows) - 1)
        rows.insert(end, rows.pop(start))
        for position, row in enumerate(rows, 1):
            row.position = position
        Chapter.objects.bulk_update(rows, ["position"])
        write_down_correction(version, by, chapter=str(chapter.key), position=end + 1)
    return version


def lock_concept(version_id: int, edits: int) -> Version:
    """The row that always exists, so that the second of two editors sees the count of the first."""
    version = (
        Version.objects.select_for_update(no_key=True, of=("self",))
        .select_related("protocol")
        .get(id=version_id)
    )
    if version.frozen_at is not None:
        raise AlreadyInForce
    if version.edits != edits:
        raise EditedMeanwhile
    version.edits += 1
    version.save(update_fields=["edits"])
    return version


def one_title(words: str) -> str:
    """A title on one line; raises TextRefused when it is empty or too long."""
    title = _one_line(words)
    if not title:
        raise TextRefused("title_missing")
    if len(title) > MOST_TITLE:
        raise TextRefused("too_long")
    return title


def _cleaned(block: BlockWords) -> BlockWords:
    number, text = _one_line(block.number), _one_line(block.text)
    if len(number) > MOST_NUMBER or len(text) > MOST_TEXT:
        raise TextRefused("too_long")
    return BlockWords(block.key, BlockKind(block.kind), number, text)


def _replace_blocks(chapter: Chapter, words: Sequence[BlockWords]) -> None:
    """Only keys of this chapter are taken over, each once: a key names one article, also in the next version."""
    known = {row.key: row for row in Block.objects.filter(chapter=chapter).order_by("id")}
    new: list[Block] = []
    kept: list[Block] = []
    for position, block in enumerate(words, 1):
        row = known.pop(block.key, None) if block.key else None
        (kept if row else new).append(
            row := row or Block(foundation_id=chapter.foundation_id, chapter=chapter, key=uuid.uuid4())
        )
        row.position, row.kind, row.number, row.text = position, block.kind, block.number, block.text
    Block.objects.filter(id__in=[row.id for row in known.values()]).delete()
    Block.objects.bulk_update(kept, ["position", "kind", "number", "text"])
    Block.objects.bulk_create(new)


def write_down_correction(version: Version, by: StaffMember | None, **what: object) -> None:
    """One entry for a correction, with the hash of the text that came of it."""
    record(
        Verb.TEXT_CORRECTED,
        "version",
        version.id,
        edits=version.edits,
        sha256=hash_of(version),
        staff_member=by.id if by else None,
        at=current().now.isoformat(),
        **what,
    )


def _one_line(words: str) -> str:
    """An article is one paragraph: line ends and double spaces become one space."""
    return " ".join(words.replace("\0", "").split())
