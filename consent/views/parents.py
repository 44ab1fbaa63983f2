"""The family's pages after signing in with a mailed code."""

import uuid

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from consent.forms import ChoicesForm

from .asking import ask, ask_page, check_page, nobody_page, send
from .changing import change_one
from .family import families_of
from .links import WAITING
from .receipts import receipt_file, receipt_page
from .sitting import children_to_ask, questions_today, signed_in

page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every child, every choice, and what the school does now; over all foundations of this parent."""
    family = families_of(request.portal.guardians)
    context = {
        "to_answer": [question for part in family for question in part.to_answer],
        "children": [child for part in family for child in part.children],
    }
    return render(request, "consent/parents/home.html", context)


@page
def answer(request: HttpRequest, foundation: str) -> HttpResponse:
    """The same questions as behind the link."""
    return ask(request, signed_in(request))


@page
def choice(request: HttpRequest, foundation: str) -> HttpResponse:
    """Pass the choices on; what waited for a code is done then."""
    response = send(request, signed_in(request))
    if response.status_code == 303:
        request.session.pop(WAITING, None)
    return response


@require_safe
def check(request: HttpRequest, foundation: str) -> HttpResponse:
    """The answers that waited while a code was mailed, to be sent with one tap."""
    sitting = signed_in(request)
    waiting = request.session.get(WAITING) or {}
    if waiting.get("guardian") != sitting.guardian.id:
        return redirect(sitting.url("answer"))
    children = children_to_ask(sitting)
    questions = questions_today(children)
    if not children or not questions:
        return nobody_page(request, sitting)
    form = ChoicesForm(QueryDict(mutable=True), children=children, questions=questions)
    form.put(**waiting["answers"], key=uuid.uuid4())
    return check_page(request, sitting, form) if form.is_valid() else ask_page(request, sitting, form)


@require_safe
def receipt(request: HttpRequest, foundation: str, code: str) -> HttpResponse:
    """What was decided; may be opened again, whichever door it came through."""
    return receipt_page(request, signed_in(request), code)


@require_safe
def receipt_pdf(request: HttpRequest, foundation: str, code: str) -> HttpResponse:
    """The same as a PDF, to keep or to print."""
    return receipt_file(request, signed_in(request), code)


@page
def change(request: HttpRequest, foundation: str, child: str, purpose: str) -> HttpResponse:
    """One answer of one child, on any day of the year."""
    return change_one(request, signed_in(request), child, purpose)
