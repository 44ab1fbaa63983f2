"""The rules of incidents, pure: who receives a report (I2), which move is allowed (I4), what is next (I7)."""

from .moves import MOVES, MoveFacts, MoveRefused, Need, Possible, after, moves_from
from .roles import HANDLING_ROLES, MEASURING_ROLES, RECEIVING_ROLES, may_decide, may_handle, may_log_spoken
from .routing import Candidate, PersonName, ReportFacts, RouteRow, is_at_once, named_in, passed_over, route
from .terms import CaseFacts, Step, StepKind, next_step, told_from
from .words import says_something

__all__ = [
    "HANDLING_ROLES",
    "MEASURING_ROLES",
    "MOVES",
    "RECEIVING_ROLES",
    "Candidate",
    "CaseFacts",
    "MoveFacts",
    "MoveRefused",
    "Need",
    "PersonName",
    "Possible",
    "ReportFacts",
    "RouteRow",
    "Step",
    "StepKind",
    "after",
    "is_at_once",
    "may_decide",
    "may_handle",
    "may_log_spoken",
    "moves_from",
    "named_in",
    "next_step",
    "passed_over",
    "route",
    "says_something",
    "told_from",
]
