#!/usr/bin/env python
"""Django's commands. Without an environment it works on the demo that runs in another terminal."""

import gc
import os
import sys


def find_the_demo() -> None:
    """Use the database, broker and keys of the running demo, unless the environment names its own."""
    if "DATABASE_URL" in os.environ or "DATABASE_URL_FILE" in os.environ:
        return
    from devstack import attach

    if not attach() and sys.argv[1:2] not in (["makemessages"], ["compilemessages"], ["help"], []):
        sys.exit('There is no database to work on. Start `make demo` first, or use: make manage DO="…"')


if __name__ == "__main__":
    gc.set_threshold(
        50_000
    )  # loading the portal leaves no garbage: looking for it was a tenth of each command
    find_the_demo()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opmaat_portal.settings.demo")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
