"""The administrator's room of the protocol: what is in force, what is being made, and one version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ledger.acting import current
from ledger.domain.once import once
from ledger.refusal import Refusal
from policies.domain.bring_in import bring_in, next_version
from policies.domain.papers import chapters_of, council_line
from policies.domain.reading import FileRefused, read_file
from policies.domain.text import facts_of, text_of
from policies.forms import BringInForm, ChapterTitleForm, NextVersionForm
from policies.models import Version
from policies.querysets import for_readers
from policies.rules import may_publish, state_on
from schools.forms import KeyForm

from .documents import documents_context
from .lists import protocol_words
from .room import readers_only, see, version_to_change, version_to_read, words_of, writers_only
from .words import chapter_rows, last_change, next_step, schools_in_order, steps_of, summary_rows


@require_safe
def protocol(request: HttpRequest) -> HttpResponse:
    """What is in force now, what is being made with its next step, and what was."""
    readers_only(request)
    context = protocol_words(current().today) | {"may_write": may_publish(request.portal.roles)}
    return render(request, "policies/admins/protocol.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def protocol_new(request: HttpRequest) -> HttpResponse:
    """A text comes in; what could not be read is told at its own box, and what was typed stays."""
    writers_only(request)
    if request.method != "POST":
        return render(request, "policies/admins/protocol_new.html", {"form": BringInForm()})
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    form = BringInForm(request.POST, request.FILES, body_size=size)
    if form.is_valid():
        try:
            code = once(form.cleaned_data["key"], lambda: _brought_in(request, form), of=f"new:{form.digest}")
        except FileRefused as refused:
            form.add_error(form.source_field, words_of(refused))
        except Refusal as refused:
            form.add_error("number", words_of(refused))
        else:
            return see(reverse("policies:admins.version", args=[code]))
    return render(request, "policies/admins/protocol_new.html", {"form": form}, status=422)


@require_safe
def version(request: HttpRequest, code: str) -> HttpResponse:
    """One version: where it stands, what comes next, its chapters, summaries and decisions."""
    return version_page(request, version_to_read(request, code))


@require_safe
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The text as readers of one school get it, before anybody else sees it."""
    found = version_to_read(request, code)
    schools = schools_in_order()
    wanted = request.GET.get("school", "")
    school = next((one for one in schools if one.slug == wanted), schools[0] if schools else None)
    text = for_readers(text_of(found), found.foundation, school)
    context = {
        "version": found,
        "school": school,
        "schools": schools,
        "chapters": chapters_of(text),
        "title": text["title"],
        "council_line": council_line(found),
    }
    return render(request, "policies/admins/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def following(request: HttpRequest, code: str) -> HttpResponse:
    """A copy to go on with: for a typing error, or for more."""
    of = version_to_change(request, code)
    form = NextVersionForm(request.POST or None)

    def act() -> str:
        clean = form.cleaned_data
        return next_version(
            of=of, number=clean["number"], is_minor=clean["is_minor"], by=request.portal.person
        ).code

    if request.method == "POST" and form.is_valid():
        try:
            made = once(form.cleaned_data["key"], act, of=f"{request.path}:{form.cleaned_data['number']}")
        except Refusal as refused:
            form.add_error("number", words_of(refused))
        else:
            return see(reverse("policies:admins.version", args=[made]))
    status = 422 if request.method == "POST" else 200
    return render(request, "policies/admins/next_version.html", {"version": of, "form": form}, status=status)


def version_page(
    request: HttpRequest, found: Version, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a version; `more` holds a refused form and its words."""
    today = current().today
    facts = facts_of(found)
    state, chapters = state_on(facts, today), chapter_rows(found)
    context = {
        "version": found,
        "may_write": may_publish(request.portal.roles),
        "is_frozen": found.frozen_at is not None,
        "steps": steps_of(found, facts, state),
        "next": next_step(found, facts, state, today),
        "chapters": chapters,
        "one_chapter": found.frozen_at is None and len(chapters) == 1 and chapters[0]["parts"] > 1,
        "changed": last_change(found),
        "schools": schools_in_order(),
        "summaries": summary_rows(found),
        "council_line": council_line(found),
        "sha256": found.frozen.sha256 if found.frozen_at else "",
        "add_form": ChapterTitleForm(),
        "key_form": KeyForm(),
        "stopped": "",
    }
    context |= documents_context(found) | (more or {})
    return render(request, "policies/admins/version.html", context, status=status)


def _brought_in(request: HttpRequest, form: BringInForm) -> str:
    clean = form.cleaned_data
    name, data = form.source
    return bring_in(
        title=clean["title"],
        number=clean["number"],
        origin=clean["origin"],
        text=read_file(name, data),
        source_name=name if clean["file"] else "",
        by=request.portal.person,
    ).code
