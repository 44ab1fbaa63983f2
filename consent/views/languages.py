"""Who has read which translation: the administrator writes it down, and the mark goes (UX-P13)."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from consent.domain.languages import AlreadyRead, Translation, approve_language, translations
from consent.forms import LanguageForm
from consent.rules import may_ask_parents
from ledger.domain.once import once


@require_http_methods(["GET", "HEAD", "POST"])
def languages(request: HttpRequest) -> HttpResponse:
    """GET: each translation, with its reader or the word concept. POST: this one has been read, by that person."""
    if not may_ask_parents(request.portal.roles):
        raise Http404
    known = translations()
    if request.method != "POST":
        return _page(request, known, LanguageForm(languages=_to_read(known)))
    form = LanguageForm(request.POST, languages=_to_read(known, with_read=True))
    if not form.is_valid():
        return _page(request, known, form, status=422)
    said = form.cleaned_data

    def act() -> str:
        approve_language(language=said["language"], reader=said["reader"])
        return reverse("consent:admins.languages")

    try:
        url = once(said["key"], act, of=f"language {said['language']} {said['reader']}")
    except AlreadyRead as refusal:
        form.add_error("language", refusal.message)
        return _page(request, known, form, status=409)
    return HttpResponseRedirect(f"{url}?gelezen={said['language']}", status=303)


def _to_read(known: list[Translation], *, with_read: bool = False) -> list[tuple[str, str]]:
    """What may be chosen; a posted form may also name one that a colleague was just ahead with."""
    names = dict(settings.LANGUAGES)
    return [(one.code, names[one.code]) for one in known if with_read or one.read is None]


def _page(
    request: HttpRequest, known: list[Translation], form: LanguageForm, status: int = 200
) -> HttpResponse:
    names = dict(settings.LANGUAGES)
    rows: list[dict[str, Any]] = [
        {"code": one.code, "name": names[one.code], "parents": one.parents, "read": one.read} for one in known
    ]
    if form.is_bound:
        form.renew()
    context = {
        "form": form if _to_read(known) else None,
        "rows": rows,
        "just_read": names.get(request.GET.get("gelezen", ""), ""),
        "has_errors": bool(form.errors),
    }
    return render(request, "consent/admins/languages.html", context, status=status)
