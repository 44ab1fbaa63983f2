"""Read what came back: a delivery report as mail (RFC 3464). Pure, and calm about whatever anybody sends us."""

import logging
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mail

from .choices import BounceSource
from .domain.bounces import PERMANENT, Report

LARGEST = 1024 * 1024  # bytes of one report; longer ones are not read
MOST_RECIPIENTS = 100
ADDRESS = re.compile(r"[^\s<>;,\"\x00-\x1f\x7f]{1,64}@[^\s<>;,\"@\x00-\x1f\x7f]{1,189}")

log = logging.getLogger(__name__)


def read_report(raw: bytes, source: BounceSource) -> list[Report]:
    """What this mail says about a mail of ours that failed for ever; [] when it is something else.

    A delay (4.x), a success or a copy of a mail without its Message-ID says nothing. Never raises.
    """
    if len(raw) > LARGEST:
        return []
    try:
        return list(_reports(message_from_bytes(raw), source))
    except Exception as error:  # the parser itself stumbles over some mails; none of them is ours
        log.info("a returned mail cannot be read: %s", type(error).__name__)
        return []


def _reports(mail: Mail, source: BounceSource) -> Iterator[Report]:
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return
    status_part, returned = None, ""
    for part in mail.get_payload():
        kind = part.get_content_type()
        if kind == "message/delivery-status" and status_part is None:
            status_part = part
        elif kind in {"message/rfc822", "text/rfc822-headers"} and not returned:
            returned = _message_id(part)
    if status_part is None or not returned or not status_part.is_multipart():
        return
    for fields in status_part.get_payload()[: MOST_RECIPIENTS + 1]:
        status = re.match(PERMANENT, str(fields.get("Status", "")).strip())
        if str(fields.get("Action", "")).strip().lower() == "failed" and status:
            yield Report(returned, status[0], source, _address(fields))


def _message_id(part: Mail) -> str:
    """Of the mail that came back: whole, or its headers as text."""
    is_whole = part.is_multipart()
    mail = part.get_payload(0) if is_whole else message_from_bytes(part.get_payload(decode=True) or b"")
    return "".join(str(mail.get("Message-ID", "")).split())


def _address(fields: Mail) -> str:
    """The address that we sent to; the last one on the way, where nobody remembers that."""
    for name in ("Original-Recipient", "Final-Recipient"):
        if found := ADDRESS.search(str(fields.get(name, "")).partition(";")[2]):
            return found[0].lower()
    return ""
