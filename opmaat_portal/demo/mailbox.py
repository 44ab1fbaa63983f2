"""The mailbox of everybody: the Maildir that the demo's mail server writes, newest first.

Made for thousands of mails: names are listed (they hold the moment), and only the mails that are shown are read.
What was read is kept, because a mail file never changes.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from functools import lru_cache
from pathlib import Path

from django.conf import settings

# 1699999999.M123456P999Q1.host, as Python's mailbox module names them (the host may follow a colon in other tools)
NAME = re.compile(r"^(\d+)\.M(\d+)P(\d+)Q(\d+)\.[\w.:,=\\-]+$")
RECIPIENT = re.compile(rb"^X-RcptTo: *(.+?)\r?$", re.MULTILINE | re.IGNORECASE)
HEAD_BYTES = 8192
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Mail:
    key: str
    to: str
    subject: str
    text: str
    html: str
    kind: str
    at: datetime

    @property
    def links(self) -> list[str]:
        """Addresses inside the portal, to be followed with one tap."""
        found = (link.rstrip(".,;)") for link in LINK.findall(self.text))
        return list(dict.fromkeys(link for link in found if link.startswith(settings.PORTAL_URL)))

    def as_json(self) -> dict[str, str]:
        return {
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "kind": self.kind,
            "at": self.at.isoformat(),
        }


def keys(to: str = "") -> list[str]:
    """The mails, newest first; with `to` only those to that address, or (without an @) to one that contains it."""
    found = sorted((name for name in _names() if NAME.match(name)), key=_moment, reverse=True)
    wanted, folder = to.strip().lower(), _folder()
    if "@" in wanted:
        return [key for key in found if wanted in _recipient(folder, key).split(", ")]
    return [key for key in found if wanted in _recipient(folder, key)] if wanted else found


def read(key: str) -> Mail | None:
    """None for a name that is none of a mail, or of one that is gone."""
    if not NAME.match(key):
        return None
    try:
        return _read(_folder(), key)
    except FileNotFoundError:
        return None


def read_all(found: list[str]) -> Iterator[Mail]:
    return (mail for key in found if (mail := read(key)) is not None)


def _folder() -> Path:
    return Path(settings.DEMO_MAILDIR) / "new"


def _names() -> list[str]:
    try:
        return os.listdir(_folder())  # noqa: PTH208  names only; a Path for each of thousands takes time
    except (FileNotFoundError, NotADirectoryError):
        return []


def _moment(key: str) -> tuple[int, ...]:
    match = NAME.match(key)
    return tuple(int(part) for part in match.groups()) if match else ()


@lru_cache(maxsize=50_000)
def _recipient(folder: Path, key: str) -> str:
    """The address it was sent to, from the first bytes of the file."""
    try:
        with (folder / key).open("rb") as file:
            found = RECIPIENT.search(file.read(HEAD_BYTES))
    except FileNotFoundError:
        return ""
    return found[1].decode(errors="replace").lower() if found else _read(folder, key).to.lower()


@lru_cache(maxsize=6_000)
def _read(folder: Path, key: str) -> Mail:
    # The old policy: the new one takes ten times as long over each mail.
    message = message_from_bytes((folder / key).read_bytes(), policy=compat32)
    seconds, micros, *_rest = _moment(key)
    return Mail(
        key=key,
        to=_header(message, "X-RcptTo") or _header(message, "To"),
        subject=_header(message, "Subject"),
        text=_part(message, "text/plain"),
        html=_part(message, "text/html"),
        kind=_header(message, "X-Portal-Kind"),
        at=datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros % 1_000_000),
    )


def _header(message: Message, name: str) -> str:
    value = message.get(name, "")
    return " ".join(str(make_header(decode_header(value))).split()) if value else ""


def _part(message: Message, kind: str) -> str:
    part = next((part for part in message.walk() if part.get_content_type() == kind), None)
    if part is None:
        return ""
    text = part.get_payload(decode=True).decode(part.get_content_charset("utf-8"), errors="replace")
    return text.replace("\r\n", "\n")
