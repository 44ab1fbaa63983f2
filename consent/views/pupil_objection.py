"""A pupil objects to one item, whatever was answered; it becomes work for the school (C12)."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.links import hidden_address
from consent.choices import TaskKind
from consent.domain.remarks import may_object_as_pupil, object_to_item
from consent.forms import PupilObjectionForm
from consent.models import Task
from ledger.domain.once import once
from ledger.refusal import Refusal
from schools.models import Pupil
from schools.querysets import own_address, vacations_of

from .remark_words import remark_words
from .sitting import questions_that_count


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest) -> HttpResponse:
    """One photo, video or sound that must go; before the age only where a pupil has a say (C6a)."""
    pupil = request.portal.person
    if not may_object_as_pupil(pupil):
        raise Http404
    data = request.POST if request.method == "POST" else None
    form, status = PupilObjectionForm(data, questions=questions_that_count([pupil])), 200
    if form.is_bound and form.is_valid():
        said = f"objection {pupil.id} {form.fingerprint}"
        try:
            code = once(form.cleaned_data["key"], lambda: _object(pupil, form).code, of=said)
            return HttpResponseRedirect(reverse("consent:pupils.received", args=[code]), status=303)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = 409
    if form.is_bound:
        form.renew()
        status = 422 if status == 200 else status
    return render(request, "consent/pupils/objection.html", {"form": form}, status=status)


@require_safe
def received(request: HttpRequest, code: str) -> HttpResponse:
    """What was sent in, and by when school answers or what it did; of somebody else it does not exist."""
    pupil = request.portal.person
    mine = Task.objects.filter(pupil=pupil, guardian=None, kind=TaskKind.OBJECTION)
    task = get_object_or_404(mine, code=code if code.isalnum() else "")
    context = {
        "remark": remark_words(task, vacations_of(task.school_id)),
        "sent_to": hidden_address(own_address(pupil)),
    }
    return render(request, "consent/pupils/received.html", context)


def _object(pupil: Pupil, form: PupilObjectionForm) -> Task:
    return object_to_item(
        pupil=pupil,
        guardian=None,
        text=form.words,
        purpose=form.chosen,
        language=get_language() or "nl",
    )
