"""A text comes in as a new version: read from a file, or copied from the version before it (P2, P9)."""

import uuid
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from policies.choices import Origin
from policies.domain.reading import ReadText
from policies.domain.text import hash_of
from policies.models import Block, Chapter, Protocol, Summary, Version
from schools.models import StaffMember

Row = TypeVar("Row", Chapter, Block, Summary)

WORDS = {
    "number_taken": _("This version number is already in use."),
    "number_missing": _("Fill in a version number."),
    "title_missing": _("Fill in a title."),
    "not_in_force": _("A typing error can only be corrected in a text that is or was in force."),
}


class VersionRefused(Refusal):
    """No version was made; codes number_taken, number_missing, title_missing, not_in_force."""

    def __init__(self, code: str) -> None:
        super().__init__(WORDS[code], code)


def bring_in(
    *,
    title: str,
    number: str,
    origin: Origin,
    text: ReadText,
    source_name: str,
    by: StaffMember | None,
) -> Version:
    """Make a concept of this text; nothing of it is in force and no reader sees it (P9).

    The first one makes the protocol of the foundation; later ones are versions of the same protocol, which takes
    the new title for texts that are still to be put in force. Raises VersionRefused: then nothing is changed.
    """
    title, number = _one_line(title)[:120], _one_line(number)[:10]
    if not title:
        raise VersionRefused("title_missing")
    with transaction.atomic():
        protocol = _protocol(title)
        version = _new_version(
            protocol, number, origin=origin, source_name=_one_line(source_name)[:120], by=by
        )
        _write_chapters(version, text)
        _write_down(version)
    return version


def next_version(*, of: Version, number: str, is_minor: bool, by: StaffMember | None) -> Version:
    """Make a concept with the same chapters, keys and summaries as `of`, to go on from there (P2).

    A minor one (a typing error) keeps the council's decision of `of`, which must have been in force; any other
    needs a decision of its own. Raises VersionRefused: then nothing is changed.
    """
    with transaction.atomic():
        protocol = Protocol.objects.select_for_update(no_key=True).get(id=of.protocol_id)
        of = Version.objects.select_related("protocol").get(id=of.id)
        if is_minor and of.frozen_at is None:
            raise VersionRefused("not_in_force")
        version = _new_version(
            protocol, _one_line(number)[:10], origin=Origin.PORTAL, copied_from=of, is_minor=is_minor, by=by
        )
        _copy_chapters(of, version)
        _copy_summaries(of, version)
        _write_down(version)
    return version


def _protocol(title: str) -> Protocol:
    """The one protocol of this foundation (P1), locked."""
    foundation_id = current().foundation
    protocol = Protocol.objects.select_for_update(no_key=True).order_by("id").first()
    if protocol is None:
        slug = slugify(title)[:40] or "protocol"
        return Protocol.objects.create(foundation_id=foundation_id, slug=slug, title=title)
    if protocol.title != title:
        protocol.title = title
        protocol.save(update_fields=["title"])
    return protocol


def _new_version(protocol: Protocol, number: str, *, by: StaffMember | None, **facts: object) -> Version:
    if not number:
        raise VersionRefused("number_missing")
    try:
        with transaction.atomic():
            return Version.objects.create(
                foundation_id=protocol.foundation_id,
                protocol=protocol,
                number=number,
                made_at=current().now,
                made_by=by,
                **facts,
            )
    except IntegrityError as error:
        if "version_number" not in str(error):
            raise
        raise VersionRefused("number_taken") from None


def _write_chapters(version: Version, text: ReadText) -> None:
    chapters = [
        Chapter(
            foundation_id=version.foundation_id,
            version=version,
            key=uuid.uuid4(),
            position=position,
            title=chapter.title,
        )
        for position, chapter in enumerate(text.chapters, 1)
    ]
    Chapter.objects.bulk_create(chapters)
    Block.objects.bulk_create(
        Block(
            foundation_id=version.foundation_id,
            chapter=chapter,
            key=uuid.uuid4(),
            position=position,
            kind=block.kind,
            number=block.number,
            text=block.text,
        )
        for chapter, read in zip(chapters, text.chapters, strict=True)
        for position, block in enumerate(read.blocks, 1)
    )


def _copy_chapters(of: Version, version: Version) -> None:
    """Copy with the same keys, so that two versions can be compared chapter by chapter (P7)."""
    before = list(Chapter.objects.filter(version=of).order_by("position", "id").prefetch_related("blocks"))
    copies = [_copy(chapter, version=version) for chapter in before]
    Chapter.objects.bulk_create(copies)
    Block.objects.bulk_create(
        _copy(block, chapter=copy)
        for chapter, copy in zip(before, copies, strict=True)
        for block in chapter.blocks.all()
    )


def _copy_summaries(of: Version, version: Version) -> None:
    """A summary rests on one version (P5): the words go along, to be looked at again."""
    rows = Summary.objects.filter(version=of).order_by("id")
    Summary.objects.bulk_create(_copy(row, version=version) for row in rows)


def _copy(row: Row, **changed: object) -> Row:
    """The same values in a row that is not stored yet."""
    values = {
        field.name: getattr(row, field.attname) if field.name not in changed else changed[field.name]
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    fields = {field.name: field.attname for field in row._meta.concrete_fields}
    return type(row)(**{name if name in changed else fields[name]: value for name, value in values.items()})


def _write_down(version: Version) -> None:
    record(
        Verb.PROTOCOL_READ,
        "version",
        version.id,
        number=version.number,
        origin=str(version.origin),
        is_minor=version.is_minor,
        copied_from=version.copied_from_id,
        source=version.source_name,
        sha256=hash_of(version),
    )


def _one_line(words: str) -> str:
    """Without line ends, double spaces and characters that the database refuses."""
    return " ".join(words.replace("\0", "").split())
