"""The small signs in a text: bullets, numbers, emphasis, and the words above a list of do's and don'ts."""

import re
from dataclasses import dataclass

from policies.choices import BlockKind

# ¢ is how a scanner reads a round bullet.
BULLET = re.compile(r"[-*+•–—·▪■◦‣●○¢][ \t\u00a0]+(?=\S)")
# Word's second-level bullet is a letter; only inside a list, because "o" and "e" can be words.
LETTER_BULLET = re.compile(r"[oe][ \t\u00a0]+(?=\S)")
NUMBER = re.compile(
    r"(?:(?P<levels>\d{1,2}(?:\.\d{1,2}){1,2})\.?|(?P<one>\d{1,2})[.)]|\((?P<between>\d{1,2}|[a-z])\)"
    r"|(?P<small>[a-z])[.)]|(?P<capital>[A-H])[.)])[ \t\u00a0]+(?=\S)"
)
MARK_RUN = re.compile(r"\*+|_+|`+")
LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\(([^()\s]{1,500})\)")
ESCAPED = re.compile(r"\\([\\*_`#\[\](){}+.!>|~-])")

DO_WORDS = {"wel", "do's", "dos", "do"}
DONT_WORDS = {"niet", "nooit", "geen", "don'ts", "donts", "don't", "dont"}
AROUND = {
    "dit", "dat", "wat", "zo", "doe", "doen", "we", "wij", "ik", "je", "jij", "mag", "mogen", "kan", "kunnen",
    "op", "sociale", "social", "media", "bij", "ons", "de",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before the words of a line. `style`: "", "bullet", "1", "1.1", "a" or "A"."""

    style: str = ""
    number: str = ""
    rest: str = ""


def mark_of(line: str, *, in_list: bool = False) -> Mark:
    """The bullet and number before a line (without leading spaces), and the words after them."""
    bullet = BULLET.match(line) or (LETTER_BULLET.match(line) if in_list else None)
    rest = line[bullet.end() :] if bullet else line
    found = NUMBER.match(rest)
    if found is None or (found["levels"] and rest[found.end()].islower()):
        return Mark("bullet" if bullet else "", "", rest)
    after = rest[found.end() :]
    if found["levels"]:
        return Mark("1.1", found["levels"], after)
    if number := found["one"] or (found["between"] or "").strip("abcdefghijklmnopqrstuvwxyz"):
        return Mark("1", number, after)
    if found["capital"]:
        return Mark("A", found["capital"], after)
    return Mark("a", found["small"] or found["between"], after)


def without_marks(text: str) -> str:
    """Plain words: emphasis, code marks, escapes and the brackets of links taken away; addresses stay."""
    if "](" in text:
        text = LINK.sub(lambda link: f"{link[1]} ({link[2]})" if link[1] != link[2] else link[1], text)
    text = _without_emphasis(text)
    if "\\" in text:
        text = ESCAPED.sub(r"\1", text)
    return " ".join(text.split())


def _without_emphasis(text: str) -> str:
    """Take pairs of equal runs away, around words only ("2*3*4" and snake_case stay); one pass and a stack."""
    waiting: dict[str, list[int]] = {}
    gone: set[int] = set()
    runs = list(MARK_RUN.finditer(text))
    for place, run in enumerate(runs):
        before = text[run.start() - 1] if run.start() else " "
        after = text[run.end()] if run.end() < len(text) else " "
        stack = waiting.setdefault(run[0], [])
        may_close = not before.isspace() and not after.isalnum() and before != "\\"
        if may_close and stack:
            gone |= {stack.pop(), place}
        elif may_close and (both := _bold_and_slanted(run[0], waiting)):
            gone |= {*both, place}
        elif not after.isspace() and not before.isalnum() and before != "\\":
            stack.append(place)
    if not gone:
        return text
    parts, end = [], 0
    for place in sorted(gone):
        parts.append(text[end : runs[place].start()])
        end = runs[place].end()
    return "".join([*parts, text[end:]])


def _bold_and_slanted(run: str, waiting: dict[str, list[int]]) -> set[int]:
    """Three stars that end two stars and one star, opened apart."""
    if len(run) != 3 or run[0] == "`":
        return set()
    one, two = waiting.get(run[0]), waiting.get(run[:2])
    return {one.pop(), two.pop()} if one and two else set()


def do_or_dont(words: str) -> BlockKind | None:
    """Whether a heading says "this we do" or "this we don't"; both at once or something else: None."""
    if len(words) > 60:
        return None
    plain = words.lower().replace("’", "'").replace("‘", "'")
    found = {word for word in re.split(r"[^\w']+", plain) if word}
    does, does_not = bool(found & DO_WORDS), bool(found & DONT_WORDS)
    if not found <= DO_WORDS | DONT_WORDS | AROUND or (does and does_not):
        return None
    if does_not:
        return BlockKind.DONT
    return BlockKind.DO if does or {"dit", "we"} <= found or {"dit", "wij"} <= found else None
