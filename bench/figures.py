"""What a row says: figures with a goal and their noise, and what of it is missed."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One judged figure. `noise` is half of the distance between the quartiles of its rounds, in the same unit.

    `least`: what performance.md calls the least acceptable, printed beside the goal. `seen`: what is printed and not
    judged, such as requests per second.
    """

    what: str
    value: float
    goal: float
    at_most: bool = True
    noise: float = 0.0
    least: float | None = None
    seen: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    @property
    def is_missed(self) -> bool:
        """Falls short by more than its noise."""
        short = self.value - self.goal if self.at_most else self.goal - self.value
        return short > self.noise

    @property
    def verdict(self) -> str:
        if self.is_met:
            return "met"
        return "MISSED" if self.is_missed else "within its noise"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Paired:
    """The same number of rounds of ours and of the floor, each measured right after the other."""

    ours: tuple[float, ...]
    floor: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        return [ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def noise(self) -> float:
        return spread(self.ratios)


def interleaved(ours: Callable[[], float], floor: Callable[[], float], rounds: int) -> Paired:
    """A B A B: after one round of each that does not count. Each call gives its own figure."""
    ours(), floor()
    pairs = [(ours(), floor()) for _ in range(rounds)]
    return Paired(tuple(a for a, _ in pairs), tuple(b for _, b in pairs))


def spread(values: Sequence[float]) -> float:
    """Half of the distance between the quartiles; 0 of a single one."""
    if len(values) < 2:
        return 0.0
    low, _, high = quantiles(values, n=4, method="inclusive")
    return (high - low) / 2
