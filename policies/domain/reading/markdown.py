"""Markdown: the structure from its own tokens; the words inside a line stay plain, and HTML stays text."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from policies.choices import BlockKind

from .marks import mark_of, without_marks
from .pieces import Piece, Rows

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+\S", re.M)
UNDERLINED = re.compile(r"^ {0,3}=+[ \t]*$", re.M)
BOLD_LINE = re.compile(r"(\*\*|__)[^*_\n]{2,80}\1:?$")


def has_headings(text: str) -> bool:
    """The text is marked up: one line with "#" may be chance or a title, so two, or one that begins it."""
    return len(HEADING.findall(text)) >= 2 or HEADING.match(text.lstrip()) is not None


def pieces_of_markdown(text: str) -> tuple[str, list[Piece]]:
    """Title ("" when there is none above the rest) and the pieces, in the order of the text."""
    return _levelled(list(_found(text)))


def _reader() -> "MarkdownIt":
    """Blocks only: the words of a line are never parsed, so no link, entity or HTML can come out of them."""
    from markdown_it import MarkdownIt  # sixty modules, for who brings in a protocol: not at every start

    reader = MarkdownIt("commonmark").enable("table")
    reader.disable(["html_block", "reference", "code"])
    reader.core.ruler.enableOnly(["normalize", "block"])
    return reader


def _found(text: str) -> Iterator[Piece]:
    """One pass over the tokens; a heading still has the level of its "#"."""
    tokens = _reader().parse(text)
    rows, number, in_item = Rows(), "", 0
    cells: list[str] = []
    for place, token in enumerate(tokens):
        kind = token.type
        if kind == "list_item_open":
            in_item, number = in_item + 1, token.info
        elif kind == "list_item_close":
            in_item -= 1
        elif kind in ("table_open", "tr_open"):
            rows, cells = (Rows() if kind == "table_open" else rows), []
        elif kind == "tr_close":
            yield from rows.pieces(cells)
        elif kind in ("fence", "code_block", "html_block"):
            yield from (
                Piece(words) for line in token.content.split("\n") if (words := " ".join(line.split()))
            )
        elif kind == "inline":
            opener = tokens[place - 1]
            if opener.type == "heading_open":
                yield from _heading(token.content, int(opener.tag[1]))
            elif opener.type in ("th_open", "td_open"):
                cells.append(without_marks(token.content))
            else:
                yield from _paragraph(token.content, is_item=in_item > 0, number=number)
                number = ""
    return


def _heading(content: str, level: int) -> Iterator[Piece]:
    words = without_marks(content)
    mark = mark_of(words)
    if mark.style and mark.style != "bullet":
        yield Piece(mark.rest, mark.number, level=level)
    elif words:
        yield Piece(words, level=level)


def _paragraph(content: str, *, is_item: bool, number: str) -> Iterator[Piece]:
    """A paragraph or article; a line in it that begins with a number or letter is an article of its own."""
    if not is_item and BOLD_LINE.match(content):
        yield from _heading(content, 7)
        return
    parts: list[tuple[Any, list[str]]] = []
    for line in content.split("\n"):
        mark = mark_of(line.strip())
        if mark.style or not parts:
            parts.append((mark, [mark.rest]))
        else:
            parts[-1][1].append(line)
    for turn, (mark, lines) in enumerate(parts):
        words = without_marks(" ".join(lines))
        is_one = is_item or bool(mark.style)
        if words:
            kind = BlockKind.ITEM if is_one else BlockKind.PARAGRAPH
            yield Piece(words, mark.number or (number if turn == 0 else ""), kind)


def _is_head_of_table(piece: Piece) -> bool:
    """Above do's and don'ts; without a heading of its own right above it, it begins a chapter."""
    return piece.kind == BlockKind.HEADING


def _levelled(found: list[Piece]) -> tuple[str, list[Piece]]:
    """The first heading, alone on its level, is the title; the next level are the chapters.

    A heading that goes on with the numbers of the chapters (3, then 4) is one, whatever its "#" say.
    """
    title = ""
    levels = [piece.level for piece in found if piece.level and not _is_head_of_table(piece)]
    is_first = bool(found) and found[0].level > 0
    if is_first and len(levels) > 1 and levels[0] < min(levels[1:]):
        head, levels = found.pop(0), levels[1:]
        title = f"{head.number}. {head.text}" if head.number else head.text
    top = min(levels, default=1)
    pieces: list[Piece] = []
    last = ""
    for piece in found:
        if _is_head_of_table(piece):
            is_under_heading = bool(pieces and pieces[-1].level)
            pieces.append(replace(piece, level=0 if is_under_heading else 1))
            continue
        goes_on = piece.number.isdigit() and last.isdigit() and int(piece.number) == int(last) + 1
        is_chapter = piece.level == top or (piece.level > top and goes_on)
        if piece.level and is_chapter:
            last = piece.number or last
        level = 0 if not piece.level else 1 if is_chapter else 2
        pieces.append(Piece(piece.text, piece.number, piece.kind, level))
    return title, pieces
