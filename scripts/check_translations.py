"""Is every text of the portal in the Dutch catalogue, translated, not fuzzy, and nothing else in it?

Collects the texts anew in a copy of the sources (so nothing here changes) and lets gettext compare.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("nl",)
# Folders without a text for a page.
NOT_COPIED = shutil.ignore_patterns(
    *(".*", "__pycache__", "*.pyc", "*.mo"),
    *("tests", "devstack", "scripts", "bench", "samples", "static", "staticfiles", "docs", "requirements"),
    *("node_modules", "migrations"),
)


def texts_of_today(copy: Path) -> Path:
    """The template catalogue (.pot) of the sources as they are now, made in `copy`."""
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    command = [sys.executable, "-m", "django", "makemessages", "--locale=nl", "--keep-pot", "--no-location"]
    outside = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=copy, env=outside, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"makemessages failed: {done.stdout}{done.stderr}")
    return copy / "locale" / "django.pot"


def faults(language: str, today: Path) -> list[str]:
    """What is missing, untranslated, fuzzy or no longer used in one language."""
    catalogue = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    if not catalogue.exists():
        return [f"{catalogue.relative_to(ROOT)} is missing"]
    compared = subprocess.run(["msgcmp", catalogue, today], capture_output=True, text=True, check=False)
    # msgcmp names all four kinds, each with its line; a text that no page uses is only a warning to it.
    return [line for line in compared.stderr.splitlines() if line.strip()]


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        today = texts_of_today(Path(scratch) / "copy")
        problems = [line for language in LANGUAGES for line in faults(language, today)]
    for line in problems:
        print(line.replace(str(ROOT) + "/", ""))
    if problems:
        print("Collect the texts with `make messages`, then translate what is empty or fuzzy.")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
