"""The commands of the portal's processes: one list for the demo, the tests and docker-compose.yml.

`scripts/check_compose.py` refuses a compose file that starts something else.
"""

import sys

WEB = ("gunicorn", "-c", "deploy/gunicorn.conf.py", "opmaat_portal.wsgi")
# Mingle and gossip let workers talk to each other: a second at the start that one worker never needs.
WORKER = (
    "celery",
    "-A",
    "opmaat_portal",
    "worker",
    "--loglevel=INFO",
    "--concurrency=2",
    "--without-mingle",
    "--without-gossip",
)
# Everything beat rings for is "all that is due since", so it need not remember on disk when it last rang.
BEAT = ("celery", "-A", "opmaat_portal", "beat", "--loglevel=INFO", "--scheduler=celery.beat:Scheduler")
MIGRATE = ("python", "manage.py", "migrate", "--database=owner", "--noinput")

PORTAL = {"web": WEB, "worker": WORKER, "beat": BEAT}


def here(command: tuple[str, ...]) -> list[str]:
    """The same command with this very Python: the scripts in a virtual environment break when it is moved."""
    program, *arguments = command
    return (
        [sys.executable, *arguments] if program == "python" else [sys.executable, "-m", program, *arguments]
    )
