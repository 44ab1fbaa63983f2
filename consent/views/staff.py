"""May I post this? Own group, place, who is on it, verdict; and the verdicts that were kept."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consent.domain.check import Verdict, keep_check, look
from consent.forms import KeyForm
from consent.models import Check, Purpose
from consent.querysets import KnownPupil, known_in_group, purposes_in_use
from consent.rules import may_check
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Group
from schools.querysets import find_pupils, groups_for, own_groups

from .verdicts import kept_words, verdict_words


@require_safe
@reading_is_recorded
def groups(request: HttpRequest) -> HttpResponse:
    """The own group one tap away, the others below, and a search by name."""
    seen = _groups(request).annotate(count=Count("memberships"))
    mine = set(own_groups(request.portal.roles))
    query = request.GET.get("q", "").strip()[:60]
    hits = find_pupils(query, [group.id for group in seen]) if query else []
    record_reading(Reading.PUPIL_SEARCH, [hit.pupil_id for hit in hits])
    context = {
        "own_groups": [_group_row(group) for group in seen if group.id in mine],
        "schools": _by_school([group for group in seen if group.id not in mine]),
        "query": query,
        "hits": [
            {
                "name": hit.pupil.short_name,
                "group": hit.group.name,
                "school": hit.group.school.name,
                "url": f"{reverse('consent:staff.check', args=[hit.group.code])}?pupil={hit.pupil.code}",
            }
            for hit in hits
        ],
        "has_kept": Check.objects.filter(staff_member=request.portal.person).exists(),
    }
    return render(request, "consent/staff/groups.html", context)


@require_safe
@reading_is_recorded
def check(request: HttpRequest, group: str) -> HttpResponse:
    """The verdict is a GET: nothing is stored but who looked. With htmx only the verdict is drawn."""
    place = get_object_or_404(_groups(request), code=group)
    pupils, purposes = known_in_group(place.id), list(purposes_in_use())
    record_reading(Reading.CONSENT_STATE, [pupil.id for pupil in pupils])
    chosen = _chosen(request.GET, pupils)
    purpose = _purpose(request.GET.get("place", ""), purposes)
    verdict = _verdict(request, purpose, chosen, purposes)
    context = {
        "verdict": verdict_words(verdict, request.path) if verdict else None,
        "key_form": KeyForm(),
        "keep_url": reverse("consent:staff.keep", args=[place.code]),
        "kept_fields": _as_fields(verdict),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "consent/staff/_verdict.html", context)
    context |= _form_context(place, purposes, purpose, pupils, chosen)
    return render(request, "consent/staff/check.html", context)


@require_POST
def keep(request: HttpRequest, group: str) -> HttpResponse:
    """Keep the verdict of this moment as proof; it is judged again here, never taken from the page."""
    place = get_object_or_404(_groups(request), code=group)
    pupils, purposes = known_in_group(place.id), list(purposes_in_use())
    form = KeyForm(request.POST)
    verdict = _verdict(
        request, _purpose(request.POST.get("place", ""), purposes), _chosen(request.POST, pupils), purposes
    )
    if verdict is None or not form.is_valid():
        return HttpResponseRedirect(reverse("consent:staff.check", args=[place.code]), status=303)
    person = request.portal.person
    code = once(
        form.cleaned_data["key"],
        lambda: keep_check(verdict=verdict, group=place, staff_member=person).code,
    )
    return HttpResponseRedirect(reverse("consent:staff.kept_check", args=[code]), status=303)


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """The verdicts that this person kept, newest first."""
    _refuse_other_roles(request)
    checks = Check.objects.filter(staff_member=request.portal.person).select_related("group", "purpose")[:50]
    return render(request, "consent/staff/kept.html", {"checks": checks})


@require_safe
@reading_is_recorded
def kept_check(request: HttpRequest, code: str) -> HttpResponse:
    """One kept verdict, as it was then; for who kept it."""
    _refuse_other_roles(request)
    found = get_object_or_404(
        Check.objects.select_related("group__school", "purpose"),
        code=code,
        staff_member=request.portal.person,
    )
    people = list(found.people.select_related("pupil").order_by("is_allowed", "pupil__call_name", "id"))
    record_reading(Reading.CONSENT_STATE, [person.pupil_id for person in people])
    return render(request, "consent/staff/kept_check.html", {"check": found, "people": kept_words(people)})


def _groups(request: HttpRequest) -> Any:
    """The groups that this person may check (default: none)."""
    _refuse_other_roles(request)
    return groups_for(request.portal.roles, current().today)


def _refuse_other_roles(request: HttpRequest) -> None:
    if not may_check(request.portal.roles):
        raise PermissionDenied


def _chosen(data: Any, pupils: Sequence[KnownPupil]) -> list[KnownPupil]:
    if data.get("everyone"):
        return list(pupils)
    codes = set(data.getlist("pupil"))
    return [pupil for pupil in pupils if pupil.code in codes]


def _purpose(slug: str, purposes: Sequence[Purpose]) -> Purpose | None:
    """A place that no purpose names cannot be used: it does not exist here."""
    if not slug:
        return None
    found = next((purpose for purpose in purposes if purpose.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _verdict(
    request: HttpRequest, purpose: Purpose | None, chosen: Sequence[KnownPupil], purposes: Sequence[Purpose]
) -> Verdict | None:
    if purpose is None or not chosen:
        return None
    return look(purpose=purpose, pupils=chosen, purposes=purposes, foundation=request.portal.foundation)


def _as_fields(verdict: Verdict | None) -> list[tuple[str, str]]:
    """What the form that keeps a verdict sends along."""
    if verdict is None:
        return []
    return [("place", verdict.purpose.slug), *(("pupil", person.pupil.code) for person in verdict.seen)]


def _form_context(
    place: Group,
    purposes: Sequence[Purpose],
    purpose: Purpose | None,
    pupils: Sequence[KnownPupil],
    chosen: Sequence[KnownPupil],
) -> dict[str, Any]:
    ticked = {pupil.id for pupil in chosen}
    return {
        "group": {"name": place.name, "school": place.school.name},
        "groups_url": reverse("consent:staff.groups"),
        "check_url": reverse("consent:staff.check", args=[place.code]),
        "places": [
            {
                "value": item.slug,
                "label": item.short_label,
                "icon": item.layer,
                "chosen": item == purpose,
                "covers": ", ".join(covered.name for covered in item.places.all()),
            }
            for item in purposes
        ],
        "pupils": [
            {"code": pupil.code, "name": pupil.short_name, "chosen": pupil.id in ticked} for pupil in pupils
        ],
    }


def _group_row(group: Any) -> dict[str, Any]:
    url = reverse("consent:staff.check", args=[group.code])
    return {"name": group.name, "school": group.school.name, "count": group.count, "url": url}


def _by_school(seen: Sequence[Any]) -> list[dict[str, Any]]:
    schools: dict[str, list[dict[str, Any]]] = {}
    for group in seen:
        schools.setdefault(group.school.name, []).append(_group_row(group))
    return [{"name": name, "groups": rows} for name, rows in schools.items()]
