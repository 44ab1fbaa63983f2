"""The way of every act on a case: a short form, once, and back to the file with a word of what was done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.choices import State
from incidents.domain.timeline import hold
from incidents.forms import ActForm
from incidents.models import Case
from incidents.querysets import case_of
from ledger.choices import Reading
from ledger.domain.once import once
from ledger.domain.record import record_reading
from ledger.refusal import Refusal

from .words import case_url, case_words


class MovedMeanwhile(Refusal):
    """Somebody else moved the case after this page was shown."""

    code = "moved_meanwhile"


WORDS = ("title", "button", "lead", "warning", "points", "quote")


@dataclass(frozen=True, slots=True)
class Page:
    """The words around one form. `gives_away`: afterwards the case is not mine any more; leads to the list."""

    title: str
    button: str
    done: str
    lead: str = ""
    warning: str = ""
    points: tuple[str, ...] = ()
    quote: str = ""
    template: str = "incidents/directors/act.html"
    gives_away: bool = False


def read_case(code: str) -> Case:
    """The case, with the reading written down before anything of it is shown (I9, R30); else 404."""
    case = case_of(code)
    record_reading(Reading.CASE_FILE, [case.number])
    return case


def opened_case(code: str) -> Case:
    """The same for acts: what nobody opened yet cannot be acted on, its content was not seen."""
    case = read_case(code)
    if case.state == State.RECEIVED:
        raise Http404
    return case


def act_page(
    request: HttpRequest,
    case: Case,
    form: ActForm,
    page: Page,
    do: Callable[[dict[str, Any]], object],
    **context: Any,
) -> HttpResponse:
    """The form; when it was sent: act once and go back. A refusal is told on the form, with all that was typed."""
    if request.method != "POST":
        return _form_page(request, case, form, page, context)
    if form.is_valid():
        try:
            back = _act_once(request, case, form, page, do)
        except Refusal as refused:
            form.add_error(None, str(refused.message))
            _show_as_it_is_now(form, case)
        else:
            messages.success(request, page.done)
            return HttpResponseRedirect(back, status=303)
    return _form_page(request, case, form, page, context, status=422)


def _act_once(
    request: HttpRequest, case: Case, form: ActForm, page: Page, do: Callable[[dict[str, Any]], object]
) -> str:
    where = reverse("incidents:directors.home") if page.gives_away else case_url(case)

    def act() -> str:
        do(form.cleaned_data)
        return where

    sent = request.path if page.gives_away else f"{request.path} {form.fingerprint}"
    return once(form.cleaned_data["key"], act, of=sent)


def _form_page(
    request: HttpRequest,
    case: Case,
    form: ActForm,
    page: Page,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    words = {name: getattr(page, name) for name in WORDS} | {"case": case_words(case), "form": form}
    return render(request, page.template, words | context, status=status)


def refuse_if_moved(case: Case, seen: str) -> None:
    """Hold the case and compare it with what the page showed; raises MovedMeanwhile (two people at once)."""
    hold(case)
    if case.state != seen:
        raise MovedMeanwhile(
            _(
                "Somebody changed this report while you were writing. It now stands at: %(state)s. "
                "Look whether you still want this."
            )
            % {"state": State(case.state).label}
        )


def done_before(request: HttpRequest) -> HttpResponse:
    """Sent twice: what I gave away does not exist for me any more, but what I did does. Unknown: 404."""

    def gone() -> str:
        raise Http404

    form = ActForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        raise Http404
    return HttpResponseRedirect(once(form.cleaned_data["key"], gone, of=request.path), status=303)


def _show_as_it_is_now(form: ActForm, case: Case) -> None:
    """After "somebody changed it meanwhile" the form stands for the state that is shown now."""
    if "seen" in form.fields:
        form.data = form.data.copy()
        form.data["seen"] = case.state
