"""The proof of choices, for the data protection officer and nobody else: find a pupil, say why, see everything."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from consent.domain.proof import give_proof, opened_for, proof_about
from consent.domain.record_json import consent_record
from consent.forms import ReasonForm
from consent.models import Purpose
from consent.rules import may_see_proof
from ledger.acting import current
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from notices.pdf import PdfFailed, render_pdf
from schools.models import Pupil
from schools.querysets import group_names, named

from .proof_words import moment, proof_words

FEWEST_LETTERS, MOST_LETTERS, MOST = 2, 60, 30
# Together less than a request may take (30 seconds); on a quiet machine it is one second.
PDF_SECONDS, START_SECONDS = 15.0, 10.0
RETRY_SECONDS = "60"
LANGUAGE = "nl"


@require_safe
@reading_is_recorded
def search(request: HttpRequest) -> HttpResponse:
    """Every pupil of the foundation with such a name, also who has left."""
    _only_the_officer(request)
    query = request.GET.get("q", "").replace("\0", "").strip()[:MOST_LETTERS]
    is_enough = len(query.replace(" ", "")) >= FEWEST_LETTERS
    order = ("call_name", "surname", "id")
    found = list(Pupil.objects.filter(named(query)).order_by(*order)[: MOST + 1]) if is_enough else []
    pupils = found[:MOST]
    record_reading(Reading.PUPIL_SEARCH, [pupil.id for pupil in pupils])
    groups = group_names([pupil.id for pupil in pupils], current().today)
    context = {
        "query": query,
        "is_too_short": bool(query) and not is_enough,
        "is_too_many": len(found) > MOST,
        "most": MOST,
        "pupils": [
            {"name": pupil.full_name, "where": groups.get(pupil.id, ""), "url": _url("pupil", pupil)}
            for pupil in pupils
        ],
    }
    return render(request, "consent/dpo/search.html", context)


@require_safe
@reading_is_recorded
def pupil(request: HttpRequest, child: str) -> HttpResponse:
    """First the reason; then, for an hour, every answer about this pupil and what became of it."""
    found = _pupil(request, child)
    is_open = opened_for(found) is not None
    record_reading(Reading.PROOF if is_open else Reading.PUPIL_SEARCH, [found.id])
    if not is_open:
        return _ask_why(request, found, ReasonForm())
    words = proof_words(proof_about(found))
    exports = [
        {"title": row["title"], "url": reverse("consent:dpo.record", args=[found.code, row["slug"]])}
        for row in words["purposes"]
    ]
    context = {"pupil": found, "proof": words, "pdf_url": _url("pdf", found), "exports": exports}
    return render(request, "consent/dpo/proof.html", context)


@require_POST
def reason(request: HttpRequest, child: str) -> HttpResponse:
    """Keep the reason in the ledger and go on to the proof."""
    found, form = _pupil(request, child), ReasonForm(request.POST)
    if not form.is_valid():
        return _ask_why(request, found, form, status=422)
    words = form.cleaned_data["reason"]

    def act() -> str:
        give_proof(found, reason=words)
        return _url("pupil", found)

    return HttpResponseRedirect(
        once(form.cleaned_data["key"], act, of=f"proof {found.id} {words}"), status=303
    )


@require_safe
@reading_is_recorded
def pdf(request: HttpRequest, child: str) -> HttpResponse:
    """The same on paper, with who printed it and when; without a reason back to where it is asked."""
    found = _pupil(request, child)
    if opened_for(found) is None:
        return redirect(_url("pupil", found))
    record_reading(Reading.PROOF, [found.id])
    try:
        made = render_pdf(
            _paper(request, found), language=LANGUAGE, seconds=PDF_SECONDS, start_seconds=START_SECONDS
        )
    except PdfFailed:
        response = render(request, "consent/dpo/not_now.html", {"back_url": _url("pupil", found)}, status=503)
        response["Retry-After"] = RETRY_SECONDS
        return response
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="bewijs-{found.code}.pdf"'
    return response


@require_safe
@reading_is_recorded
def record(request: HttpRequest, child: str, purpose: str) -> HttpResponse:
    """One consent record for another system or an inspector (ISO/IEC TS 27560:2023)."""
    found = _pupil(request, child)
    asked = get_object_or_404(Purpose, slug=purpose)
    if opened_for(found) is None:
        return redirect(_url("pupil", found))
    record_reading(Reading.PROOF, [found.id])
    options = {"ensure_ascii": False, "indent": 2}
    response = JsonResponse(consent_record(found, asked), json_dumps_params=options)
    response["Content-Disposition"] = f'attachment; filename="{found.code}-{asked.slug}.json"'
    return response


def _only_the_officer(request: HttpRequest) -> None:
    """For everybody else this room does not exist."""
    if not may_see_proof(request.portal.roles):  # type: ignore[attr-defined]
        raise Http404


def _pupil(request: HttpRequest, code: str) -> Pupil:
    _only_the_officer(request)
    return get_object_or_404(Pupil, code=code)


def _url(page: str, pupil: Pupil) -> str:
    return reverse(f"consent:dpo.{page}", args=[pupil.code])


def _ask_why(request: HttpRequest, pupil: Pupil, form: ReasonForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"pupil": pupil, "form": form, "action": _url("reason", pupil)}
    return render(request, "consent/dpo/reason.html", context, status=status)


def _paper(request: HttpRequest, pupil: Pupil) -> str:
    """Dutch, whatever the language of the screen: it is for a file, an inspector, a court."""
    portal = request.portal  # type: ignore[attr-defined]
    with translation.override(LANGUAGE):
        context = {
            "proof": proof_words(proof_about(pupil)),
            "pupil": pupil,
            "foundation": portal.foundation,
            "by": portal.person.full_name,
            "at": moment(current().now),
        }
        return render_to_string("consent/pdf/proof.html", context)
