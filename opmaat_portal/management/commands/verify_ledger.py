"""Check a foundation's ledger and, with it, that the fast state of consent equals the answers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent.domain.verify import first_unproved_answer, first_unproved_invalidation
from consent.querysets import drifted
from ledger.acting import acting, system
from ledger.domain.verify import verify
from schools.models import Foundation


class Command(BaseCommand):
    help = "Recomputes every leaf of the ledger; exit 1 at the first fault, with its place."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("foundation", help="the slug of the foundation, e.g. opmaat")

    def handle(self, *args: Any, **options: Any) -> None:
        foundation = Foundation.objects.filter(slug=options["foundation"]).first()
        if foundation is None:
            known = ", ".join(Foundation.objects.values_list("slug", flat=True))
            raise CommandError(f"No foundation is called {options['foundation']!r}. Known: {known}.")
        with acting(system("verify"), [foundation.id], read_only=True):
            verified = verify(foundation.id)
            if verified.fault:
                raise CommandError(f"Entry {verified.fault.entry_id}: {verified.fault.why}.")
            if (unproved := first_unproved_answer()) is not None:
                raise CommandError(f"Answer {unproved}: it does not say what its ledger entry says.")
            if (unproved := first_unproved_invalidation()) is not None:
                raise CommandError(f"Answer {unproved}: it was taken out without a ledger entry.")
            if drift := drifted():
                raise CommandError(f"The kept latest answers differ from the answers: {drift[0]}.")
        self.stdout.write(
            f"{verified.entries} entries fit their leaf hash, {verified.erased} of them erased."
        )
