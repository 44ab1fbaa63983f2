"""The order of the questions, and the picture beside each."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from consent.choices import Picture
from consent.domain.looks import choose_picture, move_purpose
from consent.models import Purpose
from consent.rules import may_set_questions
from ledger.domain.once import once

from .purpose_forms import MoveForm, PictureForm
from .purposes import question_page


@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """One question one place up or down, once per form; then the list, at that question."""
    _room(request)
    form = MoveForm(request.POST)
    back = reverse("consent:admins.purposes")
    if not form.is_valid() or not (slug := form.cleaned_data["up"] or form.cleaned_data["down"]):
        return HttpResponseRedirect(back, status=303)
    purpose, is_up = get_object_or_404(Purpose, slug=slug, is_active=True), bool(form.cleaned_data["up"])

    def act() -> str:
        move_purpose(purpose=purpose, is_up=is_up)
        return slug

    once(form.cleaned_data["key"], act, of=f"move {slug} {is_up}")
    return HttpResponseRedirect(f"{back}#{slug}", status=303)


@require_POST
def picture(request: HttpRequest, slug: str) -> HttpResponse:
    """Another example picture; parents see it from now on."""
    _room(request)
    purpose, form = get_object_or_404(Purpose, slug=slug), PictureForm(request.POST)
    if not form.is_valid():
        return question_page(request, purpose, form, status=422)
    chosen = Picture(form.cleaned_data["picture"])

    def act() -> str:
        choose_picture(purpose=purpose, picture=chosen)
        return slug

    once(form.cleaned_data["key"], act, of=f"picture {slug} {chosen}")
    return HttpResponseRedirect(f"{reverse('consent:admins.purpose', args=[slug])}?klaar=beeld", status=303)


def _room(request: HttpRequest) -> None:
    if not may_set_questions(request.portal.roles):
        raise Http404
