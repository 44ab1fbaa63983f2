"""Asking the parents: who would get a mail, the mail word for word, and then how far it has come (R1-R4)."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from consent.choices import PARENT_LANGUAGES, LeftOut
from consent.domain.asked import OF_GUARDIANS, OF_PUPILS, Plan, names_left_out, plan_round, progress_of
from consent.domain.counted import parents_to_ask_anew
from consent.domain.rounds import RoundRefused, ask_parents, sample_mails, sample_pupil_mails
from consent.forms import RoundForm
from consent.models import Purpose, Round
from consent.querysets import purposes_to_ask, rounds_running
from consent.rules import may_ask_parents
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from schools.models import School, SchoolYear
from schools.querysets import year_on

# What the form proposes: time to answer, and a reminder when a third of it is left.
CLOSES_AFTER, REMINDS_AFTER = timedelta(days=21), timedelta(days=14)
MOST_ROUNDS = 20
SLUG = re.compile(r"[a-z0-9_-]{1,20}")


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """GET: what runs now, and the form. POST: the preview, or the form again. Stores nothing."""
    year = _room(request)
    if request.method != "POST" or year is None:
        return _form_page(request, year, None)
    form = _form(year, request.POST)
    if not form.is_valid():
        return _form_page(request, year, form, status=422)
    if "change" in request.POST:
        return _form_page(request, year, form)
    return _preview_page(request, form)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Send it as it was shown, once per form key; a refusal shows the preview as it is now."""
    year = _room(request)
    if year is None:
        return _form_page(request, year, None, status=409)
    form = _form(year, request.POST)
    if not form.is_valid():
        return _form_page(request, year, form, status=422)

    asked = form.cleaned_data
    try:
        url = once(asked["key"], lambda: _start(form, year), of=f"round {asked['name']}")
    except RoundRefused as refused:
        return _preview_page(request, form, refused)
    return HttpResponseRedirect(f"{url}?gevraagd=1", status=303)


def _start(form: RoundForm, year: SchoolYear) -> str:
    asked = form.cleaned_data
    ask_parents(
        name=asked["name"],
        year=year,
        closes_on=asked["closes_on"],
        remind_on=asked["remind_on"],
        schools=form.chosen_schools,
        seen=asked["seen"],
        anew=_anew(asked["anew"]),
    )
    return reverse("consent:admins.round")


def _room(request: HttpRequest) -> SchoolYear | None:
    """Who does not ask parents does not know that this room exists. The school year of today, if there is one."""
    if not may_ask_parents(request.portal.roles):
        raise Http404
    return year_on(current().today)


def _anew(slug: str) -> Purpose | None:
    """The one question that is asked anew, because it was changed; an unknown one does not exist."""
    if not slug:
        return None
    purpose = purposes_to_ask(current().today).filter(slug=slug).first()
    if purpose is None:
        raise Http404
    return purpose


def _form(year: SchoolYear, data: Any = None, anew: Purpose | None = None) -> RoundForm:
    schools, today = list(School.objects.order_by("name", "id")), current().today
    if data is not None:
        return RoundForm(data, schools=schools, opens_on=today, year=year)
    initial = {
        "key": uuid4(),
        "name": gettext("New words: %(label)s") % {"label": anew.short_label} if anew else "",
        "anew": anew.slug if anew else "",
        "schools": [school.slug for school in schools],
        "closes_on": _within(year, today + CLOSES_AFTER),
        "remind_on": _within(year, today + REMINDS_AFTER),
    }
    return RoundForm(initial=initial, schools=schools, opens_on=today, year=year)


def _slug_in(request: HttpRequest) -> str:
    slug = request.GET.get("vraag", "")
    return slug if SLUG.fullmatch(slug) else ""


def _within(year: SchoolYear, day: date) -> date:
    return min(day, year.ends_on)


def _form_page(
    request: HttpRequest, year: SchoolYear | None, form: RoundForm | None, status: int = 200
) -> HttpResponse:
    today = current().today
    running = list(rounds_running(today))
    anew = _anew(form.cleaned_data.get("anew", "") if form else _slug_in(request))
    earlier = Round.objects.filter(closes_on__lt=today)[:MOST_ROUNDS]
    context = {
        "form": form or (_form(year, anew=anew) if year else None),
        "anew": {"label": anew.short_label, "parents": parents_to_ask_anew(anew, today)} if anew else None,
        "running": [progress_of(round_) for round_ in running],
        "earlier": earlier,
        "is_sent": "gevraagd" in request.GET,
        "has_purposes": purposes_to_ask(today).exists(),
        "has_errors": form is not None and bool(form.errors),
        "today": today,
    }
    return render(request, "consent/admins/round.html", context, status=status)


def _preview_page(request: HttpRequest, form: RoundForm, refused: RoundRefused | None = None) -> HttpResponse:
    """Who gets a mail, who does not and why by name, and the mail itself. The names are a reading (E2)."""
    asked = form.cleaned_data
    anew = _anew(asked["anew"])
    plan = plan_round(
        purposes=[anew] if anew else list(purposes_to_ask(current().today, form.chosen_schools)),
        opens_on=current().today,
        closes_on=asked["closes_on"],
        schools=form.chosen_schools,
        anew=anew,
    )
    context = {
        "form": form,
        "asked": asked,
        "anew": anew.short_label if anew else "",
        "refused": refused.message if refused else "",
        "has_errors": refused is not None,
        "schools": [school.name for school in form.chosen_schools],
        "today": current().today,
    }
    context |= _plan_words(plan, asked["closes_on"])
    return render(request, "consent/admins/round_preview.html", context, status=409 if refused else 200)


def _plan_words(plan: Plan, closes_on: date) -> dict[str, Any]:
    """Who gets a mail and which, and who gets none."""
    return {
        "mails": len(plan.mailed),
        "seen": plan.fingerprint,
        "left_out": _left_out_rows(plan),
        "samples": sample_mails(plan, closes_on, PARENT_LANGUAGES),
        "pupils": len(plan.pupils),
        "pupil_samples": sample_pupil_mails(plan, closes_on, PARENT_LANGUAGES),
    }


def _left_out_rows(plan: Plan) -> list[dict[str, Any]]:
    people = names_left_out(plan)
    record_reading(Reading.PEOPLE_SEARCH, [one.id for reason in OF_GUARDIANS for one in people[reason]])
    record_reading(Reading.PUPIL_SEARCH, [one.id for reason in OF_PUPILS for one in people[reason]])
    return [
        {
            "why": reason.label,
            "count": len(people[reason]),
            "are_pupils": reason in OF_PUPILS,
            "names": [one.full_name for one in people[reason]],
        }
        for reason in LeftOut
        if people[reason]
    ]
