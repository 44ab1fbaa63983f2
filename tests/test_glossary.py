"""Every word of the glossary points at something that is there, and every table of ours is in it."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from schools.models import FoundationRow

GLOSSARY = (Path(__file__).resolve().parent.parent / "docs" / "glossary.md").read_text()
APPS = ("ledger", "accounts", "schools", "notices", "consent", "policies", "publications", "incidents")
TABLES = sorted(set(re.findall(rf"`({'|'.join(APPS)})\.([A-Z]\w+)", GLOSSARY)))
COMPLETE = ("policies", "publications", "incidents")


@pytest.mark.parametrize(("app", "name"), TABLES)
def test_a_table_that_is_named_exists(app, name):
    known = {model.__name__ for model in apps.get_app_config(app).get_models()}

    assert name in known or hasattr(import_module(f"{app}.choices"), name)


@pytest.mark.parametrize("app", COMPLETE)
def test_every_table_has_a_word(app):
    models = {m.__name__ for m in apps.get_app_config(app).get_models() if issubclass(m, FoundationRow)}

    assert models - {name for label, name in TABLES if label == app} == set()


def test_every_row_has_a_meaning_and_no_word_twice():
    rows = [line.strip("|").split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| ")]
    words = [row[0].strip() for row in rows if row[0].strip() != "Dutch"]

    assert all(len(row) == 3 and all(part.strip() for part in row) for row in rows)
    assert len(words) == len(set(words))
