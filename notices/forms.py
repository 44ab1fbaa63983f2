"""What a mail provider posts, as reports; refused with a word that a human understands."""

import json
from typing import Any

from .bounces_read import read_report
from .choices import BounceKind, BounceSource
from .domain.bounces import Report

MOST_REPORTS = 1000
KINDS = {"bounce": BounceKind.BOUNCE, "complaint": BounceKind.COMPLAINT}


class BadReportError(Exception):
    """Not a report of a bounce; `str` says what is wrong with it."""


def reports_in(body: bytes, content_type: str) -> list[Report]:
    """Reports from JSON (one object, or a list of at most 1000), or from the returned mail itself.

    Raises BadReportError. A returned mail in which nothing failed for ever gives [].
    """
    if content_type == "message/rfc822":
        return read_report(body, BounceSource.WEBHOOK)
    if content_type != "application/json":
        raise BadReportError("Send application/json, or message/rfc822.")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadReportError("This is not JSON.") from None
    rows = found if isinstance(found, list) else [found]
    if len(rows) > MOST_REPORTS:
        raise BadReportError(f"Send at most {MOST_REPORTS} reports at once.")
    return [_report(row, number) for number, row in enumerate(rows, start=1)]


def _report(row: Any, number: int) -> Report:
    if not isinstance(row, dict):
        raise BadReportError(f"Report {number} is not an object.")
    words = {name: row.get(name, "") for name in ("message_id", "status", "address")}
    if not all(isinstance(word, str) and len(word) <= 300 and word.isprintable() for word in words.values()):
        raise BadReportError(f"Report {number}: message_id, status and address are short texts.")
    kind = row.get("type", "bounce")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadReportError(f"Report {number}: type is bounce or complaint.")
    if not words["message_id"] or (kind == "bounce" and not words["status"]):
        raise BadReportError(f"Report {number} needs a message_id, and of a bounce the status.")
    return Report(source=BounceSource.WEBHOOK, kind=KINDS[kind], **words)
