"""The chapters of a version as a list: add one, put it in another place, take it away."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ledger.domain.once import once
from ledger.refusal import Refusal
from policies.domain.correct import add_chapter, move_chapter, remove_chapter
from policies.forms import ChapterTitleForm, EditsForm
from policies.models import Chapter
from schools.forms import KeyForm

from .admins import version_page
from .room import see, version_to_change, words_of


@require_POST
def chapter_add(request: HttpRequest, code: str) -> HttpResponse:
    """A new chapter at the end, still empty; the next page is where it is written."""
    version = version_to_change(request, code)
    form = ChapterTitleForm(request.POST)

    def act() -> str:
        clean = form.cleaned_data
        made = add_chapter(
            version=version, title=clean["title"], edits=clean["edits"], by=request.portal.person
        )
        return reverse("policies:admins.chapter", args=[version.code, made.key])

    if form.is_valid():
        try:
            return see(once(form.cleaned_data["key"], act, of=f"{request.path}:{form.cleaned_data['title']}"))
        except Refusal as refused:
            again = {
                "title": form.cleaned_data["title"],
                "edits": version.edits,
                "key": KeyForm().initial["key"],
            }
            more = {"stopped": words_of(refused), "add_form": ChapterTitleForm(initial=again)}
            return version_page(request, version, more, status=409)
    return version_page(request, version, {"add_form": form}, status=422)


@require_POST
def chapter_move(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """One place up or down."""
    version = version_to_change(request, code)
    chapter = get_object_or_404(Chapter, version=version, key=key)
    form, do = EditsForm(request.POST), request.POST.get("do", "")
    here = reverse("policies:admins.version", args=[version.code])

    def act() -> str:
        edits = form.cleaned_data["edits"]
        move_chapter(chapter=chapter, places=-1 if do == "up" else 1, edits=edits, by=request.portal.person)
        return here

    if not form.is_valid() or do not in {"up", "down"}:
        return version_page(request, version, {"stopped": _("Choose up or down.")}, status=422)
    try:
        return see(once(form.cleaned_data["key"], act, of=f"{request.path}:{do}"))
    except Refusal as refused:
        return version_page(request, version, {"stopped": words_of(refused)}, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def chapter_remove(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """What will go, by name; and then it goes."""
    version = version_to_change(request, code)
    chapter = get_object_or_404(Chapter.objects.prefetch_related("blocks"), version=version, key=key)
    form, refused_words, status = EditsForm(request.POST or None), "", 200

    def act() -> str:
        edits = form.cleaned_data["edits"]
        remove_chapter(chapter=chapter, edits=edits, by=request.portal.person)
        return reverse("policies:admins.version", args=[version.code])

    if request.method == "POST":
        refused_words, status = _("Something was missing. Try again."), 422
        if form.is_valid():
            try:
                return see(once(form.cleaned_data["key"], act, of=request.path))
            except Refusal as refused:
                refused_words, status = words_of(refused), 409
    context = {"version": version, "chapter": chapter, "parts": len(chapter.blocks.all())}
    context |= {"form": KeyForm(), "refused": refused_words, "has_errors": status != 200}
    return render(request, "policies/admins/chapter_remove.html", context, status=status)
