"""From the bytes of a file to text, or a refusal in plain words; pure, in time linear to the file."""

import re
from pathlib import PurePath

from .build import build
from .markdown import has_headings, pieces_of_markdown
from .plain import pieces_of_plain
from .shape import FileRefused, ReadText

MAX_BYTES = 1_000_000
MOST_LINES = 20_000  # three times what the largest text needs; more would only cost time
ENDINGS = {"", ".txt", ".md", ".markdown", ".text"}
# Text by its name, something else by its first bytes: PDF, zip (docx, odt), old Word, RTF, pictures.
OTHER_THINGS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Characters of control that no text needs; a tab, line ends and a page end are text.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
LINE_END = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b]")
MOST_CONTROL = 0.01  # a share of the characters; above it a file is no text


def read_file(name: str, data: bytes) -> ReadText:
    """Understand a .txt or .md file as a title, chapters and blocks of plain text; nothing is stored (P9).

    UTF-8 (with or without BOM), UTF-16 with BOM, or cp1252. No word is left out; markup stays text. Without
    headings all of it is one chapter, named after the title. Raises FileRefused, and nothing else.
    """
    if len(data) > MAX_BYTES:
        raise FileRefused("too_big")
    path = PurePath(name.replace("\0", "").replace("\\", "/"))
    if path.suffix.lower() not in ENDINGS:
        raise FileRefused("unknown_format")
    text = decoded(data)
    if not any(char.isalnum() for char in text):
        raise FileRefused("empty")
    if text.count("\n") > MOST_LINES and sum(1 for line in text.split("\n") if line.strip()) > MOST_LINES:
        raise FileRefused("too_many")
    title, pieces = pieces_of_markdown(text) if has_headings(text) else pieces_of_plain(text)
    return build(title, pieces, name=path.stem)


def decoded(data: bytes) -> str:
    """The text with line ends of one kind, without a BOM and without stray control characters."""
    if data.startswith(OTHER_THINGS):
        raise FileRefused("not_text")
    try:
        text = data.decode("utf-16") if data.startswith(UTF_16) else _one_byte_or_utf_8(data)
    except UnicodeDecodeError:
        raise FileRefused("not_text") from None
    text = LINE_END.sub("\n", text)
    strange = len(CONTROL.findall(text))
    if "\0" in text or strange > len(text) * MOST_CONTROL:
        raise FileRefused("not_text")
    text = CONTROL.sub("", text) if strange else text
    return text.replace("\f", "\n\n").replace("\ufeff", "")


def _one_byte_or_utf_8(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")
