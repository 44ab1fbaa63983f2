"""EDEXML 2.1: pupils, groups and teachers of one school, as the pupil administration exports them.

A white-list reader: an element that is not named here is counted by name and thrown away while parsing (BSN,
education number, ECK iD, address, country of birth, gender, weight, photo). Gender is not read at all: its codes
differ per format (EDEXML 1 = boy, OSO 1 = girl) and nothing in the portal needs it. The parser knows no document
type, no entities and no external files, so a file cannot make it fetch or unfold anything.
"""

import re
import xml.etree.ElementTree as ET
from xml.parsers.expat import ErrorString

from .refusal import FileRefused
from .rows import ErrorList, GroupRow, PupilRow, StaffRow, Upload, source_key
from .text import BadCell, are_bsns, clean, read_date, read_email, read_key, required

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 20
FILE = "edexml"
BRIN = re.compile(r"\d{2}[A-Z]{2}")
YEARS = re.compile(r"(\d{4})\s*[-/]\s*(\d{4})")
BLOCKS = {"school", "groepen", "leerlingen", "leerkrachten", "vestigingen"}
NAMES = {"achternaam", "voorvoegsel", "roepnaam", "voornamen", "emailadres"}
PUPIL = NAMES | {"geboortedatum", "groep", "samengestelde_groepen", "samengestelde_groep", "vestiging"}
TEACHER = NAMES | {"groepen", "groep", "samengestelde_groepen", "samengestelde_groep"}
# Said by name; anything else in the file is said as "other data".
KNOWN_SURPLUS = {
    "bsn", "pgn", "sofinummer", "onderwijsnummer", "bsn_ondwnr", "eckid", "geslacht", "postcode", "huisnummer",
    "straat", "adres", "woonplaats", "land", "nationaliteit", "geboorteplaats", "geboorteland", "geboorteland_ouder1",
    "geboorteland_ouder2", "gewicht", "leerlinggewicht", "etniciteit", "voorletters", "jaargroep", "gebruikersnaam",
    "fotourl", "instroomdatum", "uitstroomdatum", "telefoon", "mutatiedatum", "rol", "rolomschrijving", "toevoeging",
    "vestiging", "toevoegingen",
}  # fmt: skip
BETTER_NAMES = {"bsn_ondwnr": "bsn", "voorletters-1": "voorletters", "bsn_ondwnr-4": "bsn"}


class _NoDoctype(ET.TreeBuilder):
    """Builds the tree, and stops at a document type: before any entity in it is read."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise FileRefused("has_doctype")


def read_edexml(data: bytes) -> Upload:
    """The rows of the file, with an error per cell that does not fit; raises FileRefused, and nothing else."""
    root = _tree(data)
    if _name(root) != "edex":
        raise FileRefused("not_edexml")
    upload = Upload()
    blocks = {_name(block): block for block in root}
    _read_school(blocks.get("school"), upload)
    errors = ErrorList(FILE)
    group_keys = _read_groups(blocks.get("groepen"), upload, errors)
    _read_pupils(blocks.get("leerlingen"), upload, group_keys, errors)
    _read_staff(blocks.get("leerkrachten"), upload, group_keys, errors)
    for name in blocks.keys() - BLOCKS:
        upload.drop(_surplus(name), max(1, len(blocks[name])))
    upload.errors += errors
    return upload


def _tree(data: bytes) -> ET.Element:
    if len(data) > MAX_BYTES:
        raise FileRefused("too_big")
    if not data.strip():
        raise FileRefused("empty")
    parser = ET.XMLParser(target=_NoDoctype())  # noqa: S314  no document type, so no entities: see _NoDoctype
    try:
        parser.feed(data)
        root = parser.close()
    except ET.ParseError as error:
        line = error.position[0]
        raise FileRefused("not_xml", line=str(line), why=ErrorString(error.code) or "") from None
    except (
        ValueError,
        LookupError,
    ) as error:  # an encoding that Python does not know, or cannot read bytewise
        if isinstance(error, FileRefused):
            raise
        raise FileRefused("encoding") from None
    if not isinstance(root, ET.Element) or _is_too_deep(root):
        raise FileRefused("not_edexml")
    return root


def _is_too_deep(root: ET.Element) -> bool:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return False
    return True


def _name(element: ET.Element) -> str:
    """The name without namespace and in lower case: exports differ in both."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _attribute(element: ET.Element, wanted: str) -> str:
    return next(
        (text for name, text in element.attrib.items() if name.rpartition("}")[2].lower() == wanted), ""
    )


def _surplus(name: str) -> str:
    name = BETTER_NAMES.get(name, name)
    return name if name in KNOWN_SURPLUS else "other"


def _read_school(school: ET.Element | None, upload: Upload) -> None:
    if school is None:
        raise FileRefused("no_school")
    told = {_name(child): (child.text or "").strip() for child in school}
    version = told.get("xsdversie", "")
    if version and not re.fullmatch(r"v?2\.1(\.\d+)*", version, re.IGNORECASE):
        raise FileRefused("other_version")
    brin = told.get("brincode", "").upper()
    location = told.get("dependancecode", "") or brin[4:6] or "00"
    if (
        not BRIN.fullmatch(brin[:4])
        or len(brin) not in {4, 6}
        or not re.fullmatch(r"[0-9A-Za-z]{1,2}", location)
    ):
        raise FileRefused("no_brin")
    years = YEARS.fullmatch(told.get("schooljaar", ""))
    if years is None or int(years[2]) != int(years[1]) + 1 or not 2000 <= int(years[1]) <= 2100:
        raise FileRefused("no_year")
    upload.brin, upload.location, upload.first_year = brin[:4], location.upper().zfill(2), int(years[1])


def _read_groups(block: ET.Element | None, upload: Upload, errors: ErrorList) -> set[str]:
    keys: set[str] = set()
    for number, element in enumerate(block if block is not None else (), start=1):
        kind = _name(element)
        if kind not in {"groep", "samengestelde_groep"}:
            upload.drop(_surplus(kind))
            continue
        key = _attribute(element, "key").strip()[:70]
        told = {_name(child): child.text or "" for child in element}
        try:
            key = read_key(key)
            if key in keys:
                raise BadCell("twice")
            name = clean(told.get("naam"), 60) or clean(key, 60)
            upload.groups.append(GroupRow(key, name, clean(told.get("jaargroep"), 10)))
            keys.add(key)
        except BadCell as bad:
            errors.note(number, key if bad.code == "twice" else "", kind, bad)
    return keys


def _read_pupils(block: ET.Element | None, upload: Upload, groups: set[str], errors: ErrorList) -> None:
    seen: set[str] = set()
    locations: set[str] = set()
    for row, element in enumerate(block if block is not None else (), start=1):
        told, refs = _fields(element, PUPIL, upload)
        locations |= {key for name, key in refs if name == "vestiging"}
        person = _person(element, row, told, upload.brin, seen, errors)
        born_on = errors.cell(
            row, person[0] if person else "", "geboortedatum", read_date, told["geboortedatum"]
        )
        mine = _groups_of(refs, groups, row, person[0] if person else "", errors)
        if person and born_on and mine is not None:
            number, key, call_name, prefix, surname, email = person
            upload.pupils.append(PupilRow(row, number, key, call_name, prefix, surname, born_on, email, mine))
    if len(locations) > 1:
        raise FileRefused("several_locations")
    if not seen and not errors:
        raise FileRefused("no_pupils")
    if are_bsns([pupil.number for pupil in upload.pupils]) and upload.pupils:
        raise FileRefused("keys_are_bsn")


def _read_staff(block: ET.Element | None, upload: Upload, groups: set[str], errors: ErrorList) -> None:
    seen: set[str] = set()
    for row, element in enumerate(block if block is not None else (), start=1):
        told, refs = _fields(element, TEACHER, upload)
        # A teacher may have initials only: the call name is asked of pupils.
        told.setdefault("roepnaam", told.get("voornamen") or "-")
        person = _person(element, row, told, upload.brin, seen, errors)
        mine = _groups_of(refs, groups, row, person[0] if person else "", errors)
        if person and mine is not None:
            number, key, call_name, prefix, surname, email = person
            call_name = "" if call_name == "-" else call_name
            upload.staff.append(StaffRow(row, number, key, call_name, prefix, surname, email, mine))
    if upload.staff and are_bsns([member.number for member in upload.staff]):
        raise FileRefused("keys_are_bsn")


def _fields(
    element: ET.Element, wanted: set[str], upload: Upload
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The texts and references that we want; everything else is dropped here, and counted."""
    told: dict[str, str] = {"geboortedatum": ""}
    refs: list[tuple[str, str]] = []
    for child in element:
        name = _name(child)
        if name not in wanted:
            upload.drop(_surplus(name))
        elif name in {"groep", "samengestelde_groep", "vestiging"}:
            refs.append((name, _attribute(child, "key").strip()))
        elif name in {"groepen", "samengestelde_groepen"}:
            refs += [(_name(inner), _attribute(inner, "key").strip()) for inner in child]
        else:
            told[name] = child.text or ""
    if _attribute(element, "eckid"):
        upload.drop("eckid")
    return told, refs


def _person(
    element: ET.Element, row: int, told: dict[str, str], brin: str, seen: set[str], errors: ErrorList
) -> tuple[str, str, str, str, str, str | None] | None:
    """(number, key, call name, prefix, surname, e-mail), or None with the errors noted."""
    raw = _attribute(element, "key")
    try:
        number = read_key(raw)
    except BadCell as bad:
        errors.note(row, "", "key", bad)
        return None
    if number in seen:
        errors.note(row, number, "key", "twice")
        return None
    seen.add(number)
    before = len(errors)
    first = told.get("roepnaam") or (told.get("voornamen") or "").split(" ")[0]
    call_name = errors.cell(row, number, "roepnaam", required, first, 60)
    prefix = errors.cell(row, number, "voorvoegsel", clean, told.get("voorvoegsel"), 20)
    surname = errors.cell(row, number, "achternaam", required, told.get("achternaam"), 80)
    email = told.get("emailadres")
    if email is not None:
        email = errors.cell(row, number, "emailadres", read_email, email)
    if len(errors) > before:
        return None
    return number, source_key(brin, number), call_name or "", prefix or "", surname or "", email or None


def _groups_of(
    refs: list[tuple[str, str]], known: set[str], row: int, number: str, errors: ErrorList
) -> tuple[str, ...] | None:
    keys = [key for name, key in refs if name in {"groep", "samengestelde_groep"} and key]
    if any(key not in known for key in keys):
        errors.note(row, number, "groep", "group_unknown")
        return None
    return tuple(dict.fromkeys(keys))
