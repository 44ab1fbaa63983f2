"""Cases as the acting person may see them: the wall of the case decides, these only order and unseal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from ledger.acting import current
from notices.choices import State as Delivery
from schools.choices import RoleName

from .choices import EventKind, PersonPart, Reply, State, Way
from .models import Attachment, Case, CasePerson, Contact, Event, Handler, Measure
from .sealing import unseal, unseal_bytes

# Somebody was really told (I6): a mail that the mail server took, a letter handed over, an answer in person.
DELIVERED = (
    Q(way=Way.MAIL, message__state=Delivery.SENT)
    | (Q(way=Way.LETTER) & ~Q(reply=Reply.NONE))
    | Q(way__in=[str(Way.CALL), str(Way.TALK)], reply=Reply.ANSWERED)
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline, unsealed. `who`: a full name, "" for the portal and the reporter."""

    at: datetime
    kind: EventKind
    who: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)
    event_id: UUID | None = None
    capacity: str = ""
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in the case, by the name that the portal knows or that was given."""

    person: CasePerson
    part: PersonPart
    name: str
    are_parents_told: bool = False


def my_cases() -> QuerySet[Case]:
    """The cases that the acting person handles (or reported), newest first; others do not exist."""
    return Case.objects.select_related("school").order_by("-received_at", "id")


def numbers_of(cases: QuerySet[Case]) -> dict[str, int]:
    """How many of these are open and closed: the wall is asked once for both."""
    is_closed = Q(state=State.CLOSED)
    return cases.aggregate(open=Count("id", filter=~is_closed), closed=Count("id", filter=is_closed))


def case_of(code: str) -> Case:
    """The case with this code, or Http404: also when it exists and is not mine."""
    case = my_cases().filter(code=code.upper()).first()
    if case is None:
        raise Http404
    return case


def my_role(case: Case) -> RoleName | None:
    """As what I received this case; None for whoever does not handle it."""
    row = Handler.objects.filter(case=case, staff_member_id=current().actor.id, until=None).first()
    return RoleName(row.role) if row else None


def timeline(case: Case) -> list[Line]:
    """Everything that happened, oldest first, with the words unsealed; the identity of the reporter is not in it."""
    rungs = {str(pk): name for pk, name in case.measures.order_by("id").values_list("id", "rung__name")}
    events = case.events.select_related("by").order_by("position")
    return [_line(case, event, rungs) for event in events]


def shared_lines(case: Case) -> list[Line]:
    """What the reporter may see, oldest first: messages both ways, and that it was received, seen or moved.

    Without the report itself: somebody else who finds the eight words does not find the story.
    """
    events = case.events.filter(is_shared=True).order_by("position")
    said = {EventKind.MESSAGE, EventKind.ANSWER}
    return [
        Line(
            event.at,
            EventKind(event.kind),
            "",
            _words(case, event)[0] if event.kind in said else "",
            event.facts,
            event.id,
            is_shared=True,
        )
        for event in events
    ]


def people_of(case: Case) -> list[PersonLine]:
    """Who has a part in it, in the order in which they were added."""
    told = set(case.contacts.filter(DELIVERED).order_by("id").values_list("person_id", flat=True))
    people = case.casepersons.select_related("pupil", "guardian", "staff_member").order_by("added_at", "id")
    return [PersonLine(one, PersonPart(one.part), name_of(one), one.id in told) for one in people]


def name_of(person: CasePerson) -> str:
    """As the portal knows them now, else the name that was given."""
    known = person.pupil or person.guardian or person.staff_member
    if known:
        return known.full_name
    return unseal(person.case, f"person:{person.id}", person.sealed_name)


def measures_of(case: Case) -> list[Measure]:
    """With rung, person and who did it; the newest last."""
    return list(
        case.measures.select_related("rung", "person", "proposed_by", "decided_by").order_by(
            "proposed_at", "id"
        )
    )


def contacts_of(case: Case) -> list[Contact]:
    """Every try to tell parents, oldest first; a mail with its row in the outbox."""
    return list(case.contacts.select_related("person", "guardian", "message").order_by("at", "id"))


def pictures_of(case: Case) -> list[Attachment]:
    """What came with the report, without its content."""
    return list(case.attachments.defer("sealed_shown", "sealed_original").order_by("position"))


def reason_of(measure: Measure) -> str:
    return unseal(measure.case, f"measure:{measure.id}", measure.sealed_reason)


def note_of(contact: Contact) -> str:
    if contact.sealed_note is None:
        return ""
    return unseal(contact.case, f"contact:{contact.id}", contact.sealed_note)


def shown_picture(picture: Attachment) -> bytes:
    """The stripped copy; the original stays sealed."""
    return unseal_bytes(picture.case, f"picture:{picture.position}:shown", picture.sealed_shown)


def report_words(case: Case) -> dict[str, str]:
    """What was reported: `what`, `who` and `where_when`."""
    event = case.events.filter(kind=EventKind.RECEIVED).order_by("position").first()
    if event is None or event.sealed is None:
        raise Http404
    words: dict[str, str] = json.loads(unseal(case, f"event:{event.position}", event.sealed))
    return words


def _line(case: Case, event: Event, rungs: Mapping[str, str]) -> Line:
    text, more = _words(case, event)
    facts = event.facts | more
    if event.kind == EventKind.MEASURE:
        facts["rung"] = rungs.get(facts["measure"], "")
    return Line(
        event.at,
        EventKind(event.kind),
        event.by.full_name if event.by else "",
        text,
        facts,
        event.id,
        event.capacity,
        event.is_shared,
    )


def _words(case: Case, event: Event) -> tuple[str, dict[str, str]]:
    """The text of an event; a report has three, of which `what` is the text."""
    if event.sealed is None:
        return "", {}
    text = unseal(case, f"event:{event.position}", event.sealed)
    if event.kind != EventKind.RECEIVED:
        return text, {}
    words = json.loads(text)
    return words.pop("what"), words
