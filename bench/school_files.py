"""The two files of a made-up school, as a pupil administration exports them: EDEXML, and its parents as CSV.

In the shape of `bench.people`: two parents for each one or two children, 5% of the parents without address, half of
the pupils with one; a teacher for each group of 28. With the surplus that real exports have and the portal drops.
"""

from datetime import date, timedelta
from random import Random

from .people import CALL_NAMES, LANGUAGES, PUPILS_PER_GROUP, PUPILS_PER_GUARDIAN, WITHOUT_ADDRESS

SURNAMES = ("de Vries", "Yıldırım", "Bakker", "Woźniak", "van den Berg", "El Amrani", "Kowalski", "Jansen")
HEADER = (
    "Leerlingnummer;Verzorgernummer;Roepnaam;Tussenvoegsel;Achternaam;E-mail;Taal;Gezag;Adres geheim;Telefoon"
)


def brin_of(number: int) -> str:
    return f"{number:02}ZZ"


def files_of(number: int, pupils: int, today: date) -> tuple[bytes, bytes]:
    """(EDEXML, parents) of school `number`; the same ones each time on the same day."""
    rng = Random(f"files {number} {pupils}")
    couples = round(pupils / PUPILS_PER_GUARDIAN) // 2
    names = [f"{rng.choice(SURNAMES)}-{number}-{couple}" for couple in range(couples)]
    return _edexml(number, pupils, names, today, rng), _parents(number, pupils, names, rng)


def _edexml(number: int, pupils: int, names: list[str], today: date, rng: Random) -> bytes:
    groups = max(1, pupils // PUPILS_PER_GROUP)
    first_year = today.year - (today.month < 8)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?><EDEX><school>'
        f"<schooljaar>{first_year}-{first_year + 1}</schooljaar><brincode>{brin_of(number)}</brincode>"
        "<dependancecode>00</dependancecode><xsdversie>2.1</xsdversie></school><groepen>"
    ]
    parts += [
        f'<groep key="g{at}"><naam>Groep {at}</naam><jaargroep>{at % 8 + 1}</jaargroep></groep>'
        for at in range(groups)
    ]
    parts.append("</groepen><leerlingen>")
    for at in range(pupils):
        born_on = today - timedelta(days=rng.randint(4 * 366, 15 * 365))
        mail = f"<emailadres>leerling{at}@school{number}.example.org</emailadres>" * (rng.random() < 0.5)
        parts.append(
            f'<leerling key="{number}{at:05}"><achternaam>{names[at % len(names)]}</achternaam>'
            f"<voornamen>Anna</voornamen><roepnaam>{rng.choice(CALL_NAMES)}</roepnaam>"
            f"<geboortedatum>{born_on}</geboortedatum><geslacht>2</geslacht><jaargroep>5</jaargroep>"
            f'<groep key="g{at % groups}"/>{mail}<postcode>5061AB</postcode></leerling>\n'
        )
    parts.append("</leerlingen><leerkrachten>")
    parts += [
        f'<leerkracht key="t{number}-{at}"><achternaam>Meester{at}</achternaam><roepnaam>Kim</roepnaam>'
        f"<emailadres>meester{at}@school{number}.example.org</emailadres>"
        f'<groepen><groep key="g{at}"/></groepen></leerkracht>'
        for at in range(groups)
    ]
    return "".join([*parts, "</leerkrachten></EDEX>"]).encode()


def _parents(number: int, pupils: int, names: list[str], rng: Random) -> bytes:
    people = []
    for couple, surname in enumerate(names):
        for parent in (2 * couple, 2 * couple + 1):
            mail = "" if rng.random() < WITHOUT_ADDRESS else f"ouder{parent}@huis{number}.example.org"
            people.append(
                f"v{number}-{parent};{rng.choice(CALL_NAMES)};;{surname};{mail};{rng.choice(LANGUAGES)};ja;nee;06-0"
            )
    rows = [
        f"{number}{at:05};{people[2 * (at % len(names)) + parent]}"
        for at in range(pupils)
        for parent in (0, 1)
    ]
    return "\r\n".join([HEADER, *rows, ""]).encode()
