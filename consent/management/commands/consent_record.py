"""Print the consent records of one pupil as JSON; that they were given out is written down."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent.domain.proof import give_proof
from consent.domain.record_json import consent_records
from ledger.acting import acting, system
from ledger.choices import Reading
from ledger.domain.record import record_reading
from schools.models import Foundation, Pupil


class Command(BaseCommand):
    help = "Prints every consent record of a pupil (after ISO/IEC TS 27560:2023) as a JSON list."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("foundation", help="the slug of the foundation, e.g. opmaat")
        parser.add_argument("pupil", help="the random code of the pupil, as in the address of its proof")

    def handle(self, *args: Any, **options: Any) -> None:
        foundation = Foundation.objects.filter(slug=options["foundation"]).first()
        if foundation is None:
            raise CommandError(f"No foundation is called {options['foundation']!r}.")
        with acting(system("consent_record"), [foundation.id]):
            pupil = Pupil.objects.filter(code=options["pupil"].replace("\0", "")).first()
            if pupil is None:
                raise CommandError(f"No pupil of {foundation.slug} has the code {options['pupil']!r}.")
            record_reading(Reading.PROOF, [pupil.id])
            give_proof(pupil, reason="manage.py consent_record")
            records = consent_records(pupil)
        self.stdout.write(json.dumps(records, ensure_ascii=False, indent=2))
