"""The rows of a chapter as they stand on the screen: typed, put in another order, judged. Nothing is stored here."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from policies.choices import BlockKind
from policies.forms import BlockForm, ChapterForm
from policies.models import Block, Chapter

PART = 120  # rows on one page: a request may have 1,000 fields
MOST = 150  # rows on one page with those that were added and not saved yet


@dataclass(frozen=True, slots=True)
class Row:
    """One part of the text, in the words that stand in its boxes."""

    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    kind: str = BlockKind.PARAGRAPH.value
    number: str = ""
    text: str = ""
    is_new: bool = False
    is_gone: bool = False


def rows_of(blocks: Sequence[Block]) -> list[Row]:
    return [Row(str(block.key), block.kind, block.number, block.text) for block in blocks]


def typed_rows(data: Mapping[str, str]) -> list[Row]:
    """What was sent, as it was typed; a row without a text box ends the list."""
    rows = []
    for index in range(MOST):
        if (text := data.get(f"b{index}-text")) is None:
            break
        rows.append(
            Row(
                key=data.get(f"b{index}-key", ""),
                kind=data.get(f"b{index}-kind", ""),
                number=data.get(f"b{index}-number", ""),
                text=text,
                is_new=data.get(f"b{index}-is_new") == "True",
                is_gone=data.get(f"b{index}-is_gone") == "True",
            )
        )
    return rows


def rearranged(rows: Sequence[Row], do: str, at: int) -> tuple[list[Row], int]:
    """The rows after a button ("up", "down", "add", "gone", "back") and where the reader goes on."""
    rows = list(rows)
    if not 0 <= at < max(len(rows), 1):
        return rows, 0
    if do == "add" and len(rows) < MOST:
        kind = rows[at].kind if rows else BlockKind.PARAGRAPH.value
        rows.insert(at + 1, Row(kind=kind, is_new=True))
        return rows, min(at + 1, len(rows) - 1)
    if not rows:
        return rows, 0
    if do in {"gone", "back"}:
        rows[at] = replace(rows[at], is_gone=do == "gone")
    to = at + {"up": -1, "down": 1}.get(do, 0)
    if to != at and 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
        return rows, to
    return rows, at


def fingerprint(chapter: Chapter, blocks: Sequence[Block]) -> str:
    """Of the words of one chapter: another chapter that changed meanwhile is no reason to stop somebody."""
    words = [chapter.title, [[str(block.key), block.kind, block.number, block.text] for block in blocks]]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def shown_part(blocks: Sequence[Block], start: int) -> tuple[int, list[Block]]:
    """The page of a long chapter that holds block number `start`: where it begins, and its blocks."""
    start = max(0, min(start, max(len(blocks) - 1, 0))) // PART * PART
    return start, list(blocks[start : start + PART])


class Typed:
    """One chapter as somebody sent it: the head, the rows, and what of the stored text stood around them."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self.rows = typed_rows(data)
        self.head = ChapterForm(data)
        self.blocks = [
            BlockForm(_as_sent(row, index), prefix=f"b{index}") for index, row in enumerate(self.rows)
        ]
        self.digest = hashlib.sha256(
            json.dumps([data.get("title", ""), [asdict(row) for row in self.rows]]).encode()
        ).hexdigest()

    def is_valid(self) -> bool:
        return all([self.head.is_valid(), *[form.is_valid() for form in self.blocks]])

    @property
    def kept(self) -> list[dict[str, object]]:
        """The clean parts that stay, in their order."""
        return [form.cleaned_data for form in self.blocks if not form.is_left_out]

    def kept_before(self, at: int) -> int:
        """How many of the rows before row `at` stay."""
        return sum(not form.is_left_out for form in self.blocks[:at])

    def around(self, stored: Sequence[Block]) -> tuple[list[Block], list[Block]]:
        """The stored blocks before and after what was on the page: of a long chapter only a part is shown."""
        if self.head.cleaned_data["is_whole"]:
            return [], []
        keys = {row.key for row in self.rows}
        places = [place for place, block in enumerate(stored) if str(block.key) in keys]
        if not places:
            return list(stored), []
        return list(stored[: places[0]]), list(stored[places[-1] + 1 :])


def _as_sent(row: Row, index: int) -> dict[str, object]:
    return {f"b{index}-{name}": value for name, value in asdict(row).items()}


def unsaved_forms(rows: Sequence[Row]) -> list[BlockForm]:
    """The rows in boxes again, not judged: the order changed, or somebody else saved meanwhile."""
    return [BlockForm(initial=asdict(row), prefix=f"b{index}") for index, row in enumerate(rows)]
