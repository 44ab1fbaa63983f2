"""Where is my child now, and: take this one away (U8, C12)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from consent.domain.remarks import may_object
from consent.domain.standing import Child
from consent.views.child import child_or_404, child_url
from consent.views.sitting import Sitting, signed_in

from .items import item_or_none, items_of
from .objecting import handle_objection


@require_safe
def where(request: HttpRequest, foundation: str, child: str) -> HttpResponse:
    """Every item with this child on it: place, day, and by when it goes or since when it is gone."""
    sitting = signed_in(request)
    mine = _child(sitting, child)
    context = {
        "name": mine.pupil.call_name,
        "items": items_of(mine.pupil, "publications:parents.objection", sitting.key, mine.pupil.code),
        "child_url": child_url(sitting, mine),
    }
    return render(request, "publications/parents/where.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, foundation: str, child: str, code: str) -> HttpResponse:
    """This one must go: one button, no reason, whatever was answered."""
    sitting = signed_in(request)
    mine = _child(sitting, child)
    item = item_or_none(mine.pupil, code)
    if item is None:
        raise Http404
    back = reverse("publications:parents.where", args=[sitting.key, mine.pupil.code])
    return handle_objection(
        request, item, mine.pupil, back_url=back, template="publications/parents/objection.html"
    )


def _child(sitting: Sitting, code: str) -> Child:
    """Of who decides, also after the child left; from 16 the pupil looks, and no parent (C8)."""
    mine = child_or_404(sitting, code)
    if not may_object(mine):
        raise Http404
    return mine
