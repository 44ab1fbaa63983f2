"""The words of the pupil administrations: column names, authority, languages, yes and no."""

from schools.choices import Authority, Representation

from .text import BadCell, fold

# Our name -> how ParnasSys, Magister, Somtoday and people call it. Compared by `fold`: case, spaces and signs
# do not matter ("E-mail adres" = "emailadres").
COLUMNS: dict[str, tuple[str, ...]] = {
    "pupil": (
        "leerlingnummer", "leerling nummer", "leerlingnr", "leerling", "nummer leerling", "stamnummer", "stamnr",
        "stam nr", "leerling key", "leerlingkey", "leerling_uuid", "parnassysleerlingnummer", "pupil number",
    ),
    "guardian": (
        "verzorgernummer", "verzorger nummer", "verzorger", "verzorger id", "verzorgerid", "verzorger_uuid",
        "ouder id", "ouderid", "oudernummer", "relatienummer", "relatie id", "ouderverzorger uuid", "uuid",
        "sis_oudr", "guardian key", "guardian number",
    ),
    "call_name": ("roepnaam", "voornaam", "voornaam verzorger", "roepnaam verzorger", "first name", "firstname"),
    "initials": ("voorletters", "voorletters verzorger", "initialen", "initials"),
    "prefix": ("voorvoegsel", "voorvoegsels", "tussenvoegsel", "tussenvoegsels", "prefix"),
    "surname": ("achternaam", "achternaam verzorger", "naam", "geslachtsnaam", "surname", "lastname", "last name"),
    "email": ("e-mail", "email", "e-mailadres", "e-mail verzorger", "mailadres", "email adres", "e-mail 1"),
    "language": ("taal", "voertaal", "thuistaal", "spreektaal", "taal correspondentie", "language"),
    "authority": (
        "gezag", "ouderlijk gezag", "ouderlijk_gezag", "wettelijk gezag", "heeft gezag", "gezagdragend",
        "wettelijk vertegenwoordiger", "wettigevertegenwoordiger", "authority",
    ),
    "secret": ("geheim adres", "geheimadres", "adres geheim", "adres_geheim", "adresgeheim", "secret address"),
    "contact": (
        "contact toegestaan", "mag post ontvangen", "mag_post_ontvangen", "post ontvangen",
        "wenst contact via e-mail", "wenstcontactviaemail", "may be contacted",
    ),
    "since": ("vanaf", "gezag vanaf", "ingangsdatum", "begindatum", "vanafdatum", "datum vanaf", "since"),
    "until": ("tot", "tot en met", "t/m", "gezag tot", "einddatum", "totdatum", "datum tot", "until"),
    "representation": (
        "curatele of mentorschap", "curatele/mentorschap", "curatele", "mentorschap", "vertegenwoordiger na 16",
    ),
    "ordered_on": ("datum beschikking", "beschikking", "beschikking van", "datum uitspraak"),
}  # fmt: skip
REQUIRED = ("pupil", "guardian", "surname", "authority")
KNOWN = {fold(name): ours for ours, names in COLUMNS.items() for name in names}

AUTHORITY_WORDS = {
    Authority.FULL: (
        "ja", "j", "1", "true", "waar", "yes", "y", "x", "gezag", "volledig", "heeft gezag", "ouderlijk gezag",
        "wettelijk gezag", "gezamenlijk gezag", "eenhoofdig gezag", "voogdij", "voogd", "beslist", "full",
    ),
    Authority.INFORMED: (
        "alleen informatie", "informatie", "informatieplicht", "informeren", "alleen informeren", "informed",
        "wel informatie", "informed only",
    ),
    Authority.NONE: ("nee", "n", "0", "false", "onwaar", "no", "geen", "geen gezag", "zonder gezag", "none"),
}  # fmt: skip
REPRESENTATION_WORDS = {
    Representation.CURATELE: ("curatele", "curator", "onder curatele"),
    Representation.MENTORSCHAP: ("mentorschap", "mentor"),
    "": ("nee", "n", "0", "geen", "no"),
}
LANGUAGE_WORDS = {
    "nl": ("nl", "nederlands", "dutch", "nld", "dut", "vlaams", "frysk", "fries"),
    "en": ("en", "engels", "english", "eng"),
    "ar": ("ar", "arabisch", "arabic", "ara", "العربية", "syrisch arabisch", "marokkaans arabisch"),
    "tr": ("tr", "turks", "turkish", "turkce", "tur"),
    "pl": ("pl", "pools", "polish", "polski", "pol"),
    "uk": ("uk", "ua", "oekraiens", "ukrainian", "українська", "ukr"),
    "ti": ("ti", "tigrinya", "tigrinja", "tigrigna", "ትግርኛ", "tir"),
}
YES = ("ja", "j", "1", "true", "waar", "yes", "y", "x", "geheim")
NO = ("nee", "n", "0", "false", "onwaar", "no", "-", "niet geheim")


def _by_word(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold(word): str(ours) for ours, known in words.items() for word in known}


AUTHORITIES = _by_word({str(key): words for key, words in AUTHORITY_WORDS.items()})
REPRESENTATIONS = _by_word({str(key): words for key, words in REPRESENTATION_WORDS.items()})
LANGUAGES = _by_word(LANGUAGE_WORDS)
YES_NO = {fold(word): "yes" for word in YES} | {fold(word): "no" for word in NO if fold(word)}


def read_authority(value: str) -> str:
    """What this guardian may do. Never guessed: an empty or unknown word raises BadCell (threat 15)."""
    if not value.strip():
        raise BadCell("authority_missing")
    try:
        return AUTHORITIES[fold(value)]
    except KeyError:
        raise BadCell("authority_unknown") from None


def read_representation(value: str) -> str:
    """Whether a court made this person decide beyond 16; "" for an empty cell or no. Never guessed: raises BadCell."""
    if not value.strip() or value.strip() == "-":
        return ""
    try:
        return REPRESENTATIONS[fold(value)]
    except KeyError:
        raise BadCell("representation_unknown") from None


def read_language(value: str) -> str:
    """One of the portal's languages, or "" for one that it does not speak (then the family reads Dutch)."""
    return LANGUAGES.get(fold(value), "")


def read_yes_no(value: str) -> bool | None:
    """Yes, no, or None for an empty cell; raises BadCell("not_yes_or_no")."""
    if not value.strip() or value.strip() == "-":
        return None
    try:
        return YES_NO[fold(value)] == "yes"
    except KeyError:
        raise BadCell("not_yes_or_no") from None


def recognise(header: list[str], mapping: dict[str, str]) -> dict[str, int]:
    """Our names -> the place of the column; the school's own saved `mapping` (ours -> theirs) goes first."""
    folded = [fold(name) for name in header]
    found = {ours: folded.index(fold(theirs)) for ours, theirs in mapping.items() if fold(theirs) in folded}
    for place, name in enumerate(folded):
        ours = KNOWN.get(name, "")
        if ours and ours not in found and place not in found.values():
            found[ours] = place
    return found
