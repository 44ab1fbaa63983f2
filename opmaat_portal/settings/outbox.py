"""How the settings of the outbox are read; refused at the start when they make no sense."""

import re

from django.core.exceptions import ImproperlyConfigured

DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
RULE = re.compile(r"(?P<domain>[^=]+)=(?P<mails>\d{1,6})/(?P<seconds>\d{1,5})")


def read_pace(text: str) -> dict[str, float]:
    """Mails per second by recipient domain, from "gmail.com=600/60,*=3000/60"; "*" is each other domain.

    Raises ImproperlyConfigured, naming the part that is wrong.
    """
    pace: dict[str, float] = {}
    for part in text.lower().split(","):
        rule = RULE.fullmatch(part.strip())
        if not rule or not (rule["domain"] == "*" or DOMAIN.fullmatch(rule["domain"])):
            raise ImproperlyConfigured(f"OUTBOX_PACE: {part!r} is not like gmail.com=600/60 (mails/seconds).")
        mails, seconds = int(rule["mails"]), int(rule["seconds"])
        if not mails or not seconds:
            raise ImproperlyConfigured(f"OUTBOX_PACE: {part!r} would never send anything, or all at once.")
        if rule["domain"] in pace:
            raise ImproperlyConfigured(f"OUTBOX_PACE: {rule['domain']} is named twice.")
        pace[rule["domain"]] = mails / seconds
    if "*" not in pace:
        raise ImproperlyConfigured("OUTBOX_PACE needs a rule for every other domain, like *=3000/60.")
    return pace


def check_hours(since: int, until: int) -> None:
    """Raises ImproperlyConfigured unless some hours of a day lie between the two."""
    if not 0 <= since < until <= 24:
        raise ImproperlyConfigured("MAILS_FROM_HOUR must be before MAILS_UNTIL_HOUR, both from 0 to 24.")
