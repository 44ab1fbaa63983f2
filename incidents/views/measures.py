"""Measures and parents: chosen from the ladder, decided, told, in force; each a page of its own (I5, I6)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from incidents.choices import Reply, Way
from incidents.domain.facts import guardians_of, rungs_for
from incidents.domain.measures import HEAVY, HeavyMeasure, decide_measure, propose_measure, put_in_force
from incidents.domain.parents import log_contact, tell_by_mail
from incidents.forms import ActForm, ContactForm, GuardianForm, MeasureForm
from incidents.models import Case, CasePerson, Contact, Measure
from incidents.querysets import name_of, note_of, reason_of
from ledger.reading import reading_is_recorded
from policies.choices import Shape, Weight
from schools.models import Guardian

from .acting_on import Page, act_page, opened_case
from .acts import FORM_METHODS, sent
from .case_file import rung_note
from .words import case_url, contact_words


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def measure(request: HttpRequest, code: str, person: UUID) -> HttpResponse:
    """Choose from the ladder that was in force on the day it happened; a proposal, not yet a decision."""
    case = opened_case(code)
    towards = get_object_or_404(CasePerson, case=case, id=person)
    rungs = {f"{rung.ladder.audience}-{rung.position}": rung for rung in rungs_for(case, towards)}
    names = [role.name for role in request.portal.roles]
    form = MeasureForm(
        sent(request), rungs=[(key, f"{rung.name}: {rung_note(rung, names)}") for key, rung in rungs.items()]
    )
    page = Page(
        _("Choose a measure"),
        _("Propose this measure"),
        _("The measure has been proposed. Now it must be decided on."),
        lead=_("For %(name)s.") % {"name": name_of(towards)},
        template="incidents/directors/measure.html",
    )
    return act_page(
        request,
        case,
        form,
        page,
        lambda data: propose_measure(case, person=towards, rung=rungs[data["rung"]], reason=data["reason"]),
        rungs=_rungs_words(list(rungs.values())),
    )


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def decision(request: HttpRequest, code: str, measure: UUID) -> HttpResponse:
    """A page of its own before a measure is decided on: what it asks, and no way to do it by accident (UX-D9)."""
    case = opened_case(code)
    found = _measure(case, measure)
    is_heavy = found.rung.weight in HEAVY
    page = Page(
        _("Decide: %(measure)s") % {"measure": found.rung.name},
        "" if is_heavy else _("Yes, decide on this"),
        _("The measure has been decided on."),
        lead=str(HeavyMeasure.message) if is_heavy else _("For %(name)s.") % {"name": name_of(found.person)},
        warning=_("What this measure asks"),
        points=_asks(found),
        quote=reason_of(found),
    )
    return act_page(request, case, ActForm(sent(request)), page, lambda _data: decide_measure(found))


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def in_force(request: HttpRequest, code: str, measure: UUID) -> HttpResponse:
    """From now on it holds; refused until the parents were really told, where the ladder asks it (I6)."""
    case = opened_case(code)
    found = _measure(case, measure)
    page = Page(
        _("Put in force: %(measure)s") % {"measure": found.rung.name},
        _("Put in force now"),
        _("The measure is in force."),
        lead=_("For %(name)s.") % {"name": name_of(found.person)},
        quote=reason_of(found),
    )
    return act_page(request, case, ActForm(sent(request)), page, lambda _data: put_in_force(found))


@require_http_methods(FORM_METHODS)
@reading_is_recorded
def parents(request: HttpRequest, code: str, person: UUID) -> HttpResponse:
    """Tell the parents of somebody in the case: mail each of them, or write down a call, letter or talk."""
    case = opened_case(code)
    about = get_object_or_404(CasePerson, case=case, id=person)
    guardians = {guardian.code: guardian for guardian in guardians_of(about)}
    form = ContactForm(
        sent(request), guardians=[(key, guardian.full_name) for key, guardian in guardians.items()]
    )

    def do(data: dict[str, Any]) -> None:
        log_contact(
            about,
            way=Way(data["way"]),
            reply=Reply(data["reply"]),
            note=data["note"],
            guardian=guardians.get(data.get("guardian", "")),
        )

    return _parents_page(request, case, about, list(guardians.values()), form, do)


@require_POST
def parents_mail(request: HttpRequest, code: str, person: UUID) -> HttpResponse:
    """A mail to one of the parents, without content (R6): it asks them to call. Told is only true once delivered."""
    case = opened_case(code)
    about = get_object_or_404(CasePerson, case=case, id=person)
    guardians = guardians_of(about)
    by_code = {guardian.code: guardian for guardian in guardians}
    chosen = get_object_or_404(Guardian, code=request.POST.get("guardian", ""), code__in=list(by_code))
    form = GuardianForm(request.POST)
    return _parents_page(
        request, case, about, guardians, form, lambda _data: tell_by_mail(about, guardian=chosen)
    )


def _parents_page(
    request: HttpRequest, case: Case, about: CasePerson, guardians: list[Guardian], form: Any, do: Any
) -> HttpResponse:
    page = Page(
        _("Tell the parents"),
        _("Write this down"),
        _("This is in the file."),
        lead=_("About %(name)s.") % {"name": name_of(about)},
        template="incidents/directors/parents.html",
    )
    return act_page(request, case, form, page, do, **_parents_words(case, about, guardians, form))


def _parents_words(case: Case, about: CasePerson, guardians: list[Guardian], form: Any) -> dict[str, Any]:
    """Whom to tell, what was tried, and the form for a talk (also when the mail's own form was refused)."""
    options = [(guardian.code, guardian.full_name) for guardian in guardians]
    # Asked of the case, so that all their notes open with its one key.
    tries = case.contacts.filter(person=about).select_related("message", "guardian")
    return {
        "guardians": [
            {"code": guardian.code, "name": guardian.full_name, "may_mail": bool(guardian.email)}
            for guardian in guardians
        ],
        "contact_form": ContactForm(guardians=options) if isinstance(form, GuardianForm) else form,
        "key_form": ActForm(),
        "tries": [_try_words(one) for one in tries.order_by("-at", "-id")],
        "contact_url": case_url(case, "parents", about.id),
        "mail_url": case_url(case, "parents_mail", about.id),
    }


def _try_words(contact: Contact) -> dict[str, Any]:
    words, tag = contact_words(contact)
    return {
        "at": contact.at,
        "words": words,
        "tag": tag,
        "whom": contact.guardian.full_name if contact.guardian else "",
        "note": note_of(contact),
    }


def _measure(case: Case, measure: UUID) -> Measure:
    with_names = Measure.objects.select_related(
        "case", "rung", "person__case", "person__pupil", "person__guardian", "person__staff_member"
    )
    return get_object_or_404(with_names, case=case, id=measure)


def _rungs_words(rungs: list[Any]) -> dict[str, Any]:
    is_steps = bool(rungs) and rungs[0].ladder.shape == Shape.STEPS
    return {"is_empty": not rungs, "is_steps": is_steps}


def _asks(measure: Measure) -> tuple[str, ...]:
    """What the law and the ladder ask of this measure."""
    points = _law(Weight(measure.rung.weight))
    if measure.rung.explanation:
        points = [str(capfirst(measure.rung.explanation)), *points]
    if measure.rung.parents_are_told:
        points = [*points, _("The parents hear it before the measure is in force.")]
    return tuple(points) or (_("Nothing more than your decision."),)


def _law(weight: Weight) -> list[str]:
    """What must be done for a measure of this weight (law.md 2a: S1, S2, S4, S7, S14; 2c: T1)."""
    if weight == Weight.CONFISCATION:
        return [_("Write down what was taken, when, and who holds it. Back at the end of the day.")]
    if weight == Weight.SUSPENSION:
        return [
            _("At most one week."),
            _("In writing to the parents, with the reasons. In secondary education to the pupil too."),
            _("Longer than one day: tell the inspectorate in writing, with the reasons."),
        ]
    if weight == Weight.EXPULSION:
        return [
            _("First hear the teacher and the parents. In secondary education the pupil too."),
            _("Final only when another school takes the pupil."),
            _("In writing, with the reasons and the right to object within 6 weeks."),
        ]
    if weight == Weight.LABOUR:
        return [
            _(
                "First a letter with the intention, and the view of the colleague. See the collective agreement."
            )
        ]
    return []
