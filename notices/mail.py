"""From a message to the bytes that are sent: words in the reader's language, links, headers. No database."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.utils import translation

from accounts.choices import LinkKind
from accounts.links import hash_of, token_for

from .patterns import Written as Written
from .patterns import write_by_pattern

# The addresses are a contract (architecture.md §5), so a worker needs no URL table to write them.
LINK_PATHS = {LinkKind.CONSENT: "/toestemming/{token}/"}
# Control characters, and marks that turn the direction of what follows: a name has neither.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
# Ours, around a name in a line of Arabic; a subject is one line that programs cut, and does without.
ISOLATES = str.maketrans("", "", "\u2066\u2068\u2069")
GAPS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")


class BrokenMailError(Exception):
    """This message cannot be written; others can."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around the words."""

    to: str
    message_id: str
    kind: str
    language: str
    at: datetime
    sender_name: str = ""
    reply_to: str = ""


def supported(language: str) -> str:
    """The language itself when we have its words, else the authoritative one (Dutch)."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def write(kind: str, language: str, words: dict[str, Any]) -> Written:
    """Fill the templates of `kind` (`consent/invite` → `consent/mail/invite.subject.txt`, `.txt`, `.html`).

    Names are made harmless: no line breaks or control characters anywhere (nobody can add a header), and
    escaped in the html. Raises what Django's templates raise, when one is missing or wrong.
    """
    language = supported(language)
    with translation.override(language):
        return write_by_pattern(f"{kind} {language}", _plain(words), partial(_write, kind))


def _write(kind: str, plain: dict[str, Any]) -> Written:
    app, _slash, name = kind.partition("/")
    engine = Engine.get_default()

    def fill(suffix: str, *, is_html: bool) -> str:
        template = engine.get_template(f"{app}/mail/{name}.{suffix}")
        return template.render(Context(plain, autoescape=is_html)).strip()

    subject = _plain(fill("subject.txt", is_html=False).translate(ISOLATES))
    text, html = fill("txt", is_html=False), fill("html", is_html=True)
    return Written(subject, GAPS.sub("\n\n", text) + "\n", html + "\n")


def build(envelope: Envelope, written: Written) -> bytes:
    """The mail as it goes over the line; the same Message-ID at each try (R12)."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=_word("Subject", written.subject),
        body=written.text,
        from_email=formataddr((_word("From", _plain(envelope.sender_name) or sender[0]), sender[1])),
        to=[envelope.to],
        reply_to=[envelope.reply_to] if envelope.reply_to else None,
        headers={
            "Message-ID": envelope.message_id,
            "Date": format_datetime(envelope.at),
            "X-Portal-Kind": envelope.kind,
            "Content-Language": supported(envelope.language),
            # No out-of-office replies to the portal.
            "Auto-Submitted": "auto-generated",
        },
    )
    if written.html:
        mail.attach_alternative(written.html, "text/html")
    return mail.message().as_bytes(linesep="\r\n")


def personal_address(kind: LinkKind, target: UUID, token_hash: bytes) -> str:
    """The whole address of a personal link; its token is derived here and kept nowhere.

    With several PORTAL_KEYS it is the key of the day the link was made: a reminder repeats the same address.
    Raises BrokenMailError when none of them fits (the key was taken away).
    """
    for key in settings.PORTAL_KEYS:
        token = token_for(kind, target, key)
        if hash_of(token) == token_hash:
            return str(settings.PORTAL_URL) + LINK_PATHS[kind].format(token=token)
    raise BrokenMailError("no key of PORTAL_KEYS made this link")


def _word(header: str, text: str) -> str:
    """The text of a header as mail wants it; what looks like an encoded word is encoded itself, not decoded."""
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=header).encode(linesep="")


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(UNSEEN.sub(" ", value).split())
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
