"""A plain text: lines become paragraphs and articles, and lines that stand alone become headings."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from policies.choices import BlockKind

from .marks import mark_of, without_marks
from .outline import levels_of
from .pieces import Piece, Rows

LONGEST_COLUMN = 130  # a file with longer lines is not wrapped by hand
LONGEST_HEADING, SHORT_HEADING, LONG_PARAGRAPH = 80, 60, 60
MOST_COLUMNS = 20  # a line with more tabs is no row of a table
FULL_LINE = 0.72  # of the column: the next word did not fit any more
UNDERLINE = re.compile(r"[=~_*-]{3,}$")
DATE_LINE = re.compile(
    r"\b(januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december)\b.*\d{4}",
    re.IGNORECASE,
)
GOES_ON = re.compile(r"[?!].*\w| :")


@dataclass(slots=True)
class Unit:
    """A paragraph, an article or a line alone. `width`: of its last line; `lines`: how many it was written on."""

    text: str
    style: str = ""
    number: str = ""
    cells: list[str] = field(default_factory=list)
    lines: int = 1
    width: int = 0
    blank_before: bool = True
    blank_after: bool = True
    is_underlined: bool = False


def pieces_of_plain(text: str) -> tuple[str, list[Piece]]:
    """Title ("" when the text does not begin with one) and the pieces, in the order of the text."""
    lines = text.split("\n")
    units = units_of(lines)
    title = ""
    if len(units) > 1 and _is_title(units[0]):
        title = units.pop(0).text
        units[0].blank_before = True
    return title, _pieces(units)


def units_of(lines: Sequence[str]) -> list[Unit]:
    """Join the lines that were broken by hand, and split where a bullet or a number begins."""
    column = column_of(lines)
    units: list[Unit] = []
    blank = True
    for line in lines:
        words = line.strip()
        if not words:
            blank = True
            if units:
                units[-1].blank_after = True
            continue
        last = units[-1] if units else None
        if last and not blank and UNDERLINE.match(words) and last.lines == 1:
            last.is_underlined = True
            continue
        in_list = last is not None and (last.style == "bullet" or last.text.endswith(":"))
        mark = mark_of(words, in_list=in_list)
        if last and not blank and not mark.style and _goes_on(last, line, words, column):
            last.text, last.lines, last.width = f"{last.text} {words}", last.lines + 1, len(line.rstrip())
            continue
        if last and not blank:
            last.blank_after = False
        units.append(_unit(mark.style, mark.number, mark.rest, len(line.rstrip()), blank))
        blank = False
    for unit in units:
        unit.text = without_marks(unit.text)
    return [unit for unit in units if unit.text]


def _unit(style: str, number: str, rest: str, width: int, blank: bool) -> Unit:
    is_row = not style and 0 < rest.count("\t") < MOST_COLUMNS
    cells = [without_marks(cell) for cell in rest.split("\t")] if is_row else []
    return Unit(rest, style, number, cells, width=width, blank_before=blank)


def _goes_on(last: Unit, line: str, words: str, column: int) -> bool:
    """The line belongs to the paragraph above: that one was full, or this one is indented under an article."""
    if last.cells or "\t" in words:
        return False
    is_indented = len(line) - len(line.lstrip()) >= 2 and bool(last.style)
    return is_indented or (column > 0 and last.width >= column * FULL_LINE)


def column_of(lines: Sequence[str]) -> int:
    """How wide the lines were broken by hand; 0 when every paragraph stands on a line of its own."""
    widths = [len(line.rstrip()) for line in lines]
    column = max(widths, default=0)
    if not SHORT_HEADING <= column <= LONGEST_COLUMN:
        return 0
    broken = 0
    for above, below, width in zip(lines, lines[1:], widths, strict=False):
        ends, starts = above.rstrip()[-1:], below.strip()[:1]
        if width >= column * FULL_LINE and ends not in ".!?:;" and starts.islower():
            broken += 1
    return column if broken >= 2 else 0


def _is_title(first: Unit) -> bool:
    is_short = first.lines == 1 and not first.cells and len(first.text) <= 120
    is_line = not first.style and first.text[-1] not in ".:;," and not GOES_ON.search(first.text)
    is_chapter = first.text.lower() in {"inleiding", "voorwoord", "inhoud", "inhoudsopgave"}
    return is_short and is_line and not is_chapter and any(char.isalpha() for char in first.text)


def _pieces(units: Sequence[Unit]) -> list[Piece]:
    times = Counter(unit.text for unit in units)
    is_heading: list[bool] = []
    for place in range(len(units)):
        is_heading.append(times[units[place].text] < 3 and _is_heading(units, place, is_heading))
    levels = levels_of([(unit.style, unit.number, unit.text) for unit in units], is_heading)
    pieces: list[Piece] = []
    rows = Rows()
    for unit, level in zip(units, levels, strict=True):
        rows = rows if unit.cells else Rows()
        if unit.cells:
            pieces += rows.pieces(unit.cells)
        elif level:
            pieces.append(Piece(unit.text, unit.number, level=level))
        elif _is_small_heading(unit):
            pieces.append(Piece(unit.text.rstrip(":").rstrip(), level=2))
        else:
            kind = BlockKind.ITEM if unit.style else BlockKind.PARAGRAPH
            pieces.append(Piece(unit.text, unit.number, kind))
    return pieces


def _is_heading(units: Sequence[Unit], place: int, before: Sequence[bool]) -> bool:
    """A short line without a full stop, alone, with something under it, and not one of a list."""
    unit = units[place]
    follower = units[place + 1] if place + 1 < len(units) else None
    if follower is None or not _looks_like_heading(unit):
        return False
    if unit.is_underlined:
        return True
    above = units[place - 1] if place else None
    if unit.style and above and above.style == unit.style and not before[place - 1]:
        return False
    if unit.style and follower.style == unit.style and _is_next(unit.number, follower.number):
        return False
    if unit.blank_before and unit.blank_after:
        return True
    has_room = unit.blank_before or (place > 0 and before[place - 1])
    if has_room and unit.text.isupper() and len(unit.text) >= 4:
        return True
    runs_in = not follower.style and not follower.cells and len(follower.text) >= LONG_PARAGRAPH
    return has_room and runs_in and len(unit.text) <= SHORT_HEADING


def _looks_like_heading(unit: Unit) -> bool:
    text = unit.text
    if unit.lines > 1 or unit.cells or unit.style in ("bullet", "a") or len(text) > LONGEST_HEADING:
        return False
    if text[-1] in ".,:;…" or not (text[0].isupper() or text[0].isdigit()):
        return False
    has_letters = sum(char.isalpha() for char in text) >= 2
    return has_letters and not GOES_ON.search(text) and not DATE_LINE.search(text)


def _is_small_heading(unit: Unit) -> bool:
    """ "Gedragsafspraken voor leerkrachten:" names what follows; a whole sentence with a colon leads into it."""
    alone = unit.blank_before and unit.blank_after and unit.lines == 1 and not unit.style
    is_name = unit.text.endswith(":") and unit.text[0].isupper() and len(unit.text.split()) <= 4
    return alone and is_name and len(unit.text) > 2


def _is_next(number: str, after: str) -> bool:
    if number.isdigit() and after.isdigit():
        return int(after) == int(number) + 1
    return len(number) == len(after) == 1 and ord(after) == ord(number) + 1
