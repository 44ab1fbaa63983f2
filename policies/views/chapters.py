"""Correcting a chapter by hand: everything works with plain buttons, and nothing that was typed is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ledger.domain.once import once
from ledger.refusal import Refusal
from policies.domain.correct import BlockWords, EditedMeanwhile, add_chapter, correct_chapter
from policies.domain.divide import join_chapter, split_chapter
from policies.forms import BlockForm, ChapterForm
from policies.models import Block, Chapter, Version

from .editor import PART, Row, Typed, fingerprint, rearranged, rows_of, shown_part, typed_rows, unsaved_forms
from .room import see, version_to_change, words_of
from .words import last_change

GONE = "gone"  # what `seen` says when the chapter was taken away while somebody wrote in it
ON_THE_PAGE = {"up", "down", "add", "gone", "back"}


@dataclass(frozen=True, slots=True)
class Desk:
    """The chapter as it is stored now; None when somebody took it away."""

    version: Version
    key: UUID
    chapter: Chapter | None
    blocks: list[Block]

    @property
    def mark(self) -> str:
        return fingerprint(self.chapter, self.blocks) if self.chapter else GONE

    @property
    def here(self) -> str:
        return reverse("policies:admins.chapter", args=[self.version.code, self.key])


@require_http_methods(["GET", "HEAD", "POST"])
def chapter(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """One chapter in boxes. Buttons inside a row change the page only; saving is one act."""
    desk = _desk(request, code, key)
    if request.method != "POST":
        return _stored_page(request, desk)
    do, _colon, place = request.POST.get("do", "save").partition(":")
    at = int(place) if place.isdecimal() and len(place) < 5 else 0
    if do in ON_THE_PAGE:
        rows, _at = rearranged(typed_rows(request.POST), do, at)
        return _typed_page(request, desk, rows, {"is_unsaved": True})
    typed = Typed(request.POST)
    if not typed.is_valid():
        more = {"blocks": typed.blocks, "head": typed.head, "problems": _problems(typed)}
        return _page(request, desk, more, status=422)
    return _saved(request, desk, typed, do, at)


def _saved(request: HttpRequest, desk: Desk, typed: Typed, do: str, at: int) -> HttpResponse:
    """Saved and shown again; or told why not, with everything that was typed still in its box."""

    def act() -> str:
        return _save(request, desk, typed, do, at)

    clean = typed.head.cleaned_data
    if desk.chapter is None and clean["seen"] != GONE:
        words = _(
            "Somebody took this chapter away while you were writing. Saving puts your text back as a new chapter."
        )
        return _typed_page(request, desk, typed.rows, {"stopped": words}, status=409)
    try:
        url = once(clean["key"], act, of=f"{desk.here}:{do}:{at}:{typed.digest}")
    except EditedMeanwhile:
        fresh = _desk(request, desk.version.code, desk.key)
        return _typed_page(
            request, fresh, typed.rows, {"theirs": _theirs(fresh, typed)}, status=409, fresh=True
        )
    except Refusal as refused:
        return _typed_page(request, desk, typed.rows, {"stopped": words_of(refused)}, status=409)
    messages.success(request, _("Saved."))
    return see(url)


def _save(request: HttpRequest, desk: Desk, typed: Typed, do: str, at: int) -> str:
    """Correct the chapter, then divide or join it when that was the button."""
    by, clean = request.portal.person, typed.head.cleaned_data
    edits = desk.version.edits if clean["seen"] == desk.mark else clean["edits"]
    target = desk.chapter or add_chapter(version=desk.version, title=clean["title"], edits=edits, by=by)
    edits += desk.chapter is None
    before, after = typed.around(desk.blocks)
    words = [*_stored_words(before), *_typed_words(typed), *_stored_words(after)]
    correct_chapter(chapter=target, edits=edits, title=clean["title"], blocks=words, by=by)
    if do == "join":
        join_chapter(chapter=target, edits=edits + 1, by=by)
    first = len(before) + typed.kept_before(at) + 1
    if do == "split" and 1 < first <= len(words):
        target = split_chapter(chapter=target, at=first, title=_("New chapter"), edits=edits + 1, by=by)
    return reverse("policies:admins.chapter", args=[desk.version.code, target.key])


def _typed_words(typed: Typed) -> list[BlockWords]:
    return [BlockWords(clean["key"], clean["kind"], clean["number"], clean["text"]) for clean in typed.kept]


def _stored_words(blocks: Sequence[Block]) -> list[BlockWords]:
    return [BlockWords(block.key, block.kind, block.number, block.text) for block in blocks]


def _desk(request: HttpRequest, code: str, key: UUID) -> Desk:
    """GET of a chapter that is not there: 404. A POST keeps what was typed."""
    version = version_to_change(request, code)
    found = Chapter.objects.filter(version=version, key=key).first()
    if found is None and request.method != "POST":
        raise Http404
    return Desk(version, key, found, list(found.blocks.all()) if found else [])


def _stored_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    if desk.version.frozen_at:
        return see(reverse("policies:admins.version", args=[desk.version.code]))
    asked = request.GET.get("van", "")
    start, blocks = shown_part(desk.blocks, int(asked) if asked.isdecimal() and len(asked) < 6 else 0)
    initial = {"key": uuid4(), "edits": desk.version.edits, "seen": desk.mark, "title": desk.chapter.title}
    more = {"head": ChapterForm(initial=initial), "blocks": unsaved_forms(rows_of(blocks))}
    return _page(request, desk, more | {"is_whole": len(desk.blocks) <= PART, "parts": _parts(desk, start)})


def _typed_page(
    request: HttpRequest,
    desk: Desk,
    rows: Sequence[Row],
    more: dict[str, Any],
    status: int = 200,
    *,
    fresh: bool = False,
) -> HttpResponse:
    """What was typed, in its boxes. `fresh`: it was seen that somebody else saved, so saving now puts this over it."""
    post = request.POST
    is_fresh = fresh or desk.chapter is None
    initial = {
        "key": uuid4(),
        "title": post.get("title", ""),
        "edits": desk.version.edits if is_fresh else post.get("edits", ""),
        "seen": desk.mark if is_fresh else post.get("seen", ""),
    }
    more = {"head": ChapterForm(initial=initial), "blocks": unsaved_forms(rows)} | more
    return _page(request, desk, more, status=status)


def _page(request: HttpRequest, desk: Desk, more: dict[str, Any], status: int = 200) -> HttpResponse:
    later = (
        Chapter.objects.filter(version=desk.version, position__gt=desk.chapter.position)
        if desk.chapter
        else None
    )
    context = {
        "version": desk.version,
        "chapter_key": desk.key,
        "action": desk.here,
        "is_lost": desk.chapter is None,
        "has_next": later is not None and later.exists(),
        "is_whole": request.POST.get("is_whole") == "True",
        "has_errors": status != 200,
        "problems": [],
        "stopped": "",
        "theirs": None,
        "is_unsaved": False,
        "parts": [],
    }
    return render(request, "policies/admins/chapter.html", context | more, status=status)


def _parts(desk: Desk, start: int) -> list[dict[str, Any]]:
    """Links to the pages of a chapter that is too long for one."""
    if len(desk.blocks) <= PART:
        return []
    return [
        {
            "url": f"{desk.here}?van={first}",
            "label": _("Parts %(first)s to %(last)s")
            % {"first": first + 1, "last": min(first + PART, len(desk.blocks))},
            "current": first == start,
        }
        for first in range(0, len(desk.blocks), PART)
    ]


def _problems(typed: Typed) -> list[dict[str, str]]:
    """Every mistake with a way to its box."""
    found = [
        {"href": "", "text": str(error)}
        for name in ("key", "edits", "seen")
        for error in typed.head[name].errors
    ]
    found += [{"href": "#id_title", "text": str(error)} for error in typed.head["title"].errors]
    for place, form in enumerate(typed.blocks, start=1):
        found += _problems_of_row(form, place)
    return found


def _problems_of_row(form: BlockForm, place: int) -> list[dict[str, str]]:
    return [
        {
            "href": f"#{form[name].id_for_label}",
            "text": _("Part %(place)s: %(error)s") % {"place": place, "error": error},
        }
        for name in ("kind", "number", "text")
        for error in form[name].errors
    ]


def _theirs(desk: Desk, typed: Typed) -> dict[str, Any]:
    """What is stored now beside what was typed; lines that are not the same are marked."""
    mine = {row.key: (row.number, " ".join(row.text.split())) for row in typed.rows if not row.is_gone}
    title = desk.chapter.title if desk.chapter else ""
    return {
        "who": last_change(desk.version)["by"],
        "title": title,
        "title_differs": title != typed.head.cleaned_data["title"],
        "lines": [
            {
                "number": block.number,
                "text": block.text,
                "differs": mine.get(str(block.key)) != (block.number, block.text),
            }
            for block in desk.blocks
        ],
    }
