"""Guardians as CSV: one row per guardian per child. EDEXML holds no parents, so this file comes beside it."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from schools.choices import Authority

from .columns import (
    REQUIRED,
    read_authority,
    read_language,
    read_representation,
    read_yes_no,
    recognise,
)
from .edexml import MAX_BYTES
from .refusal import FileRefused
from .rows import ErrorList, GuardianRow, LinkRow, Upload, source_key
from .text import are_bsns, clean, fold, read_date, read_email, read_key, required

FILE = "guardians"
DELIMITERS = ";,\t"
MAX_COLUMNS = 200
LANGUAGE_DEFAULT = "nl"
# Data that the portal does not take in, by the word in the name of its column.
SURPLUS = ("bsn", "pgn", "eckid", "burgerservice", "geboorte", "nationaliteit", "adres", "straat", "postcode")
MORE_SURPLUS = (
    "huisnummer",
    "woonplaats",
    "telefoon",
    "mobiel",
    "beroep",
    "opleiding",
    "geslacht",
    "relatie",
    "land",
)


@dataclass(slots=True)
class _Row:
    line: int
    cells: dict[str, str]

    def get(self, name: str) -> str:
        return self.cells.get(name, "")

    def tells(self, name: str) -> bool:
        return name in self.cells


def read_guardians(data: bytes, upload: Upload, mapping: dict[str, str] | None = None) -> Upload:
    """Add the guardians and their links to `upload` (which has the pupils); raises FileRefused, nothing else.

    `mapping` is the school's saved naming of columns (our name -> theirs). A file that does not tell something
    (no such column) leaves what is known; an empty cell in a column that is there empties it.
    """
    table = _table(_text(data))
    header = [cell.strip() for cell in table[0][1]]
    places = recognise(header, mapping or {})
    if missing := [name for name in REQUIRED if name not in places]:
        raise FileRefused("columns_missing", columns=",".join(missing))
    names = {ours: header[place][:60] for ours, place in places.items()}
    errors = ErrorList(FILE)
    _count_dropped(header, places, table, upload)
    rows = []
    for line, cells in table[1:]:
        if len(cells) > len(header):
            errors.note(line, "", names["pupil"], "too_many_cells")
        else:
            cells += [""] * (len(header) - len(cells))
            rows.append(_Row(line, {ours: cells[place] for ours, place in places.items()}))
    _read_rows(rows, names, upload, errors)
    upload.has_guardians = True
    upload.errors += errors
    return upload


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise FileRefused("too_big")
    if not data.strip():
        raise FileRefused("empty")
    if data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise FileRefused("is_spreadsheet")
    if b"\x00" in data:
        raise FileRefused("not_text")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("encoding")


def _table(text: str) -> list[tuple[int, list[str]]]:
    """(line, cells) of every row that is not empty, the header first."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    if first.count(delimiter) < len(REQUIRED) - 1:
        raise FileRefused("not_csv")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        raise FileRefused("broken_csv", line=str(reader.line_num)) from None
    if len(rows) < 2:
        raise FileRefused("no_rows")
    if len(rows[0][1]) > MAX_COLUMNS:
        raise FileRefused("not_csv")
    return rows


def _count_dropped(
    header: list[str], places: dict[str, int], table: list[tuple[int, list[str]]], upload: Upload
) -> None:
    used = set(places.values())
    for place, name in enumerate(header):
        if place in used or not name:
            continue
        times = sum(1 for _, cells in table[1:] if place < len(cells) and cells[place].strip())
        known = next((word for word in SURPLUS + MORE_SURPLUS if word in fold(name)), "other")
        if times:
            upload.drop({"burgerservice": "bsn"}.get(known, known), times)


def _read_rows(rows: list[_Row], names: dict[str, str], upload: Upload, errors: ErrorList) -> None:
    pupils = {pupil.number: pupil.key for pupil in upload.pupils}
    # A pupil with an error of its own is in the file all the same: one error is enough.
    in_trouble = {error.number for error in upload.errors}
    people: dict[str, GuardianRow] = {}
    links: set[tuple[str, str]] = set()
    for row in rows:
        number = row.get("pupil").strip()
        pupil = pupils.get(number)
        if pupil is None and number not in in_trouble:
            errors.note(row.line, number[:70], names["pupil"], "pupil_unknown" if number else "missing")
        person = _guardian(row, names, upload, errors)
        link = _link(row, names, person, pupil, errors)
        if person is None or link is None:
            continue
        if (person.key, link.pupil) in links:
            errors.note(row.line, person.number, names["guardian"], "link_twice")
            continue
        links.add((person.key, link.pupil))
        if (before := people.setdefault(person.key, person)) != person and not _same(before, person):
            errors.note(row.line, person.number, names["guardian"], "guardian_differs")
            continue
        upload.links.append(link)
    upload.guardians = list(people.values())
    if people and are_bsns([person.number for person in people.values()]):
        raise FileRefused("keys_are_bsn")


def _guardian(row: _Row, names: dict[str, str], upload: Upload, errors: ErrorList) -> GuardianRow | None:
    before = len(errors)
    line, number = row.line, row.get("guardian").strip()[:70]
    key = errors.cell(line, "", names["guardian"], read_key, row.get("guardian"))
    if key is None:
        return None
    first = "call_name" if row.get("call_name").strip() else "initials"
    call_name = errors.cell(line, number, names.get(first, ""), clean, row.get(first), 60)
    prefix = errors.cell(line, number, names.get("prefix", ""), clean, row.get("prefix"), 20)
    surname = errors.cell(line, number, names["surname"], required, row.get("surname"), 80)
    email = errors.cell(line, number, names.get("email", ""), read_email, row.get("email"))
    secret = errors.cell(line, number, names.get("secret", ""), read_yes_no, row.get("secret"))
    language = _language(row, upload)
    if len(errors) > before:
        return None
    return GuardianRow(
        row=line,
        number=number,
        key=source_key(upload.brin, number),
        call_name=call_name or "",
        prefix=prefix or "",
        surname=surname or "",
        email=(email or "") if row.tells("email") else None,
        language=language,
        has_secret_address=bool(secret) if row.tells("secret") else None,
    )


def _language(row: _Row, upload: Upload) -> str | None:
    told = row.get("language").strip()
    if not told:
        return None
    language = read_language(told)
    upload.unknown_languages += not language
    return language or LANGUAGE_DEFAULT


def _link(
    row: _Row, names: dict[str, str], person: GuardianRow | None, pupil: str | None, errors: ErrorList
) -> LinkRow | None:
    number = person.number if person else ""
    before = len(errors)
    authority = errors.cell(row.line, number, names["authority"], read_authority, row.get("authority"))
    contact = errors.cell(row.line, number, names.get("contact", ""), read_yes_no, row.get("contact"))
    since = errors.cell(row.line, number, names.get("since", ""), _read_day, row.get("since"))
    until = errors.cell(row.line, number, names.get("until", ""), _read_day, row.get("until"))
    told = row.get("representation")
    beyond = errors.cell(row.line, number, names.get("representation", ""), read_representation, told)
    ordered = errors.cell(row.line, number, names.get("ordered_on", ""), _read_day, row.get("ordered_on"))
    if since and until and until < since:
        errors.note(row.line, number, names.get("until", ""), "until_before_since")
    if len(errors) > before or person is None or pupil is None or authority is None:
        return None
    # Parental authority ends at 18, that of a curator or mentor does not: the court order says that they decide.
    may = str(Authority.FULL) if beyond else authority
    return LinkRow(row.line, person.key, pupil, may, contact, since, until, beyond or "", ordered)


def _read_day(value: str) -> date | None:
    return read_date(value) if value.strip() else None


def _same(one: GuardianRow, other: GuardianRow) -> bool:
    """Two rows of one guardian tell the same: name and address decide about who gets in."""
    return (one.call_name, one.prefix, one.surname, one.email) == (
        other.call_name,
        other.prefix,
        other.surname,
        other.email,
    )
