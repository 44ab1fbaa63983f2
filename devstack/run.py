"""Run one command with everything it needs around it: `python -m devstack.run -- python manage.py shell`.

Works on the running demo when there is one (DATA, default `.data`); else on the demo's own data, with the
database, broker and mailbox started for the time of the command. `--empty`: on throw-away data.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter

from . import commands
from .attach import attach
from .processes import DevstackError
from .stack import ROOT, running


def main() -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--empty", action="store_true", help="on a new, empty database that is removed again")
    parser.add_argument("--settings", default="opmaat_portal.settings.demo")
    parser.add_argument("command", nargs="+")
    choice = parser.parse_args()
    command = commands.here(tuple(choice.command))
    if not choice.empty and attach():
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    data = None if choice.empty else ROOT / (os.environ.get("DATA") or ".data")
    try:
        with running(data, durable=not choice.empty, settings=choice.settings) as stack:
            return subprocess.run(command, cwd=ROOT, env=stack.env, check=False).returncode
    except DevstackError as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
