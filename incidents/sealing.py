"""The encryption seam of cases (I9, R28): what people wrote is sealed with a key of the case.

Each case has a random key of 256 bits, itself sealed with `PORTAL_KEYS`. Content is AES-256-GCM, bound to
foundation, case and field: a sealed value that is copied to another place does not open. When the row of the
key is gone, everything of that case is unreadable for ever, also in a backup of the other tables.
"""

import base64
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from .models import Case, CaseKey

VERSION, NONCE = b"\x01", 12


class Unreadable(Exception):
    """It was sealed for another case or field, was changed, or its key is gone."""


def new_key(case: Case) -> CaseKey:
    """A random key for this case, itself sealed with the first of `PORTAL_KEYS` (unsaved)."""
    wrapped = _wrapping(tuple(settings.PORTAL_KEYS)).encrypt(secrets.token_bytes(32)).decode()
    return CaseKey(foundation_id=case.foundation_id, case=case, wrapped=wrapped)


def seal(case: Case, field: str, text: str | bytes) -> bytes:
    """Seal with the key of the case, for this `field` only ("event:3"); raises Unreadable without a key.

    The same words twice give other bytes. How long it is can be seen from outside.
    """
    content = text.encode() if isinstance(text, str) else text
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + AESGCM(_key_of(case)).encrypt(nonce, content, _place(case, field, VERSION))


def unseal(case: Case, field: str, sealed: bytes | memoryview) -> str:
    """The words again; raises Unreadable."""
    return unseal_bytes(case, field, sealed).decode()


def unseal_bytes(case: Case, field: str, sealed: bytes | memoryview) -> bytes:
    """The bytes again; raises Unreadable."""
    whole = bytes(sealed)
    version, nonce, content = whole[:1], whole[1 : 1 + NONCE], whole[1 + NONCE :]
    try:
        return AESGCM(_key_of(case)).decrypt(nonce, content, _place(case, field, version))
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def _key_of(case: Case) -> bytes:
    """Unwrapped once per case object; the wall lets nobody read it who may not read the case."""
    known: bytes | None = case.__dict__.get("_sealing_key")
    if known is None:
        row = CaseKey.objects.filter(case=case).first()
        if row is None:
            raise Unreadable
        try:
            known = _wrapping(tuple(settings.PORTAL_KEYS)).decrypt(row.wrapped.encode())
        except InvalidToken as error:
            raise Unreadable from error
        case.__dict__["_sealing_key"] = known
    return known


def _place(case: Case, field: str, version: bytes) -> bytes:
    return f"{case.foundation_id}|{case.id}|{field}|".encode() + version


@lru_cache(maxsize=4)
def _wrapping(secrets_: tuple[str, ...]) -> MultiFernet:
    """Any of `PORTAL_KEYS` opens, the first one seals: a new key goes in front, the old one stays."""
    return MultiFernet([Fernet(_derive(secret)) for secret in secrets_])


def _derive(secret: str) -> bytes:
    """A key for this use only: the same secret also makes links, and one must tell nothing of the other."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"incidents.sealing").derive(secret.encode())
    return base64.urlsafe_b64encode(key)
