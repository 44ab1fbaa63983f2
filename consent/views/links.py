"""The personal link: one task for one guardian, no session; a GET changes nothing, however often (R18)."""

import hashlib
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.choices import Capacity
from accounts.models import Reach
from accounts.views.codes import send_code_to
from consent.choices import Channel
from consent.domain.reminding import stop_reminders
from consent.forms import ChoicesForm

from .asking import ask, ask_page, send
from .changing import change_one
from .receipts import receipt_file, receipt_page
from .sitting import Sitting, children_to_ask, questions_today

DEVICE_COOKIE = "linkapparaat"
WAITING = "choices_waiting"
page = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@page
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The questions behind a mailed link."""
    if (closed := _closed(request)) is not None:
        return closed
    return _with_device(request, ask(request, _sitting(request, token)))


@login_not_required
@page
def choice(request: HttpRequest, token: str) -> HttpResponse:
    """Pass the choices on."""
    if (closed := _closed(request)) is not None:
        return closed
    return send(request, _sitting(request, token))


@login_not_required
@page
def change(request: HttpRequest, token: str, child: str, purpose: str) -> HttpResponse:
    """One answer of one child, on any day that the link opens."""
    if (closed := _closed(request)) is not None:
        return closed
    return _with_device(request, change_one(request, _sitting(request, token), child, purpose))


@login_not_required
@require_POST
def code(request: HttpRequest, token: str, child: str = "", purpose: str = "") -> HttpResponse:
    """A yes that needs a code: mail it, keep the answers in the session, go on signed in."""
    if (closed := _closed(request)) is not None:
        return closed
    sitting = _sitting(request, token)
    slug = sitting.foundation.slug
    if child and child not in {known.code for known in children_to_ask(sitting)}:
        raise Http404
    if child:
        return _mail_code(request, sitting, reverse("consent:parents.change", args=[slug, child, purpose]))
    children = children_to_ask(sitting)
    form = ChoicesForm(request.POST, children=children, questions=questions_today(children))
    if not form.is_valid():
        return ask_page(request, sitting, form, status=422)
    response = _mail_code(request, sitting, reverse("consent:parents.check", args=[slug]))
    # Kept after the mailing: who was signed in as somebody else is signed out there, session and all.
    request.session[WAITING] = {"guardian": sitting.guardian.id, "answers": form.answers()}
    return response


@login_not_required
@page
def reminders(request: HttpRequest, token: str) -> HttpResponse:
    """No reminders in this round: one button, since a scanner of mail opens every link; pressed twice is once."""
    if (closed := _closed(request)) is not None:
        return closed
    sitting = _sitting(request, token)
    if request.method == "POST":
        stop_reminders(sitting.link)
        return HttpResponseRedirect(sitting.url("reminders"), status=303)
    context = {"is_off": sitting.link.no_reminders_at is not None, "ask_url": sitting.url("answer")}
    return render(request, "consent/parents/reminders.html", context)


@login_not_required
@require_safe
def receipt(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """What was decided through this link; may be opened again."""
    if (closed := _closed(request)) is not None:
        return closed
    return receipt_page(request, _sitting(request, token), code)


@login_not_required
@require_safe
def receipt_pdf(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """The same as a PDF, to keep or to print."""
    if (closed := _closed(request)) is not None:
        return closed
    return receipt_file(request, _sitting(request, token), code)


def _mail_code(request: HttpRequest, sitting: Sitting, next_url: str) -> HttpResponse:
    reach = get_object_or_404(
        Reach.objects.select_related("user"),
        foundation_id=sitting.foundation.id,
        capacity=Capacity.GUARDIAN,
        person_id=sitting.guardian.id,
    )
    response = send_code_to(request, reach.user, next_url=next_url)
    chosen = dict(request.session.get("persons", {}))
    mine = {f"{sitting.foundation.id}:{Capacity.GUARDIAN}": sitting.guardian.id}
    request.session["persons"] = chosen | mine
    return response


def _closed(request: HttpRequest) -> HttpResponse | None:
    """Unknown and ended look alike, so that a stranger who tries links learns nothing but the status."""
    portal = request.portal
    if portal.link is not None and not portal.link_has_ended:
        return None
    status = 404 if portal.link is None else 410
    return render(request, "consent/parents/link_ended.html", status=status)


def _sitting(request: HttpRequest, token: str) -> Sitting:
    portal = request.portal
    return Sitting(
        guardian=portal.link.guardian,
        foundation=portal.foundation,
        channel=Channel.LINK,
        key=token,
        link=portal.link,
        device_hash=_device_hash(request),
    )


def _device_hash(request: HttpRequest) -> str:
    """Which browser this is, for the strength of the link. Without the cookie: a new one each time."""
    device = request.COOKIES.get(DEVICE_COOKIE) or secrets.token_urlsafe(16)
    return hashlib.sha256(f"{settings.SECRET_KEY}:{device}".encode()).hexdigest()


def _with_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if DEVICE_COOKIE not in request.COOKIES:
        response.set_cookie(
            DEVICE_COOKIE,
            secrets.token_urlsafe(16),
            max_age=31_536_000,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
            path="/toestemming/",
        )
    return response
