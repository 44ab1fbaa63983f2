"""One item: entered with one tap, completed, and taken away."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consent.choices import Layer
from consent.models import Check
from consent.rules import may_check
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from ledger.refusal import Refusal
from publications.domain.publish import change_details, places_of
from publications.domain.publish import publish as enter
from publications.domain.take_down import take_away as end
from publications.forms import DetailsForm, PlacedForm, TakenAwayForm
from publications.models import Publication
from publications.rules import may_end

from .item_words import item_words, people_words, trail_words
from .register import my_register


@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """The tap on the receipt of a check: where it was placed (S5)."""
    if not may_check(request.portal.roles):
        raise PermissionDenied
    mine = Check.objects.select_related("purpose", "group")
    check = get_object_or_404(mine, code=code, staff_member=request.portal.person)
    form = PlacedForm(request.POST)
    if not form.is_valid():
        return _refused(request, check, "", status=422)
    place = form.cleaned_data["place"]
    try:
        made = once(form.cleaned_data["key"], lambda: enter(check, place=place).code, of=f"{code} {place}")
    except Refusal as refusal:
        return _refused(request, check, refusal.message, status=409)
    return _to(made)


@require_safe
@reading_is_recorded
def publication(request: HttpRequest, code: str) -> HttpResponse:
    """What the register says of one item, who is on it, and what happened to it."""
    return _page(request, _found(request, code))


@require_POST
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Correct or complete it."""
    item = _mine(request, code)
    form = _details_form(item, request.POST)
    if not form.is_valid():
        return _page(request, item, details=form, status=422)

    def act() -> str:
        change_details(item, **form.details)
        return item.code

    try:
        return _to(once(form.cleaned_data["key"], act, of=f"change {item.code} {form.fingerprint}"))
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _page(request, item, details=form, status=409)


@require_POST
def take_away(request: HttpRequest, code: str) -> HttpResponse:
    """It is gone: how they know, and the family hears it."""
    item = _mine(request, code)
    form = TakenAwayForm(request.POST, on_paper=_is_on_paper(item))
    if not form.is_valid():
        return _page(request, item, gone=form, status=422)

    def act() -> str:
        end(item, ending=form.chosen, proof=form.cleaned_data["proof"])
        return item.code

    try:
        return _to(once(form.cleaned_data["key"], act, of=f"gone {item.code} {form.fingerprint}"))
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _page(request, item, gone=form, status=409)


def _found(request: HttpRequest, code: str) -> Publication:
    return get_object_or_404(my_register(request).select_related("check_row", "ended_by"), code=code)


def _mine(request: HttpRequest, code: str) -> Publication:
    """One that this person may change; of a colleague it can be read only."""
    item = _found(request, code)
    if not _may_end(request, item):
        raise PermissionDenied
    return item


def _may_end(request: HttpRequest, item: Publication) -> bool:
    return may_end(
        owner=item.owner_id,
        school=item.school_id,
        me=request.portal.person.id,
        roles=request.portal.roles,
    )


def _is_on_paper(item: Publication) -> bool:
    return item.purpose.layer == Layer.PAPER


def _details_form(item: Publication, data: Any = None) -> DetailsForm:
    places = places_of(item.check_row) if item.check_row else []
    return DetailsForm(data, publication=item, places=places, on_paper=_is_on_paper(item))


def _to(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("publications:staff.publication", args=[code]), status=303)


def _refused(request: HttpRequest, check: Check, words: Any, *, status: int) -> HttpResponse:
    return render(request, "publications/staff/refused.html", {"check": check, "words": words}, status=status)


def _page(
    request: HttpRequest,
    item: Publication,
    *,
    details: DetailsForm | None = None,
    gone: TakenAwayForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page with its two forms; the one that was refused keeps every word."""
    people = people_words(item, request.portal.person)
    record_reading(Reading.PUBLICATIONS, [row["pupil"] for row in people])
    refused = details or gone
    if refused is not None:
        refused.renew()
    is_open = item.ended_at is None and _may_end(request, item)
    context = {
        "item": item_words(item),
        "people": people,
        "trail": trail_words(item),
        "details": (details or _details_form(item)) if is_open else None,
        "gone": (gone or TakenAwayForm(on_paper=_is_on_paper(item))) if is_open else None,
        "refused": refused,
        "wrong": "details" if details else "gone" if gone else "",
        "has_errors": refused is not None,
    }
    return render(request, "publications/staff/publication.html", context, status=status)
