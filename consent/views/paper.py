"""Forms on paper: the desk where a code or a name is looked up, and the forms that are printed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from consent.domain.papers import NobodyToPrint, Sheet, print_forms, sheets_for, sheets_for_group
from consent.domain.piles import MOST_ATTEMPTS
from consent.forms import KeyForm
from consent.models import PaperPile, Scan
from consent.rules import kiosk_schools, paper_roles, spoken_roles
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.models import Group
from schools.querysets import find_pupils

from .paper_room import all_groups, child_to_enter, form_with, groups_in_reach, looks_like_code, room_of
from .saved import children_in, saved_just_now, saved_words


@require_safe
@reading_is_recorded
def desk(request: HttpRequest) -> HttpResponse:
    """One box for a code or a name; below it the groups to print for. A code leads straight to its form."""
    room_of(request)
    roles = request.portal.roles
    query = request.GET.get("q", "").replace("\0", "").strip()[:60]
    code = query.replace(" ", "").replace("-", "").upper()
    if looks_like_code(code) and form_with(request, code) is not None:
        record_reading(Reading.PUPIL_SEARCH, [])
        return redirect("consent:paper.form", code=code)
    group_ids = [group.id for group in groups_in_reach(spoken_roles(roles))]
    hits = find_pupils(query, group_ids) if query and group_ids else []
    done = saved_just_now(request)
    record_reading(Reading.PUPIL_SEARCH, [hit.pupil_id for hit in hits] + children_in(done))
    context = {
        "query": query,
        "hits": [_hit(hit) for hit in hits],
        "done": saved_words(done),
        "may_enter": bool(spoken_roles(roles)),
        "may_start_tablet": bool(kiosk_schools(roles)),
        "may_scan": bool(paper_roles(roles)),
        "groups": all_groups(request),
        "key_form": KeyForm(),
        "has_nobody": "niemand" in request.GET,
    }
    return render(request, "consent/staff/paper.html", context)


@require_POST
def print_group(request: HttpRequest) -> HttpResponse:
    """Forms for a group, or (`child`) for one pupil; leads to the page where the PDF appears."""
    room_of(request)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("consent:paper.desk"), status=303)
    sheets, group = _sheets(request)
    said = f"print {request.POST.get('group', '')} {request.POST.get('child', '')} {len(sheets)}"
    try:
        code = once(
            form.cleaned_data["key"],
            lambda: print_forms(sheets=sheets, by=request.portal.person, group=group).code,
            of=said,
        )
    except NobodyToPrint:
        return HttpResponseRedirect(f"{reverse('consent:paper.desk')}?niemand=1", status=303)
    return HttpResponseRedirect(reverse("consent:paper.pile", args=[code]), status=303)


@require_safe
def pile(request: HttpRequest, code: str) -> HttpResponse:
    """The forms that I asked for: being made, ready to print, or not made."""
    mine = _pile(request, code)
    context = {
        "pile": mine,
        "count": mine.forms.count(),
        "is_ready": mine.made_at is not None and bool(mine.pdf),
        "is_gone": mine.made_at is not None and not mine.pdf,
        "is_failed": mine.made_at is None and mine.attempts >= MOST_ATTEMPTS,
        "is_busy": mine.made_at is None and mine.attempts < MOST_ATTEMPTS,
    }
    name = "consent/staff/_pile.html" if request.htmx else "consent/staff/pile.html"
    return render(request, name, context)


@require_safe
@reading_is_recorded
def pile_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The PDF itself, to print; it names children, so it is written down whom it shows."""
    mine = _pile(request, code)
    if not mine.pdf:
        raise Http404
    record_reading(Reading.PUPIL_SEARCH, mine.forms.order_by().values_list("pupil_id", flat=True))
    response = HttpResponse(bytes(mine.pdf), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="formulieren-{mine.code}.pdf"'
    return response


@require_safe
@reading_is_recorded
def scan(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The paper as it was scanned, for who enters paper for that school; who looked is written down."""
    room_of(request)
    form = form_with(request, code) if looks_like_code(code) else None
    scans = list(Scan.objects.filter(submission__form=form).order_by("id")) if form else []
    if form is None or not 1 <= number <= len(scans):
        raise Http404
    record_reading(Reading.PROOF, [form.pupil_id])
    kept = scans[number - 1]
    response = HttpResponse(bytes(kept.content), content_type=kept.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="scan-{form.code}-{number}"'
    return response


def _pile(request: HttpRequest, code: str) -> PaperPile:
    """Only of who asked for it: a colleague prints their own."""
    room_of(request)
    return get_object_or_404(
        PaperPile.objects.select_related("group__school", "round", "school"),
        code=code,
        asked_by=request.portal.person,
    )


def _sheets(request: HttpRequest) -> tuple[list[Sheet], Group | None]:
    if code := request.POST.get("child", ""):
        child = child_to_enter(request, code, paper_roles(request.portal.roles))
        if request.POST.get("blank"):
            return [Sheet(child, None, "nl")], None
        return sheets_for([child]), None
    wanted = request.POST.get("group", "")
    group = next((group for group in all_groups(request) if group.code == wanted), None)
    if group is None:
        raise Http404
    return sheets_for_group(group, only_silent=bool(request.POST.get("silent"))), group


def _hit(hit: Any) -> dict[str, str]:
    return {
        "name": hit.pupil.short_name,
        "group": hit.group.name,
        "school": hit.group.school.name,
        "url": reverse("consent:paper.child", args=[hit.pupil.code]),
    }
