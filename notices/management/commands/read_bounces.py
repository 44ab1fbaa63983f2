"""`manage.py read_bounces <Maildir or mbox>`: mails that came back, from a mailbox on disk."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notices.domain.bounce_mailbox import read_mailbox


class Command(BaseCommand):
    help = "Takes in mails that came back (RFC 3464). Safe to run again: each counts once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "mailbox", type=Path, help="a Maildir (what is in new/ moves to cur/) or an mbox file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            taken = read_mailbox(options["mailbox"])
        except OSError as error:
            raise CommandError(
                f"{options['mailbox']} cannot be read: {error.strerror or 'not there'}."
            ) from error
        self.stdout.write(
            f"{taken.new} new, {taken.known} known already, {taken.not_ours} not about a mail of ours."
        )
