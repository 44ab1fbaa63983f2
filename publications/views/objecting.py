"""The page with the one button that takes an item away, for a parent and for a pupil alike (C12)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from consent.choices import Layer
from consent.forms import KeyForm
from ledger.domain.once import once
from ledger.refusal import Refusal
from publications.domain.take_down import object_to
from publications.models import Publication
from schools.models import Pupil


def handle_objection(
    request: HttpRequest, item: Publication, pupil: Pupil, *, back_url: str, template: str
) -> HttpResponse:
    """GET asks once more, POST does it and leads back to the list, where the day stands."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        said = f"object {item.code} {pupil.id}"
        try:
            once(form.cleaned_data["key"], lambda: object_to(item, pupil).code, of=said)
            return HttpResponseRedirect(back_url, status=303)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = 409
    if form.is_bound:
        form.renew()
        status = 422 if status == 200 else status
    context = {
        "form": form,
        "name": pupil.call_name,
        "item": {"place": item.place, "what": item.what, "placed_on": item.placed_on},
        "on_paper": item.purpose.layer == Layer.PAPER,
        "back_url": back_url,
    }
    return render(request, template, context, status=status)
