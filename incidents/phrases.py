"""The code phrase with which somebody who reported comes back: eight words out of 1,024 (80 bits).

The list is our own: common Dutch words of 4 to 8 letters, told apart by their first four. A phrase is stored
nowhere; only its hash is (`accounts.LinkKey`), so a lost phrase cannot be given again.
"""

import hmac
import re
import secrets
import unicodedata
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings

WORDS_IN_PHRASE, BITS_A_WORD = 8, 10
_LIST = Path(__file__).with_name("words.txt")


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """The 1,024 words, in their order: never change it, or `phrase_for` gives another phrase."""
    return tuple(_LIST.read_text().split())


def new_phrase() -> str:
    """Eight random words with hyphens between them."""
    return "-".join(secrets.choice(words()) for _ in range(WORDS_IN_PHRASE))


def phrase_for(sent: UUID) -> str:
    """The phrase of one sent form, derived with the first of `PORTAL_KEYS`: the same post twice shows the same one.

    80 bits of an HMAC; who knows the form's key but not the portal's learns nothing.
    """
    digest = hmac.new(settings.PORTAL_KEYS[0].encode(), f"report-phrase:{sent}".encode(), sha256).digest()
    number = int.from_bytes(digest[:10], "big")
    shifts = range(0, WORDS_IN_PHRASE * BITS_A_WORD, BITS_A_WORD)
    return "-".join(words()[(number >> shift) % len(words())] for shift in shifts)


def normal_phrase(typed: str) -> str:
    """As it was given out: capitals, spaces, commas, hyphens and accents do not matter. Never raises."""
    plain = unicodedata.normalize("NFKD", typed[:500]).casefold()
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return "-".join(re.findall(r"[a-z]+", letters))
