"""Numbers for the board: small ones are hidden, and cannot be found by subtraction either (I10, UX-B1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consent.domain.progress import Part, Totals

FEWEST = 5  # a number below this could point at persons


@dataclass(frozen=True, slots=True)
class Row:
    """One school, or the total: how many parents were asked, have chosen, and have not."""

    name: str
    asked: int
    answered: int

    @property
    def cells(self) -> tuple[int, int, int]:
        return self.asked, self.answered, self.asked - self.answered


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, or why there is none: `is_small` fewer than 5; else hidden, so that no small one can be computed."""

    number: int | None
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    name: str
    asked: Cell
    answered: Cell
    silent: Cell


@dataclass(frozen=True, slots=True)
class Table:
    rows: list[ShownRow]
    total: ShownRow


def without_small_numbers(rows: Sequence[Row], total: Row) -> Table:
    """The table as the board may see it.

    A row with a cell under 5 is closed whole, since its other two cells give the third. While what is closed
    could be computed from the total (one closed row, or closed rows that together stay under 5), the smallest
    open row is closed as well; when none is left, the total itself is.
    """
    closed = {place for place, row in enumerate(rows) if min(row.cells) < FEWEST}
    by_size = sorted(range(len(rows)), key=lambda place: (rows[place].asked, place))
    for place in by_size:
        if not closed or _is_safe([rows[one] for one in closed]):
            break
        closed.add(place)
    total_is_open = min(total.cells) >= FEWEST and (not closed or _is_safe([rows[one] for one in closed]))
    shown = [_shown(row, is_open=place not in closed) for place, row in enumerate(rows)]
    return Table(shown, _shown(total, is_open=total_is_open))


def table_of(parts: Iterable[Part], total: Totals, total_name: str) -> Table:
    rows = [Row(part.place.name, part.asked, part.answered) for part in parts]
    return without_small_numbers(rows, Row(total_name, total.asked, total.answered))


def few_or(number: int) -> Cell:
    """One number that stands by itself."""
    return Cell(number) if number >= FEWEST else Cell(None, is_small=True)


def _is_safe(closed: Sequence[Row]) -> bool:
    """Nobody can tell the closed rows apart, and together they are no small number."""
    sums = [sum(row.cells[column] for row in closed) for column in range(3)]
    return len(closed) > 1 and min(sums) >= FEWEST


def _shown(row: Row, *, is_open: bool) -> ShownRow:
    if is_open:
        return ShownRow(row.name, *(Cell(number) for number in row.cells))
    return ShownRow(row.name, *(Cell(None, is_small=number < FEWEST) for number in row.cells))
