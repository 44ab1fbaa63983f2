"""What both readers make of a text, before it is put into chapters."""

from dataclasses import dataclass

from policies.choices import BlockKind

from .marks import do_or_dont


@dataclass(frozen=True, slots=True)
class Piece:
    """A heading (`level` 1: chapter, 2 and more: inside one) or, with level 0, a block of the text."""

    text: str
    number: str = ""
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0


class Rows:
    """The rows of one table, one after another: two columns "this we do" and "we don't", or anything else."""

    def __init__(self) -> None:
        self.kinds: list[BlockKind] = []

    def pieces(self, cells: list[str]) -> list[Piece]:
        """What one row says; a row above do's and don'ts becomes a small heading."""
        kinds = [kind for cell in cells if (kind := do_or_dont(cell))]
        if {BlockKind.DO, BlockKind.DONT} == set(kinds) and len(kinds) == len(cells):
            self.kinds = kinds
            return [Piece(" / ".join(cell.rstrip(":") for cell in cells), kind=BlockKind.HEADING, level=2)]
        if self.kinds and len(cells) <= len(self.kinds):
            return [
                Piece(cell, kind=kind) for cell, kind in zip(cells, self.kinds, strict=False) if cell.strip()
            ]
        return [Piece(" – ".join(cell for cell in cells if cell.strip()))]
