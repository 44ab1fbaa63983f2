"""What `make demo` needs before the portal can start, in one process: starting Django three times takes seconds."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections


class Command(BaseCommand):
    help = "Migrates as the owner, loads the demo, and writes who to sign in as to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=Path, required=True, help="the file for the list of demo_people")

    def handle(self, *args: Any, people: Path, **options: Any) -> None:
        self.step("Tables", "migrate", database="owner", interactive=False)
        self.step("Five foundations with made-up people", "load_demo")
        # What was just loaded is counted now, as autovacuum would in a minute: until then a page waited half a minute.
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        with people.open("w") as file:
            call_command("demo_people", stdout=file)

    def step(self, text: str, command: str, **options: Any) -> None:
        """Say what is being done, do it, say how long it took."""
        self.stdout.write(f"- {text} ...")
        begun = time.monotonic()
        call_command(command, **options)
        self.stdout.write(f"  done, {time.monotonic() - begun:.1f} s")
