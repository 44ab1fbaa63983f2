"""Fold what the rules need to know of a case out of its rows: next step, possible moves, who may do what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from incidents.choices import About, Category, Channel, EventKind, Move, PersonPart, ReporterKind, State, Wish
from incidents.domain.receivers import facts_of, may_receive
from incidents.domain.report import ReportWords
from incidents.models import Case, CasePerson, Contact, Event, Measure
from incidents.querysets import DELIVERED, people_of, report_words
from incidents.rules import CaseFacts, MoveFacts, Need, Possible, Step, may_decide, moves_from, next_step
from ledger.acting import SCHOOL_TIME, current
from policies.choices import Audience
from policies.models import Rung
from policies.querysets import ladder_on
from schools.choices import RoleName
from schools.models import Guardian, StaffMember
from schools.querysets import at_work, guardians_for, vacations_at
from schools.rules import DaysOff

# Until this birthday parents hear of a measure (law S2: not 16, as for photos).
PARENTS_UNTIL = 18


def my_roles() -> set[str]:
    """The roles of who acts, today; empty for everybody who does not work here."""
    return {role.name for role in at_work(current().actor.id, current().today)[1]}


def report_of(case: Case) -> ReportWords:
    """The report as it was made, without who reported it: that is sealed apart (I9)."""
    words = report_words(case)
    return ReportWords(
        category=Category(case.category),
        what=words["what"],
        about=About(case.about),
        who=words["who"],
        happened_on=case.happened_on,
        where_when=words["where_when"],
        reporter_kind=ReporterKind(case.reporter_kind),
        is_anonymous=case.is_anonymous,
        wish=Wish(case.wish),
    )


def possible_moves(case: Case, roles: Collection[str] | None = None) -> list[Possible]:
    """What I may do with this case now, and what is still missing for it."""
    mine = my_roles() if roles is None else set(roles)
    return moves_from(State(case.state), mine, move_facts(case, roles=mine))


def move_facts(case: Case, *, roles: Collection[str], reason: str = "") -> MoveFacts:
    """Which needs are met now (I4)."""
    measures = open_measures(case)
    proposed = [one for one in measures if one.decided_at is None]
    decided = [one for one in measures if one.decided_at and one.in_force_at is None]
    met = {
        Need.REASON: bool(reason),
        Need.ANSWERED: is_answered(case),
        Need.PROPOSAL: bool(proposed),
        Need.DECIDER: any(may_decide(one.rung.decided_by, roles) for one in proposed),
        Need.DECISION: bool(decided),
        Need.PARENTS_TOLD: len(parents_to_tell(decided)) < len(decided),
    }
    before = State(case.state_before) if case.state_before else None
    return MoveFacts(frozenset(need for need, is_met in met.items() if is_met), before)


def is_answered(case: Case) -> bool:
    """The reporter heard what school does. Who told it in person is answered in person."""
    return case.channel == Channel.SPOKEN or case.events.filter(kind=EventKind.ANSWER).exists()


def open_measures(case: Case) -> list[Measure]:
    """The measures that still count. One that was proposed or decided lapses when the case was taken back in hand
    before it was in force; one in force stays."""
    events = list(case.events.filter(kind__in=[EventKind.MEASURE, EventKind.MOVED]).order_by("position"))
    kept = _kept(events)
    rows = case.measures.select_related("rung", "person__pupil", "case").order_by("proposed_at", "id")
    return [row for row in rows if row.in_force_at or str(row.id) in kept]


def _kept(events: Iterable[Event]) -> set[str]:
    kept: set[str] = set()
    for event in events:
        if event.kind == EventKind.MEASURE:
            kept.add(event.facts["measure"])
        elif event.facts.get("move") == Move.HANDLE:
            kept.clear()
    return kept


def must_tell_parents(measure: Measure) -> bool:
    """The rung asks it, it is about a pupil who is not of age yet, and nobody was really told of it so far (I6)."""
    return bool(parents_to_tell([measure]))


def parents_to_tell(measures: Sequence[Measure]) -> set[UUID]:
    """The ids of those of which the parents must hear first; in one statement, however many."""
    asking = [one for one in measures if concerns_parents(one.person, one.rung)]
    contacts = Contact.objects.filter(DELIVERED, person_id__in=[one.person_id for one in asking])
    told = dict(contacts.order_by("at", "id").values_list("person_id", "at"))
    return {one.id for one in asking if _is_untold(one, told)}


def _is_untold(measure: Measure, told: Mapping[UUID, datetime]) -> bool:
    """`told`: when somebody of the parents was really told last, by person; what came before was not about this."""
    return measure.person_id not in told or told[measure.person_id] < measure.proposed_at


def concerns_parents(person: CasePerson, rung: Rung) -> bool:
    """A measure towards a pupil under 18; parents of grown-ups, and colleagues, have no parents to tell."""
    return rung.parents_are_told and person.pupil is not None and not is_of_age(person)


def is_of_age(person: CasePerson) -> bool:
    """A pupil of 18 or older today: from then on nothing is told to parents."""
    return person.pupil is not None and _age(person.pupil.born_on, current().today) >= PARENTS_UNTIL


def parents_told(person: CasePerson, *, since: datetime) -> bool:
    """Somebody of the parents was really told: a mail that was taken, a letter handed over, a call or talk that
    was answered. Asked, answered and no answer are three things. What was said before `since` was not about this."""
    return Contact.objects.filter(DELIVERED, person=person, at__gte=since).exists()


def guardians_of(person: CasePerson) -> list[Guardian]:
    """Who may be told about this pupil: guardians with authority who may be contacted; of who is 18, nobody."""
    if person.pupil_id is None or is_of_age(person):
        return []
    return list(guardians_for(person.pupil_id, current().today))


def rungs_for(case: Case, person: CasePerson) -> list[Rung]:
    """What may be chosen for this person: the ladder that was in force on the day it happened (I5).

    For who is accused and known to the portal; a name alone has no ladder. Empty where the foundation has none.
    """
    if person.part != PersonPart.ACCUSED:
        return []
    audiences = {
        Audience.PUPILS: person.pupil_id,
        Audience.STAFF: person.staff_member_id,
        Audience.PARENTS: person.guardian_id,
    }
    audience = next((one for one, known in audiences.items() if known), None)
    ladder = ladder_on(audience, day_of(case)) if audience else None
    return list(ladder.rungs.order_by("position", "id")) if ladder else []


def day_of(case: Case) -> date:
    """The day it happened, as far as it is known; else the day it was reported."""
    return case.happened_on or case.received_at.astimezone(SCHOOL_TIME).date()


def colleagues_for(case: Case) -> list[tuple[StaffMember, RoleName]]:
    """Who may get this case from me: works here today, not named in it or related, not me."""
    report = report_words(case)
    people = people_of(case)
    names = [one.name for one in people]
    able = may_receive(
        case.school, facts_of(case, "\n".join([report["what"], report["where_when"], *names]), report["who"])
    )
    gone = {one.person.staff_member_id for one in people} | {current().actor.id}
    staff = StaffMember.objects.filter(id__in=[pk for pk in able if pk not in gone])
    return [(one, able[one.id]) for one in staff.order_by("call_name", "surname", "id")]


def open_step(case: Case) -> Step | None:
    """What waits for the handler now, with its term in school days (I7)."""
    return steps_of([case])[case.id]


def steps_of(cases: Sequence[Case]) -> dict[UUID, Step | None]:
    """The same for many: a fixed number of statements, whatever the number of cases and schools."""
    ids = [case.id for case in cases]
    kinds = [EventKind.ANSWER, EventKind.MEASURE, EventKind.MOVED]
    events: dict[UUID, list[Event]] = {}
    for event in Event.objects.filter(case_id__in=ids, kind__in=kinds).order_by("case_id", "position"):
        events.setdefault(event.case_id, []).append(event)
    decided: dict[UUID, list[Measure]] = {}
    rows = Measure.objects.filter(case_id__in=ids, decided_at__isnull=False, in_force_at=None)
    for row in rows.select_related("rung", "person__pupil").order_by("decided_at", "id"):
        if str(row.id) in _kept(one for one in events.get(row.case_id, ()) if one.kind != EventKind.ANSWER):
            decided.setdefault(row.case_id, []).append(row)
    contacts = Contact.objects.filter(DELIVERED, case_id__in=ids).order_by("at", "id")
    told = dict(contacts.values_list("person_id", "at"))
    days_off = vacations_at(case.school_id for case in cases)
    return {
        case.id: next_step(
            _facts(case, events.get(case.id, ()), decided.get(case.id, ()), told, days_off[case.school_id])
        )
        for case in cases
    }


def _facts(
    case: Case,
    events: Iterable[Event],
    decided: Sequence[Measure],
    told: Mapping[UUID, datetime],
    vacations: tuple[DaysOff, ...],
) -> CaseFacts:
    first = decided[0] if decided else None
    untold = [row for row in decided if concerns_parents(row.person, row.rung) and _is_untold(row, told)]
    return CaseFacts(
        state=State(case.state),
        today=current().today,
        received_on=case.received_at.astimezone(SCHOOL_TIME).date(),
        is_answered=case.channel == Channel.SPOKEN or any(one.kind == EventKind.ANSWER for one in events),
        decided_on=first.decided_at.astimezone(SCHOOL_TIME).date() if first and first.decided_at else None,
        parents_to_tell=bool(untold),
        vacations=vacations,
    )


def _age(born_on: date, on: date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
