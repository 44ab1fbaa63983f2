"""Settings of a worker that also knows the mails that only the tests send."""

from pathlib import Path

from opmaat_portal.settings.test import *  # noqa: F403
from opmaat_portal.settings.test import TEMPLATES

TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
