"""Which headings are chapters, and which stand inside one: plain text does not say it, its order does."""

import re
from collections.abc import Sequence

CHAPTER_WORD = re.compile(r"(hoofdstuk|deel|bijlage)\b", re.IGNORECASE)
ARTICLE_WORD = re.compile(r"artikel \d", re.IGNORECASE)
ALWAYS_CHAPTER = re.compile(
    r"(inleiding|voorwoord|nawoord|slot|inhoud|begrippen|definities|samenvatting|bijlage|sancties|gevolgen)\b",
    re.IGNORECASE,
)
Marked = tuple[str, str, str]  # style, number, text


def levels_of(units: Sequence[Marked], is_heading: Sequence[bool]) -> list[int]:
    """Per unit 0 (no heading), 1 (a chapter) or 2 (inside one).

    Numbers tell it (1 and 1.1); else the word "hoofdstuk"; else a heading straight above another heading is a
    chapter, and the headings after it stand inside. Without any of these every heading is a chapter.
    """
    heads = [place for place, heading in enumerate(is_heading) if heading]
    texts = [units[place][2] for place in heads]
    has_words = any(CHAPTER_WORD.match(text) for text in texts)
    has_numbers = sum(units[place][0] == "1" for place in heads) >= 2
    stacked = (
        {
            place
            for place in heads
            if place + 1 in set(heads) and not units[place][0] and not units[place + 1][0]
        }
        if not has_numbers and not has_words
        else set()
    )
    levels = [0] * len(units)
    inside = False
    for place in heads:
        style, _, text = units[place]
        if CHAPTER_WORD.match(text):
            levels[place] = 1
        elif ARTICLE_WORD.match(text):
            levels[place] = 2 if has_words else 1
        elif style:
            levels[place] = 1 if style == "1" or (style == "A" and not has_numbers) else 2
            inside = inside or (has_numbers and style == "1")
        elif has_numbers or stacked or has_words:
            levels[place] = 1 if place in stacked or not inside or ALWAYS_CHAPTER.match(text) else 2
            inside = inside or place in stacked
        else:
            levels[place] = 1
    return levels
