"""How long a kind of record is kept, and why. Each table declares one; a table without one fails a test (E3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keep:
    """`until` in plain words, `ground` the reason (law article or rule number)."""

    until: str
    ground: str
