"""The personal link: one task for one guardian, no session; a GET changes nothing, however often (R18)."""

import hashlib
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.choices import Capacity
from accounts.models import Reach
from accounts.views.codes import send_code_to
from consent.choices import Channel
from consent.forms import ChoicesForm
from consent.models import Submission

from .asking import Sitting, ask, ask_page, children_to_ask, questions_today, receipt_page, send

DEVICE_COOKIE = "linkapparaat"
WAITING = "choices_waiting"


@login_not_required
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The questions behind a mailed link."""
    if (closed := _closed(request)) is not None:
        return closed
    return _with_device(request, ask(request, _sitting(request, token)))


@login_not_required
def choice(request: HttpRequest, token: str) -> HttpResponse:
    """Pass the choices on."""
    if (closed := _closed(request)) is not None:
        return closed
    return send(request, _sitting(request, token))


@login_not_required
@require_POST
def code(request: HttpRequest, token: str) -> HttpResponse:
    """A yes that needs a code: keep the answers in the session, mail a code, go on signed in."""
    if (closed := _closed(request)) is not None:
        return closed
    sitting = _sitting(request, token)
    form = ChoicesForm(request.POST, children=children_to_ask(sitting), questions=questions_today())
    if not form.is_valid():
        return ask_page(request, sitting, form, status=422)
    reach = get_object_or_404(
        Reach.objects.select_related("user"),
        foundation_id=sitting.foundation.id,
        capacity=Capacity.GUARDIAN,
        person_id=sitting.guardian.id,
    )
    request.session[WAITING] = {"foundation": sitting.foundation.slug, "answers": request.POST.dict()}
    request.session["persons"] = {f"{sitting.foundation.id}:{Capacity.GUARDIAN}": sitting.guardian.id}
    next_url = reverse("consent:parents.check", args=[sitting.foundation.slug])
    return send_code_to(request, reach.user, next_url)


@login_not_required
@require_safe
def receipt(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """What was decided through this link; may be opened again."""
    if (closed := _closed(request)) is not None:
        return closed
    sitting = _sitting(request, token)
    submission = get_object_or_404(Submission, code=code, link=sitting.link)
    return receipt_page(request, sitting, submission)


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
        link=portal.link,
        device_hash=_device_hash(request),
        ask_url=reverse("consent:links.answer", args=[token]),
        send_url=reverse("consent:links.choice", args=[token]),
        code_url=reverse("consent:links.code", args=[token]),
        receipt_url=reverse("consent:links.receipt", args=[token, "CODE"]),
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
