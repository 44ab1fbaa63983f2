"""What an administrator does with a round that was begun: let it wait, go on, stop, remind now; and ask new pupils."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from consent.choices import PARENT_LANGUAGES, RoundKind
from consent.domain.holding import RoundIsOver, pause, resume, stop
from consent.domain.inviting import families_to_ask, plan_of_new_pupils
from consent.domain.reminding import next_number, plan_of_reminder, remind_now
from consent.domain.round_mails import REMINDERS, invitation, question_of, sample_mails
from consent.domain.rounds import RoundRefused, ask_new_pupils
from consent.forms import EnrolmentForm, KeyForm
from consent.models import Round
from consent.querysets import rounds_running
from ledger.acting import current
from ledger.domain.once import once
from ledger.reading import reading_is_recorded
from schools.models import School, SchoolYear

from .round_board import mails_left
from .round_words import left_out_rows
from .rounds import asking_room


@require_POST
def hold(request: HttpRequest, code: str) -> HttpResponse:
    """No mail leaves any more, until it goes on."""
    round_ = _round(request, code)
    try:
        pause(round_)
    except RoundIsOver:
        return _back(round_, "over")
    return _back(round_, "gewacht")


@require_POST
def go_on(request: HttpRequest, code: str) -> HttpResponse:
    """What waited leaves."""
    round_ = _round(request, code)
    try:
        resume(round_)
    except RoundIsOver:
        return _back(round_, "over")
    return _back(round_, "verder")


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, code: str) -> HttpResponse:
    """GET: what stopping does. POST: stop it for good; it cannot be taken back."""
    round_ = _round(request, code)
    if request.method == "POST":
        stop(round_)
        return _back(round_, "gestopt")
    context = {
        "round": round_,
        "waiting": mails_left(round_),
        "is_over": round_.stopped_at is not None,
    }
    return render(request, "consent/admins/round_stop.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reading_is_recorded
def reminder(request: HttpRequest, code: str) -> HttpResponse:
    """GET: who would be reminded, who not and why, and the mail in each language. POST: send it now, once."""
    round_, form = _round(request, code), KeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not form.is_valid():
            return _reminder_page(request, round_, form, status=422)
        once(form.cleaned_data["key"], lambda: str(remind_now(round_)), of=f"reminder {round_.code}")
        return _back(round_, "herinnerd")
    return _reminder_page(request, round_, form)


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: HttpRequest) -> HttpResponse:
    """Ask new pupils by itself, this whole school year; GET: the form, with the mail and who would get it today."""
    year = asking_room(request)
    if year is None:
        return HttpResponseRedirect(reverse("consent:admins.rounds"), status=303)
    schools = list(School.objects.order_by("name", "id"))
    if request.method != "POST":
        form = EnrolmentForm(schools=schools)
        form.initial["schools"] = [school.slug for school in schools]
        return _enrolment_page(request, form, year)
    form = EnrolmentForm(request.POST, schools=schools)
    if not form.is_valid():
        return _enrolment_page(request, form, year, status=422)
    try:
        url = once(form.cleaned_data["key"], lambda: _ask_new(form, year), of=f"enrolment {year.name}")
    except RoundRefused as refused:
        return _enrolment_page(request, form, year, refused=refused, status=409)
    return HttpResponseRedirect(f"{url}?gevraagd=1", status=303)


def _ask_new(form: EnrolmentForm, year: SchoolYear) -> str:
    asked = form.cleaned_data
    round_ = ask_new_pupils(year=year, schools=form.chosen_schools, answer_days=asked["answer_days"])
    return reverse("consent:admins.round", args=[round_.code])


def _round(request: HttpRequest, code: str) -> Round:
    asking_room(request)
    return get_object_or_404(Round, code=code)


def _back(round_: Round, said: str) -> HttpResponse:
    url = reverse("consent:admins.round", args=[round_.code])
    return HttpResponseRedirect(f"{url}?{said}=1", status=303)


def _reminder_page(request: HttpRequest, round_: Round, form: KeyForm, status: int = 200) -> HttpResponse:
    if round_.kind in {RoundKind.OVERVIEW, RoundKind.STAFF}:
        raise Http404
    number = next_number(round_) if round_.kind != RoundKind.ENROLMENT else 1
    plan = plan_of_reminder(round_, number or 1)
    context: dict[str, Any] = {
        "round": round_,
        "form": form,
        "number": number,
        "mails": len(plan.mailed),
        "left_out": left_out_rows(plan),
        "samples": sample_mails(
            REMINDERS[(number or 1) - 1], plan, round_.closes_on, PARENT_LANGUAGES, question_of(round_)
        ),
        "by_itself": round_.kind == RoundKind.ENROLMENT,
        "is_over": round_.stopped_at is not None or current().today > round_.closes_on,
    }
    return render(request, "consent/admins/round_reminder.html", context, status=status)


def _enrolment_page(
    request: HttpRequest,
    form: EnrolmentForm,
    year: SchoolYear,
    *,
    refused: RoundRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    running = rounds_running(current().today).filter(kind=RoundKind.ENROLMENT).first()
    plan = plan_of_new_pupils()
    context = {
        "form": form,
        "year": year,
        "running": running,
        "waiting": len(families_to_ask()) if running else len(plan.mailed),
        "samples": sample_mails(invitation(RoundKind.ENROLMENT), plan, current().today, PARENT_LANGUAGES),
        "refused": refused.message if refused else "",
        "has_errors": bool(form.errors) or refused is not None,
    }
    return render(request, "consent/admins/enrolment.html", context, status=status)
