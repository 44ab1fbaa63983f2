"""The sample files, and small ones made to measure; always of the school year of today."""

from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from schools.domain.imports.batches import Look, look_at, read_files, school_of, take_in
from schools.models import ImportBatch
from tests.cast import today

SAMPLES = Path(__file__).parent.parent.parent / "samples"
HEADER = "Leerlingnummer;Verzorgernummer;Roepnaam;Tussenvoegsel;Achternaam;E-mail;Gezag"


def year(plus: int = 0) -> str:
    first = today().year - (today().month < 8) + plus
    return f"{first}-{first + 1}"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes().replace(b"2026-2027", year().encode())


def pupil(number, call_name="Kim", surname="Bos", born_on="2015-03-04", group="a", more="") -> str:
    return (
        f'<leerling key="{number}"><achternaam>{escape(surname)}</achternaam><roepnaam>{escape(call_name)}</roepnaam>'
        f'<geboortedatum>{born_on}</geboortedatum><groep key="{group}"/>{more}</leerling>'
    )


def teacher(key, surname="Meester", email="", group="a") -> str:
    mail = f"<emailadres>{email}</emailadres>" if email else ""
    return (
        f'<leerkracht key="{key}"><achternaam>{surname}</achternaam><roepnaam>T</roepnaam>{mail}'
        f'<groepen><groep key="{group}"/></groepen></leerkracht>'
    )


def edexml(pupils="", teachers="", brin="99AA", version="2.1", school_year="", location="00") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><EDEX><school><schooljaar>{school_year or year()}</schooljaar>'
        f"<brincode>{brin}</brincode><dependancecode>{location}</dependancecode><xsdversie>{version}</xsdversie>"
        '</school><groepen><groep key="a"><naam>Groep A</naam><jaargroep>7</jaargroep></groep>'
        '<groep key="b"><naam>Groep B</naam></groep></groepen>'
        f"<leerlingen>{pupils}</leerlingen><leerkrachten>{teachers}</leerkrachten></EDEX>"
    ).encode()


def parents(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def look(xml: bytes, csv: bytes | None = None) -> Look:
    upload = read_files(xml, csv)
    return look_at(upload, school_of(upload))


def bring_in(xml: bytes, csv: bytes | None = None, **decisions: str) -> ImportBatch:
    """Look and take in, as an administrator does who agrees with what the page shows."""
    seen = look(xml, csv)
    return take_in(seen.batch, decisions=decisions, fingerprint=seen.plan.fingerprint)


def day(text: str) -> date:
    return date.fromisoformat(text)
