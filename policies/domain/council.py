"""What the participation council decided, about one text (P3; WMS 10, 11, 16)."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from policies.choices import Origin, Outcome
from policies.domain.text import hash_of
from policies.models import CouncilDecision, Version
from policies.querysets import decision_of
from policies.rules import AGREED
from schools.models import StaffMember

WITHOUT_DATE = (Outcome.UNKNOWN, Outcome.NOT_DECIDED)
WORDS = {
    "needs_council": _("Fill in which council decided."),
    "needs_date": _("Fill in on which day the council decided."),
    "in_future": _("This day is still to come. Register the decision when it has been taken."),
    "unknown_is_for_before": _("Only for a text from before the portal may the decision be unknown."),
    "changed": _("The text was corrected while you were here. Check that the council saw this text."),
    "already": _("This text is in force already: its decision cannot be changed any more."),
}


class DecisionRefused(Refusal):
    """Nothing was recorded; codes are the keys of WORDS."""

    def __init__(self, code: str) -> None:
        super().__init__(WORDS[code], code)


def record_decision(
    *,
    version: Version,
    council: str,
    outcome: Outcome,
    decided_on: date | None,
    minutes: str,
    by: StaffMember | None,
    seen: str = "",
) -> CouncilDecision:
    """Add what the council decided about the text as it is now; the latest decision counts, all are kept.

    It covers this text and no other: a correction afterwards shows "not covered", and the version cannot be put
    in force (P3). To a text that is in force only a consent or advice found later may be added, and only
    when it came from before the portal with an unknown decision (P2). `seen`: the hash of the text that was on
    the screen; another one by now is refused ("changed"). Raises DecisionRefused.
    """
    with transaction.atomic():
        version = (
            Version.objects.select_for_update(no_key=True, of=("self",))
            .select_related("protocol")
            .get(id=version.id)
        )
        council = " ".join(council.replace("\0", "").split())[:60]
        covers = hash_of(version)
        if why := _why_not(version, council, outcome, decided_on):
            raise DecisionRefused(why)
        if seen and seen != covers:
            raise DecisionRefused("changed")
        decision = CouncilDecision.objects.create(
            foundation_id=version.foundation_id,
            version=version,
            council=council,
            outcome=outcome,
            decided_on=decided_on,
            minutes=minutes.replace("\0", "").strip()[:2000],
            covers=covers,
            recorded_at=current().now,
            recorded_by=by,
        )
        _write_down(decision)
    return decision


def _why_not(version: Version, council: str, outcome: Outcome, decided_on: date | None) -> str:
    if version.frozen_at is not None and not _may_be_found_later(version, outcome):
        return "already"
    if outcome == Outcome.UNKNOWN and version.origin != Origin.BEFORE:
        return "unknown_is_for_before"
    if not council and outcome != Outcome.UNKNOWN:
        return "needs_council"
    if decided_on is None and outcome not in WITHOUT_DATE:
        return "needs_date"
    return "in_future" if decided_on is not None and decided_on > current().today else ""


def _may_be_found_later(version: Version, outcome: Outcome) -> bool:
    known = decision_of(version)
    return (
        version.origin == Origin.BEFORE
        and outcome in AGREED
        and known is not None
        and known.outcome == Outcome.UNKNOWN
    )


def _write_down(decision: CouncilDecision) -> None:
    record(
        Verb.DECISION_RECORDED,
        "version",
        decision.version_id,
        decision=decision.id,
        council=decision.council,
        outcome=str(decision.outcome),
        decided_on=decision.decided_on.isoformat() if decision.decided_on else "",
        covers=decision.covers,
    )
