"""The same for a pupil with an own mailbox: where am I now, and take this one away (U8, C12: anybody depicted)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from schools.querysets import own_address

from .items import item_or_none, items_of
from .objecting import handle_objection


@require_safe
def where(request: HttpRequest) -> HttpResponse:
    """Every item with this pupil on it; behind an address that a parent reads too: only why not."""
    pupil = request.portal.person
    is_own = bool(own_address(pupil))
    shared = _("Your parent uses this e-mail address too. Ask the school to note your own address.")
    context = {
        "items": items_of(pupil, "publications:pupils.objection") if is_own else [],
        "must_wait": "" if is_own else shared,
    }
    return render(request, "publications/pupils/where.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, code: str) -> HttpResponse:
    """This one must go: one button, no reason, whatever was answered."""
    pupil = request.portal.person
    item = item_or_none(pupil, code) if own_address(pupil) else None
    if item is None:
        raise Http404
    return handle_objection(
        request,
        item,
        pupil,
        back_url=reverse("publications:pupils.where"),
        template="publications/pupils/objection.html",
    )
