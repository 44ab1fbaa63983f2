"""A protocol comes in as a file of plain text or Markdown; it is shown as understood before it is used (P9)."""

from .files import MAX_BYTES, read_file
from .shape import FileRefused, ReadBlock, ReadChapter, ReadText

__all__ = ["MAX_BYTES", "FileRefused", "ReadBlock", "ReadChapter", "ReadText", "read_file"]
