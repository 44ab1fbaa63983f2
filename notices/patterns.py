"""A mail to thousands is the same mail with other names and another link: its templates are filled once, with holes.

A pattern belongs to a kind, a language, and everything that its templates may look at: all words that are no name or
link, how many names there are, and which of them are empty. It is made when a second mail of that shape comes, and
used only when that mail, written in full, is the same as the pattern with its holes filled.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape

# Nothing but these words may differ within a pattern: names and addresses, which a template shows and never judges.
HOLES = ("to_name", "link", "children")
MOST_PATTERNS, MOST_SEEN = 200, 5_000
MARK = re.compile("\ue000([0-9]{1,4})\ue001")  # of the private area of Unicode: no translation of ours has it


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as somebody will read it."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Fixed pieces of each of the three texts, and between them the numbers of the words that come there."""

    subject: Sequence[str]
    text: Sequence[str]
    html: Sequence[str]

    def filled(self, names: Sequence[str]) -> Written:
        escaped = [escape(name) for name in names]
        return Written(_filled(self.subject, names), _filled(self.text, names), _filled(self.html, escaped))


# None: the templates of this kind do more with a name than show it; each mail is written in full.
_known: dict[str, Pattern | None] = {}
# Shapes that came once: a receipt is of a shape of its own, and making a pattern of it would be for nothing.
_seen: set[int] = set()


def write_by_pattern(name: str, words: dict[str, Any], write: Callable[[dict[str, Any]], Written]) -> Written:
    """What `write(words)` gives, and sooner when a mail of this shape was written before.

    `name`: what the templates and the language are. `words` are plain: no word has a line break, or spaces around it.
    """
    marked, names = _with_holes(words)
    key = json.dumps([name, marked], sort_keys=True, default=str)
    if (pattern := _known.get(key)) is not None:
        return pattern.filled(names)
    written = write(words)
    if key not in _known and _came_before(hash(key)):
        if len(_known) >= MOST_PATTERNS:
            _known.clear()
        pattern = _pattern_of(write(marked))
        _known[key] = pattern if pattern.filled(names) == written else None
    return written


def _came_before(shape: int) -> bool:
    if shape in _seen:
        return True
    if len(_seen) >= MOST_SEEN:
        _seen.clear()
    _seen.add(shape)
    return False


def forget_patterns() -> None:
    """For a test that puts other templates in the place of ours."""
    _known.clear()
    _seen.clear()


def _with_holes(words: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    names: list[str] = []

    def hole(value: Any) -> Any:
        if isinstance(value, str) and value:
            names.append(value)
            return f"\ue000{len(names) - 1}\ue001"
        return [hole(one) for one in value] if isinstance(value, list) else value

    return {word: hole(value) if word in HOLES else value for word, value in words.items()}, names


def _pattern_of(marked: Written) -> Pattern:
    return Pattern(*(tuple(MARK.split(text)) for text in (marked.subject, marked.text, marked.html)))


def _filled(pieces: Sequence[str], names: Sequence[str]) -> str:
    return "".join(_alternately(pieces, names))


def _alternately(pieces: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        if number % 2 == 0:
            yield piece
        elif int(piece) < len(names):  # else a mark that is not ours, and the comparison says so
            yield names[int(piece)]
