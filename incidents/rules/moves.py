"""Where a case may go: one table of state × move (I4). Every pair is tested; what is not in it is refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.choices import Move, State
from ledger.refusal import Refusal

from .roles import HANDLING_ROLES, MEASURING_ROLES, RECEIVING_ROLES, REFERRING_ROLES


class Need(StrEnum):
    """A fact that must hold before a move."""

    REASON = "reason"
    ANSWERED = "answered"
    PROPOSAL = "proposal"
    DECIDER = "decider"
    DECISION = "decision"
    PARENTS_TOLD = "parents_told"


WHY_NOT: Mapping[Need, Any] = {
    Need.REASON: _("Write down why."),
    Need.ANSWERED: _("First answer the person who reported it."),
    Need.PROPOSAL: _("First propose a measure."),
    Need.DECIDER: _("Somebody else must decide on this measure. Hand the case over to them."),
    Need.DECISION: _("First decide on the measure."),
    Need.PARENTS_TOLD: _(
        "First tell the parents. A mail counts once it has arrived, a call once it is answered."
    ),
}


class MoveRefused(Refusal):
    """Not possible now; `code` is `not_from_here`, `not_your_role` or the `Need` that is missing."""

    code = "not_from_here"
    message = _("This cannot be done now. Open the case again to see how it stands.")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where to, for whom, after what. `to` None: back to where the case was before it waited."""

    to: State | None
    roles: frozenset[Any]
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """What holds for the case now: the needs that are met, and where it was before it waited."""

    has: frozenset[Need] = frozenset()
    state_before: State | None = None


@dataclass(frozen=True, slots=True)
class Possible:
    """A move that my role may make from here. `why_not`: what is still missing, "" when it can be made now.

    A reason is asked in the form (`asks_reason`), so it is never missing beforehand.
    """

    move: Move
    why_not: str
    asks_reason: bool


REASON, ANSWERED = Need.REASON, Need.ANSWERED
PROPOSE = Rule(State.PROPOSED, MEASURING_ROLES)
DECIDE = Rule(State.DECIDED, MEASURING_ROLES, (Need.PROPOSAL, Need.DECIDER))
ENFORCE = Rule(State.IN_FORCE, MEASURING_ROLES, (Need.DECISION, Need.PARENTS_TOLD))
WAIT = Rule(State.WAITING, HANDLING_ROLES, (REASON,))
REFER = Rule(State.REFERRED, REFERRING_ROLES, (REASON,))
BACK = Rule(State.HANDLING, HANDLING_ROLES, (REASON,))
# Withdrawn is by the reporter; whoever looks after the case writes down that they said so.
WITHDRAW = Rule(State.WITHDRAWN, RECEIVING_ROLES, (REASON,))
CLOSE = Rule(State.CLOSED, HANDLING_ROLES, (REASON, ANSWERED))

# A second measure may be proposed while a first one is decided or in force: each goes its own way, the case
# stands where the last act left it.
MOVES: Mapping[tuple[State, Move], Rule] = {
    (State.RECEIVED, Move.TRIAGE): Rule(State.TRIAGED, RECEIVING_ROLES),
    (State.RECEIVED, Move.WITHDRAW): WITHDRAW,
    (State.TRIAGED, Move.HANDLE): Rule(State.HANDLING, HANDLING_ROLES),
    (State.TRIAGED, Move.WAIT): WAIT,
    (State.TRIAGED, Move.REFER): REFER,
    (State.TRIAGED, Move.WITHDRAW): WITHDRAW,
    (State.TRIAGED, Move.CLOSE): CLOSE,
    (State.HANDLING, Move.PROPOSE): PROPOSE,
    (State.HANDLING, Move.WAIT): WAIT,
    (State.HANDLING, Move.REFER): REFER,
    (State.HANDLING, Move.WITHDRAW): WITHDRAW,
    (State.HANDLING, Move.CLOSE): CLOSE,
    (State.PROPOSED, Move.PROPOSE): PROPOSE,
    (State.PROPOSED, Move.DECIDE): DECIDE,
    (State.PROPOSED, Move.ENFORCE): ENFORCE,
    (State.PROPOSED, Move.HANDLE): BACK,
    (State.PROPOSED, Move.WAIT): WAIT,
    (State.DECIDED, Move.PROPOSE): PROPOSE,
    (State.DECIDED, Move.DECIDE): DECIDE,
    (State.DECIDED, Move.ENFORCE): ENFORCE,
    (State.DECIDED, Move.HANDLE): BACK,
    (State.DECIDED, Move.WAIT): WAIT,
    (State.IN_FORCE, Move.PROPOSE): PROPOSE,
    (State.IN_FORCE, Move.DECIDE): DECIDE,
    (State.IN_FORCE, Move.ENFORCE): ENFORCE,
    (State.IN_FORCE, Move.WAIT): WAIT,
    (State.IN_FORCE, Move.REFER): REFER,
    (State.IN_FORCE, Move.CLOSE): CLOSE,
    (State.WAITING, Move.RESUME): Rule(None, HANDLING_ROLES),
    (State.WAITING, Move.WITHDRAW): WITHDRAW,
    (State.REFERRED, Move.HANDLE): BACK,
    (State.REFERRED, Move.CLOSE): CLOSE,
    (State.WITHDRAWN, Move.CLOSE): Rule(State.CLOSED, HANDLING_ROLES, (REASON,)),
    (State.WITHDRAWN, Move.REOPEN): BACK,
    (State.CLOSED, Move.REOPEN): BACK,
}


def after(state: State, move: Move, roles: Collection[str], facts: MoveFacts) -> State:
    """The state after this move by somebody with these roles.

    Raises MoveRefused: first when the move does not start here, then when the role may not, then with the first
    need that is not met.
    """
    rule = MOVES.get((state, move))
    if rule is None:
        raise MoveRefused
    if not rule.roles & set(roles):
        raise MoveRefused(
            _("Your role cannot do this. Hand the case over to somebody who can."), "not_your_role"
        )
    for need in rule.needs:
        if need not in facts.has:
            raise MoveRefused(WHY_NOT[need], str(need))
    to = rule.to or facts.state_before
    if to is None:
        raise MoveRefused
    return to


def moves_from(state: State, roles: Collection[str], facts: MoveFacts) -> list[Possible]:
    """The moves of the table from this state that these roles may make, in the order of `Move`."""
    possible = []
    for move in Move:
        rule = MOVES.get((state, move))
        if rule is None or not rule.roles & set(roles):
            continue
        missing = [need for need in rule.needs if need not in facts.has and need is not REASON]
        why_not = str(WHY_NOT[missing[0]]) if missing else ""
        possible.append(Possible(move, why_not, asks_reason=REASON in rule.needs))
    return possible
