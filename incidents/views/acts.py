"""What a handler does with a case: note, answer, people, the next state, and giving it to somebody else."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents.choices import EventKind, Move, PersonPart
from incidents.domain.facts import colleagues_for, possible_moves
from incidents.domain.handle import add_note, add_person, answer_reporter, hand_over, move, recuse
from incidents.forms import (
    AnswerForm,
    CorrectionForm,
    HandOverForm,
    MoveForm,
    NoteForm,
    PersonForm,
    RecuseForm,
)
from incidents.models import Case, Event
from incidents.querysets import timeline
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Group
from schools.querysets import find_pupils, staff_at

from .acting_on import Page, act_page, done_before, opened_case, read_case, refuse_if_moved
from .words import NOUNS, move_label

FORM_METHODS = ["GET", "HEAD", "POST"]
MOVES = {noun: move for move, noun in NOUNS.items()}


def sent(request: HttpRequest) -> Any:
    """What was posted, or nothing at all on the first look."""
    return request.POST if request.method == "POST" else None


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def note(request: HttpRequest, code: str) -> HttpResponse:
    """A note for the file; the reporter does not see it."""
    case = opened_case(code)
    page = Page(_("Write a note"), _("Add the note"), _("The note is in the file."))
    return act_page(
        request, case, NoteForm(sent(request)), page, lambda data: add_note(case, text=data["text"])
    )


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def correction(request: HttpRequest, code: str, event: UUID) -> HttpResponse:
    """A correction is added; what it corrects stays (I3, UX-D6)."""
    case = opened_case(code)
    kinds = [EventKind.NOTE, EventKind.CORRECTION]
    wrong = get_object_or_404(Event, case=case, id=event, kind__in=kinds)
    text = next(line.text for line in timeline(case) if line.event_id == wrong.id)
    page = Page(
        _("Correct a note"),
        _("Add the correction"),
        _("The correction is in the file. The note itself stays."),
        quote=text,
    )
    return act_page(
        request,
        case,
        CorrectionForm(sent(request)),
        page,
        lambda data: add_note(case, text=data["text"], corrects=wrong),
    )


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The reporter reads it with the code phrase; nothing is mailed (I1)."""
    case = opened_case(code)
    page = Page(
        _("Answer the reporter"),
        _("Send the answer"),
        _("The answer is ready for the reporter."),
        lead=_("Whoever reported it reads your answer with the code of 8 words. Nothing is mailed."),
    )
    return act_page(
        request, case, AnswerForm(sent(request)), page, lambda data: answer_reporter(case, text=data["text"])
    )


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def person(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody gets a part in the case: found by name in the school, or known by a name only."""
    case = opened_case(code)
    query = (request.POST.get("q") or request.GET.get("q", "")).replace("\0", "").strip()[:60]
    found = _found(case, query) if query else {}
    form = PersonForm(sent(request), found=[(key, words) for key, (words, _known) in found.items()])
    page = Page(
        _("Add somebody"),
        _("Add"),
        _("This person is in the file."),
        lead=_("Only who has a part in what happened."),
        template="incidents/directors/person.html",
    )

    def do(data: dict[str, Any]) -> None:
        known = found[data["who"]][1] if data.get("who") else {"name": data["name"].strip()}
        add_person(case, part=PersonPart(data["part"]), **known)

    return act_page(request, case, form, page, do, query=query, hits=len(found))


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def step(request: HttpRequest, code: str, noun: str) -> HttpResponse:
    """A move of the table (I4), with its reason. Refused when somebody else moved the case meanwhile."""
    case = opened_case(code)
    wanted = MOVES.get(noun)
    possible = possible_moves(case, [role.name for role in request.portal.roles])
    asked = next((one for one in possible if one.move == wanted), None)
    if wanted is None or (asked is None and request.method != "POST"):
        raise Http404
    asks_reason = asked is None or asked.asks_reason
    form = MoveForm(sent(request), initial={"seen": case.state}, asks_reason=asks_reason)
    page = _move_page(wanted)

    def do(data: dict[str, Any]) -> None:
        refuse_if_moved(case, data["seen"])
        move(case, move=wanted, reason=data.get("reason", ""))

    return act_page(request, case, form, page, do)


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def give(request: HttpRequest, code: str) -> HttpResponse:
    """Give the case to a colleague; the own access ends at once, and the page says so first."""
    try:
        case = read_case(code)
    except Http404:
        return done_before(request)
    colleagues = {staff.code: (staff, role) for staff, role in colleagues_for(case)}
    options = [(key, f"{staff.full_name}, {role.label}") for key, (staff, role) in colleagues.items()]
    page = Page(
        _("Give to somebody else"),
        _("Give to this colleague"),
        _("The report was given to your colleague. You can no longer see it."),
        warning=_("After this you can no longer see this report"),
        points=(_("Your colleague sees all that is in it."), _("It is written down that you gave it away.")),
        gives_away=True,
    )
    return act_page(
        request,
        case,
        HandOverForm(sent(request), colleagues=options),
        page,
        lambda data: hand_over(case, to=colleagues[data["colleague"]][0], reason=data["reason"]),
    )


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def recusal(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody who should not handle it withdraws; it is routed anew without them (I2)."""
    try:
        case = read_case(code)
    except Http404:
        return done_before(request)
    page = Page(
        _("I should not handle this"),
        _("Withdraw from this report"),
        _("The report goes to somebody else. You can no longer see it."),
        lead=_("For example because it is about somebody near to you."),
        warning=_("After this you can no longer see this report"),
        points=(_("The portal gives it to the next person who may handle it."),),
        gives_away=True,
    )
    return act_page(
        request, case, RecuseForm(sent(request)), page, lambda data: recuse(case, reason=data["reason"])
    )


def _move_page(wanted: Move) -> Page:
    leads = {
        Move.WAIT: _("For example for an answer of parents or of somebody outside school."),
        Move.REFER: _("For example to the police or to child protection. Write down to whom."),
        Move.WITHDRAW: _("Only when whoever reported it asks for it."),
        Move.CLOSE: _("The reporter sees that it is closed. You can open it again."),
    }
    label = move_label(wanted)
    return Page(label, label, _("The report now stands at its next state."), lead=leads.get(wanted, ""))


def _found(case: Case, query: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Pupils and staff of this school by the beginning of their name: key → words, and what `add_person` takes."""
    today = current().today
    groups = Group.objects.filter(
        school_id=case.school_id, year__starts_on__lte=today, year__ends_on__gte=today
    )
    hits = find_pupils(query, list(groups.values_list("id", flat=True)))
    record_reading(Reading.PEOPLE_SEARCH, [hit.pupil_id for hit in hits])
    found: dict[str, tuple[str, dict[str, Any]]] = {
        f"p-{hit.pupil.code}": (f"{hit.pupil.full_name}, {hit.group.name}", {"pupil": hit.pupil})
        for hit in hits
    }
    for role in staff_at(case.school_id, today):
        who = role.staff_member
        if who.full_name.casefold().startswith(query.casefold()) or any(
            part.startswith(query.casefold()) for part in who.full_name.casefold().split()
        ):
            found.setdefault(
                f"s-{who.code}", (f"{who.full_name}, {role.get_name_display()}", {"staff_member": who})
            )
    return found
