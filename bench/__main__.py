"""Measure one row of the benchmark on a stack of its own, in a folder that is removed again.

    python -m bench plan                      a round for 5,000 and for 94,000 guardians
    python -m bench plan --guardians 5000     one size only, without the comparison

Exit 1 when a goal is missed. Ctrl-C stops everything that it started.
"""

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter

import devstack
from devstack import stack

SETTINGS = "opmaat_portal.settings.demo"  # those of the portal; only quiet times are off, whatever the day
NOBODY_LISTENS = "smtp://127.0.0.1:9"
ROWS = ("plan",)


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("row", choices=ROWS)
    parser.add_argument("--guardians", type=int, action="append", help="instead of 5,000 and 94,000")
    chosen = parser.parse_args()
    with devstack.running(
        durable=True, settings=SETTINGS, port=stack.free_port(), outside={"EMAIL_URL": NOBODY_LISTENS}
    ) as whole:
        os.environ.update(whole.env)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", database="owner", verbosity=0)
        connections.close_all()
        from . import plan

        return plan.run(whole.database_url("postgres"), chosen.guardians or plan.SIZES)


if __name__ == "__main__":
    sys.exit(main())
