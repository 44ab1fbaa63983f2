"""Pages for everybody, and the signs of life that a load balancer asks for."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.choices import Capacity
from accounts.models import Reach
from notices.doorbell import broker_answers
from notices.querysets import oldest_due_age
from opmaat_portal.start import doors_of

OUTBOX_LATE_SECONDS = 15 * 60


def without_database(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """This view opens no transaction: it must answer when there is no database to open one in."""
    view.needs_no_database = True  # type: ignore[attr-defined]
    return view


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door: one for parents, one for who works at a school."""
    if request.user.is_authenticated:
        return redirect("portal:start")
    return render(request, "opmaat_portal/public/home.html")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """After signing in: straight to the only room there is, or a choice between rooms."""
    capacities = set(Reach.objects.filter(user=request.user).values_list("capacity", flat=True))
    doors = doors_of({Capacity(word) for word in capacities})
    if len(doors) == 1:
        return HttpResponseRedirect(doors[0].url)
    return render(request, "opmaat_portal/public/start.html", {"doors": doors})


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
