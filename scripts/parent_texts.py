"""What a parent (and a pupil who decides) meets, in one place; and the catalogues that hold only those texts.

Dutch has every text of the portal. Arabic, Turkish, Polish, Ukrainian and Tigrinya have what families meet: staff
cannot choose them (`opmaat_portal.languages`). A new page of a family is in by itself; a new page of staff under
`consent` must be named in STAFF_SOURCES, so a forgotten translation is found and not the other way round.
"""

import ast
import json
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Plural forms as gettext writes them: the same rules as those of Unicode.
PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "tr": "nplurals=2; plural=(n > 1);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "uk": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "ti": "nplurals=2; plural=(n > 1);",
}
LANGUAGES = tuple(PLURALS)

PARENT_SOURCES = (
    *("templates/[45]*.html", "templates/base.html", "templates/ui/*"),
    *("templates/consent/*", "templates/notices/mail/*", "templates/schools/mail/*"),
    "templates/account/[!pre]*.html",
    "templates/account/request_login_code.html",
    *("templates/account/email/login_code*", "templates/account/email/unknown_account*"),
    *("templates/opmaat_portal/people/*", "templates/opmaat_portal/public/*"),
    "templates/opmaat_portal/start/pupils.html",
    *("consent/views/*", "consent/domain/*", "consent/forms/*", "consent/choices.py"),
    *("templates/publications/*", "publications/views/*", "publications/domain/*"),
    *("accounts/views/codes.py", "accounts/forms.py", "accounts/adapter.py", "accounts/choices.py"),
    *("ledger/refusal.py", "ledger/domain/once.py"),
    *("opmaat_portal/context.py", "opmaat_portal/middleware.py"),
    *("opmaat_portal/views/people.py", "opmaat_portal/views/public.py", "opmaat_portal/views/start.py"),
)
STAFF_VIEWS = (
    *("staff", "desk", "verdicts", "languages", "own", "tasks", "task_words", "corrections"),
    *("rounds", "round_acts", "round_words", "progress", "work_lists", "work_words"),
    *("charts", "round_board", "round_csv", "round_waiting", "team_rounds"),
    *("authority", "authority_words"),
    *("dpo", "proof_words", "purposes", "purpose_forms", "purpose_looks", "purpose_words"),
    *("saved", "task_filters"),
    *("paper", "paper_room", "entry", "entering", "inviting", "kiosk_room"),
)
STAFF_ACTS = (
    *("asked", "check", "rounds", "tasks", "languages", "work", "invalidate", "own"),
    *("proof", "records", "record_json", "purposes", "presets", "counted", "looks"),
    *("askable", "colleagues", "authority", "holding", "progress", "work_lists", "letters"),
    *("loading", "entering", "papers", "piles", "scans", "scanned_pdf", "inviting"),
)
# Of those, what only staff see: a source, or one name of a module.
STAFF_SOURCES = (
    *("templates/consent/admins/*", "templates/consent/staff/*", "templates/consent/dpo/*"),
    "templates/consent/pdf/proof.html",
    *("templates/consent/mail/staff_*", "templates/consent/directors/*", "templates/consent/rounds/*"),
    *("templates/publications/staff/*", "templates/publications/mail/take_down*"),
    *("templates/publications/mail/_why.txt", "publications/domain/publish.py"),
    *(f"publications/views/{name}.py" for name in ("staff", "register", "item_words")),
    "templates/account/password_*",
    *(f"consent/views/{name}.py" for name in STAFF_VIEWS),
    *(f"consent/domain/{name}.py" for name in STAFF_ACTS),
    "consent/views/words.py:REASONS",
    *("consent/domain/kiosk.py:TooLong", "consent/forms/kiosk.py:StartKioskForm"),
    *(f"consent/forms/{name}.py" for name in ("authority", "languages", "proof", "rounds", "work")),
    *(
        f"consent/choices.py:{name}"
        for name in ("TaskKind", "Reason", "LeftOut", "Picture", "RoundKind", "RoundList", "Silence")
    ),
    *(f"accounts/adapter.py:{name}" for name in ("CHANGES", "MESSAGES", "WEAK", "SecondFactorAdapter")),
    *(f"accounts/forms.py:{name}" for name in ("PASSWORD_HINT", "_new_password_once")),
    *(
        f"accounts/forms.py:{name}Form"
        for name in ("NewPassword", "FirstPassword", "PasswordAgain", "Forgotten")
    ),
    *(f"accounts/forms.py:{name}" for name in ("SecondFactorForm", "SecondFactorAgainForm", "ActivateForm")),
    "opmaat_portal/context.py:_rooms",
)
# Django has no Tigrinya, so the names of the months come from our own catalogue (its formats: opmaat_portal.formats).
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
EXTRA = {"ti": [*((None, month) for month in MONTHS), *(("alt. month", month) for month in MONTHS)]}


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a catalogue; `forms` are its translations ([""] when it has none)."""

    msgid: str
    plural: str = ""
    context: str | None = None
    flags: tuple[str, ...] = ()
    places: tuple[tuple[str, int], ...] = ()
    forms: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.msgid

    @property
    def name(self) -> str:
        """How it is called in a file of translations: "msgid", or "msgid|msgid_plural"."""
        return f"{self.msgid}|{self.plural}" if self.plural else self.msgid


def read(path: Path) -> list[Text]:
    """The texts of a catalogue, without its head and what is no longer used."""
    blocks = path.read_text(encoding="utf-8").split("\n\n") if path.exists() else []
    return [text for block in blocks if (text := _text(block)) is not None and text.msgid]


def _text(block: str) -> Text | None:
    fields: dict[str, str] = {}
    flags: list[str] = []
    places: list[tuple[str, int]] = []
    name = ""
    for line in block.splitlines():
        if line.startswith("#:"):
            places += [(path, int(number)) for path, number in re.findall(r"(\S+):(\d+)", line)]
        elif line.startswith("#,"):
            flags += [flag.strip() for flag in line[2:].split(",")]
        elif found := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
            name = found[1]
            fields[name] = json.loads(found[2])
        elif line.startswith('"') and name:
            fields[name] += json.loads(line)
    if "msgid" not in fields:
        return None
    forms = tuple(value for key, value in sorted(fields.items()) if key.startswith("msgstr"))
    return Text(
        fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt"), tuple(flags), tuple(places), forms
    )  # fmt: skip


def of_parents(texts: list[Text]) -> list[Text]:
    """Those that stand on a page or in a mail of a family."""
    return [text for text in texts if any(_is_for_parents(path, line) for path, line in text.places)]


def _is_for_parents(path: str, line: int) -> bool:
    if not any(fnmatch(path, wanted) for wanted in PARENT_SOURCES):
        return False
    return not any(_covers(source, path, line) for source in STAFF_SOURCES)


def _covers(source: str, path: str, line: int) -> bool:
    pattern, _colon, name = source.partition(":")
    return fnmatch(path, pattern) and (not name or line in _lines_of(path, name))


def _lines_of(path: str, name: str) -> range:
    """The lines of one top-level name of a module; none when it is not there (any more)."""
    if not path.endswith(".py"):
        return range(0)
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        names = [getattr(node, "name", ""), *(getattr(it, "id", "") for it in getattr(node, "targets", []))]
        if name in names:
            return range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return range(0)


def catalogue(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def wanted(language: str, today: list[Text]) -> list[Text]:
    """What a catalogue must hold, in the order of the sources."""
    extra = [Text(month, context=context) for context, month in EXTRA.get(language, [])]
    return of_parents(today) + extra


def missing(language: str, today: list[Text]) -> list[Text]:
    """Texts that a family would read in Dutch."""
    done = {text.key for text in read(catalogue(language)) if all(text.forms) and "fuzzy" not in text.flags}
    return [text for text in wanted(language, today) if text.key not in done]


def write(language: str, today: list[Text], given: dict[str, str | list[str]]) -> None:
    """The catalogue anew: the wanted texts with their translations, `given` ones first, in a fixed order."""
    before = {text.key: text for text in read(catalogue(language))}
    count = int(re.search(r"nplurals=(\d)", PLURALS[language])[1])  # type: ignore[index]
    parts = [_head(language)]
    for text in wanted(language, today):
        old = before.get(text.key)
        forms: str | list[str] | tuple[str, ...] = given.get(text.name, old.forms if old else ())
        forms = [forms] if isinstance(forms, str) else list(forms)
        parts.append(_block(text, forms, count if text.plural else 1))
    catalogue(language).parent.mkdir(parents=True, exist_ok=True)
    catalogue(language).write_text("\n".join(parts), encoding="utf-8")


def _head(language: str) -> str:
    return (
        "# What families meet, and nothing else: see scripts/parent_texts.py. Made by `make messages`.\n"
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {language}\\n"\n"Plural-Forms: {PLURALS[language]}\\n"\n'
    )


def _block(text: Text, forms: list[str], count: int) -> str:
    lines = [f"#, {flag}" for flag in text.flags if flag.endswith("-format")]
    if text.context is not None:
        lines.append(f"msgctxt {_quoted(text.context)}")
    lines.append(f"msgid {_quoted(text.msgid)}")
    if text.plural:
        forms = forms if len(forms) == count else [""] * count
        lines.append(f"msgid_plural {_quoted(text.plural)}")
        lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(forms)]
    else:
        lines.append(f"msgstr {_quoted(forms[0] if forms else '')}")
    return "\n".join(lines) + "\n"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
