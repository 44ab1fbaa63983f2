"""May I post this? Own group, place, who is on it, verdict; and the verdicts that were kept."""

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consent.domain.check import Verdict, keep_check
from consent.forms import KeyForm
from consent.models import Check
from consent.querysets import purposes_on
from consent.rules import checking_roles, may_check, work_reach
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Group, GroupMembership
from schools.querysets import find_pupils, find_staff, groups_for, own_groups
from schools.rules import schools_of

from .desk import CODE, Desk, codes_in, desk_of, with_people
from .verdicts import kept_words, verdict_words


@require_safe
@reading_is_recorded
def groups(request: HttpRequest) -> HttpResponse:
    """The own group one tap away, the others below, and a search by name.

    Who comes from a check ("somebody of another group") takes place and pupils along in the address.
    """
    if not may_check(request.portal.roles):
        record_reading(Reading.PUPIL_SEARCH, [])
        return render(request, "consent/staff/no_room.html")
    seen = list(_groups(request).annotate(count=Count("memberships")))
    query = request.GET.get("q", "").replace("\0", "").strip()[:60]
    hits = find_pupils(query, [group.id for group in seen]) if query else []
    record_reading(Reading.PUPIL_SEARCH, [hit.pupil_id for hit in hits])
    taken = _taken_along(request.GET)
    mine = set(own_groups(request.portal.roles))
    own = [_group_row(group, taken) for group in seen if group.id in mine]
    context = {
        "own_groups": own if taken["van"] else _with_places(own),
        "schools": _by_school([group for group in seen if group.id not in mine], taken),
        "query": query,
        "hits": [_hit_row(hit, taken) for hit in hits],
        "colleague_hits": _colleague_rows(request, query, taken),
        "taken": taken,
        "has_work": not work_reach(request.portal.roles).is_empty,
        "has_kept": Check.objects.filter(staff_member=request.portal.person).exists(),
    }
    return render(request, "consent/staff/groups.html", context)


@require_safe
@reading_is_recorded
def check(request: HttpRequest, group: str) -> HttpResponse:
    """The verdict is a GET: nothing is stored but who looked. With htmx only the verdict is drawn."""
    desk = _desk(request, group, request.GET)
    context = _verdict_context(desk, desk.verdict())
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "consent/staff/_verdict.html", context)
    return render(request, "consent/staff/check.html", context | _form_context(desk))


@require_POST
def keep(request: HttpRequest, group: str) -> HttpResponse:
    """Keep the verdict of this moment as proof; it is judged again here, never taken from the page."""
    desk = _desk(request, group, request.POST)
    form, verdict = KeyForm(request.POST), desk.verdict()
    if verdict is None or not form.is_valid():
        context = _verdict_context(desk, verdict) | _form_context(desk) | {"has_errors": True}
        return render(request, "consent/staff/check.html", context, status=422)
    # What the page showed: when a parent chose something else meanwhile, the kept page says so.
    is_as_seen = verdict.fingerprint == request.POST.get("seen")

    def act() -> str:
        kept = keep_check(verdict=verdict, group=desk.group, staff_member=request.portal.person)
        return reverse("consent:staff.kept_check", args=[kept.code]) + ("" if is_as_seen else "?anders=1")

    return HttpResponseRedirect(
        once(form.cleaned_data["key"], act, of=f"keep {verdict.fingerprint}"), status=303
    )


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """The verdicts that this person kept, newest first."""
    _refuse_other_roles(request)
    checks = Check.objects.filter(staff_member=request.portal.person).select_related("group", "purpose")
    most = 50
    return render(request, "consent/staff/kept.html", {"checks": checks[:most], "most": most})


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
    rows = found.people.select_related("pupil", "staff_member").order_by("id")
    people = sorted(rows, key=lambda person: (person.is_allowed, person.shown_name.casefold(), person.id))
    record_reading(Reading.CONSENT_STATE, [person.pupil_id for person in people if person.pupil_id])
    if colleagues := [person.staff_member_id for person in people if person.staff_member_id]:
        record_reading(Reading.PEOPLE_SEARCH, colleagues)
    context = {
        "check": found,
        "people": kept_words(people),
        "allowed": sum(person.is_allowed for person in people),
        "is_other_than_seen": "anders" in request.GET,
    }
    return render(request, "consent/staff/kept_check.html", context)


def _groups(request: HttpRequest) -> QuerySet[Group]:
    """The groups that this person may check (default: none)."""
    _refuse_other_roles(request)
    return groups_for(checking_roles(request.portal.roles), current().today)


def _refuse_other_roles(request: HttpRequest) -> None:
    if not may_check(request.portal.roles):
        raise PermissionDenied


def _desk(request: HttpRequest, group: str, data: QueryDict) -> Desk:
    _refuse_other_roles(request)
    return desk_of(group, data, request.portal.foundation, checking_roles(request.portal.roles))


def _verdict_context(desk: Desk, verdict: Verdict | None) -> dict[str, Any]:
    fields = []
    if verdict is not None:
        fields = [("key", uuid4()), ("place", verdict.purpose.slug), ("seen", verdict.fingerprint)]
        fields += [("colleague" if seen.is_colleague else "pupil", seen.who.code) for seen in verdict.seen]
    check_url = reverse("consent:staff.check", args=[desk.group.code])
    return {
        "verdict": verdict_words(verdict, check_url, current().now) if verdict else None,
        "keep_url": reverse("consent:staff.keep", args=[desk.group.code]),
        "kept_fields": fields,
    }


def _form_context(desk: Desk) -> dict[str, Any]:
    ticked = {pupil.id for pupil in desk.chosen}
    return {
        "group": {"name": desk.group.name, "school": desk.group.school, "code": desk.group.code},
        "groups_url": reverse("consent:staff.groups"),
        "check_url": reverse("consent:staff.check", args=[desk.group.code]),
        "places": [
            {
                "value": item.slug,
                "label": item.short_label,
                "icon": item.layer,
                "chosen": item == desk.purpose,
                "covers": ", ".join(item.covers),
            }
            for item in desk.purposes
        ],
        "pupils": [
            {"code": pupil.code, "name": pupil.short_name, "chosen": pupil.id in ticked}
            for pupil in desk.pupils
        ],
        "others": [{"code": pupil.code, "name": pupil.short_name} for pupil in desk.others],
        "colleagues": _colleagues_to_tap(desk),
        "staff_count": len(desk.staff),
    }


def _colleagues_to_tap(desk: Desk) -> list[dict[str, Any]]:
    return [
        {"code": colleague.code, "name": colleague.full_name, "chosen": colleague in desk.staff}
        for colleague in desk.colleagues
    ]


def _taken_along(data: QueryDict) -> dict[str, Any]:
    """Place, pupils and group ("van") of the check that somebody comes from, to go on with in another group."""
    group = data.get("van", "")
    if not CODE.fullmatch(group):
        return {"place": "", "codes": [], "colleagues": [], "van": "", "back_url": "", "count": 0}
    place, codes, colleagues = data.get("place", ""), codes_in(data), codes_in(data, "colleague")
    return {
        "place": place,
        "codes": codes,
        "colleagues": colleagues,
        "count": len(codes) + len(colleagues),
        "van": group,
        "back_url": with_people(_check_url(group), place, codes, colleagues),
    }


def _check_url(group: str) -> str:
    return reverse("consent:staff.check", args=[group])


def _group_row(group: Any, taken: dict[str, Any]) -> dict[str, Any]:
    url = with_people(_check_url(group.code), taken["place"], taken["codes"], taken["colleagues"])
    return {
        "name": group.name,
        "school": group.school.name,
        "school_id": group.school_id,
        "count": group.count,
        "url": url,
        "places": [],
    }


def _with_places(own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Group and place in one tap: six taps for five children of the own group."""
    places = list(purposes_on(current().today).prefetch_related(None)) if own else []
    for row in own:
        row["places"] = [
            {"label": place.short_label, "icon": place.layer, "url": with_people(row["url"], place.slug, [])}
            for place in places
            if place.school_id in (None, row["school_id"])
        ]
    return own


def _hit_row(hit: GroupMembership, taken: dict[str, Any]) -> dict[str, str]:
    codes = dict.fromkeys([*taken["codes"], hit.pupil.code])
    return {
        "name": hit.pupil.short_name,
        "group": hit.group.name,
        "school": hit.group.school.name,
        "url": with_people(_check_url(hit.group.code), taken["place"], codes, taken["colleagues"]),
    }


def _colleague_rows(request: HttpRequest, query: str, taken: dict[str, Any]) -> list[dict[str, str]]:
    """Colleagues with such a name, each back on the check that somebody comes from."""
    if not (query and taken["van"]):
        return []
    found = find_staff(query, schools_of(checking_roles(request.portal.roles)), current().today)
    record_reading(Reading.PEOPLE_SEARCH, [person.id for person in found])
    here, place, codes = _check_url(taken["van"]), taken["place"], taken["codes"]
    return [
        {
            "name": person.full_name,
            "url": with_people(here, place, codes, dict.fromkeys([*taken["colleagues"], person.code])),
        }
        for person in found
    ]


def _by_school(seen: list[Any], taken: dict[str, Any]) -> list[dict[str, Any]]:
    schools: dict[str, list[dict[str, Any]]] = {}
    for group in seen:
        schools.setdefault(group.school.name, []).append(_group_row(group, taken))
    return [{"name": name, "groups": rows} for name, rows in schools.items()]
