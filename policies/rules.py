"""Where a version stands on a day, whether it may be put in force, and who may do so. No database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schools.choices import RoleName
from schools.models import Role

from .choices import Origin, Outcome, State

WRITING_ROLES = (RoleName.ADMINISTRATOR, RoleName.POLICY_OFFICER)
READING_ROLES = (*WRITING_ROLES, RoleName.BOARD)
AGREED = (Outcome.CONSENT, Outcome.ADVICE)


@dataclass(frozen=True, slots=True)
class Decided:
    """What the council decided, and the hash of the text that it decided about (P3).

    `is_kept`: a minor version has the decision of the version it was copied from, whose text it corrects (P2).
    """

    outcome: Outcome
    decided_on: date | None
    covers: str
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """All that decides where a version stands. `followed_on`: the first day of the version that came after it.

    `first_portal_on`: from which day the protocol was made in the portal, if it is; no text can have been in force
    "from before the portal" from that day on.
    """

    origin: Origin
    sha256: str
    is_empty: bool = False
    decided: Decided | None = None
    in_force_on: date | None = None
    followed_on: date | None = None
    first_portal_on: date | None = None


def may_publish(roles: Iterable[Role]) -> bool:
    """Bring in, correct, register a decision and put in force: administrator and policy officer."""
    return any(role.name in WRITING_ROLES for role in roles)


def may_see_versions(roles: Iterable[Role]) -> bool:
    """Look at concepts and decisions; the board may, and changes nothing."""
    return any(role.name in READING_ROLES for role in roles)


def is_covered(facts: VersionFacts) -> bool:
    """The decision is about this very text; a correction afterwards ends that (P3)."""
    decided = facts.decided
    return decided is not None and (decided.is_kept or decided.covers == facts.sha256)


def state_on(facts: VersionFacts, on: date) -> State:
    """Where the version stands on that day; folded each time, so that no job has to be on time (P2)."""
    if facts.in_force_on is None:
        agreed = facts.decided is not None and facts.decided.outcome in AGREED
        return State.CONSENTED if agreed and is_covered(facts) else State.CONCEPT
    if on < facts.in_force_on:
        return State.SCHEDULED
    if facts.followed_on is not None and facts.followed_on <= on:
        return State.SUPERSEDED
    return State.IN_FORCE


def why_not_publish(facts: VersionFacts, on: date, *, today: date) -> str:
    """Why the version may not be put in force from day `on`, as a code of PublishRefused; "" when it may.

    already, empty, no_decision (none, not decided, or unknown for a text of the portal), refused, not_covered
    (the text was corrected after the decision), before_decision, in_past (a text of the portal), not_before
    (a text from before the portal cannot start after today, or after the first text of the portal). P2, P3.
    """
    if facts.in_force_on is not None:
        return "already"
    if facts.is_empty:
        return "empty"
    return _why_not_agreed(facts) or _why_not_on(facts, on, today)


def _why_not_agreed(facts: VersionFacts) -> str:
    decided = facts.decided
    if decided is None:
        return "no_decision"
    if decided.outcome == Outcome.REFUSED:
        return "refused"
    may_be_unknown = facts.origin == Origin.BEFORE or decided.is_kept
    if decided.outcome not in AGREED and not (decided.outcome == Outcome.UNKNOWN and may_be_unknown):
        return "no_decision"
    return "" if is_covered(facts) else "not_covered"


def _why_not_on(facts: VersionFacts, on: date, today: date) -> str:
    if facts.decided and facts.decided.decided_on and on < facts.decided.decided_on:
        return "before_decision"
    if facts.origin == Origin.PORTAL:
        return "in_past" if on < today else ""
    # Else "from before the portal, council unknown" would be a way around the council.
    is_after_portal = facts.first_portal_on is not None and on >= facts.first_portal_on
    return "not_before" if on > today or is_after_portal else ""
