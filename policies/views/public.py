"""What everybody may read of a school: summaries and full text in HTML first, PDF second (P6, UX-U1)."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from ledger.acting import current
from policies.choices import Audience, DocumentKind, DocumentState
from policies.domain import papers
from policies.domain.documents import latest_document
from policies.models import Document, Version
from policies.querysets import (
    for_readers,
    ladder_on,
    older_versions,
    summary_text,
    version_in_force,
    versions_in_force_order,
)
from schools.models import School

PDF_SECONDS = 300
RETRY_SECONDS = 30


@login_not_required
@require_safe
def foundation_page(request: HttpRequest, foundation: str) -> HttpResponse:
    """The schools of a foundation; words of the portal itself ("beheer") are no foundation."""
    _only_public(request)
    return render(
        request, "policies/public/foundation.html", {"schools": list(School.objects.order_by("name", "id"))}
    )


@login_not_required
@require_safe
def school_page(request: HttpRequest, foundation: str, school: str) -> HttpResponse:
    """The three summaries with the measures, who to talk to, the full text, and the way to report something."""
    place = _school(request, school)
    today = current().today
    version = version_in_force(today)
    planned = versions_in_force_order().filter(in_force_on__gt=today)
    return render(
        request,
        "policies/public/school.html",
        {
            **_around(place, version),
            "summaries": [_summary(version, place, audience) for audience in Audience] if version else [],
            "people": papers.people_to_talk_to(place, today),
            "report_url": _report_url(place),
            "older": older_versions(today),
            "planned": list(planned),
        },
    )


@login_not_required
@require_safe
def protocol(request: HttpRequest, foundation: str, school: str, number: str = "") -> HttpResponse:
    """The full text of the version in force, or of the one with this number; an older or planned one says so."""
    place = _school(request, school)
    today = current().today
    in_force = version_in_force(today)
    version = _version(number) if number else in_force
    if version is None:
        raise Http404
    text = for_readers(version.frozen.text, version.foundation, place)
    return render(
        request,
        "policies/public/protocol.html",
        {
            **_around(place, version),
            "title": text["title"],
            "chapters": papers.chapters_of(text),
            "in_force": in_force,
            "is_current": version == in_force,
            "is_planned": bool(version.in_force_on and version.in_force_on > today),
            "address": request.build_absolute_uri(request.path),
        },
    )


@login_not_required
@require_safe
def protocol_pdf(request: HttpRequest, foundation: str, school: str, number: str = "") -> HttpResponse:
    """The full text as PDF; while it is not made yet a page that says so, with the text in HTML."""
    place = _school(request, school)
    version = _version(number) if number else version_in_force(current().today)
    if version is None:
        raise Http404
    text_url = _url("version" if number else "protocol", place, **({"number": number} if number else {}))
    return _given_out(request, place, version, DocumentKind.PROTOCOL, "", text_url)


@login_not_required
@require_safe
def summary_pdf(request: HttpRequest, foundation: str, school: str, audience: str) -> HttpResponse:
    """One sheet for pupils, staff or parents, with the school's own people (P5)."""
    place = _school(request, school)
    version = version_in_force(current().today)
    if version is None or audience not in Audience.values:
        raise Http404
    text_url = f"{_url('school', place)}#{audience}"
    return _given_out(request, place, version, DocumentKind.SUMMARY, audience, text_url)


def _only_public(request: HttpRequest) -> None:
    if request.portal.audience != "school":  # type: ignore[attr-defined]
        raise Http404


def _school(request: HttpRequest, slug: str) -> School:
    """A school of the foundation that the address names; others do not exist here."""
    _only_public(request)
    return get_object_or_404(School.objects.select_related("foundation"), slug=slug)


def _version(number: str) -> Version:
    """A version that was put in force under this number, planned ones included; a concept does not exist here."""
    version = versions_in_force_order().filter(number=number).first() if "\x00" not in number else None
    if version is None:
        raise Http404
    return version


def _around(school: School, version: Version | None) -> dict[str, Any]:
    foundation = school.foundation
    return {
        "school": school,
        "version": version,
        "header_name": school.name,
        "home_url": _url("school", school),
        "help_contact": {
            "name": school.name,
            "phone": school.phone or foundation.help_phone,
            "email": foundation.help_email,
        },
        "council": papers.council_line(version) if version else "",
        "force": papers.force_line(version) if version else "",
    }


def _summary(version: Version, school: School, audience: Audience) -> dict[str, Any]:
    today = current().today
    document = latest_document(version, school, DocumentKind.SUMMARY, audience)
    return {
        "audience": str(audience),
        "lines": papers.lines_of(summary_text(version, school, audience)),
        "measures": papers.measures_of(ladder_on(audience, today)),
        "pdf_url": _url("summary_pdf", school, audience=str(audience)),
        "is_ready": document is not None and document.state == DocumentState.READY,
    }


def _given_out(
    request: HttpRequest, school: School, version: Version, kind: str, audience: str, text_url: str
) -> HttpResponse:
    document = latest_document(version, school, kind, audience)
    if document is None or document.state != DocumentState.READY:
        return _not_yet(request, school, version, document, text_url)
    etag = quote_etag(document.sha256)
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(bytes(document.pdf or b""), content_type="application/pdf")
        name = "-".join(filter(None, [school.slug, str(kind), audience, version.number])).replace('"', "")
        response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={PDF_SECONDS}"
    return response


def _not_yet(
    request: HttpRequest, school: School, version: Version, document: Document | None, text_url: str
) -> HttpResponse:
    """Never an error: the text is there, the PDF comes; browsers and search engines may try again (503)."""
    has_failed = document is not None and document.state == DocumentState.FAILED
    context = {**_around(school, version), "text_url": text_url, "has_failed": has_failed}
    response = render(request, "policies/public/not_yet.html", context, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _url(name: str, school: School, **more: str) -> str:
    place = {"foundation": school.foundation.slug, "school": school.slug}
    return reverse(f"policies:public.{name}", kwargs={**place, **more})


def _report_url(school: School) -> str:
    """Reporting stands in an app above this one; its page is found by name alone."""
    place = {"foundation": school.foundation.slug, "school": school.slug}
    try:
        return reverse("incidents:public.explain", kwargs=place)
    except NoReverseMatch:
        return ""
