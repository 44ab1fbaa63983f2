import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from opmaat_portal.demo.load import load_all


class Command(BaseCommand):
    help = "Makes the five foundations of the demo with made-up people; what is there already is left alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=("full", "small"), default="full", help="small: for tests")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only with the demo settings: these people are made up.")
        begun = time.monotonic()
        load_all(is_small=options["size"] == "small", say=self._say)
        self._say(f"  in all {time.monotonic() - begun:.1f} s")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
