"""What the handler of a case does; every act adds to the timeline and changes nothing that stands there (I3)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from incidents.choices import EventKind, Move, PersonPart, State
from incidents.domain.facts import colleagues_for, move_facts, my_roles
from incidents.domain.receivers import facts_of, give_to, receivers
from incidents.domain.tell import tell_handlers
from incidents.domain.timeline import NotHandling, add_event, hold, written
from incidents.models import Case, CasePerson, Event, Handler
from incidents.querysets import people_of, report_words
from incidents.rules import MoveRefused, after
from incidents.sealing import seal
from ledger.acting import current
from ledger.choices import ActorKind, Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from schools.choices import RoleName
from schools.models import Guardian, Pupil, StaffMember
from schools.querysets import children_by_staff

MOVES_OF_MEASURES = {Move.PROPOSE, Move.DECIDE, Move.ENFORCE}


class CaseClosed(Refusal):
    code = "case_closed"
    message = _("School is done with this report. Is it happening again? Make a new report.")


class NotOpened(Refusal):
    code = "not_opened"
    message = _("First open the report.")


class NotANote(Refusal):
    code = "not_a_note"
    message = _("Only a note of this report can be corrected.")


class OneName(Refusal):
    code = "one_name"
    message = _("Choose one person, or write down a name.")


class InItYourself(Refusal):
    """Who handles a case is not in it, and neither is their child (I2)."""

    code = "in_it_yourself"
    message = _("This is about you or your own child. Give the report to somebody else.")


class CannotReceive(Refusal):
    code = "cannot_receive"
    message = _("This colleague cannot get this report: not at work here, or named in it.")


class NobodyElse(Refusal):
    code = "nobody_else"
    message = _(
        "There is nobody else who may get this report. Ask the administrator to give somebody the role."
    )


def open_case(case: Case) -> Case:
    """Look at it. The first time the case is triaged, and the reporter sees that it was received and read: receipt
    is confirmed (I7). Later times change nothing. Raises NotHandling, MoveRefused."""
    with transaction.atomic():
        hold_as_handler(case)
        if case.state == State.RECEIVED:
            case.state = after(State.RECEIVED, Move.TRIAGE, my_roles(), move_facts(case, roles=()))
            case.save(update_fields=["state"])
            add_event(case, EventKind.OPENED, is_shared=True)
            record(Verb.CASE_MOVED, "case", case.number, move=str(Move.TRIAGE))
    return case


def add_note(case: Case, *, text: str, corrects: Event | None = None) -> Event:
    """Write something down; `corrects` names the note that it puts right, which stays as it was (I3).

    The reporter does not see it. Raises NotHandling, NothingWritten, NotANote.
    """
    with transaction.atomic():
        hold_as_handler(case)
        kind: EventKind = EventKind.NOTE
        facts: dict[str, Any] = {}
        if corrects is not None:
            if corrects.case_id != case.id or corrects.kind not in (EventKind.NOTE, EventKind.CORRECTION):
                raise NotANote
            kind, facts = EventKind.CORRECTION, {"corrects": str(corrects.id)}
        event = add_event(case, kind, text=written(text), **facts)
        record(Verb.CASE_TOLD, "case", case.number, kind=str(kind))
    return event


def answer_reporter(case: Case, *, text: str) -> Event:
    """Tell the reporter something: they read it when they come back with their phrase; nothing is mailed.

    Raises NotHandling, NotOpened, CaseClosed, NothingWritten.
    """
    with transaction.atomic():
        hold_as_handler(case)
        if case.state == State.RECEIVED:
            raise NotOpened
        if case.state == State.CLOSED:
            raise CaseClosed(_("This report is closed. Open it again first."))
        event = add_event(case, EventKind.ANSWER, text=written(text), is_shared=True)
        record(Verb.REPORTER_ANSWERED, "case", case.number)
    return event


def reporter_writes(case: Case, *, text: str) -> Event:
    """The reporter adds something, which the handlers see at once. Raises NotHandling for anybody else, CaseClosed
    when school is done with it, NothingWritten."""
    with transaction.atomic():
        hold(case)
        if current().actor.kind != ActorKind.REPORTER:
            raise NotHandling
        if case.state == State.CLOSED:
            raise CaseClosed
        event = add_event(case, EventKind.MESSAGE, text=written(text), is_shared=True)
        record(Verb.REPORTER_WROTE, "case", case.number)
    return event


def add_person(
    case: Case,
    *,
    part: PersonPart,
    name: str = "",
    pupil: Pupil | None = None,
    guardian: Guardian | None = None,
    staff_member: StaffMember | None = None,
) -> CasePerson:
    """Somebody has a part in it: known to the portal, or only by a name. The same known person in the same part
    twice is one. Raises NotHandling, OneName, NothingWritten, InItYourself (then withdraw from the case)."""
    known = [one for one in (pupil, guardian, staff_member) if one is not None]
    if len(known) > 1 or (not known and not name.strip()):
        raise OneName
    with transaction.atomic():
        hold_as_handler(case)
        _refuse_own(pupil, staff_member)
        keys = {"pupil": pupil, "guardian": guardian, "staff_member": staff_member}
        there = (
            case.casepersons.filter(part=part, **keys).order_by("added_at", "id").first() if known else None
        )
        if there is not None:
            return there
        person = CasePerson(
            foundation_id=case.foundation_id, case=case, part=part, added_at=current().now, **keys
        )
        full_name = known[0].full_name if known else written(name)
        person.sealed_name = seal(case, f"person:{person.id}", full_name)
        person.save(force_insert=True)
        add_event(case, EventKind.PERSON, text=full_name, part=str(part), person=str(person.id))
        record(Verb.CASE_TOLD, "case", case.number, kind=str(EventKind.PERSON))
    return person


def move(case: Case, *, move: Move, reason: str = "") -> Case:
    """Bring the case to its next state (I4); what was proposed or decided before lapses when it is taken back in
    hand. Looking at it is `open_case`, measures have acts of their own. Raises NotHandling, MoveRefused."""
    with transaction.atomic():
        hold_as_handler(case)
        if move in MOVES_OF_MEASURES or move == Move.TRIAGE:
            raise MoveRefused
        reason = reason.strip()
        make_move(case, move, reason=reason, told=written(reason) if reason else "")
    return case


def make_move(case: Case, move: Move, *, reason: str = "", told: str = "") -> None:
    """The move itself, on a case that is held: state, timeline, ledger."""
    roles = my_roles()
    facts = move_facts(case, roles=roles, reason=reason)
    before = State(case.state)
    case.state = after(before, move, roles, facts)
    case.state_before = str(before) if move == Move.WAIT else ""
    case.closed_at = current().now if case.state == State.CLOSED else None
    case.save(update_fields=["state", "state_before", "closed_at"])
    from_to: dict[str, Any] = {"from": str(before), "to": str(case.state)}
    add_event(case, EventKind.MOVED, text=told, move=str(move), **from_to)
    record(Verb.CASE_MOVED, "case", case.number, move=str(move))


def hand_over(case: Case, *, to: StaffMember, reason: str) -> None:
    """Give it to somebody else who works here and is not in it; from this moment the giver sees nothing of it any
    more, and others who handle it still do. Raises NotHandling, NothingWritten, CannotReceive."""
    with transaction.atomic():
        hold_as_handler(case)
        reason = written(reason)
        roles = {one.id: role for one, role in colleagues_for(case)}
        if to.id not in roles:
            raise CannotReceive
        _give(case, to.id, roles[to.id])
        tell_handlers(case, [to.id])
        add_event(case, EventKind.HANDED_OVER, text=reason, role=str(roles[to.id]))
        _let_go(case)
        record(Verb.CASE_HANDED_OVER, "case", case.number, role=str(roles[to.id]))


def recuse(case: Case, *, reason: str) -> None:
    """Withdraw from the case: it is routed anew without me, and I see nothing of it any more (I2).

    Raises NotHandling, NothingWritten, NobodyElse (then it stays with me: a case is never with nobody).
    """
    with transaction.atomic():
        hold_as_handler(case)
        reason = written(reason)
        report = report_words(case)
        people = people_of(case)
        words = "\n".join([report["what"], report["where_when"], *(one.name for one in people)])
        gone = {one.person.staff_member_id for one in people if one.person.staff_member_id}
        found = receivers(
            case.school, facts_of(case, words, report["who"]), without=gone | {current().actor.id}
        )
        if not found:
            raise NobodyElse
        for one in found:
            _give(case, one.id, one.role)
        tell_handlers(case, [one.id for one in found])
        add_event(case, EventKind.RECUSED, text=reason, role=str(found[0].role))
        _let_go(case)
        record(Verb.CASE_HANDED_OVER, "case", case.number, role=str(found[0].role))


def hold_as_handler(case: Case) -> None:
    """Lock the case for somebody who handles it; the wall says who does. Raises NotHandling for a reporter."""
    hold(case)
    if current().actor.kind != ActorKind.STAFF:
        raise NotHandling


def _refuse_own(pupil: Pupil | None, staff_member: StaffMember | None) -> None:
    me = current().actor.id
    own = {child.id for child in children_by_staff([me], current().today).get(me, ())}
    if (staff_member and staff_member.id == me) or (pupil and pupil.id in own):
        raise InItYourself


def _give(case: Case, staff_member_id: int, role: RoleName) -> None:
    """Who has it already keeps it: another handler is not visible to me, but the constraint knows."""
    try:
        with transaction.atomic():
            give_to(case, staff_member_id, role)
    except IntegrityError as error:
        if "handler_once" not in str(error):
            raise


def _let_go(case: Case) -> None:
    """Last of all: after this the wall is closed for me."""
    mine = Handler.objects.filter(case=case, staff_member_id=current().actor.id, until=None)
    mine.update(until=current().now)
