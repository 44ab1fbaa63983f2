"""Pieces become chapters with blocks, that fit the tables of a version."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from policies.choices import BlockKind

from .marks import do_or_dont
from .pieces import Piece
from .shape import FileRefused, ReadBlock, ReadChapter, ReadText

MOST_TITLE, MOST_CHAPTER, MOST_NUMBER, MOST_TEXT = 120, 200, 10, 5000  # characters
MOST_BLOCKS, MOST_CHAPTERS = 3000, 300
NO_NAME = "Protocol"


def build(title: str, pieces: Sequence[Piece], *, name: str) -> ReadText:
    """Put the pieces in chapters. What comes before the first one gets a chapter named after the title."""
    if len(title) > MOST_TITLE:
        pieces, title = [Piece(title), *pieces], ""
    title = title or _from_name(name)
    chapters: list[ReadChapter] = []
    for piece in _fitting(_do_and_dont(pieces)):
        if piece.level == 1:
            chapters.append(ReadChapter(_with_number(piece)))
            continue
        if not chapters:
            chapters.append(ReadChapter(title))
        kind = BlockKind.HEADING if piece.level else piece.kind
        chapters[-1].blocks.append(ReadBlock(kind, piece.number, piece.text))
    if not any(chapter.blocks for chapter in chapters):
        chapters = _only_headings(title, chapters)
    if len(chapters) > MOST_CHAPTERS or sum(len(chapter.blocks) for chapter in chapters) > MOST_BLOCKS:
        raise FileRefused("too_many")
    return ReadText(title, chapters)


def _only_headings(title: str, chapters: Sequence[ReadChapter]) -> list[ReadChapter]:
    """Lines that looked like headings, with nothing under any of them: then they are the text itself."""
    lines = [chapter.title for chapter in chapters] or [title]
    return [ReadChapter(title, [ReadBlock(BlockKind.PARAGRAPH, "", line) for line in lines])]


def _do_and_dont(pieces: Sequence[Piece]) -> list[Piece]:
    """Lists under two headings that belong together, "this we do" and "this we do not", become do's and don'ts."""
    heads = [(place, do_or_dont(piece.text)) for place, piece in enumerate(pieces) if piece.level]
    kinds = [None, *(kind for _, kind in heads), None]
    result = list(pieces)
    for turn, (place, kind) in enumerate(heads, 1):
        others = {kinds[turn - 1], kinds[turn + 1]} - {None, kind}
        if kind is None or not others:
            continue
        end = heads[turn][0] if turn < len(heads) else len(pieces)
        for under in range(place + 1, end):
            if pieces[under].kind in (BlockKind.ITEM, BlockKind.PARAGRAPH):
                result[under] = replace(pieces[under], kind=kind)
    return result


def _fitting(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Nothing longer than its column, and nothing left out: what is too long goes on in a next block."""
    for piece in pieces:
        if len(piece.number) > MOST_NUMBER:
            piece = replace(piece, number="", text=f"{piece.number} {piece.text}")
        if piece.level and len(_with_number(piece)) > MOST_CHAPTER:
            piece = replace(piece, level=0, kind=BlockKind.PARAGRAPH)
        for part in _parts(piece.text):
            yield replace(piece, text=part)
            piece = replace(piece, number="", level=0)


def _parts(text: str) -> Iterator[str]:
    """At most 5,000 characters each, cut at a space when there is one."""
    while len(text) > MOST_TEXT:
        cut = text.rfind(" ", MOST_TEXT // 2, MOST_TEXT)
        cut = cut if cut > 0 else MOST_TEXT
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def _with_number(piece: Piece) -> str:
    if not piece.number:
        return piece.text
    dot = "" if "." in piece.number else "."
    return f"{piece.number}{dot} {piece.text}"


def _from_name(name: str) -> str:
    """A title from the name of the file, when the text does not begin with one."""
    words = " ".join(name.replace("_", " ").replace("-", " ").split())[:MOST_TITLE]
    return words[:1].upper() + words[1:] if words else NO_NAME
