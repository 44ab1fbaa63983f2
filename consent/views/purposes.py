"""What parents are asked: the questions of a foundation, in words that are fixed once and never change after."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from consent.choices import Layer
from consent.domain.counted import parents_to_ask_anew, parents_who_said_yes, runs_out, standing_of
from consent.domain.presets import PRESETS, Preset
from consent.domain.purposes import (
    MEDIA,
    PurposeRefused,
    add_purpose,
    ask_media_apart,
    mark_of,
    refuse_taken_places,
    refuse_wording,
    reword,
    stop_asking,
    words_of_medium,
)
from consent.models import Purpose
from consent.querysets import purposes_in_use
from consent.rules import may_set_questions
from ledger.acting import current
from ledger.domain.once import once
from schools.models import School

from .purpose_forms import MoveForm, PictureForm, PurposeForm, SeenForm, WordingForm
from .purpose_words import change_rows, preset_rows, purpose_row, version_rows

page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every question with its places, its wording, and how many pupils stand at yes, no and no answer today."""
    _room(request)
    today, purposes = current().today, list(purposes_in_use().select_related("school"))
    standing = standing_of(purposes, today)
    context = {
        "rows": [purpose_row(purpose, today) | {"standing": standing[purpose.id]} for purpose in purposes],
        "stopped": Purpose.objects.filter(is_active=False).select_related("school"),
        "presets": preset_rows(),
        "move_form": MoveForm(initial={"key": uuid4()}),
        "done": request.GET.get("klaar", "") if request.GET.get("klaar") in DONE else "",
    }
    return render(request, "consent/admins/purposes.html", context)


@page
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """A form with words to begin with; then the question as parents will read it; then it is fixed."""
    _room(request)
    preset = PRESETS.get(kind)
    if preset is None:
        raise Http404
    form = _new_form(preset, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid() or "change" in request.POST:
        bad = form.is_bound and bool(form.errors) and "change" not in request.POST
        return _new_page(request, kind, preset, form, 422 if bad else 200)
    try:
        if "sure" in request.POST:
            once(form.cleaned_data["key"], lambda: _add(form), of=f"purpose {kind}")
            return _done("nieuw")
        asked = form.chosen
        refuse_taken_places(
            asked["places"], school=asked["school"], medium=MEDIA_TOGETHER, event_on=asked["event_on"]
        )
    except PurposeRefused as refused:
        form.add_error("places" if refused.code == "taken" else None, refused.message)
        return _new_page(request, kind, preset, form, 409)
    return render(request, "consent/admins/purpose_check.html", _new_check(kind, form))


@require_safe
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """One question: its words in every language, every wording it ever had with its mark, what can be done."""
    return question_page(request, _purpose(request, slug), None)


def question_page(
    request: HttpRequest, purpose: Purpose, form: PictureForm | None, status: int = 200
) -> HttpResponse:
    """The page of one question; `form`: a picture that could not be chosen."""
    today = current().today
    if form is not None:
        form.renew()
    context = {
        "row": purpose_row(purpose, today),
        "versions": version_rows(purpose, today),
        "may_split": purpose.medium == MEDIA_TOGETHER,
        "form": form or PictureForm(initial={"key": uuid4(), "picture": purpose.example}),
        "has_errors": form is not None,
        "done": request.GET.get("klaar", "") if request.GET.get("klaar") in DONE else "",
        "must_answer": parents_to_ask_anew(purpose, today) if purpose.is_active else 0,
        "coming": _coming(purpose, today),
    }
    return render(request, "consent/admins/purpose.html", context, status=status)


@page
def wording(request: HttpRequest, slug: str) -> HttpResponse:
    """Other words or places: form, then old and new side by side with what it does, then it is fixed."""
    purpose = _purpose(request, slug, is_asked=True)
    form = _wording_form(purpose, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid() or "change" in request.POST:
        bad = form.is_bound and bool(form.errors) and "change" not in request.POST
        return _wording_page(request, purpose, form, 422 if bad else 200)
    try:
        if "sure" in request.POST:
            once(form.cleaned_data["key"], lambda: _reword(purpose, form), of=f"wording {slug}")
            return HttpResponseRedirect(
                f"{reverse('consent:admins.purpose', args=[slug])}?klaar=tekst", status=303
            )
        refuse_wording(purpose, **_change(form))
    except PurposeRefused as refused:
        if refused.code == "changed":
            form.put(seen=mark_of(purpose))
        form.add_error(ERROR_AT.get(refused.code), refused.message)
        return _wording_page(request, purpose, form, 409)
    return render(request, "consent/admins/purpose_wording_check.html", _wording_check(purpose, form))


@page
def stop(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask this no more: first what that does, then it happens."""
    return _confirmed(request, slug, "stop")


@page
def apart(request: HttpRequest, slug: str) -> HttpResponse:
    """Photo, film and sound as three questions: first what that does, then it happens."""
    return _confirmed(request, slug, "apart")


MEDIA_TOGETHER = "all"
DONE = ("nieuw", "tekst", "stop", "apart", "beeld")
ERROR_AT = {"taken": "places", "new_place": "kind", "before_last": "in_force_on"}


def _coming(purpose: Purpose, today: date) -> date | None:
    """From which day a material change that is planned ends every yes; None when none is."""
    planned = purpose.versions.filter(in_force_on__gt=today, is_material=True).order_by("in_force_on")
    first = planned.first()
    return first.in_force_on if first else None


def _confirmed(request: HttpRequest, slug: str, act: str) -> HttpResponse:
    purpose = _purpose(request, slug, is_asked=True)
    form, refused = SeenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        do = {"stop": stop_asking, "apart": ask_media_apart}[act]
        try:
            once(form.cleaned_data["key"], lambda: _do(do, purpose, form), of=f"{act} {slug}")
            return _done(act)
        except PurposeRefused as error:
            refused = error
    context = {
        "form": SeenForm(),
        "seen": mark_of(purpose),
        "row": purpose_row(purpose, current().today),
        "act": act,
        "standing": standing_of([purpose], current().today)[purpose.id],
        "apart": [words_of_medium({"nl": ("", "")}, medium)["nl"][0].strip() for medium in MEDIA],
        "refused": refused.message if refused else "",
    }
    status = 409 if refused else 422 if form.is_bound else 200
    return render(request, "consent/admins/purpose_stop.html", context, status=status)


def _do(act: Any, purpose: Purpose, form: SeenForm) -> str:
    act(purpose=purpose, seen=form.cleaned_data["seen"])
    return purpose.slug


def _room(request: HttpRequest) -> None:
    """Who does not set the questions does not know that this room exists."""
    if not may_set_questions(request.portal.roles):
        raise Http404


def _purpose(request: HttpRequest, slug: str, *, is_asked: bool = False) -> Purpose:
    _room(request)
    purposes = Purpose.objects.select_related("school").prefetch_related("places", "versions__texts")
    if is_asked and request.method != "POST":  # a post about a stopped question hears why, in words
        purposes = purposes.filter(is_active=True)
    return get_object_or_404(purposes, slug=slug)


def _done(what: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('consent:admins.purposes')}?klaar={what}", status=303)


def _new_form(preset: Preset, data: Any) -> PurposeForm:
    options = {
        "schools": list(School.objects.order_by("name", "id")),
        "is_event": preset.is_event,
        "today": current().today,
    }
    if data is not None:
        return PurposeForm(data, **options)
    initial = {
        "key": uuid4(),
        "short_label": preset.short_label,
        "layer": preset.layer if preset.short_label else None,
        "picture": preset.picture,
        "all_must_agree": preset.all_must_agree,
        "places": "\n".join(preset.places),
    }
    for language, (title, explanation) in preset.words.items():
        initial |= {f"title_{language}": title, f"explanation_{language}": explanation}
    return PurposeForm(initial=initial, **options)


def _new_page(
    request: HttpRequest, kind: str, preset: Preset, form: PurposeForm, status: int
) -> HttpResponse:
    if form.is_bound:
        if status == 200:
            form.errors.clear()
        form.renew()
    context = {"form": form, "kind": kind, "is_event": preset.is_event, "has_errors": status != 200}
    return render(request, "consent/admins/purpose_new.html", context, status=status)


def _new_check(kind: str, form: PurposeForm) -> dict[str, Any]:
    asked = form.chosen
    return {
        "form": form,
        "kind": kind,
        "asked": asked,
        "layer": Layer(asked["layer"]).label,
        "words": [{"code": code, "title": t, "explanation": e} for code, (t, e) in form.words.items()],
        "today": current().today,
    }


def _add(form: PurposeForm) -> str:
    return add_purpose(words=form.words, in_force_on=current().today, **form.chosen).slug


def _wording_form(purpose: Purpose, data: Any) -> WordingForm:
    today = current().today
    if data is not None:
        return WordingForm(data, today=today)
    version = purpose.versions.all().order_by("number").last()
    initial = {
        "key": uuid4(),
        "seen": mark_of(purpose),
        "in_force_on": max(today, version.in_force_on) if version else today,
        "places": "\n".join(place.name for place in purpose.places.all()),
    }
    for text in version.texts.all() if version else []:
        initial |= {f"title_{text.language}": text.title, f"explanation_{text.language}": text.explanation}
    return WordingForm(initial=initial, today=today)


def _wording_page(request: HttpRequest, purpose: Purpose, form: WordingForm, status: int) -> HttpResponse:
    if form.is_bound:
        if status == 200:
            form.errors.clear()
        form.renew()
    context = {"form": form, "row": purpose_row(purpose, current().today), "has_errors": status != 200}
    context["changed_meanwhile"] = version_rows(purpose, current().today)[:1] if status == 409 else []
    return render(request, "consent/admins/purpose_wording.html", context, status=status)


def _change(form: WordingForm) -> dict[str, Any]:
    return {
        "places": form.cleaned_data["places"],
        "is_material": form.is_material,
        "in_force_on": form.cleaned_data["in_force_on"],
        "seen": form.cleaned_data["seen"],
    }


def _reword(purpose: Purpose, form: WordingForm) -> str:
    reword(purpose=purpose, words=form.words, **_change(form))
    return purpose.slug


def _wording_check(purpose: Purpose, form: WordingForm) -> dict[str, Any]:
    """Old and new per language, and counted for real what a material change ends."""
    day = form.cleaned_data["in_force_on"]
    return {
        "form": form,
        "row": purpose_row(purpose, current().today),
        "day": day,
        "seen": mark_of(purpose),
        "is_material": form.is_material,
        "ends": runs_out(purpose, on=day) if form.is_material else 0,
        "parents": parents_who_said_yes(purpose, on=day) if form.is_material else 0,
        "rows": change_rows(purpose, form.words),
        "places_before": [place.name for place in purpose.places.all()],
        "places_after": form.cleaned_data["places"],
    }
