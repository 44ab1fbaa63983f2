"""What the council decided, and putting a version in force: two acts that readers can rely on for years."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ledger.acting import current
from ledger.domain.once import once
from policies.choices import Audience, Origin, Outcome
from policies.domain.council import DecisionRefused, record_decision
from policies.domain.papers import council_line
from policies.domain.publish import PublishRefused, publish
from policies.domain.text import facts_of, hash_of
from policies.forms import CouncilForm, PublishForm
from policies.models import CouncilDecision, Version
from policies.querysets import decision_of, version_in_force
from policies.rules import is_covered, why_not_publish
from schools.models import School

from .room import see, version_to_change, words_of
from .words import decision_rows, earliest_day

NEEDS_COUNCIL = {"no_decision", "refused", "not_covered"}
FIELD_OF = {
    "needs_council": "council",
    "needs_date": "decided_on",
    "in_future": "decided_on",
    "unknown_is_for_before": "outcome",
}
ABOUT_THE_DAY = {"before_decision", "in_past", "not_before"}


@require_http_methods(["GET", "HEAD", "POST"])
def council(request: HttpRequest, code: str) -> HttpResponse:
    """Register what the council decided about the text of this moment; every decision is kept."""
    version = version_to_change(request, code)
    if request.method != "POST":
        last = decision_of(version)
        initial = {"key": uuid4(), "council": last.council if last else ""}
        return _council_page(request, version, CouncilForm(origin=version.origin, initial=initial))
    form = CouncilForm(request.POST, origin=version.origin)
    if request.POST.get("seen") != hash_of(version):
        words = _("The text was corrected while you were here. Check that the council saw this text.")
        form.add_error(None, words)
        return _council_page(request, version, form, status=409)
    if form.is_valid():
        key, of = form.cleaned_data["key"], _digest(request, form)
        try:
            url = once(key, lambda: _registered(request, version, form), of=of)
        except DecisionRefused as refused:
            form.add_error(FIELD_OF.get(refused.code), words_of(refused))
        else:
            messages.success(request, _("The decision was registered."))
            return see(url)
    return _council_page(request, version, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def put_in_force(request: HttpRequest, code: str) -> HttpResponse:
    """The day; then by name what will happen; then it happens, and cannot be undone."""
    version = version_to_change(request, code)
    if request.method != "POST":
        return _publish_page(request, version, PublishForm(), refused=_why_not_yet(version))
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _publish_page(request, version, form, status=422)
    day = form.cleaned_data["in_force_on"]
    is_sure = request.POST.get("sure") == "1" and request.POST.get("seen") == facts_of(version).sha256
    try:
        if is_sure or version.frozen_at:
            url = once(
                form.cleaned_data["key"],
                lambda: _published(request, version, day),
                of=f"{request.path}:{day}",
            )
            messages.success(request, _("Done. The text is fixed, and the PDFs are being made."))
            return see(url)
        _refuse_if_not_possible(version, day)
    except PublishRefused as refused:
        return _publish_page(request, version, form, refused=refused, status=422)
    return _publish_page(request, version, form, will=_what_will_happen(version, day))


def _registered(request: HttpRequest, version: Version, form: CouncilForm) -> str:
    clean = form.cleaned_data
    record_decision(
        version=version,
        council=clean["council"],
        outcome=clean["outcome"],
        decided_on=clean["decided_on"],
        minutes=clean["minutes"],
        by=request.portal.person,
        seen=request.POST["seen"],
    )
    return reverse("policies:admins.version", args=[version.code])


def _published(request: HttpRequest, version: Version, day: date) -> str:
    publish(version=version, in_force_on=day, by=request.portal.person)
    return reverse("policies:admins.version", args=[version.code])


def _digest(request: HttpRequest, form: CouncilForm) -> str:
    clean = form.cleaned_data
    words = [str(clean[name]) for name in ("council", "outcome", "decided_on", "minutes")]
    return f"{request.path}:{words}"


def _refuse_if_not_possible(version: Version, day: date) -> None:
    if code := why_not_publish(facts_of(version), day, today=current().today):
        raise PublishRefused(code)


def _why_not_yet(version: Version) -> PublishRefused | None:
    """What stands in the way whatever the day is: said before somebody chooses one."""
    facts = facts_of(version)
    code = why_not_publish(facts, earliest_day(facts, current().today), today=current().today)
    return PublishRefused(code) if code else None


def _what_will_happen(version: Version, day: date) -> dict[str, Any]:
    schools = School.objects.count()
    before, sha256 = version_in_force(day), facts_of(version).sha256
    return {
        "day": day,
        "schools": schools,
        "documents": schools * (1 + len(Audience)),
        "replaces": before.number if before else "",
        "council": council_line(version),
        "mark": sha256[:12],
        "mark_full": sha256,
    }


def _publish_page(
    request: HttpRequest,
    version: Version,
    form: PublishForm,
    *,
    will: dict[str, Any] | None = None,
    refused: PublishRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    needs_council = refused is not None and refused.code in NEEDS_COUNCIL
    context = {
        "version": version,
        "form": form,
        "will": will,
        "refused": words_of(refused) if refused else "",
        "has_errors": status != 200,
        "help_url": reverse("policies:admins.council", args=[version.code]) if needs_council else "",
        "may_choose": refused is None or refused.code in ABOUT_THE_DAY,
    }
    return render(request, "policies/admins/publish.html", context, status=status)


def _may_be_found_later(version: Version, known: CouncilDecision | None) -> bool:
    """An unknown decision about a text from before the portal may still turn up on paper (P2)."""
    return version.origin == Origin.BEFORE and known is not None and known.outcome == Outcome.UNKNOWN


def _council_page(
    request: HttpRequest, version: Version, form: CouncilForm, status: int = 200
) -> HttpResponse:
    facts = facts_of(version)
    own = CouncilDecision.objects.filter(version=version).select_related("recorded_by").order_by("-id")
    decisions = list(own)
    kept = decision_of(version)
    if kept is not None and kept.version_id != version.id:
        decisions.append(kept)
    context = {
        "version": version,
        "form": form,
        "decisions": decision_rows(decisions, version),
        "may_register": version.frozen_at is None or _may_be_found_later(version, kept),
        "mark": facts.sha256[:12],
        "mark_full": facts.sha256,
        "is_not_covered": facts.decided is not None and not is_covered(facts),
    }
    return render(request, "policies/admins/council.html", context, status=status)
