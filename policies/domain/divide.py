"""A chapter becomes two, or two become one; the articles keep their keys (P9)."""

import uuid

from django.db import transaction
from django.db.models import F

from policies.choices import BlockKind
from policies.domain.correct import (
    MOST_CHAPTERS,
    MOST_TITLE,
    TextRefused,
    lock_concept,
    one_title,
    write_down_correction,
)
from policies.models import Block, Chapter
from schools.models import StaffMember


def split_chapter(*, chapter: Chapter, at: int, title: str, edits: int, by: StaffMember | None) -> Chapter:
    """Begin a new chapter at block number `at` (counted from 1), right after this one; gives the new one.

    A heading that stands there becomes its title; else it gets `title`. Raises EditedMeanwhile, AlreadyInForce,
    TextRefused: then nothing is changed.
    """
    with transaction.atomic():
        version = lock_concept(chapter.version_id, edits)
        chapters = Chapter.objects.filter(version=version)
        if chapters.count() >= MOST_CHAPTERS:
            raise TextRefused("too_many")
        chapter = chapters.get(id=chapter.id)
        first = Block.objects.filter(chapter=chapter, position=at, kind=BlockKind.HEADING).first()
        if first is not None:
            title = f"{first.number} {first.text}".strip()[:MOST_TITLE]
            first.delete()
            at += 1
        chapters.filter(position__gt=chapter.position).update(position=F("position") + 1)
        new = Chapter.objects.create(
            foundation_id=version.foundation_id,
            version=version,
            key=uuid.uuid4(),
            position=chapter.position + 1,
            title=one_title(title),
        )
        Block.objects.filter(chapter=chapter, position__gte=at).update(
            chapter=new, position=F("position") - at + 1
        )
        write_down_correction(version, by, chapter=str(new.key), split_from=str(chapter.key))
    return new


def join_chapter(*, chapter: Chapter, edits: int, by: StaffMember | None) -> Chapter:
    """Take the next chapter in at the end of this one: its title becomes a heading there. Without a next: nothing.

    Raises EditedMeanwhile, AlreadyInForce: then nothing is changed.
    """
    with transaction.atomic():
        version = lock_concept(chapter.version_id, edits)
        chapters = Chapter.objects.filter(version=version).order_by("position", "id")
        chapter = chapters.get(id=chapter.id)
        following = chapters.filter(position__gt=chapter.position).first()
        if following is None:
            return chapter
        last = Block.objects.filter(chapter=chapter).count()
        Block.objects.create(
            foundation_id=version.foundation_id,
            chapter=chapter,
            key=uuid.uuid4(),
            position=last + 1,
            kind=BlockKind.HEADING,
            text=following.title,
        )
        Block.objects.filter(chapter=following).update(chapter=chapter, position=F("position") + last + 1)
        following.delete()
        write_down_correction(version, by, chapter=str(chapter.key), joined=str(following.key))
    return chapter
