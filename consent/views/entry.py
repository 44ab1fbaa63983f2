"""Entering what a parent chose: from a form on paper (≤ 20 seconds), by phone or in person."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.choices import Channel
from consent.domain.askable import to_choose
from consent.domain.entering import Asked, asked_on, enter_form, enter_spoken, signers_of
from consent.domain.facts import known_pupils
from consent.forms import KeyForm, Question
from consent.models import PaperForm, Purpose, Scan, Submission, Task
from consent.querysets import purposes_on, text_in, version_on
from consent.rules import spoken_roles, work_reach
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from ledger.refusal import Refusal
from schools.models import Guardian, Pupil

from .entering import EntryForm, PaperEntryForm, SpokenEntryForm
from .inviting import asking_words
from .paper_room import child_to_enter, entering_room, form_with, looks_like_code, may_print_for, room_of
from .task_words import task_row
from .tasks import my_tasks
from .words import groups_or_first_day

page = require_http_methods(["GET", "HEAD", "POST"])


@page
@reading_is_recorded
def form(request: HttpRequest, code: str) -> HttpResponse:
    """The questions as they stand on this form; stored with one Enter, then back to the box for the next one."""
    room_of(request)
    paper = form_with(request, code) if looks_like_code(code) else None
    if paper is None:
        raise Http404
    record_reading(Reading.CONSENT_STATE, [paper.pupil_id])
    asked, (signers, by_pupil) = asked_on(paper), signers_of(paper.pupil)
    entry = PaperEntryForm(
        **_sent(request, signer=paper.guardian.code if paper.guardian else ""),
        # Also what is done already: sent twice, it is the same form.
        questions=_questions(asked.same, paper.language),
        signers=signers,
        printed_on=paper.printed_on,
        today=current().today,
    )
    context = _context(request, paper.pupil, entry, by_pupil)
    context |= _of_paper(paper, asked, context["rows"], signers, by_pupil)
    return _answered(request, entry, context, paper.code, lambda: _enter_form(request, paper, entry))


@page
@reading_is_recorded
def child(request: HttpRequest, code: str) -> HttpResponse:
    """The same without a form: what was said by phone or in person, with a note.

    Who comes from a task about this child goes back to it.
    """
    entering_room(request)
    pupil = child_to_enter(request, code, spoken_roles(request.portal.roles))
    record_reading(Reading.CONSENT_STATE, [pupil.id])
    task, (signers, by_pupil) = _task_of(request, pupil), signers_of(pupil)
    facts, today = known_pupils([pupil.id])[0].facts, current().today
    questions = _questions(to_choose(facts, purposes_on(today), today), "nl")
    sent = _sent(request, signer=task.guardian.code if task and task.guardian else "")
    entry = SpokenEntryForm(**sent, questions=questions, signers=signers)
    context = _context(request, pupil, entry, by_pupil)
    context |= {"task": task_row(task, {}) if task else None, "asking": asking_words(pupil)}
    return _answered(request, entry, context, pupil.code, lambda: _enter_spoken(request, pupil, entry))


def _task_of(request: HttpRequest, pupil: Pupil) -> Task | None:
    """The task about this child that somebody comes from, if it is theirs to do."""
    code, reach = request.GET.get("taak", ""), work_reach(request.portal.roles)
    if not looks_like_code(code) or reach.is_empty:
        return None
    return my_tasks(request, reach).filter(pupil=pupil, code=code).first()


def _sent(request: HttpRequest, **known: str) -> dict[str, Any]:
    """What a form is made of: what was sent, or nothing but what is known beforehand."""
    if request.method == "POST":
        return {"data": request.POST, "files": request.FILES}
    return {"initial": {"key": uuid.uuid4(), **known}}


def _answered(
    request: HttpRequest, entry: EntryForm, context: dict[str, Any], about: str, act: Callable[[], Submission]
) -> HttpResponse:
    """Show the page, or store once and lead to the next form; a refusal keeps what was typed."""
    status = 200
    if entry.is_bound:
        status = 422
        if entry.is_valid():
            try:
                code = once(entry.cleaned_data["key"], lambda: act().code, of=entry.said(about))
                back = context["task"]["url"] if context["task"] else reverse("consent:paper.desk")
                return HttpResponseRedirect(f"{back}?klaar={code}", status=303)
            except Refusal as refusal:
                entry.add_error(None, refusal.message)
                status = 409
        entry.renew()
    return render(request, "consent/staff/entry.html", context, status=status)


def _enter_form(request: HttpRequest, paper: PaperForm, entry: PaperEntryForm) -> Submission:
    return enter_form(
        form=paper,
        guardian=entry.signer,
        values=entry.values,
        signed_on=entry.cleaned_data["signed_on"],
        scan=entry.cleaned_data["scan"],
        by=request.portal.person,
    )


def _enter_spoken(request: HttpRequest, pupil: Pupil, entry: SpokenEntryForm) -> Submission:
    return enter_spoken(
        pupil=pupil,
        guardian=entry.signer,
        values=entry.values,
        channel=Channel(entry.cleaned_data["channel"]),
        note=entry.cleaned_data["note"],
        by=request.portal.person,
    )


def _questions(purposes: Sequence[Purpose], language: str) -> list[Question]:
    today = current().today
    return [Question(purpose, text_in(version_on(purpose, today), language)) for purpose in purposes]


def _context(request: HttpRequest, pupil: Pupil, entry: EntryForm, by_pupil: bool) -> dict[str, Any]:
    return {
        "child": {
            "name": pupil.short_name,
            "group": groups_or_first_day([pupil.id]).get(pupil.id, ""),
            "code": pupil.code,
        },
        "form": entry,
        "rows": [
            {"field": entry[entry.name_of(q)], "text": q.text, "purpose": q.purpose} for q in entry.questions
        ],
        "by_pupil": by_pupil,
        "may_sign": by_pupil or bool(entry.signers),
        "paper": None,
        "task": None,
        "may_print": may_print_for(request, pupil),
        "key_form": KeyForm(),
    }


def _of_paper(
    paper: PaperForm, asked: Asked, rows: list[dict[str, Any]], signers: list[Guardian], by_pupil: bool
) -> dict[str, Any]:
    before = paper.submissions.select_related("recorded_by").order_by("id")
    return {
        "paper": paper,
        "may_sign": bool(signers) or (by_pupil and paper.guardian_id is None),
        "rows": [row for row in rows if row["purpose"] in asked.open],
        "scans": range(1, 1 + Scan.objects.filter(submission__form=paper).count()),
        "changed": [text.text.title for text in _questions(asked.changed, "nl")],
        "done": [text.text.title for text in _questions(asked.done, "nl")],
        "entered": [
            {
                "at": row.at.astimezone(SCHOOL_TIME),
                "by": row.recorded_by.full_name
                if row.recorded_by
                else _("the parent, on a tablet at school"),
            }
            for row in before
        ],
    }
