"""The checks of `make check` must be able to fail."""

import copy
from pathlib import Path

import pytest
import yaml

from devstack.stack import ROOT
from scripts import check_compose, check_translations, parent_texts

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_the_compose_file_is_right() -> None:
    assert check_compose.faults(COMPOSE) == []


@pytest.mark.parametrize(
    ("service", "key", "value", "expected"),
    [
        ("web", "command", ["gunicorn", "opmaat_portal.wsgi"], "services/web: the command must be"),
        ("worker", "restart_always", True, "restart_always"),
        ("web", "environment", {"SECRET_KEY": "x"}, "SECRET_KEY must come from a file"),
        ("web", "secrets", ["owner_database_url"], "only migrate connects as the owner"),
        ("beat", "secrets", ["unheard_of"], "secret unheard_of is not declared"),
        ("db", "environment", {"POSTGRES_INITDB_ARGS": "--locale=nl_NL"}, "POSTGRES_INITDB_ARGS must be"),
        ("broker", "command", ["valkey-server", "--appendonly", "no"], "--appendonly must be 'yes'"),
    ],
)
def test_a_fault_in_the_compose_file_is_found(service: str, key: str, value: object, expected: str) -> None:
    compose = copy.deepcopy(COMPOSE)
    compose["services"][service][key] = value

    assert any(expected in fault for fault in check_compose.faults(compose))


HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.mark.parametrize(
    ("catalogue", "expected"),
    [
        ('msgid "Yes"\nmsgstr "Ja"\n', None),
        ('msgid "Yes"\nmsgstr ""\n', "untranslated"),
        ('#, fuzzy\nmsgid "Yes"\nmsgstr "Ja"\n', "reviewed by the translator"),
        ('msgid "No"\nmsgstr "Nee"\n', "used but not defined"),
        ('msgid "Yes"\nmsgstr "Ja"\n\nmsgid "No"\nmsgstr "Nee"\n', "not used"),
    ],
)
def test_a_text_without_dutch_is_found(
    catalogue: str, expected: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "locale" / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(HEADER + catalogue)
    today = tmp_path / "django.pot"
    today.write_text(HEADER + 'msgid "Yes"\nmsgstr ""\n')
    monkeypatch.setattr(parent_texts, "ROOT", tmp_path)

    found = check_translations.faults(today)

    if expected is None:
        assert found == []
    else:
        assert any(expected in fault for fault in found)


@pytest.mark.parametrize(
    ("catalogue", "expected"),
    [
        ('msgid "Yes"\nmsgstr "Tak"\n', []),
        ('msgid "Yes"\nmsgstr ""\n', ["pl: not translated: Yes"]),
        ('#, fuzzy\nmsgid "Yes"\nmsgstr "Tak"\n', ["pl: not translated: Yes"]),
        ("", ["pl: not translated: Yes"]),
        ('msgid "Yes"\nmsgstr "Tak"\n\nmsgid "No"\nmsgstr "Nie"\n', ["pl: no longer used: No"]),
    ],
)
def test_a_text_that_a_family_would_read_in_dutch_is_found(
    catalogue: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what stands on a page of a family is asked for, not what the office reads."""
    folder = tmp_path / "locale" / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(HEADER + catalogue)
    today = tmp_path / "django.pot"
    today.write_text(
        HEADER
        + '#: templates/consent/parents/ask.html:1\nmsgid "Yes"\nmsgstr ""\n\n'
        + '#: templates/consent/admins/rounds.html:1\nmsgid "Round"\nmsgstr ""\n'
    )
    monkeypatch.setattr(parent_texts, "ROOT", tmp_path)
    monkeypatch.setattr(parent_texts, "EXTRA", {})

    assert check_translations.faults_for_families("pl", parent_texts.read(today)) == expected
