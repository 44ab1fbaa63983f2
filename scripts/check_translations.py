"""Is every text of the portal in Dutch, and every text that a family meets in the five other languages?

Collects the texts anew in a copy of the sources (so nothing here changes) and lets gettext compare.

    check_translations                    what is wrong; exit 1 when anything is
    check_translations --missing ar       what families would still read in Dutch, as {"msgid": ""} to fill in
    check_translations --fill ar FILE     put such a file, filled in, into the catalogue
    check_translations --update           the catalogues of families anew: new texts empty, unused ones gone

A text with plurals is {"msgid|msgid_plural": [one form per plural of that language]}.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts import parent_texts
from scripts.parent_texts import PLURALS, ROOT, Text

# Folders without a text for a page.
NOT_COPIED = shutil.ignore_patterns(
    *(".*", "__pycache__", "*.pyc", "*.mo"),
    *("tests", "devstack", "scripts", "bench", "samples", "static", "staticfiles", "docs", "requirements"),
    *("node_modules", "migrations"),
)


def texts_of_today(copy: Path) -> Path:
    """The template catalogue (.pot) of the sources as they are now, made in `copy`."""
    shutil.copytree(ROOT, copy, ignore=NOT_COPIED)
    command = [sys.executable, "-m", "django", "makemessages", "--locale=nl", "--keep-pot"]
    outside = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=copy, env=outside, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"makemessages failed: {done.stdout}{done.stderr}")
    return copy / "locale" / "django.pot"


def faults(today: Path) -> list[str]:
    """What is missing, untranslated, fuzzy or no longer used in Dutch."""
    compared = subprocess.run(
        ["msgcmp", parent_texts.catalogue("nl"), today], capture_output=True, text=True, check=False
    )
    # msgcmp names all four kinds, each with its line; a text that no page uses is only a warning to it.
    return [line for line in compared.stderr.splitlines() if line.strip()]


def faults_for_families(language: str, today: list[Text]) -> list[str]:
    """What a family would read in Dutch, and what no page of theirs uses any more."""
    wanted = {text.key for text in parent_texts.wanted(language, today)}
    unused = [text for text in parent_texts.read(parent_texts.catalogue(language)) if text.key not in wanted]
    return [
        *(f"{language}: not translated: {text.msgid}" for text in parent_texts.missing(language, today)),
        *(f"{language}: no longer used: {text.msgid}" for text in unused),
    ]


def to_fill_in(language: str, today: list[Text]) -> dict[str, str | list[str]]:
    count = int(PLURALS[language].split("nplurals=")[1][0])
    return {text.name: [""] * count if text.plural else "" for text in parent_texts.missing(language, today)}


def check(today: Path, texts: list[Text]) -> int:
    problems = [
        *faults(today),
        *(line for language in PLURALS for line in faults_for_families(language, texts)),
    ]
    for line in problems:
        print(line.replace(str(ROOT) + "/", ""))
    if problems:
        print("Collect the texts with `make messages`, then translate what is empty or fuzzy.")
    return int(bool(problems))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--missing", choices=PLURALS, metavar="LANGUAGE")
    asked.add_argument("--fill", nargs=2, metavar=("LANGUAGE", "FILE"))
    asked.add_argument("--update", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        today = texts_of_today(Path(scratch) / "copy")
        texts = parent_texts.read(today)
        if given.missing:
            print(json.dumps(to_fill_in(given.missing, texts), ensure_ascii=False, indent=1))
        elif given.fill:
            parent_texts.write(
                given.fill[0], texts, json.loads(Path(given.fill[1]).read_text(encoding="utf-8"))
            )
        elif given.update:
            for language in PLURALS:
                parent_texts.write(language, texts, {})
        else:
            return check(today, texts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
