"""Reading single cells: pure functions that raise BadCell, with a code of `messages.ROWS`."""

import re
import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

EARLIEST = date(1900, 1, 1)
LATEST = date(2200, 1, 1)
ASCII_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}
# Letters that Unicode does not take apart into a base letter and a sign.
PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
JOINERS = {"\u200c", "\u200d"}
NINE_DIGITS = re.compile(r"(?<!\d)(?:\d[ .]?){8}\d(?!\d)")
WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?"), (3, 2, 1)),
    (re.compile(r"(\d{4})(\d{2})(\d{2})"), (1, 2, 3)),
)


class BadCell(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(value: str | None, longest: int) -> str:
    """One line of visible text: spaces folded, invisible direction marks taken out.

    Raises BadCell for control characters, text that is too long, or a number that may be a BSN.
    """
    if not value:
        return ""
    if not value.isascii() or not value.isprintable():
        value = unicodedata.normalize("NFC", value)
        if any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n" for sign in value):
            raise BadCell("control_character")
        value = "".join(sign for sign in value if unicodedata.category(sign) != "Cf" or sign in JOINERS)
    text = " ".join(value.split())
    if len(text) > longest:
        raise BadCell("too_long")
    if has_bsn(text):
        raise BadCell("looks_like_bsn")
    return text


def required(value: str | None, longest: int) -> str:
    """As `clean`, and raises BadCell("missing") when nothing is left."""
    text = clean(value, longest)
    if not text:
        raise BadCell("missing")
    return text


def fold(*parts: str) -> str:
    """The same for two spellings of one name: no case, signs, spaces or hyphens ("Şahin", "SAHIN")."""
    text = " ".join(parts).casefold()
    if text.isascii():  # nine names in ten: nothing to take apart
        return text.translate(ASCII_SIGNS)
    text = unicodedata.normalize("NFKD", text).translate(PLAIN)
    return "".join(sign for sign in text if sign.isalnum())


def passes_eleven_test(digits: str) -> bool:
    """Nine digits that could be a citizen service number (BSN or PGN)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=True))
    return total % 11 == 0 and digits != "000000000"


def has_bsn(text: str) -> bool:
    """A number like a BSN stands somewhere in this text (dots and spaces between its digits do not hide it)."""
    if len(text) < 9:
        return False
    found = (re.sub(r"\D", "", match) for match in NINE_DIGITS.findall(text))
    return any(digits.isascii() and passes_eleven_test(digits) for digits in found)


def are_bsns(keys: list[str]) -> bool:
    """More than half of these keys could be a BSN: by chance it is one in eleven, so they are."""
    nine = sum(
        1 for key in keys if len(key) == 9 and key.isascii() and key.isdigit() and passes_eleven_test(key)
    )
    return nine * 2 > len(keys)


def read_date(value: str) -> date:
    """2015-03-04, 04-03-2015, 4/3/2015 or 20150304. Raises BadCell("not_a_date")."""
    for pattern, (year, month, day) in DATES:
        if match := pattern.fullmatch(value.strip()):
            try:
                found = date(int(match[year]), int(match[month]), int(match[day]))
            except ValueError:
                break
            if EARLIEST <= found < LATEST:
                return found
            break
    raise BadCell("not_a_date")


def read_email(value: str) -> str:
    """An address in lower case, or "" for an empty cell. Raises BadCell("not_an_email")."""
    text = value.strip().lower()
    if not text:
        return ""
    if len(text) > 254 or not text.isprintable():
        raise BadCell("not_an_email")
    if has_bsn(text):
        raise BadCell("looks_like_bsn")
    try:
        validate_email(text)
    except ValidationError:
        raise BadCell("not_an_email") from None
    return text


def read_key(value: str) -> str:
    """The number of a person in the pupil administration. Raises BadCell when it is empty or an ECK iD."""
    text = value.strip()
    if not text:
        raise BadCell("missing")
    if len(text) > 70:
        raise BadCell("too_long")
    if "ketenid.nl" in text.lower():
        raise BadCell("looks_like_eck")
    if not text.isprintable():
        raise BadCell("control_character")
    return text
