"""The summaries for pupils, staff and parents: what all schools start from, and the own text of a school (P5)."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ledger.domain.once import once
from ledger.refusal import Refusal
from policies.choices import Audience, DocumentKind, DocumentState
from policies.domain.correct import EditedMeanwhile
from policies.domain.documents import latest_document
from policies.domain.papers import lines_of
from policies.domain.summaries import change_summary
from policies.forms import SummaryForm
from policies.models import Summary, Version
from policies.querysets import filled, summary_of
from schools.models import School

from .room import see, version_to_change, words_of
from .words import schools_in_order, summary_word


@dataclass(frozen=True, slots=True)
class Desk:
    """Which summary is on the desk: of one school, or (None) what all schools start from."""

    version: Version
    audience: str
    school: School | None
    schools: list[School]

    @property
    def stored(self) -> Summary | None:
        return summary_of(self.version, self.school, self.audience)

    @property
    def here(self) -> str:
        return _address(self.version, self.audience, self.school)


@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: HttpRequest, code: str, audience: str) -> HttpResponse:
    """One summary in a box of plain lines, with how readers get it below; `?school=` is that of one school."""
    version = version_to_change(request, code)
    if audience not in Audience.values:
        raise Http404
    schools = schools_in_order()
    desk = Desk(version, audience, _school_asked(request, schools), schools)
    if request.method != "POST":
        stored = desk.stored
        text = stored.text if stored else ""
        initial = {"key": uuid4(), "edits": _own_edits(stored, desk.school), "text": text}
        return _page(request, desk, SummaryForm(initial=initial))
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, form, status=422)
    if request.POST.get("do") == "look":
        return _page(request, desk, form, {"is_unsaved": True})
    return _saved(request, desk, form)


def _saved(request: HttpRequest, desk: Desk, form: SummaryForm) -> HttpResponse:
    """Saved and shown again; or told why not, with what was typed still in the box."""
    clean = form.cleaned_data
    try:
        url = once(clean["key"], lambda: _save(request, desk, clean), of=f"{desk.here}:{clean['text']}")
    except EditedMeanwhile:
        now = desk.stored
        again = {"key": uuid4(), "edits": _own_edits(now, desk.school), "text": clean["text"]}
        more = {"theirs": now.text if now else "", "has_errors": True}
        return _page(request, desk, SummaryForm(initial=again), more, status=409)
    except Refusal as refused:
        form.add_error("text", words_of(refused))
        return _page(request, desk, form, status=422)
    messages.success(request, _("Saved."))
    return see(url)


def _save(request: HttpRequest, desk: Desk, clean: dict[str, Any]) -> str:
    change_summary(
        version=desk.version,
        school=desk.school,
        audience=Audience(desk.audience),
        text=clean["text"],
        edits=clean["edits"],
        by=request.portal.person,
    )
    return desk.here


def _own_edits(stored: Summary | None, school: School | None) -> int:
    """A school that has no text of its own yet starts at nought, whatever the text of all schools counts."""
    is_own = stored is not None and stored.school_id == (school.id if school else None)
    return stored.edits if stored and is_own else 0


def _school_asked(request: HttpRequest, schools: list[School]) -> School | None:
    wanted = request.GET.get("school", "")
    found = next((one for one in schools if one.slug == wanted), None)
    if wanted and found is None:
        raise Http404
    return found


def _address(version: Version, audience: str, school: School | None) -> str:
    here = reverse("policies:admins.summary", args=[version.code, audience])
    return f"{here}?school={school.slug}" if school else here


def _page(
    request: HttpRequest,
    desk: Desk,
    form: SummaryForm,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    version, school = desk.version, desk.school
    reader = school or (desk.schools[0] if desk.schools else None)
    rows = Summary.objects.filter(version=version, audience=desk.audience)
    own = set(rows.values_list("school_id", flat=True))
    context = {
        "version": version,
        "word": summary_word(desk.audience),
        "school": school,
        "school_links": _school_links(desk, own),
        "form": form,
        "action": desk.here,
        "lines": lines_of(filled(str(form["text"].value() or ""), version.foundation, reader)),
        "preview_name": reader.name if reader else version.foundation.name,
        "starts_from_foundation": school is not None and school.id not in own,
        "pdf": _pdf(desk),
    }
    context |= {"theirs": None, "is_unsaved": False} | (more or {})
    return render(request, "policies/admins/summary.html", context, status=status)


def _school_links(desk: Desk, own: set[int | None]) -> list[dict[str, Any]]:
    """All schools first, then each one by name; whether it has a text of its own."""
    return [
        {
            "url": _address(desk.version, desk.audience, one),
            "name": one.name if one else _("All schools"),
            "current": one == desk.school,
            "own": one is not None and one.id in own,
        }
        for one in [None, *desk.schools]
    ]


def _pdf(desk: Desk) -> dict[str, str] | None:
    """Where the school's PDF is, or why it is not there yet; nothing before the version is fixed."""
    school = desk.school
    if school is None or desk.version.frozen_at is None:
        return None
    document = latest_document(desk.version, school, DocumentKind.SUMMARY, desk.audience)
    if document is None:
        return {"url": "", "words": _("The PDF was not asked for yet.")}
    if document.state != DocumentState.READY:
        words = {
            DocumentState.WAITING: _("The PDF is being made."),
            DocumentState.FAILED: _("The PDF could not be made. Try again on the page of the version."),
        }
        return {"url": "", "words": words[DocumentState(document.state)]}
    url = reverse("policies:public.summary_pdf", args=[school.foundation.slug, school.slug, desk.audience])
    return {"url": url, "words": _("Open the PDF")}
