"""Returned mails from a mailbox on disk: a Maildir or an mbox, as a mail server delivers it (R5)."""

import mailbox
from collections.abc import Iterator
from pathlib import Path

from notices.bounces_read import LARGEST, read_report
from notices.choices import BounceSource

from .bounces import Taken, take_bounces


def read_mailbox(path: Path) -> Taken:
    """Take in every returned mail that lies there; each counts once, however often this is called.

    Of a Maildir those in `new/`, which then move to `cur/`; of an mbox all of them, and the file stays as it is.
    Raises FileNotFoundError when there is nothing of that name.
    """
    taken = Taken()
    if (path / "new").is_dir():
        for file in sorted((path / "new").iterdir()):
            taken += _take(_start_of(file))
            file.rename(path / "cur" / f"{file.name}:2,S")
        return taken
    if not path.is_file():
        raise FileNotFoundError(path)
    for raw in _mails_of(path):
        taken += _take(raw)
    return taken


def _take(raw: bytes) -> Taken:
    reports = read_report(raw, BounceSource.MAILBOX)
    return take_bounces(reports) if reports else Taken()


def _start_of(file: Path) -> bytes:
    """One byte more than is read of a report: enough to see that it is too long."""
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _mails_of(path: Path) -> Iterator[bytes]:
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118  a mailbox, not a dict
            yield box.get_bytes(key)
    finally:
        box.close()
