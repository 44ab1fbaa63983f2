"""What waits for this person today, the urgent first. Plain calls to the apps below: no registry, nothing stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.choices import RoundKind
from consent.querysets import schools_not_asked
from consent.rules import may_ask_parents
from consent.views.round_waiting import rounds_waiting
from consent.views.tasks import work_waiting
from incidents.choices import State as CaseState
from incidents.domain.facts import steps_of
from incidents.querysets import my_cases
from incidents.rules import Step as CaseStep
from incidents.rules import StepKind, may_handle
from incidents.views.words import case_url, due_words, step_title
from policies.choices import DocumentState, Outcome
from policies.models import CouncilDecision, Document, Version
from policies.querysets import decisions_of, version_in_force
from policies.rules import may_publish
from publications.querysets import open_take_downs
from publications.rules import ending_schools, may_see_register
from publications.views.item_words import due_sentence
from schools.choices import ImportState
from schools.models import ImportBatch, StaffMember
from schools.querysets import year_on
from schools.rules import may_import, may_import_into

from .audiences import Portal

SHOWN_TAKE_DOWNS, MOST_TAKE_DOWNS = 6, 200


class Urgency(IntEnum):
    """The order on the page: what is too late, what is for today, what has a day ahead, what can be done any day."""

    LATE = 0
    TODAY = 1
    SOON = 2
    ANY_DAY = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line: a sentence, how many it is about, and one button. No name of a pupil or parent is in it."""

    urgency: Urgency
    sentence: str
    count: int
    url: str
    button: str

    @property
    def is_late(self) -> bool:
        return self.urgency == Urgency.LATE

    @property
    def is_today(self) -> bool:
        return self.urgency == Urgency.TODAY


def waiting_for(portal: Portal, today: date) -> list[Waiting]:
    """Everything that waits for this staff member in the rooms they may enter, the urgent first.

    Within the same urgency: what must be taken away, reports, imports, the protocol, the round. A fixed number of
    statements per room.
    """
    found = [*_take_downs(portal, today), *_cases(portal, today), *_work(portal), *_imports(portal)]
    found += [*_protocol(portal, today), *_rounds(portal, today)]
    return sorted(found, key=lambda one: one.urgency)


def _take_downs(portal: Portal, today: date) -> Iterable[Waiting]:
    """What must be taken away: my own, and of the schools that I answer for; the first due one by one (U3, S5)."""
    if not isinstance(portal.person, StaffMember) or not may_see_register(portal.roles):
        return
    rows = list(open_take_downs(ending_schools(portal.roles), portal.person.id)[:MOST_TAKE_DOWNS])
    for row in rows[:SHOWN_TAKE_DOWNS]:
        is_today = Urgency.TODAY if row.due_on == today else Urgency.SOON
        url = reverse("publications:staff.publication", args=[row.publication.code])
        yield Waiting(Urgency.LATE if row.due_on < today else is_today, due_sentence(row), 1, url, _("Open"))
    if more := len(rows[SHOWN_TAKE_DOWNS:]):
        sentence = ngettext(
            "%(n)s more photo or video must be taken away.",
            "%(n)s more photos or videos must be taken away.",
            more,
        ) % {"n": more}
        url = reverse("publications:staff.register") + "?stand=weghalen"
        yield Waiting(Urgency.SOON, sentence, more, url, _("Open the list"))


def _cases(portal: Portal, today: date) -> Iterable[Waiting]:
    """My own cases that are open, each with its next step; the wall leaves out all others (I2)."""
    if not may_handle(portal.roles):
        return
    cases = list(my_cases().exclude(state=CaseState.CLOSED))
    steps = steps_of(cases)
    for case in cases:
        step = steps.get(case.id)
        if step is None:
            continue
        sentence = _("Report %(code)s: %(step)s.") % {
            "code": case.code,
            "step": step_title(step.kind).lower(),
        }
        if due := due_words(step):
            sentence += f" {due}."
        yield Waiting(_urgency_of(step, today), sentence, 1, case_url(case), _("Open"))


def _urgency_of(step: CaseStep, today: date) -> Urgency:
    """A new report is opened today, whatever its term; a wait for others can wait here too."""
    if step.is_late:
        return Urgency.LATE
    if step.kind == StepKind.CONFIRM or (step.due_on is not None and step.due_on <= today):
        return Urgency.TODAY
    return Urgency.ANY_DAY if step.kind == StepKind.RESUME else Urgency.SOON


def _work(portal: Portal) -> Iterable[Waiting]:
    """What choices and remarks of families ask of the school: one row per kind (R7)."""
    if isinstance(portal.person, StaffMember):
        for sentence, count, url in work_waiting(portal.person, portal.roles):
            yield Waiting(Urgency.SOON, sentence, count, url, _("Open the list"))


def _imports(portal: Portal) -> Iterable[Waiting]:
    """Imports that a second person must agree with: not those that I asked for myself."""
    if not may_import(portal.roles) or portal.person is None:
        return
    rows = ImportBatch.objects.filter(state=ImportState.WAITING).order_by("changed_at", "id")
    for code, school_id, school, asked_by in rows.values_list(
        "code", "school_id", "school__name", "asked_by"
    ):
        if asked_by == portal.person.id or not may_import_into(portal.roles, school_id):
            continue
        sentence = _("An import of %(school)s waits until a second person agrees.") % {"school": school}
        url = reverse("schools:admins.import_preview", args=[code])
        yield Waiting(Urgency.TODAY, sentence, 1, url, _("Look at it"))


def _protocol(portal: Portal, today: date) -> Iterable[Waiting]:
    """Concepts on their way to the council, PDFs that could not be made, and a foundation without a protocol."""
    if not may_publish(portal.roles):
        return
    failed = Document.objects.filter(state=DocumentState.FAILED).select_related("version").order_by("-id")
    if count := failed.count():
        sentence = ngettext(
            "%(n)s PDF of the protocol could not be made.",
            "%(n)s PDFs of the protocol could not be made.",
            count,
        ) % {"n": count}
        url = reverse("policies:admins.documents", args=[failed[0].version.code])
        yield Waiting(Urgency.TODAY, sentence, count, url, _("Look at it"))
    concepts = list(Version.objects.filter(frozen_at=None).select_related("protocol"))
    decisions = decisions_of(concepts)
    for version in concepts:
        yield _concept(version, decisions.get(version.id))
    if not concepts and version_in_force(today) is None:
        sentence = _("No protocol is in force yet.")
        yield Waiting(Urgency.ANY_DAY, sentence, 1, reverse("policies:admins.protocol"), _("Bring in a text"))


def _concept(version: Version, decision: CouncilDecision | None) -> Waiting:
    words = {
        None: _("Concept %(number)s waits for the council."),
        Outcome.NOT_DECIDED: _("Concept %(number)s waits for the council."),
        Outcome.REFUSED: _("The council refused concept %(number)s."),
    }.get(decision and Outcome(decision.outcome), _("Concept %(number)s can be put in force."))
    sentence = words % {"number": version.number}
    url = reverse("policies:admins.version", args=[version.code])
    return Waiting(Urgency.SOON, sentence, 1, url, _("Open the concept"))


def _rounds(portal: Portal, today: date) -> Iterable[Waiting]:
    """Who was reached by no mail, who is silent, and a year in which nobody was asked: each to its own page (R7)."""
    if isinstance(portal.person, StaffMember):
        for row in rounds_waiting(portal.person, portal.roles):
            yield Waiting(
                Urgency.SOON if row.is_urgent else Urgency.ANY_DAY, row.words, row.count, row.url, row.button
            )
    if not may_ask_parents(portal.roles) or portal.foundation is None:
        return
    year = year_on(today)
    if portal.foundation.asks_every_year and year and (left := len(schools_not_asked(year))):
        sentence = ngettext(
            "The parents of %(n)s school have not been asked yet this school year.",
            "The parents of %(n)s schools have not been asked yet this school year.",
            left,
        ) % {"n": left}
        url = f"{reverse('consent:admins.round_new')}?soort={RoundKind.YEARLY}"
        yield Waiting(Urgency.ANY_DAY, sentence, left, url, _("Ask the parents"))
