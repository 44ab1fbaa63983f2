"""The house stays readable: budgets, one place for each thing, no leftovers. Exceptions are listed with a reason."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "ledger",
    "accounts",
    "schools",
    "notices",
    "policies",
    "consent",
    "publications",
    "incidents",
    "opmaat_portal",
)
SOURCES = [
    path
    for folder in (*APPS, "devstack", "chaos", "bench", "scripts", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))

FILE_LINES, TEST_LINES, FUNCTION_LINES, VIEW_LINES, TEMPLATE_LINES, DEPENDENCIES = 400, 600, 40, 25, 150, 24
# What may be longer, and why.
LONGER: dict[str, str] = {}
# The names that an app may use at its top level, and what it is for (architecture.md 1).
APP_FILES = {
    "__init__",
    "apps",
    "choices",
    "models",
    "querysets",
    "rules",
    "forms",
    "urls",
    "tasks",
    "migrations",
    "domain",
    "views",
    "management",
    "templatetags",
}
MORE_FILES = {
    "ledger": {"acting", "sql", "codes", "reading", "refusal", "retention", "walls"},
    "accounts": {"settings", "adapter", "links", "counters", "devices", "qr", "sealing"},
    "consent": {"schemas"},
    "incidents": {"sealing", "phrases", "words", "pictures"},
    "notices": {
        "backend", "bounces_read", "decoder", "doorbell", "mail", "patterns", "pdf", "press", "quiet", "smtp",
    },
    "opmaat_portal": {
        "settings", "celery", "celeryconfig", "middleware", "checks", "wsgi", "routers", "audiences", "context",
        "faults", "retention", "start", "waiting", "counts", "demo", "languages", "formats",
    },
}  # fmt: skip


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef) -> int:
    """Lines of the body, without the docstring: words that explain cost nothing."""
    first = node.body[0]
    has_words = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    words = (first.end_lineno - first.lineno + 1) if has_words else 0
    return node.end_lineno - node.lineno + 1 - words


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_too_long():
    found = {
        name_of(path): count
        for path in SOURCES
        if (count := len(path.read_text().splitlines()))
        > (TEST_LINES if path.is_relative_to(ROOT / "tests") else FILE_LINES)
        and name_of(path) not in LONGER
    }
    assert found == {}


def test_no_function_is_too_long():
    found = {
        f"{name_of(path)}:{node.name}": length(node)
        for path in SOURCES
        if "tests" not in path.parts
        for node in functions(path)
        if length(node) > (VIEW_LINES if "views" in path.parts else FUNCTION_LINES)
        and f"{name_of(path)}:{node.name}" not in LONGER
    }
    assert found == {}


def test_no_template_is_too_long():
    found = {
        name_of(path): n for path in TEMPLATES if (n := len(path.read_text().splitlines())) > TEMPLATE_LINES
    }
    assert found == {}


def test_the_portal_stands_on_few_dependencies():
    lines = (ROOT / "requirements" / "base.in").read_text().splitlines()
    wanted = [line for line in lines if re.match(r"^[a-z]", line)]
    assert len(wanted) <= DEPENDENCIES


@pytest.mark.parametrize("app", APPS)
def test_every_app_uses_the_same_file_names(app):
    found = {path.stem for path in (ROOT / app).iterdir() if path.stem != "__pycache__"}
    assert found - APP_FILES - MORE_FILES.get(app, set()) == set()


def test_every_public_act_says_its_consequence():
    silent = [
        f"{name_of(path)}:{node.name}"
        for path in SOURCES
        if "domain" in path.parts and "tests" not in path.parts
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_model_says_what_it_is():
    from django.apps import apps

    from schools.models import FoundationRow

    silent = [
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in APPS
        and (model.__doc__ or "").startswith(f"{model.__name__}(")
        and len([field for field in model._meta.concrete_fields if not field.many_to_one]) > 1
        and not model.__doc__.startswith(FoundationRow.__name__)
    ]
    assert set(silent) <= {"GroupMembership", "RoundPurpose", "EntryPayload"}


def test_nothing_happens_behind_the_scenes():
    """No business in save(), no model signals (architecture.md 2): an act is a function with a name."""
    found = []
    for path in SOURCES:
        if path.parts[len(ROOT.parts)] not in APPS:
            continue
        text = path.read_text()
        if "models.signals" in text or "@receiver(" in text:
            found.append(f"{name_of(path)}: a signal")
        if "models" in {path.stem, path.parent.name} and re.search(r"def (save|delete|clean)\(", text):
            found.append(f"{name_of(path)}: business in a model method")
    assert found == []


def test_nothing_is_mailed_or_queued_inside_the_domain():
    """R10: only outbox rows; the broker and SMTP are reached from notices alone."""
    pattern = re.compile(r"\.delay\(|\.apply_async\(|send_mail\(|smtplib|EmailMessage\(")
    allowed = {
        "notices/doorbell.py",
        "notices/smtp.py",
        "notices/mail.py",
        "notices/backend.py",
        "notices/tasks.py",
    }
    found = [
        name_of(path)
        for path in SOURCES
        if path.parts[len(ROOT.parts)] in APPS
        and pattern.search(path.read_text())
        and name_of(path) not in allowed
    ]
    assert found == []


def test_no_unfinished_marks():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = []
    for path in SOURCES:
        if path == Path(__file__):
            continue
        with tokenize.open(path) as source:
            found += [
                f"{name_of(path)}:{token.start[0]}"
                for token in tokenize.generate_tokens(source.readline)
                if token.type == tokenize.COMMENT and marks.search(token.string)
            ]
    assert found == []


def test_every_template_is_used():
    """A page that nothing renders is thrown away."""
    texts = "\n".join(path.read_text() for path in [*SOURCES, *TEMPLATES])
    by_django = re.compile(r"^(\d{3}|403_csrf)\.html$")
    by_name = (
        "account/",
        "mfa/",
        "consent/mail/",
        "schools/mail/",
        "incidents/mail/",
        "publications/mail/",
        "notices/",
        "django/",
        "allauth/",
    )
    unused = [
        name
        for path in TEMPLATES
        if not by_django.match(name := str(path.relative_to(ROOT / "templates")))
        and not name.startswith(by_name)
        and name not in texts
        and f'"{path.stem}"' not in texts
    ]
    assert unused == []


def test_no_inline_script_or_style_in_a_page():
    """The CSP would refuse it; mails are not pages and need their style inline."""
    pattern = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"", re.I)
    found = [
        name_of(path)
        for path in TEMPLATES
        if path.suffix == ".html"
        and "/mail/" not in str(path)
        and "/email/" not in str(path)
        and pattern.search(re.sub(r"{%.*?%}|{#.*?#}", "", path.read_text(), flags=re.S))
    ]
    assert found == []


WORDS_NOT_USED = (
    "beeldmateriaal|akkoord|herroepen|opt-out|rappel|reminder|wettelijk vertegenwoordiger|escaleren|"
    "dient u|middels|betreffende|eventueel|helaas|gelieve|foutief|ongeldig|oeps|jammer"
)


def test_the_words_on_screen_are_plain():
    """None of the "not" column of the style guide in any Dutch text (UX-V5)."""
    catalogue = (ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po").read_text()
    dutch = " ".join(re.findall(r'^(?:msgstr(?:\[\d\])? )?"(.*)"$', catalogue, re.M))
    msgids = set(re.findall(r'^msgid "(.*)"$', catalogue, re.M))
    words = re.findall(rf"\b({WORDS_NOT_USED})\b", dutch, re.I)
    assert [word for word in words if not any(word in msgid for msgid in msgids)] == []


def test_every_verb_of_the_ledger_has_three_parts_and_a_sentence():
    from ledger.choices import Verb

    for verb in Verb:
        assert re.fullmatch(r"[a-z]+:[a-z_]+:[a-z]+", verb.value), verb
        assert str(verb.label) != verb.value


def test_no_path_of_a_machine_and_no_registry_is_named():
    pattern = re.compile(r"/(work|root|home)/[a-z]|pypi\.org|npmjs|deb\.debian\.org")
    files = [
        path
        for path in [
            *SOURCES,
            *TEMPLATES,
            *ROOT.glob("*.md"),
            *(ROOT / "docs").rglob("*.md"),
            ROOT / "Makefile",
        ]
        if path != Path(__file__)
    ]
    assert [name_of(path) for path in files if path.exists() and pattern.search(path.read_text())] == []
