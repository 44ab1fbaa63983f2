"""Taking in what the pupil administration knows: look first, then take in, and back for 24 hours."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.reading import reading_is_recorded
from schools.choices import ImportState
from schools.domain.imports.batches import (
    confirm,
    drop,
    look_again,
    look_at,
    read_files,
    school_of,
    take_in,
)
from schools.domain.imports.messages import say
from schools.domain.imports.refusal import FileRefused, ImportRefused
from schools.domain.imports.undo import may_be_undone, undo, what_undo_does
from schools.forms import KeyForm, TakeInForm, UploadForm
from schools.models import ImportBatch
from schools.rules import may_import, may_import_into

from .import_words import earlier_rows, preview_words, result_words, undo_words

SAMPLES = {
    "edexml.xml": "de-klimroos.xml",
    "ouders.csv": "de-klimroos-ouders.csv",
}


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The two files and what was taken in before. A file that does not fit is told here; nothing of it is kept."""
    _room(request)
    if request.method != "POST":
        return _start_page(request, UploadForm())
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    form = UploadForm(request.POST, request.FILES, body_size=size)
    if form.is_valid():
        try:
            code = once(form.cleaned_data["key"], lambda: _look_at_files(request, form), of="upload")
        except FileRefused as refused:
            form.add_error(refused.file, say(refused))
        else:
            return _see(reverse("schools:admins.import_preview", args=[code]))
    return _start_page(request, form, status=422)


@require_safe
def sample(request: HttpRequest, name: str) -> HttpResponse:
    """An example of each file, with made-up people."""
    _room(request)
    if name not in SAMPLES:
        raise Http404
    path = settings.BASE_DIR / "samples" / SAMPLES[name]
    answer = HttpResponse(path.read_bytes(), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return answer


@require_safe
@reading_is_recorded
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """What the import would do now, or what became of it."""
    return _page(request, _batch(request, code))


@require_POST
def take_over(request: HttpRequest, code: str) -> HttpResponse:
    """Take it in as it was shown; or pass it on to a second person."""
    batch = _batch(request, code)

    def act(form: TakeInForm) -> None:
        take_in(batch, decisions=form.decisions, fingerprint=form.cleaned_data["fingerprint"])

    return _do(request, batch, act, lambda: TakeInForm(request.POST, close=look_again(batch, {}).plan.close))


@require_POST
def agree(request: HttpRequest, code: str) -> HttpResponse:
    """The second person agrees."""
    batch = _batch(request, code)
    return _do(request, batch, lambda form: confirm(batch, email=request.user.email))


@require_POST
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """Do not take it in."""
    batch = _batch(request, code)
    return _do(request, batch, lambda form: drop(batch))


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """What undoing does; and doing it."""
    batch = _batch(request, code)
    if request.method == "POST":
        return _do(request, batch, lambda form: undo(batch))
    try:
        doing = what_undo_does(batch)
    except ImportRefused:
        return _see(reverse("schools:admins.import_preview", args=[batch.code]))
    context = {"batch": batch, "form": KeyForm(), "doing": undo_words(doing)}
    return render(request, "schools/admins/import_undo.html", context)


def _room(request: HttpRequest) -> None:
    """Who does not import does not know that this room exists."""
    if not may_import(request.portal.roles):
        raise Http404


def _batch(request: HttpRequest, code: str) -> ImportBatch:
    batch = get_object_or_404(ImportBatch.objects.select_related("school", "asked_by", "made_by"), code=code)
    if not may_import_into(request.portal.roles, batch.school_id):
        raise Http404
    return batch


def _look_at_files(request: HttpRequest, form: UploadForm) -> str:
    upload = read_files(form.cleaned_data["edexml"], form.cleaned_data["guardians"])
    school = school_of(upload)
    if not may_import_into(request.portal.roles, school.id):
        raise FileRefused("not_your_school")
    return look_at(upload, school).batch.code


def _do(
    request: HttpRequest,
    batch: ImportBatch,
    act: Callable[[Any], object],
    make_form: Callable[[], KeyForm] | None = None,
) -> HttpResponse:
    """Act once per form and show the import again; a refusal is told on its page, with nothing changed."""
    here = reverse("schools:admins.import_preview", args=[batch.code])

    def do() -> str:
        form = make_form() if make_form else KeyForm(request.POST)
        if not form.is_valid():
            raise ImportRefused("must_choose")
        act(form)
        return here

    key = KeyForm(request.POST)
    if not key.is_valid():
        return _page(request, batch, refused=ImportRefused("changed"), status=422)
    try:
        return _see(once(key.cleaned_data["key"], do, of=request.path))
    except ImportRefused as refused:
        status = 422 if refused.code == "must_choose" else 409
        return _page(request, batch, refused=refused, status=status)


def _start_page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    batches = ImportBatch.objects.select_related("school", "made_by")
    mine = [batch for batch in batches[:50] if may_import_into(request.portal.roles, batch.school_id)]
    context = {"form": form, "earlier": earlier_rows(mine), "has_errors": bool(form.errors)}
    return render(request, "schools/admins/import.html", context, status=status)


def _page(
    request: HttpRequest, batch: ImportBatch, refused: ImportRefused | None = None, status: int = 200
) -> HttpResponse:
    batch.refresh_from_db()
    open_states = {ImportState.CHECKED, ImportState.WAITING}
    context: dict[str, Any] = {"batch": batch, "refused": say(refused) if refused else ""}
    context["has_errors"] = refused is not None
    try:
        look = look_again(batch) if batch.state in open_states else None
    except ImportRefused:
        look = None
    if look is None:
        record_reading(Reading.IMPORT_PREVIEW, [])
        context |= result_words(batch) | {"form": KeyForm(), "may_undo": may_be_undone(batch)}
        return render(request, "schools/admins/import_result.html", context, status=status)
    record_reading(Reading.IMPORT_PREVIEW, look.plan.people_shown)
    bound = request.POST if refused and refused.code == "must_choose" else None
    initial = {"key": KeyForm().initial["key"], "fingerprint": look.plan.fingerprint}
    context["form"] = form = TakeInForm(bound, close=look.plan.close, initial=initial)
    context |= preview_words(look, request.portal.person, form)
    return render(request, "schools/admins/import_preview.html", context, status=status)


def _see(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)
