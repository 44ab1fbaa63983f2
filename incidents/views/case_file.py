"""What stands in a case file, gathered from all its rows (I3)."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from incidents.choices import About, Channel, Move, PersonPart, ReporterKind, State, Wish
from incidents.domain.facts import (
    open_measures,
    open_step,
    parents_to_tell,
    possible_moves,
    report_of,
    rungs_for,
)
from incidents.domain.measures import HEAVY
from incidents.models import Case, Contact, Measure
from incidents.querysets import (
    PersonLine,
    contacts_of,
    measures_of,
    people_of,
    pictures_of,
    reason_of,
    timeline,
)
from incidents.rules import Possible, StepKind, may_decide
from policies.models import Rung
from schools.choices import RoleName
from schools.models import Role

from .words import (
    NOUNS,
    audience_title,
    case_url,
    case_words,
    day_words,
    kind_of,
    line_words,
    measure_dates,
    measure_state,
    move_rows,
    step_words,
    told_words,
)

CAN_BE_ACTED_ON = frozenset(State) - {State.RECEIVED, State.CLOSED}


def file_words(case: Case, roles: Sequence[Role]) -> dict[str, Any]:
    """All that the page of the case shows."""
    names = [role.name for role in roles]
    people, measures, contacts = people_of(case), measures_of(case), contacts_of(case)
    still_counting = open_measures(case)
    counting = {measure.id for measure in still_counting}
    possible, step = possible_moves(case, names), open_step(case)
    moves, moves_off = move_rows(case, possible)
    is_open = case.state in CAN_BE_ACTED_ON
    where = _where(step.kind, case, still_counting, possible) if step else ""
    return {
        "case": case_words(case),
        "step": step_words(case, step, where),
        "acts": _acts(case) if is_open else [],
        "report": _report(case),
        "pictures": _pictures(case),
        "people": [_person(case, line, contacts, is_open=is_open) for line in people],
        "add_person_url": case_url(case, "person") if is_open else "",
        "measures": [_measure(case, one, people, names, lapsed=one.id not in counting) for one in measures],
        "ladders": _ladders(case, people, measures, names) if is_open else [],
        "moves": moves,
        "moves_off": moves_off,
        "lines": [line_words(case, line) for line in reversed(timeline(case))],
    }


def _acts(case: Case) -> list[dict[str, str]]:
    return [
        {"label": _("Answer the reporter"), "url": case_url(case, "answer")},
        {"label": _("Give to somebody else"), "url": case_url(case, "hand_over")},
        {"label": _("I should not handle this"), "url": case_url(case, "recusal")},
    ]


def _report(case: Case) -> list[tuple[str, str]]:
    """The four questions, as they were answered; who reported it stays sealed."""
    words = report_of(case)
    who = capfirst(ReporterKind(case.reporter_kind).label)
    if case.is_anonymous:
        who = _("%(who)s, does not want to be known") % {"who": who}
    rows = [
        (_("What happened"), words.what),
        (_("About whom"), ", ".join(filter(None, [str(capfirst(About(case.about).label)), words.who]))),
        (_("Where and when"), words.where_when),
        (_("On which day"), day_words(case.happened_on) if case.happened_on else ""),
        (_("Who reported it"), f"{who} ({Channel(case.channel).label})"),
        (_("Who may read it"), Wish(case.wish).label if case.wish != Wish.ANYBODY else ""),
    ]
    return [(label, str(text)) for label, text in rows if text]


def _pictures(case: Case) -> list[dict[str, Any]]:
    return [
        {"number": picture.position, "url": case_url(case, "picture", picture.position)}
        for picture in pictures_of(case)
    ]


def _person(case: Case, line: PersonLine, contacts: Sequence[Contact], *, is_open: bool) -> dict[str, Any]:
    acts = []
    if is_open and line.part != PersonPart.REPORTER:
        if not line.person.staff_member_id and not line.person.guardian_id:
            acts.append({"label": _("Tell the parents"), "url": case_url(case, "parents", line.person.id)})
        if line.part == PersonPart.ACCUSED and kind_of(line):
            acts.append({"label": _("Choose a measure"), "url": case_url(case, "measure", line.person.id)})
    return {
        "name": line.name,
        "part": PersonPart(line.part).label,
        "kind": kind_of(line) or _("known by name only"),
        "told": told_words(line, contacts),
        "acts": acts,
    }


def _measure(
    case: Case, measure: Measure, people: Sequence[PersonLine], names: Sequence[str], *, lapsed: bool
) -> dict[str, Any]:
    state, tag = (_("lapsed"), "no") if lapsed else measure_state(measure)
    is_open = case.state in CAN_BE_ACTED_ON and not lapsed
    act, why_not = _act_on(case, measure, names) if is_open else (None, "")
    return {
        "name": measure.rung.name,
        "person": next((line.name for line in people if line.person.id == measure.person_id), ""),
        "state": state,
        "tag": tag,
        "reason": reason_of(measure),
        "dates": measure_dates(measure),
        "act": act,
        "why_not": why_not,
    }


def _act_on(case: Case, measure: Measure, names: Sequence[str]) -> tuple[dict[str, str] | None, str]:
    """What I may do with this measure now, or why not."""
    if measure.in_force_at:
        return None, ""
    if measure.decided_at:
        return {"label": _("Put in force"), "url": case_url(case, "in_force", measure.id)}, ""
    if measure.rung.weight in HEAVY:
        return {"label": _("What the law asks for this"), "url": case_url(case, "decision", measure.id)}, ""
    if may_decide(measure.rung.decided_by, names):
        return {"label": _("Decide"), "url": case_url(case, "decision", measure.id)}, ""
    return None, _("%(who)s decides on this.") % {"who": capfirst(RoleName(measure.rung.decided_by).label)}


def _ladders(
    case: Case, people: Sequence[PersonLine], measures: Sequence[Measure], names: Sequence[str]
) -> list[dict[str, Any]]:
    """The list of measures for each kind of person in the case, with where it stands now (UX-D9)."""
    found: dict[str, dict[str, Any]] = {}
    used = {measure.rung_id for measure in measures}
    for line in people:
        if line.part != PersonPart.ACCUSED or not kind_of(line) or kind_of(line) in found:
            continue
        rungs = rungs_for(case, line.person)
        title = audience_title(rungs[0].ladder.audience) if rungs else _("All measures")
        found[kind_of(line)] = {
            "title": title,
            "rungs": [
                {"name": rung.name, "note": rung_note(rung, names), "is_current": rung.id in used}
                for rung in rungs
            ],
        }
    return list(found.values())


def rung_note(rung: Rung, names: Sequence[str]) -> str:
    """What stands in the way of this measure: who decides on it, and what must have happened first."""
    decides = RoleName(rung.decided_by).label
    parts = [
        _("you may decide on this")
        if may_decide(rung.decided_by, names)
        else _("you may propose this; %(who)s decides") % {"who": decides}
    ]
    if rung.weight in HEAVY:
        parts = [_("decided on paper, the law asks more for it")]
    if rung.parents_are_told:
        parts.append(_("the parents hear it first"))
    return ", ".join(parts)


def _where(
    kind: StepKind,
    case: Case,
    measures: Sequence[Measure],
    possible: Sequence[Possible],
) -> str:
    """The page on which the next step is done; "" when somebody else does it."""
    moves = {StepKind.TAKE_UP: Move.HANDLE, StepKind.RESUME: Move.RESUME, StepKind.CLOSE: Move.CLOSE}
    if kind in moves:
        may = any(one.move == moves[kind] and not one.why_not for one in possible)
        return case_url(case, "step", NOUNS[moves[kind]]) if may else ""
    if kind == StepKind.ANSWER:
        return case_url(case, "answer")
    to_tell = parents_to_tell(measures) if kind == StepKind.TELL_PARENTS else set()
    for measure in measures:
        if kind == StepKind.DECIDE and measure.decided_at is None:
            return case_url(case, "decision", measure.id)
        if measure.decided_at is None or measure.in_force_at:
            continue
        if kind == StepKind.ENFORCE:
            return case_url(case, "in_force", measure.id)
        if measure.id in to_tell:
            return case_url(case, "parents", measure.person_id)
    return ""
