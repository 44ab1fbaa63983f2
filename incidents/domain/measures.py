"""Measures of the ladder: proposed, decided, in force (I5). A human chooses; nothing follows by itself."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.choices import EventKind, Move
from incidents.domain.facts import must_tell_parents, my_roles, open_measures, rungs_for
from incidents.domain.handle import hold_as_handler, make_move
from incidents.domain.timeline import add_event, written
from incidents.models import Case, CasePerson, Measure
from incidents.rules import MoveRefused, Need, may_decide
from incidents.rules.moves import WHY_NOT
from incidents.sealing import seal
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from policies.choices import Weight
from policies.models import Rung

# The law asks letters, a hearing, another school or a second decider; the portal has none of these yet.
HEAVY = {Weight.SUSPENSION, Weight.EXPULSION, Weight.LABOUR}


class NotOnLadder(Refusal):
    code = "not_on_ladder"
    message = _("This measure was not on the list for this person on the day it happened.")


class HeavyMeasure(Refusal):
    code = "heavy_measure"
    message = _(
        "This measure cannot be decided in the portal yet: the law asks for a hearing, letters and a second person."
        " Do this on paper, and write in a note what was decided."
    )


def propose_measure(case: Case, *, person: CasePerson, rung: Rung, reason: str) -> Measure:
    """Propose a rung of the ladder that was in force on the day it happened, towards somebody accused.

    Heavy ones too: proposing decides nothing. Raises NotHandling, MoveRefused, NotOnLadder, NothingWritten.
    """
    with transaction.atomic():
        hold_as_handler(case)
        if person.case_id != case.id or rung.id not in {one.id for one in rungs_for(case, person)}:
            raise NotOnLadder
        measure = Measure(
            foundation_id=case.foundation_id,
            case=case,
            rung=rung,
            person=person,
            proposed_at=current().now,
            proposed_by_id=current().actor.id,
        )
        measure.sealed_reason = seal(case, f"measure:{measure.id}", written(reason))
        make_move(case, Move.PROPOSE)
        measure.save(force_insert=True)
        add_event(case, EventKind.MEASURE, act="proposed", measure=str(measure.id))
    return measure


def decide_measure(measure: Measure) -> Measure:
    """Decide on it, by somebody with the role that the rung names. Nothing is in force yet.

    Raises NotHandling, HeavyMeasure, MoveRefused (not proposed any more, or somebody else must decide).
    """
    case = measure.case
    with transaction.atomic():
        hold_as_handler(case)
        measure = _still_open(measure)
        if measure.decided_at is not None:
            raise MoveRefused
        if measure.rung.weight in HEAVY:
            raise HeavyMeasure
        if not may_decide(measure.rung.decided_by, my_roles()):
            raise MoveRefused(WHY_NOT[Need.DECIDER], str(Need.DECIDER))
        make_move(case, Move.DECIDE)
        measure.decided_at, measure.decided_by_id = current().now, current().actor.id
        measure.save(update_fields=["decided_at", "decided_by"])
        add_event(case, EventKind.MEASURE, act="decided", measure=str(measure.id))
        record(Verb.MEASURE_DECIDED, "case", case.number, step="decided")
    return measure


def put_in_force(measure: Measure) -> Measure:
    """From now on it holds. Refused until the parents were really told, where the rung asks it and the pupil is not
    of age (I6). Raises NotHandling, MoveRefused."""
    case = measure.case
    with transaction.atomic():
        hold_as_handler(case)
        measure = _still_open(measure)
        if measure.decided_at is None:
            raise MoveRefused(WHY_NOT[Need.DECISION], str(Need.DECISION))
        if measure.in_force_at is not None:
            raise MoveRefused
        if must_tell_parents(measure):
            raise MoveRefused(WHY_NOT[Need.PARENTS_TOLD], str(Need.PARENTS_TOLD))
        make_move(case, Move.ENFORCE)
        measure.in_force_at = current().now
        measure.save(update_fields=["in_force_at"])
        add_event(case, EventKind.MEASURE, act="enforced", measure=str(measure.id))
        record(Verb.MEASURE_DECIDED, "case", case.number, step="in_force")
    return measure


def _still_open(measure: Measure) -> Measure:
    """As it is now that the case is held; a lapsed one is refused."""
    for one in open_measures(measure.case):
        if one.id == measure.id:
            return one
    raise MoveRefused
