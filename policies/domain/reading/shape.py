"""What was understood of a file: chapters with blocks of plain text, that fit the tables of a version."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from ledger.refusal import Refusal
from policies.choices import BlockKind

WORDS = {
    "not_text": _("This is not a text file. From Word: save as plain text (.txt), and choose that file."),
    "too_big": _(
        "This is more than 1 MB. A protocol is a few pages: choose the text alone, without pictures."
    ),
    "empty": _("There is no text in this file."),
    "unknown_format": _("The portal reads .txt and .md. From Word or PDF: save as plain text (.txt) first."),
    "too_many": _(
        "This text has more than 3,000 paragraphs. A protocol is a few pages: is it the right file?"
    ),
}


class FileRefused(Refusal):
    """Nothing was read; codes not_text, too_big, empty, unknown_format, too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(WORDS[code], code)


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """One article, paragraph, heading, do or don't; `number` as printed ("3", "3.2", "a") or ""."""

    kind: BlockKind
    number: str
    text: str

    def as_json(self) -> dict[str, str]:
        return {"kind": str(self.kind), "number": self.number, "text": self.text}


@dataclass(slots=True)
class ReadChapter:
    """A chapter; a number of its own stays in the title, as printed."""

    title: str
    blocks: list[ReadBlock] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title, "blocks": [block.as_json() for block in self.blocks]}


@dataclass(slots=True)
class ReadText:
    """A whole text as it was understood; plain text everywhere, never markup."""

    title: str
    chapters: list[ReadChapter]

    def as_json(self) -> dict[str, Any]:
        """The shape of `manage.py read_protocol --json`."""
        return {"title": self.title, "chapters": [chapter.as_json() for chapter in self.chapters]}
