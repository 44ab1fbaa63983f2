"""Secrets that must be read back (seeds of second factors), encrypted with keys that are not in the database."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """No key of `PORTAL_KEYS` opens it: the key it was sealed with was taken away."""


def seal(text: str) -> str:
    """Encrypt with the first of `PORTAL_KEYS`."""
    return _fernet(tuple(settings.PORTAL_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with any of `PORTAL_KEYS` (a new key goes in front, the old one stays); raises Unreadable."""
    try:
        return _fernet(tuple(settings.PORTAL_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


@lru_cache(maxsize=4)
def _fernet(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(secret)) for secret in secrets])


def _derive(secret: str) -> bytes:
    """A key for this use only: the same secret also makes links, and one must tell nothing of the other."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.sealing").derive(secret.encode())
    return base64.urlsafe_b64encode(key)
