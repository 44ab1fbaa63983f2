"""The pages of the protocol in words: where a version stands, what comes next, what the council said."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.choices import ActorKind
from ledger.models import Entry
from policies.choices import Audience, BlockKind, Outcome, State
from policies.domain.papers import council_line, day
from policies.models import Chapter, CouncilDecision, Version
from policies.rules import VersionFacts, is_covered, state_on, why_not_publish
from schools.models import School, StaffMember

TAGS = {
    State.CONCEPT: "wait",
    State.CONSENTED: "ok",
    State.SCHEDULED: "wait",
    State.IN_FORCE: "ok",
    State.SUPERSEDED: "wait",
}
OUTCOME_TAGS = {
    Outcome.CONSENT: "ok",
    Outcome.ADVICE: "ok",
    Outcome.REFUSED: "no",
    Outcome.NOT_DECIDED: "wait",
    Outcome.UNKNOWN: "wait",
}


def steps_of(version: Version, facts: VersionFacts, state: State) -> list[dict[str, str]]:
    """Concept → council → in force, each with what is known of it (P2)."""
    is_agreed = state != State.CONCEPT
    is_shown = state in {State.IN_FORCE, State.SUPERSEDED}
    council = council_line(version)
    if facts.decided is not None and not is_covered(facts):
        council = _("The text changed after the decision")
    in_force = _("No day chosen yet")
    if facts.in_force_on:
        in_force = _("From %(day)s") % {"day": day(facts.in_force_on)}
    now = 1 if not facts.is_empty and not is_agreed else 0 if not is_agreed else 2
    rows = [
        (_("Concept"), _("Still empty") if facts.is_empty else _("The text can be read"), not facts.is_empty),
        (_("Council"), council, is_agreed),
        (_("In force"), in_force, is_shown),
    ]
    return [
        {"word": word, "note": note, "state": "done" if done else "now" if place == now else "todo"}
        for place, (word, note, done) in enumerate(rows)
    ]


def next_step(version: Version, facts: VersionFacts, state: State, today: date) -> dict[str, str]:
    """One sentence and one button: what this version waits for."""
    why = why_not_publish(facts, earliest_day(facts, today), today=today)
    council = reverse("policies:admins.council", args=[version.code])
    to_council = {"url": council, "button": _("Register the decision"), "kind": "calm"}
    words = {
        "no_decision": _("Put the text before the council. Register here what they decided."),
        "refused": _("The council refused. Correct the text with them, and register their new decision."),
        "not_covered": _("The text was corrected after the council decided. The council must see it again."),
    }
    if why == "already":
        return _step_when_frozen(version, facts, state)
    if why == "empty":
        return {"text": _("There is no text yet. Add a chapter."), "url": "", "button": "", "kind": "calm"}
    if why in words:
        return to_council | {"text": words[why], "kind": "warn" if why == "not_covered" else "calm"}
    return {
        "text": _("The council decided about this text. Choose from which day it is in force."),
        "url": reverse("policies:admins.publish", args=[version.code]),
        "button": _("Put in force"),
        "kind": "calm",
    }


def earliest_day(facts: VersionFacts, today: date) -> date:
    """The earliest day on which this version could start, so that only real obstacles are named."""
    decided_on = facts.decided.decided_on if facts.decided else None
    return max(today, decided_on or today)


def _step_when_frozen(version: Version, facts: VersionFacts, state: State) -> dict[str, str]:
    no_button = {"url": "", "button": "", "kind": "calm"}
    if state == State.SCHEDULED:
        text = _("Nothing to do: this version is in force from %(day)s.") % {"day": day(facts.in_force_on)}
        return no_button | {"text": text}
    if state == State.SUPERSEDED:
        return no_button | {"text": _("Nothing to do: a newer version replaced this one.")}
    return {
        "text": _(
            "This version is in force. Something to change? Make a new version; this one stays until then."
        ),
        "url": reverse("policies:admins.next_version", args=[version.code]),
        "button": _("Make a new version"),
        "kind": "done",
    }


def last_change(version: Version) -> dict[str, Any]:
    """Who changed the version last, and when, from the ledger; from before it, who made it."""
    entry = (
        Entry.objects.filter(
            foundation_id=version.foundation_id, subject_type="version", subject_id=version.id
        )
        .order_by("-id")
        .first()
    )
    if entry is None or entry.actor_kind != ActorKind.STAFF:
        made_by = version.made_by.full_name if version.made_by else ""
        return {"by": made_by, "at": entry.at if entry else version.made_at}
    who = StaffMember.objects.filter(id=entry.actor_id).first()
    return {"by": who.full_name if who else "", "at": entry.at}


def chapter_rows(version: Version) -> list[dict[str, Any]]:
    """The chapters in order, with how many articles and parts each has."""
    articles = Count("blocks", filter=Q(blocks__kind=BlockKind.ITEM))
    chapters = Chapter.objects.filter(version=version).annotate(articles=articles, parts=Count("blocks"))
    return [
        {
            "title": chapter.title,
            "key": chapter.key,
            "articles": chapter.articles,
            "parts": chapter.parts,
            "url": reverse("policies:admins.chapter", args=[version.code, chapter.key]),
        }
        for chapter in chapters.order_by("position", "id")
    ]


def summary_rows(version: Version) -> list[dict[str, str]]:
    return [
        {
            "word": summary_word(audience),
            "url": reverse("policies:admins.summary", args=[version.code, audience]),
        }
        for audience in Audience
    ]


def summary_word(audience: str) -> str:
    return {
        Audience.PUPILS: _("Summary for pupils"),
        Audience.STAFF: _("Summary for staff"),
        Audience.PARENTS: _("Summary for parents"),
    }[Audience(audience)]


def state_words(facts: VersionFacts, today: date) -> dict[str, str]:
    state = state_on(facts, today)
    return {"state": str(state.label).capitalize(), "tag": TAGS[state]}


def decision_rows(decisions: Sequence[CouncilDecision], version: Version) -> list[dict[str, Any]]:
    """All decisions, the newest first; of a minor version also the one that it keeps."""
    return [
        {
            "at": decision.recorded_at,
            "by": decision.recorded_by.full_name if decision.recorded_by else "",
            "council": decision.council,
            "outcome": str(Outcome(decision.outcome).label),
            "tag": OUTCOME_TAGS[Outcome(decision.outcome)],
            "decided_on": decision.decided_on,
            "minutes": decision.minutes,
            "mark": decision.covers[:12],
            "is_kept": decision.version_id != version.id,
        }
        for decision in decisions
    ]


def schools_in_order() -> list[School]:
    return list(School.objects.select_related("foundation").order_by("name", "id"))
