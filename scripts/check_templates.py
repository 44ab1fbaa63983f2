"""Does every template compile? (A typing error in a page that no test opens yet.)"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.template import TemplateSyntaxError
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opmaat_portal.settings.production")
    django.setup()
    problems = 0
    folders = [Path(folder) for folder in settings.TEMPLATES[0]["DIRS"]]
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    if not files:
        sys.exit("no templates found")
    for file in files:
        folder = next(folder for folder in folders if file.is_relative_to(folder))
        try:
            get_template(str(file.relative_to(folder)))
        except (TemplateSyntaxError, UnicodeDecodeError) as problem:
            print(f"{file.relative_to(ROOT)}: {problem}")
            problems += 1
    print(f"{len(files)} templates compiled, {problems} faults")
    return int(problems > 0)


if __name__ == "__main__":
    sys.exit(main())
