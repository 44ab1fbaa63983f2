"""How cases are said on the handlers' pages: states, steps, terms and the lines of the timeline."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incidents.choices import Category, EventKind, Move, PersonPart, Reply, ReporterKind, State, Way
from incidents.models import Case, Contact, Measure
from incidents.querysets import Line, PersonLine
from incidents.rules import Possible, Step, StepKind
from ledger.acting import current
from notices.choices import State as Delivery
from policies.choices import Audience
from schools.choices import RoleName
from schools.querysets import vacations_of
from schools.rules import school_days_between

TAGS = {State.CLOSED: "ok", State.WITHDRAWN: "ok", State.REFERRED: "ok"}

# The last word of the address of a move.
NOUNS = {
    Move.HANDLE: "behandeling",
    Move.WAIT: "wachten",
    Move.RESUME: "vervolg",
    Move.REFER: "doorverwijzing",
    Move.WITHDRAW: "intrekking",
    Move.CLOSE: "sluiting",
    Move.REOPEN: "heropening",
}


def case_url(case: Case, act: str = "case", *more: object) -> str:
    return reverse(f"incidents:directors.{act}", args=[case.code, *more])


def case_words(case: Case) -> dict[str, Any]:
    """What stands above every page of a case; no name of anybody."""
    return {
        "code": case.code,
        "url": case_url(case),
        "state": capfirst(State(case.state).label),
        "tag": TAGS.get(State(case.state), "wait"),
        "category": Category(case.category).label,
        "school": case.school.name,
        "received_at": case.received_at,
        "is_new": case.state == State.RECEIVED,
    }


def step_title(kind: StepKind) -> str:
    return {
        StepKind.CONFIRM: _("Open the report"),
        StepKind.TAKE_UP: _("Take the report in hand"),
        StepKind.ANSWER: _("Tell the reporter what school does"),
        StepKind.DECIDE: _("Decide on the measure"),
        StepKind.TELL_PARENTS: _("Tell the parents"),
        StepKind.ENFORCE: _("Put the measure in force"),
        StepKind.RESUME: _("See whether there is an answer, and go on"),
        StepKind.CLOSE: _("Close the report"),
    }[kind]


def day_words(day: date) -> str:
    """“vr 14 november”: with the day of the week, because people plan by it."""
    return date_format(day, "D j F").lower()


def due_words(step: Step, days_left: int | None = None) -> str:
    if step.due_on is None:
        return ""
    day = day_words(step.due_on)
    if step.is_late:
        return _("This should have been done by %(day)s") % {"day": day}
    if days_left is None:
        return _("No later than %(day)s") % {"day": day}
    if days_left == 0:
        return _("No later than %(day)s, that is today") % {"day": day}
    left = ngettext("%(n)s school day left", "%(n)s school days left", days_left) % {"n": days_left}
    return _("No later than %(day)s (%(left)s)") % {"day": day, "left": left}


def list_row(case: Case, step: Step | None) -> dict[str, Any]:
    return case_words(case) | {
        "step": step_title(step.kind) if step else "",
        "due": due_words(step) if step else "",
        "is_late": bool(step and step.is_late),
    }


def step_words(case: Case, step: Step | None, where: str = "") -> dict[str, Any] | None:
    """The next step with its term in school days; `where` is the page on which it is done."""
    if step is None:
        return None
    left = None
    if step.due_on and not step.is_late:
        left = school_days_between(current().today, step.due_on, vacations_of(case.school_id))
    title = step_title(step.kind)
    return {
        "title": title,
        "due": due_words(step, left),
        "is_late": step.is_late,
        "url": where,
        "button": title,
    }


def move_label(move: Move) -> str:
    return capfirst(move.label)


def move_rows(case: Case, possible: Sequence[Possible]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The moves that can be made now, and those that cannot, with the reason. Those of measures stand there."""
    now, off = [], []
    for one in possible:
        label = move_label(one.move)
        if one.why_not:
            off.append({"label": label, "why_not": str(one.why_not)})
        elif one.move in NOUNS:
            now.append({"label": label, "url": case_url(case, "step", NOUNS[one.move])})
    return now, off


def line_words(case: Case, line: Line) -> dict[str, Any]:
    """One line of the timeline. A note can be corrected; the correction is a line of its own."""
    is_note = line.kind in (EventKind.NOTE, EventKind.CORRECTION) and line.event_id
    return {
        "at": line.at,
        "title": capfirst(EventKind(line.kind).label),
        "about": _about(line),
        "text": line.text if line.kind != EventKind.RECEIVED else "",
        "who": _who(line),
        "is_shared": line.is_shared,
        "correct_url": case_url(case, "correction", line.event_id) if is_note else "",
    }


def _who(line: Line) -> str:
    if not line.who:
        return _("the reporter") if line.kind in (EventKind.RECEIVED, EventKind.MESSAGE) else _("the portal")
    if line.capacity in RoleName.values:
        return f"{line.who}, {RoleName(line.capacity).label}"
    return line.who


def _about(line: Line) -> str:
    """What the codes of a line say in words; unknown codes say nothing."""
    facts = line.facts
    parts: list[str] = []
    if facts.get("to") in State.values:
        parts.append(str(State(facts["to"]).label))
    if facts.get("part") in PersonPart.values:
        parts.append(str(PersonPart(facts["part"]).label))
    if facts.get("way") in Way.values:
        parts.append(str(Way(facts["way"]).label))
    if facts.get("reply") in Reply.values and facts.get("way") != Way.MAIL:
        parts.append(str(Reply(facts["reply"]).label))
    if facts.get("role") in RoleName.values:
        parts.append(str(RoleName(facts["role"]).label))
    if facts.get("rung"):
        parts.append(str(facts["rung"]))
    if facts.get("act") in MEASURE_ACTS:
        parts.append(MEASURE_ACTS[facts["act"]]())
    return capfirst(" · ".join(parts))


MEASURE_ACTS = {
    "proposed": lambda: _("proposed"),
    "decided": lambda: _("decided"),
    "enforced": lambda: _("put in force"),
}


def contact_words(contact: Contact) -> tuple[str, str]:
    """What came of one try to tell parents, and the kind of its tag: asked, answered and none are three things."""
    if contact.way == Way.MAIL:
        state = contact.message.state if contact.message else Delivery.STOPPED
        return {
            Delivery.WAITING: (_("mail waits to be delivered"), "wait"),
            Delivery.SENT: (_("mail was delivered"), "ok"),
            Delivery.FAILED: (_("mail could not be delivered"), "no"),
            Delivery.STOPPED: (_("mail was stopped"), "no"),
        }[Delivery(state)]
    if contact.way == Way.LETTER:
        return str(Way.LETTER.label), "ok"
    tag = {Reply.ANSWERED: "ok", Reply.ASKED: "wait", Reply.NONE: "no"}[Reply(contact.reply)]
    return f"{Way(contact.way).label}: {Reply(contact.reply).label}", tag


def told_words(line: PersonLine, contacts: Sequence[Contact]) -> dict[str, str] | None:
    """Were the parents of this person told? Only true on delivery (I6); None when nothing was tried."""
    if line.are_parents_told:
        return {"words": _("parents have been told"), "tag": "ok"}
    mine = [contact for contact in contacts if contact.person_id == line.person.id]
    if not mine:
        return None
    words, tag = contact_words(mine[-1])
    return {"words": _("parents: %(state)s") % {"state": words}, "tag": tag}


def kind_of(line: PersonLine) -> str:
    if line.person.pupil_id:
        return str(ReporterKind.PUPIL.label)
    if line.person.staff_member_id:
        return str(ReporterKind.STAFF.label)
    return str(ReporterKind.PARENT.label) if line.person.guardian_id else ""


def audience_title(audience: str) -> str:
    return _("All measures for %(whom)s") % {"whom": Audience(audience).label}


def measure_state(measure: Measure) -> tuple[str, str]:
    if measure.in_force_at:
        return _("in force"), "ok"
    return (_("decided"), "wait") if measure.decided_at else (_("proposed"), "wait")


def measure_dates(measure: Measure) -> str:
    """When it was proposed, decided and put in force, and by whom."""
    parts = [
        _("proposed on %(day)s by %(who)s")
        % {"day": date_format(measure.proposed_at, "j F"), "who": measure.proposed_by.full_name}
    ]
    if measure.decided_at and measure.decided_by:
        parts.append(
            _("decided on %(day)s by %(who)s")
            % {"day": date_format(measure.decided_at, "j F"), "who": measure.decided_by.full_name}
        )
    if measure.in_force_at:
        parts.append(_("in force since %(day)s") % {"day": date_format(measure.in_force_at, "j F")})
    return ", ".join(parts)
