"""Who decides for a child: since when, on what paper, and what a new paper changes (C2, C6a)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from consent.domain.authority import change_authority
from consent.domain.facts import known_pupils
from consent.forms import AuthorityForm
from consent.rules import authority_roles
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from ledger.refusal import Refusal
from schools.domain.authority import ties_of
from schools.models import Guardian, Guardianship, Pupil
from schools.querysets import find_pupils, group_names, groups_for

from .authority_words import tie_rows, who_decides
from .paper_room import child_to_enter
from .tasks import own_children


@require_safe
@reading_is_recorded
def find(request: HttpRequest) -> HttpResponse:
    """Search a child of the own school."""
    roles = _room(request)
    query = request.GET.get("q", "").replace("\0", "").strip()[:60]
    groups = list(groups_for(roles, current().today).values_list("id", flat=True))
    mine = own_children(request.portal.person)
    hits = [hit for hit in find_pupils(query, groups) if hit.pupil_id not in mine] if query else []
    record_reading(Reading.PUPIL_SEARCH, [hit.pupil_id for hit in hits])
    rows = [{"name": hit.pupil.short_name, "group": hit.group.name, "code": hit.pupil.code} for hit in hits]
    return render(request, "consent/staff/authorities.html", {"query": query, "hits": rows})


@require_safe
@reading_is_recorded
def child(request: HttpRequest, code: str) -> HttpResponse:
    """Every guardian of this child: what they may do, since when, on what paper. No addresses, no answers."""
    pupil = _pupil(request, code)
    record_reading(Reading.FAMILY_FILE, [pupil.id])
    today, age = current().today, pupil.foundation.decides_from_age
    ties = ties_of(pupil)
    names = {tie.guardian_id: tie.guardian.full_name for tie in ties}
    context = {
        "child": _child_words(pupil),
        "deciding": who_decides(known_pupils([pupil.id])[0], names, age, today),
        "now": tie_rows(pupil, [tie for tie in ties if not _is_over(tie) and tie.since <= today], age),
        "later": tie_rows(pupil, [tie for tie in ties if tie.since > today], age),
        "before": tie_rows(pupil, [tie for tie in ties if _is_over(tie)], age),
        "is_saved": "klaar" in request.GET,
    }
    return render(request, "consent/staff/authority.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reading_is_recorded
def change(request: HttpRequest, code: str, guardian: str) -> HttpResponse:
    """Write down what a paper says about one guardian of this child; it counts at once."""
    pupil = _pupil(request, code)
    tie = next((tie for tie in reversed(ties_of(pupil)) if tie.guardian.code == guardian), None)
    if tie is None:
        raise Http404
    record_reading(Reading.FAMILY_FILE, [pupil.id])
    form = _form(request, pupil)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            said = f"authority {pupil.id} {tie.guardian_id} {form.fingerprint}"
            try:
                url = once(
                    form.cleaned_data["key"], lambda: _act(request, pupil, tie.guardian, form), of=said
                )
                return HttpResponseRedirect(url, status=303)
            except Refusal as refusal:
                form.add_error(None, refusal.message)
                status = 409
        form.renew()
    context = {"child": _child_words(pupil), "name": tie.guardian.full_name, "form": form}
    return render(request, "consent/staff/authority_change.html", context, status=status)


def _act(request: HttpRequest, pupil: Pupil, guardian: Guardian, form: AuthorityForm) -> str:
    change_authority(guardian=guardian, pupil=pupil, paper=form.paper, by=request.portal.person)
    return f"{reverse('consent:staff.authority', args=[pupil.code])}?klaar=1"


def _room(request: HttpRequest) -> list[Any]:
    roles = authority_roles(request.portal.roles)
    if not roles:
        raise PermissionDenied
    return roles


def _pupil(request: HttpRequest, code: str) -> Pupil:
    """Enrolled at an own school; never an own child: a parent does not judge the authority of the other one."""
    pupil = child_to_enter(request, code, _room(request))
    if pupil.id in own_children(request.portal.person):
        raise Http404
    return pupil


def _form(request: HttpRequest, pupil: Pupil) -> AuthorityForm:
    data = request.POST if request.method == "POST" else None
    age = pupil.foundation.decides_from_age
    return AuthorityForm(data, age=age, born_on=pupil.born_on, today=current().today)


def _child_words(pupil: Pupil) -> dict[str, str]:
    group = group_names([pupil.id], current().today).get(pupil.id, "")
    return {"name": pupil.short_name, "group": group, "code": pupil.code}


def _is_over(tie: Guardianship) -> bool:
    return tie.until is not None and tie.until < current().today
