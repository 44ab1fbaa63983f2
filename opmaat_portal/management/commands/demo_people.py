from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from opmaat_portal.demo.people import present


class Command(BaseCommand):
    help = "Prints who to sign in as in the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only with the demo settings.")
        people = present()
        width = max((len(person.name) for person in people), default=0)
        with translation.override(settings.LANGUAGE_CODE):
            for person in people:
                self.stdout.write(f"{person.name:<{width}}  {person.says}")
