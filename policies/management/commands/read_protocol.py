"""`manage.py read_protocol <file> --json`: what the portal understands of a protocol. Nothing is stored."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from policies.choices import BlockKind
from policies.domain.reading import MAX_BYTES, FileRefused, ReadText, read_file

SHOWN = 72  # characters of an article on the terminal


class Command(BaseCommand):
    help = "Show what the portal understands of a protocol (.txt or .md). Exit 1 when refused."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="all of it, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with override("nl"):
            text = _read(options["file"])
            if options["json"]:
                self.stdout.write(json.dumps(text.as_json(), ensure_ascii=False, indent=2))
            else:
                self._outline(text)

    def _outline(self, text: ReadText) -> None:
        self.stdout.write(text.title)
        for chapter in text.chapters:
            self.stdout.write(f"\n{chapter.title}  ({_counted(len(chapter.blocks))})")
            for block in chapter.blocks:
                words = block.text if len(block.text) <= SHOWN else block.text[: SHOWN - 1] + "…"
                self.stdout.write(f"  {BlockKind(block.kind).label:>14}  {block.number:>4}  {words}")
        blocks = sum(len(chapter.blocks) for chapter in text.chapters)
        count = len(text.chapters)
        chapters = ngettext("%(count)d chapter", "%(count)d chapters", count) % {"count": count}
        self.stdout.write(
            "\n"
            + _("%(chapters)s, %(blocks)s. Nothing was stored.")
            % {
                "chapters": chapters,
                "blocks": _counted(blocks),
            }
        )


def _counted(count: int) -> str:
    return ngettext("%(count)d piece of text", "%(count)d pieces of text", count) % {"count": count}


def _read(path: Path) -> ReadText:
    """One byte more than may come in: a larger file is refused without reading it whole."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return read_file(path.name, data)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except FileRefused as refused:
        raise CommandError(str(refused.message)) from None
