"""How strong a personal link is."""

from dataclasses import dataclass
from datetime import date

# From how many browsers a personal link may say yes.
TRUSTED_BROWSERS = 2


@dataclass(frozen=True, slots=True)
class LinkStrength:
    """What is known of the link that an answer comes through."""

    needs_code_always: bool
    closes_on: date
    is_known_device: bool
    devices_before: int


def link_may_say_yes(link: LinkStrength, on: date) -> bool:
    """A link may say yes during the round, from at most two browsers, unless the foundation always asks a code.

    A no may always be said: the weakest key can only make a child safer.
    """
    if link.needs_code_always or on > link.closes_on:
        return False
    return link.is_known_device or link.devices_before < TRUSTED_BROWSERS
