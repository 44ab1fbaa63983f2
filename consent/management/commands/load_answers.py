"""`manage.py load_answers <foundation> <csv> --by <name> [--dry-run]`: the answers of before the portal."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from consent.domain.loading import MAX_BYTES, ROWS, ListRefused, LoadPlan, load_answers, plan_load
from consent.querysets import purposes_on
from consent.rules import paper_roles
from ledger.acting import acting, current, system
from schools.models import Foundation, Role, StaffMember
from schools.querysets import at_work


class Command(BaseCommand):
    help = "Take over the choices that parents made before the portal, from a list. Exit 1 when refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("foundation", help="the slug of the foundation, for instance opmaat")
        parser.add_argument("csv", type=Path, help="leerling;ouder;doel;antwoord;datum, one choice per row")
        parser.add_argument(
            "--by", required=True, help="who answers for it: name or e-mail of a staff member"
        )
        parser.add_argument("--dry-run", action="store_true", help="only look; save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        with override("nl"):
            foundation = Foundation.objects.filter(slug=options["foundation"]).first()
            if foundation is None:
                raise CommandError(_("There is no foundation %(slug)s.") % {"slug": options["foundation"]})
            try:
                with acting(system("load_answers"), [foundation.id]):
                    self._load(options)
            except ListRefused as refused:
                raise CommandError(str(refused.message)) from None

    def _load(self, options: dict[str, Any]) -> None:
        by, roles = _who(options["by"])
        plan = plan_load(_read(options["csv"]), roles=roles)
        self._tell(plan)
        if options["dry_run"]:
            if plan.errors:
                raise ListRefused("rows")
            self.stdout.write(_("Only looked at: nothing was saved."))
            return
        load_answers(plan, by=by)
        self.stdout.write(_("Done. Every parent gets a receipt of what was taken over."))

    def _tell(self, plan: LoadPlan) -> None:
        """The preview in numbers and an error per row; no names on a terminal."""
        for number, words in (
            (len(plan.rows), _("choices are taken over")),
            (plan.known, _("were taken over before")),
            (plan.newer, _("are passed over: the parent chose something newer")),
            (len(plan.errors), _("rows are wrong")),
        ):
            self.stdout.write(f"  {number:6}  {words}")
        known = ", ".join(purpose.slug for purpose in purposes_on(current().today))
        for error in plan.errors:
            words = str(ROWS[error.code]) % {"known": known} if error.code == "purpose" else ROWS[error.code]
            place = _("row %(row)s, column %(column)s") % {"row": error.row, "column": error.column or "–"}
            self.stderr.write(f"{place}: {words}")


def _who(name: str) -> tuple[StaffMember, list[Role]]:
    """The one staff member with this name or address who enters answers today."""
    wanted = name.strip().casefold()
    found = [
        person
        for person in StaffMember.objects.filter(has_left=False).order_by("id")
        if wanted in {person.full_name.casefold(), person.email.casefold()}
    ]
    if len(found) != 1:
        raise CommandError(_("Give the full name or the e-mail address of one staff member with --by."))
    roles = at_work(found[0].id, current().today)[1]
    if not paper_roles(roles):
        raise CommandError(_("Only the office of a school or an administrator takes answers over."))
    return found[0], roles


def _read(path: Path) -> bytes:
    """One byte more than may come in: a larger file is refused without reading it whole."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
