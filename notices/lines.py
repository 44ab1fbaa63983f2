"""The bytes of a mail without the machinery of `email`: headers and two texts, when nothing of them is unusual."""

import re
from base64 import b64encode
from collections.abc import Iterator
from email.policy import compat32

from .patterns import Written

POLICY = compat32.clone(linesep="\r\n")
PLAIN_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.ASCII)
LONGEST_HEADER, LONGEST_PIECE, LONGEST_LINE = (
    76,
    42,
    900,
)  # RFC 5322: 998 bytes at most; of a longer one the other way takes care
PART = (
    '--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\nMIME-Version: 1.0\r\n'
    "Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
)


def assemble(headers: dict[str, str], fixed: bytes, written: Written, boundary: str) -> bytes | None:
    """The whole mail; None when an address, a line or the text is not of the everyday kind.

    `fixed`: headers that are bytes already. `headers` hold no line breaks: names and subjects are made plain before.
    """
    text, html = _crlf(written.text), _crlf(written.html)
    if (
        not html
        or not PLAIN_ADDRESS.fullmatch(headers["To"])
        or boundary in text
        or boundary in html
        or max(map(len, (text + "\r\n" + html).encode().split(b"\r\n"))) > LONGEST_LINE
    ):
        return None
    head = [f'Content-Type: multipart/alternative; boundary="{boundary}"\r\nMIME-Version: 1.0\r\n'.encode()]
    head += [_header(name, value) for name, value in headers.items()]
    parts = [
        PART.format(boundary=boundary, kind=kind, text=content)
        for kind, content in (("plain", text), ("html", html))
    ]
    return b"".join([*head, fixed, b"\r\n", "".join(parts).encode(), f"--{boundary}--\r\n".encode()])


def headers_of(mail: bytes, names: tuple[str, ...]) -> bytes:
    """Of a whole mail these headers, as they stand there."""
    head = mail.partition(b"\r\n\r\n")[0] + b"\r\n"
    found = re.findall(rb"^([\w-]+):((?:[^\r]|\r\n[ \t])*\r\n)", head, re.M)
    return b"".join(name + b":" + value for name, value in found if name.decode() in names)


def _header(name: str, value: str) -> bytes:
    if not value.isascii() or "=?" in value:  # what looks like an encoded word is encoded itself, not decoded
        words = (f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in _pieces(value))
        return (f"{name}: " + "\r\n ".join(words) + "\r\n").encode()
    if len(name) + len(value) < LONGEST_HEADER:
        return f"{name}: {value}\r\n".encode()
    return POLICY.fold_binary(name, value)


def _pieces(value: str) -> Iterator[bytes]:
    """At most 42 bytes, so that an encoded word is at most 68 long (RFC 2047: 75), and no letter is cut in two."""
    piece = b""
    for letter in value:
        encoded = letter.encode()
        if len(piece) + len(encoded) > LONGEST_PIECE:
            yield piece
            piece = b""
        piece += encoded
    yield piece


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
