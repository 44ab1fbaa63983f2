"""A verdict in words: sign, word, a reason per person, and what would help."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from consent.choices import Reason
from consent.domain.check import Verdict
from consent.models import CheckedPerson
from consent.rules import State

from .words import reason_words


def verdict_words(verdict: Verdict, path: str) -> dict[str, Any]:
    """What `_verdict.html` shows: only who may not be shown is named, with the reason (C6)."""
    return {
        "kind": _kind(verdict),
        "place": verdict.purpose.short_label,
        "covers": ", ".join(place.name for place in verdict.purpose.places.all()),
        "count": len(verdict.seen),
        "allowed": len(verdict.seen) - len(verdict.blocked),
        "rows": [
            {"name": person.pupil.short_name, "reason": reason_words(person.state)}
            for person in verdict.blocked
        ],
        "ways": [] if verdict.is_allowed else _ways(verdict, path),
    }


def kept_words(people: Sequence[CheckedPerson]) -> list[dict[str, Any]]:
    return [
        {
            "name": person.pupil.short_name,
            "is_allowed": person.is_allowed,
            "reason": reason_words(State(person.is_allowed, Reason(person.reason), person.since)),
        }
        for person in people
    ]


def _kind(verdict: Verdict) -> str:
    """Ask first only where everybody in the way asked for a talk; else a plain no."""
    if verdict.is_allowed:
        return "ok"
    reasons = {person.state.reason for person in verdict.blocked}
    return "ask" if reasons == {Reason.TALK_FIRST} else "no"


def _ways(verdict: Verdict, path: str) -> list[dict[str, str]]:
    """Leave out who may not be shown, or use a place where everybody may."""
    blocked = {person.pupil.id for person in verdict.blocked}
    rest = [person.pupil for person in verdict.seen if person.pupil.id not in blocked]
    ways = []
    if rest:
        names = ", ".join(person.pupil.call_name for person in verdict.blocked[:3])
        text = _("Leave out %(names)s") if len(blocked) <= 3 else _("Leave out these %(count)s pupils")
        url = _address(path, verdict.purpose.slug, [pupil.code for pupil in rest])
        ways.append({"text": text % {"names": names, "count": len(blocked)}, "url": url})
    for other in verdict.others_allow:
        url = _address(path, other.slug, [person.pupil.code for person in verdict.seen])
        ways.append({"text": _("%(place)s is allowed") % {"place": other.short_label}, "url": url})
    return ways


def _address(path: str, place: str, codes: Sequence[str]) -> str:
    query = QueryDict(mutable=True)
    query["place"] = place
    query.setlist("pupil", list(codes))
    return f"{path}?{query.urlencode()}"
