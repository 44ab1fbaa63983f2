"""The work list of a school: what choices and remarks of families ask of it (R7, C4)."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consent.choices import Reason, TaskKind, Value
from consent.domain.facts import known_pupils, policy_of
from consent.domain.remarks import finish_task
from consent.forms import DoneForm
from consent.models import LatestAnswer, Submission, Task
from consent.querysets import invalidations_waiting, purposes_on, tasks_of
from consent.rules import (
    WorkReach,
    authority_roles,
    spoken_roles,
    state_from_first_day,
    taking_out_roles,
    work_reach,
)
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from ledger.refusal import Refusal
from schools.models import Role, StaffMember
from schools.querysets import children_by_staff, group_names

from .paper_room import child_to_enter
from .saved import children_in, saved_just_now, saved_words
from .task_filters import MOST, chosen, filter_rows, wanted_in
from .task_words import asked_words, kind_words, reader_of, task_row, waiting_words


@require_safe
@reading_is_recorded
def tasks(request: HttpRequest) -> HttpResponse:
    """What is open, by kind, the oldest first; below it what was done in the last 30 days, or (asked for) ever."""
    reach = _room(request)
    seen, wanted = my_tasks(request, reach), wanted_in(request.GET)
    opened, closed = chosen(seen, wanted, current().now)
    asked = [] if wanted.looks_back else _asked(request, reach)
    pupils = [task.pupil_id for task in opened + closed] + [row["pupil"] for row in asked]
    record_reading(Reading.TASK_LIST, pupils)
    groups = group_names(pupils, current().today)
    context = {
        "kinds": _by_kind(opened, groups),
        "asked": [row | {"group": groups.get(row["pupil"], "")} for row in asked],
        "closed": [task_row(task, groups) for task in closed],
        "filters": filter_rows(seen, wanted),
        "looks_back": wanted.looks_back,
        "most": MOST,
        "may_take_out": bool(taking_out_roles(request.portal.roles)),
        "may_see_authority": bool(authority_roles(request.portal.roles)),
    }
    return render(request, "consent/staff/tasks.html", context)


@require_safe
@reading_is_recorded
def task(request: HttpRequest, code: str) -> HttpResponse:
    """One task: what it is about, what to do now, and the note that closes it."""
    found = _task(request, code)
    record_reading(Reading.TASK_LIST, [found.pupil_id])
    return _task_page(request, found, DoneForm(reader=reader_of(found)))


@require_POST
def done(request: HttpRequest, code: str) -> HttpResponse:
    """Close it with what was done."""
    found = _task(request, code)
    form = DoneForm(request.POST, reader=reader_of(found))
    if not form.is_valid():
        return _task_page(request, found, form, status=422)
    note = form.cleaned_data["note"]

    def act() -> str:
        finish_task(found, outcome=note)
        return reverse("consent:staff.tasks")

    try:
        address = once(form.cleaned_data["key"], act, of=f"done {found.code} {note}")
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _task_page(request, _task(request, code), form, status=409)
    return HttpResponseRedirect(address, status=303)


def work_waiting(person: StaffMember, roles: Sequence[Role]) -> list[tuple[str, int, str]]:
    """For a start page: a sentence, how many, and the address of that part of the list; by kind."""
    reach = work_reach(roles)
    if reach.is_empty or not _is_there_work(reach):
        return []
    mine, url = own_children(person), reverse("consent:staff.tasks")
    rows = tasks_of(reach.schools, reach.groups, mine).filter(closed_at=None).order_by()
    counts = dict(rows.values_list("kind").annotate(count=Count("id")))
    found = [
        (waiting_words(kind, counts[kind]), counts[kind], f"{url}?soort={kind}")
        for kind in TaskKind
        if kind in counts
    ]
    if reach.has_schools:
        asked = invalidations_waiting(reach.schools, mine, current().today).exclude(asked_by=person)
        if count := asked.order_by().values("answer__submission").distinct().count():
            found.append((asked_words(count), count, url))
    return found


def _is_there_work(reach: WorkReach) -> bool:
    """One or two statements on most days, before it is asked whose children these are."""
    if tasks_of(reach.schools, reach.groups, ()).filter(closed_at=None).exists():
        return True
    return reach.has_schools and invalidations_waiting(reach.schools, (), current().today).exists()


def my_tasks(request: HttpRequest, reach: WorkReach) -> QuerySet[Task]:
    """What this person sees of the work; nothing about an own child."""
    return tasks_of(reach.schools, reach.groups, own_children(request.portal.person))


def own_children(person: StaffMember) -> list[int]:
    """Who works here and is, was or will be a parent here: what the other parent chose is not for them (C4)."""
    return [child.id for child in children_by_staff([person.id], None).get(person.id, [])]


def _room(request: HttpRequest) -> WorkReach:
    reach = work_reach(request.portal.roles)
    if reach.is_empty:
        raise PermissionDenied
    return reach


def _task(request: HttpRequest, code: str) -> Task:
    return get_object_or_404(my_tasks(request, _room(request)), code=code)


def _by_kind(opened: list[Task], groups: dict[int, str]) -> list[dict[str, Any]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for one in opened:
        rows.setdefault(one.kind, []).append(task_row(one, groups))
    return [{"title": kind_words(kind), "tasks": rows[kind]} for kind in TaskKind if kind in rows]


def _asked(request: HttpRequest, reach: WorkReach) -> list[dict[str, Any]]:
    """Answers of which somebody says that they were recorded in error: once per time that was answered."""
    if not reach.has_schools:
        return []
    rows: dict[str, dict[str, Any]] = {}
    for row in invalidations_waiting(reach.schools, own_children(request.portal.person), current().today):
        submission = row.answer.submission
        rows.setdefault(
            submission.code,
            {
                "url": reverse("consent:staff.correction", args=[submission.code]),
                "pupil": row.answer.pupil_id,
                "child": row.answer.pupil.short_name,
                "asked_at": row.asked_at,
                "asked_by": row.asked_by.full_name,
                "is_mine": row.asked_by_id == request.portal.person.id,
            },
        )
    return list(rows.values())


def _task_page(request: HttpRequest, found: Task, form: DoneForm, status: int = 200) -> HttpResponse:
    if form.is_bound:
        form.renew()
    groups = group_names([found.pupil_id], current().today)
    context = {
        "task": task_row(found, groups) | {"text": found.text, "code": found.code, "about": _about(found)},
        "entry_url": _entry_url(request, found),
        "done": saved_words(_saved_here(request, found)),
        "authority_url": _authority_url(request, found),
        "form": form,
        "has_errors": bool(form.errors),
    }
    return render(request, "consent/staff/task.html", context, status=status)


def _saved_here(request: HttpRequest, found: Task) -> Submission | None:
    """What was entered about this child a moment ago, coming from here."""
    saved = saved_just_now(request)
    return saved if children_in(saved) == [found.pupil_id] else None


def _entry_url(request: HttpRequest, found: Task) -> str:
    """Where the answer of who wanted to talk is written down; "" for who does not enter it, and when it is done."""
    roles = spoken_roles(request.portal.roles)
    if found.kind != TaskKind.TALK or found.closed_at is not None or not roles:
        return ""
    try:
        child_to_enter(request, found.pupil.code, roles)
    except Http404:
        return ""
    return f"{reverse('consent:paper.child', args=[found.pupil.code])}?taak={found.code}"


def _authority_url(request: HttpRequest, found: Task) -> str:
    is_asked = found.kind in {TaskKind.WRONG_AUTHORITY, TaskKind.CONFLICT}
    if not is_asked or not authority_roles(request.portal.roles):
        return ""
    return reverse("consent:staff.authority", args=[found.pupil.code])


def _about(found: Task) -> list[str]:
    """The questions that it is about at this moment: where the parents differ, or somebody wants to talk."""
    if found.kind == TaskKind.CONFLICT:
        facts = known_pupils([found.pupil_id])[0].facts
        return [
            purpose.short_label
            for purpose in purposes_on(current().today)
            if state_from_first_day(facts, policy_of(purpose, found.foundation), current().today).reason
            == Reason.CONFLICT
        ]
    if found.kind == TaskKind.TALK:
        rows = LatestAnswer.objects.filter(pupil=found.pupil, guardian=found.guardian, value=Value.TALK)
        return [
            row.purpose.short_label for row in rows.select_related("purpose").order_by("purpose__position")
        ]
    return []
