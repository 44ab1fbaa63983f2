"""Asking people: of which kind, who would get a mail, the mail word for word, and then the round itself (R1-R4)."""

import re
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consent.choices import RoundKind
from consent.domain.asked import plan_round
from consent.domain.counted import how_many_to_ask_anew
from consent.domain.progress import totals_of
from consent.domain.quiet import mail_day, quiet_schools
from consent.domain.rounds import RoundRefused, ask_parents, what_is_asked
from consent.forms import ANSWER_DAYS, REMIND_BEFORE, RoundForm
from consent.models import Purpose, Round
from consent.querysets import purposes_to_ask, rounds_running, schools_not_asked
from consent.rules import may_ask_parents
from ledger.acting import current
from ledger.domain.once import once
from notices.doorbell import ring_for
from schools.models import School, SchoolYear
from schools.querysets import year_on

from .round_words import kinds_to_start, plan_words, proposed_name

MOST_ROUNDS = 20
SLUG = re.compile(r"[a-z0-9_-]{1,20}")


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """What runs, what is planned, what was asked before, and the ways to ask."""
    year, today = asking_room(request), current().today
    running = totals_of(list(rounds_running(today)))
    later = Round.objects.filter(opens_on__gt=today, stopped_at=None).order_by("opens_on", "id")
    over = Round.objects.exclude(id__in=[one.round.id for one in running]).exclude(id__in=later.values("id"))
    context = {
        "running": running,
        "later": later[:MOST_ROUNDS],
        "earlier": over[:MOST_ROUNDS],
        "kinds": kinds_to_start(year, request.portal.foundation),
        "has_purposes": purposes_to_ask(today).exists(),
        "year": year,
    }
    return render(request, "consent/admins/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET: the form of one kind. POST: the preview, or the form again. Stores nothing."""
    year = asking_room(request)
    if year is None:
        return HttpResponseRedirect(reverse("consent:admins.rounds"), status=303)
    if request.method != "POST":
        return _form_page(request, _empty_form(request, year))
    form = _filled_form(request, year)
    if form.is_valid() and Round.objects.filter(name=form.cleaned_data["name"]).exists():
        form.add_error("name", RoundRefused.WORDS["name_taken"])
    if not form.is_valid():
        return _form_page(request, form, status=422)
    return _form_page(request, form) if "change" in request.POST else _preview_page(request, form)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin it as it was shown, once per form key; a refusal shows the preview as it is now."""
    year = asking_room(request)
    if year is None:
        return HttpResponseRedirect(reverse("consent:admins.rounds"), status=303)
    form = _filled_form(request, year)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    asked = form.cleaned_data
    try:
        url = once(asked["key"], lambda: _start(form), of=f"round {asked['name']}")
    except RoundRefused as refused:
        return _preview_page(request, form, refused)
    return HttpResponseRedirect(f"{url}?gevraagd=1", status=303)


def asking_room(request: HttpRequest) -> SchoolYear | None:
    """Who does not ask parents does not know that this room exists. The school year of today, if there is one."""
    if not may_ask_parents(request.portal.roles):
        raise Http404
    return year_on(current().today)


def _start(form: RoundForm) -> str:
    asked = form.cleaned_data
    planned = ask_parents(
        name=asked["name"],
        year=form.year,
        days=form.days,
        remind_before=asked["remind_before"],
        schools=form.chosen_schools,
        own_days=form.own_days,
        seen=asked["seen"],
        kind=RoundKind(asked["kind"]),
        purpose=form.chosen_purpose,
    )
    if not planned.is_whole:
        task = partial(
            ring_for, "consent.tasks.write_rounds", current().foundation, queue="documents"
        )  # somebody sees the bar move, and nobody's sheet stands behind it
        transaction.on_commit(task)
    return reverse("consent:admins.round", args=[planned.round.code])


def _filled_form(request: HttpRequest, year: SchoolYear) -> RoundForm:
    """With the kind as it was chosen; a day on which no mail may leave is refused at its field."""
    kind = request.POST.get("kind", "")
    form = RoundForm(request.POST, **_around(kind, year))
    if form.is_valid():
        own = form.own_days
        for day in {form.days.opens_on, *(days.opens_on for days in own.values())}:
            here = [s for s in form.ticked_schools if own.get(s.id, form.days).opens_on == day]
            if len(quiet := quiet_schools(day, here)) > 0:
                form.refuse_quiet_day(day, [school.name for school in quiet])
    return form


def _empty_form(request: HttpRequest, year: SchoolYear) -> RoundForm:
    kind = request.GET.get("soort", RoundKind.YEARLY)
    if kind not in RoundKind.values or kind == RoundKind.ENROLMENT:
        raise Http404
    around, today = _around(kind, year), current().today
    slug = request.GET.get("vraag", "")
    purpose = next((one for one in around["purposes"] if one.slug == slug), None)
    if slug and (purpose is None or not SLUG.fullmatch(slug)):
        raise Http404
    closes_on = min(today + ANSWER_DAYS, year.ends_on)
    initial = {
        "key": uuid4(),
        "kind": kind,
        "name": proposed_name(RoundKind(kind), year, purpose),
        "purpose": slug,
        "schools": _schools_to_ask(kind, around["schools"], year),
        "opens_on": today,
        "closes_on": closes_on,
        "remind_before": [days for days in REMIND_BEFORE if days < (closes_on - today).days],
    }
    return RoundForm(initial=initial, **around)


def _around(kind: str, year: SchoolYear) -> dict[str, Any]:
    today = current().today
    return {
        "schools": list(School.objects.order_by("name", "id")),
        "purposes": _purposes_for(kind, today),
        "today": today,
        "year": year,
    }


def _purposes_for(kind: str, today: date) -> list[Purpose]:
    """The events that still come; or the questions whose words changed, with somebody to ask again."""
    asked = purposes_to_ask(today)
    if kind == RoundKind.EVENT:
        return [one for one in asked if one.event_on is not None]
    if kind == RoundKind.MATERIAL:
        waiting = how_many_to_ask_anew(asked, today)
        return [one for one in asked if waiting[one.id]]
    return []


def _schools_to_ask(kind: str, schools: list[School], year: SchoolYear) -> list[str]:
    """For the yearly question those that were not asked this school year; else all of them."""
    if kind != RoundKind.YEARLY:
        return [school.slug for school in schools]
    left = [school.slug for school in schools_not_asked(year)]
    return left or [school.slug for school in schools]


def _form_page(request: HttpRequest, form: RoundForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "kind": form.shown_kind,
        "has_errors": bool(form.errors),
        "is_running": rounds_running(current().today).exists(),
    }
    return render(request, "consent/admins/round_new.html", context, status=status)


def _preview_page(request: HttpRequest, form: RoundForm, refused: RoundRefused | None = None) -> HttpResponse:
    """Who gets a mail, who does not and why by name, and the mails themselves. The names are a reading (E2)."""
    asked, days = form.cleaned_data, form.days
    plan = plan_round(
        purposes=what_is_asked(days.opens_on, form.chosen_schools, form.chosen_purpose),
        opens_on=days.opens_on,
        closes_on=days.closes_on,
        schools=form.chosen_schools,
        kind=RoundKind(asked["kind"]),
    )
    context = _asked_words(form) | {
        "refused": refused.message if refused else "",
        "has_errors": refused is not None,
    }
    kind, about = RoundKind(asked["kind"]), form.chosen_purpose
    context |= plan_words(plan, kind, days.closes_on, asked["remind_before"], about)
    return render(request, "consent/admins/round_preview.html", context, status=409 if refused else 200)


def _asked_words(form: RoundForm) -> dict[str, Any]:
    """What was filled in, as the preview tells it back."""
    asked, days, own = form.cleaned_data, form.days, form.own_days
    return {
        "form": form,
        "asked": asked,
        "kind": RoundKind(asked["kind"]).label,
        "purpose": form.chosen_purpose,
        "schools": [school.name for school in form.chosen_schools],
        "own_days": [(school.name, own[school.id]) for school in form.ticked_schools if school.id in own],
        "remind_on": [
            mail_day(days.remind_on(before)) for before in sorted(asked["remind_before"], reverse=True)
        ],
        "opens_today": days.opens_on == current().today,
    }
