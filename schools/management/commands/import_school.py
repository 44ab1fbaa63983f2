"""`manage.py import_school <foundation> <edexml> [guardians.csv] [--dry-run]`: the page's import, on a terminal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from ledger.acting import acting, system
from schools.choices import ImportState
from schools.domain.imports.batches import Look, keep_all_apart, look_at, read_files, school_of, take_in
from schools.domain.imports.edexml import MAX_BYTES
from schools.domain.imports.messages import ROWS, dropped_words, say
from schools.domain.imports.refusal import FileRefused, ImportRefused
from schools.domain.imports.summary import summary
from schools.models import Foundation, ImportBatch


class _OnlyLooking(Exception):
    """Rolls a dry run back."""


class Command(BaseCommand):
    help = "Take the pupils, groups, teachers and guardians of one school in from files. Exit 1 when refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("foundation", help="the slug of the foundation, for instance opmaat")
        parser.add_argument("edexml", type=Path, help="EDEXML 2.1: pupils, groups and teachers")
        parser.add_argument("guardians", type=Path, nargs="?", help="CSV: one row per guardian per child")
        parser.add_argument("--dry-run", action="store_true", help="only look; save nothing")
        parser.add_argument(
            "--keep-apart",
            action="store_true",
            help="close matches are other people (without it, they are asked)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with override("nl"):
            foundation = Foundation.objects.filter(slug=options["foundation"]).first()
            if foundation is None:
                raise CommandError(_("There is no foundation %(slug)s.") % {"slug": options["foundation"]})
            try:
                with acting(system("import_school"), [foundation.id]):
                    left_to_somebody = self._import(options)
            except (FileRefused, ImportRefused) as refused:
                raise CommandError(say(refused)) from None
            except _OnlyLooking:
                self.stdout.write(_("Only looked at: nothing was saved."))
            else:
                if left_to_somebody:
                    raise CommandError(left_to_somebody)
                self.stdout.write(_("Done. It can be undone for 24 hours on the page “Import”."))

    def _import(self, options: dict[str, Any]) -> str:
        """Take it in; or, when a human must choose or agree first, leave it ready on the page and say why."""
        self.stdout.write(_("Reading the files…"))
        edexml = _read(options["edexml"])
        guardians = _read(options["guardians"]) if options["guardians"] else None
        upload = read_files(edexml, guardians)
        school = school_of(upload)
        self.stdout.write(_("Comparing with what is known of %(school)s…") % {"school": school.name})
        look = look_at(upload, school)
        self._tell(look)
        if look.plan.errors:
            raise ImportRefused("has_errors")
        if options["dry_run"]:
            raise _OnlyLooking
        decisions = keep_all_apart(look) if options["keep_apart"] else {}
        if look.plan.close and not decisions:
            return _waiting(look.batch, _("Somebody must say who is the same person."))
        self.stdout.write(_("Taking in…"))
        batch = take_in(look.batch, decisions=decisions, fingerprint=look.plan.fingerprint)
        if batch.state == ImportState.WAITING:
            return _waiting(
                batch, _("More than 5 percent of the links would disappear. Somebody must agree.")
            )
        return ""

    def _tell(self, look: Look) -> None:
        """The preview in numbers, what is not taken in, and an error per row; no names on a terminal."""
        for words, number in summary(look.plan.numbers):
            self.stdout.write(f"  {number:6}  {words}")
        if dropped := dropped_words(look.upload.dropped):
            self.stdout.write(_("Not taken in:"))
            for words, number in dropped:
                self.stdout.write(f"  {number:6}  {words}")
        for match in look.plan.close:
            self.stdout.write(
                _("Close match: number %(number)s looks like somebody who is known.")
                % {"number": match.row.number}
            )
        for error in look.plan.errors:
            problem, remedy = ROWS[error.code]
            place = _("%(file)s, row %(row)s, number %(number)s, column %(column)s") % {
                "file": error.file,
                "row": error.row,
                "number": error.number or "–",
                "column": error.column,
            }
            self.stderr.write(f"{place}: {problem} {remedy}")


def _read(path: Path) -> bytes:
    """One byte more than may come in: a larger file is refused without reading it whole."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def _waiting(batch: ImportBatch, why: str) -> str:
    address = f"/beheer/import/{batch.code}/"
    return why + " " + _("Nothing was saved yet. Go on at %(address)s") % {"address": address}
