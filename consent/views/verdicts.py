"""A verdict in words: sign, word, a reason per person, and what would help."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from consent.choices import Layer, Reason
from consent.domain.check import Seen, Verdict
from consent.models import CheckedPerson
from consent.rules import State

from .desk import with_people
from .words import reason_words

OPEN_TO_ALL = frozenset({str(Layer.SOCIAL), str(Layer.OPEN_WEB)})
# A parent asked for a talk; or a pupil who decides alone was not asked yet (C8).
ASK_FIRST = frozenset({Reason.TALK_FIRST, Reason.PUPIL_DECIDES})
MOST_NAMES = 3


def verdict_words(verdict: Verdict, check_url: str, at: datetime) -> dict[str, Any]:
    """What `_verdict.html` shows: only who may not be shown is named, with the reason (C6)."""
    return {
        "kind": _kind(verdict),
        "place": verdict.purpose.short_label,
        "at": at,
        "count": len(verdict.seen),
        "allowed": len(verdict.seen) - len(verdict.blocked),
        "rows": [
            {"name": person.who.short_name, "reason": _why(person, verdict.purpose.event_on is not None)}
            for person in verdict.blocked
        ],
        "ways": [] if verdict.is_allowed else _ways(verdict, check_url),
        "reaches_far": verdict.is_allowed and verdict.purpose.layer in OPEN_TO_ALL,  # O7, O8
    }


def _why(person: Seen, is_event: bool) -> str:
    """Silence in its own words: about an activity, or beside a yes for an activity only (C7, S4)."""
    if person.state.reason == Reason.NO_ANSWER and is_event:
        return _("no answer yet about this activity")
    if person.only_for:
        events = ", ".join(event.short_label for event in person.only_for)
        return _("yes only for %(events)s, no answer about this place") % {"events": events}
    return reason_words(person.state)


def kept_words(people: Sequence[CheckedPerson]) -> list[dict[str, Any]]:
    return [
        {
            "name": person.shown_name,
            "is_allowed": person.is_allowed,
            "reason": reason_words(State(person.is_allowed, Reason(person.reason), person.since)),
        }
        for person in people
    ]


def _kind(verdict: Verdict) -> str:
    """Ask first only where a question may turn everybody in the way into a yes; else a plain no."""
    if verdict.is_allowed:
        return "ok"
    return "ask" if all(person.state.reason in ASK_FIRST for person in verdict.blocked) else "no"


def _ways(verdict: Verdict, check_url: str) -> list[dict[str, str]]:
    """Leave out who may not be shown, or use a place where everybody may."""
    blocked, ways = verdict.blocked, []
    rest = [person for person in verdict.seen if person.state.is_allowed]
    if rest:
        names = ", ".join(person.who.call_name for person in blocked)
        few = _("Leave out %(names)s") % {"names": names}
        many = _("Leave out these %(count)s people") % {"count": len(blocked)}
        url = _with(check_url, verdict.purpose.slug, rest)
        ways.append({"text": few if len(blocked) <= MOST_NAMES else many, "url": url})
    for other in verdict.others_allow:
        url = _with(check_url, other.slug, verdict.seen)
        ways.append({"text": _("%(place)s is allowed") % {"place": other.short_label}, "url": url})
    return ways


def _with(check_url: str, place: str, people: Sequence[Seen]) -> str:
    pupils = [person.who.code for person in people if not person.is_colleague]
    return with_people(
        check_url, place, pupils, [person.who.code for person in people if person.is_colleague]
    )
