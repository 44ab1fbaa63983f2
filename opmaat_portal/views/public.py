"""Pages for everybody, and the signs of life that a load balancer asks for."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views import defaults
from django.views.decorators.http import require_safe

from notices.doorbell import broker_answers
from notices.querysets import oldest_due_age
from schools.models import Foundation

OUTBOX_LATE_SECONDS = 15 * 60


def without_database(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """This view opens no transaction: it must answer when there is no database to open one in."""
    view.needs_no_database = True  # type: ignore[attr-defined]
    return view


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door: find your school, sign in, or come back for the answer to a report."""
    if request.user.is_authenticated:
        return redirect("portal:start")
    foundations = Foundation.objects.order_by("name", "id")
    return render(request, "opmaat_portal/public/home.html", {"foundations": foundations})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "opmaat_portal/public/privacy.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "opmaat_portal/public/accessibility.html")


@login_not_required
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to tell about a weak spot (RFC 9116)."""
    lines = [
        f"Contact: mailto:{settings.SECURITY_CONTACT}",
        f"Expires: {settings.SECURITY_EXPIRES}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.PORTAL_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@without_database
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nothing of others, so that a broken broker restarts no web server."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@without_database
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether all parts work: 503 without database; a late outbox or a silent broker is told, and answers 200,
    because choices and checks work without them (C9)."""
    try:
        connection.ensure_connection()
        age = oldest_due_age()
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    state = {"database": True, "broker": broker_answers(), "outbox_oldest_seconds": round(age)}
    state["outbox_late"] = age > OUTBOX_LATE_SECONDS
    return JsonResponse(state)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere: says so, and how to go on."""
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What does not exist is said in the language that the reader chose, also where a page of staff could stand."""
    request.resolver_match = None
    translation.activate(getattr(request, "chosen_language", "") or settings.LANGUAGE_CODE)
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Too much text has a page of its own: what was typed is still behind the back button."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return defaults.bad_request(request, exception)
