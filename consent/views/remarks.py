"""Something is wrong here, and: I object to this one item. Both become work for the school (C12)."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from accounts.links import hidden_address
from consent.choices import TaskKind
from consent.domain.remarks import OF_THE_FAMILY, may_object, may_remark, object_to_item, say_what_is_wrong
from consent.domain.standing import Child
from consent.forms import KeyForm, ObjectionForm, RemarkForm
from consent.models import Task
from ledger.domain.once import once
from ledger.refusal import Refusal
from notices.models import Message
from schools.querysets import vacations_of

from .child import child_or_404, child_url
from .remark_words import remark_words
from .sitting import Sitting, questions_that_count, signed_in

page = require_http_methods(["GET", "HEAD", "POST"])


@page
def wrong(request: HttpRequest, foundation: str, child: str) -> HttpResponse:
    """An address, the child or who decides is not right: say it in a few words."""
    sitting = signed_in(request)
    mine = child_or_404(sitting, child)
    if not may_remark(mine.standing):
        raise Http404
    form = RemarkForm(request.POST if request.method == "POST" else None)

    def act() -> Task:
        return say_what_is_wrong(
            guardian=sitting.guardian,
            child=mine,
            kind=TaskKind(form.cleaned_data["about"]),
            text=form.cleaned_data["text"],
            language=get_language() or "nl",
        )

    return _handle(request, sitting, mine, form, act, "consent/parents/remark.html")


@page
def objection(request: HttpRequest, foundation: str, child: str) -> HttpResponse:
    """One photo, video or sound that must go, whatever was answered."""
    sitting = signed_in(request)
    mine = child_or_404(sitting, child)
    if not may_object(mine):
        raise Http404
    form = ObjectionForm(
        request.POST if request.method == "POST" else None, questions=questions_that_count([mine.known])
    )

    def act() -> Task:
        return object_to_item(
            pupil=mine.pupil,
            guardian=sitting.guardian,
            text=form.words,
            purpose=form.chosen,
            language=get_language() or "nl",
        )

    return _handle(request, sitting, mine, form, act, "consent/parents/objection.html")


@require_safe
def received(request: HttpRequest, foundation: str, code: str) -> HttpResponse:
    """What was sent in, what happens next and by when; may be opened again, also after it was answered."""
    sitting = signed_in(request)
    mine = Task.objects.select_related("pupil").filter(guardian=sitting.guardian, kind__in=OF_THE_FAMILY)
    task = get_object_or_404(mine, code=code if code.isalnum() else "")
    was_mailed = Message.objects.filter(cause=f"task:{task.code}", kind="consent/remark").exists()
    context = {
        "remark": remark_words(task, vacations_of(task.school_id)),
        "name": task.pupil.call_name,
        "is_objection": task.kind == TaskKind.OBJECTION,
        "sent_to": hidden_address(sitting.guardian.email) if was_mailed else "",
        "child_url": reverse("consent:parents.child", args=[sitting.key, task.pupil.code]),
    }
    return render(request, "consent/parents/received.html", context)


def _handle(
    request: HttpRequest,
    sitting: Sitting,
    child: Child,
    form: KeyForm,
    act: Callable[[], Task],
    template: str,
) -> HttpResponse:
    """Show the form, or act once and lead to the confirmation; a refusal keeps every word."""
    status = 200
    if form.is_bound and form.is_valid():
        said = f"{template} {child.pupil.id} {form.fingerprint}"
        try:
            code = once(form.cleaned_data["key"], lambda: act().code, of=said)
            where = reverse("consent:parents.received", args=[sitting.key, code])
            return HttpResponseRedirect(where, status=303)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
            status = 409
    if form.is_bound:
        form.renew()
        status = 422 if status == 200 else status
    context = {"form": form, "name": child.pupil.call_name, "child_url": child_url(sitting, child)}
    return render(request, template, context, status=status)
