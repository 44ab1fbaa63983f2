"""How far the PDFs of a version are, and trying again what could not be made."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ledger.domain.once import once
from policies.domain.documents import ask_documents, progress_of
from policies.models import Version
from schools.forms import KeyForm

from .room import see, version_to_change


def documents_context(version: Version) -> dict[str, Any]:
    """None in all: nothing was asked (a concept), and the page shows no bar."""
    ready, failed, everything = progress_of(version)
    numbers = {"ready": ready, "failed": failed, "all": everything, "is_busy": ready + failed < everything}
    return {
        "documents": numbers if everything else None,
        "documents_url": reverse("policies:admins.documents", args=[version.code]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, code: str) -> HttpResponse:
    """With htmx only the bar; without, the page of the version. A POST asks again for what failed."""
    version = version_to_change(request, code)
    here = reverse("policies:admins.version", args=[version.code])
    if request.method == "POST":
        form = KeyForm(request.POST)
        if form.is_valid() and version.frozen_at:
            once(form.cleaned_data["key"], lambda: str(ask_documents(version, again=True)), of=request.path)
        return see(f"{here}#documenten")
    if not request.htmx:
        return see(f"{here}#documenten")
    context = documents_context(version) | {"version": version, "key_form": KeyForm()}
    return render(request, "policies/admins/_documents.html", context)
