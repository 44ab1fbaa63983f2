"""What every view of allauth is wrapped in: our statuses, and no exception that our middleware cannot see."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.core.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.rules import has_second_factor, missing_step

View = Callable[..., HttpResponse]
TOO_MANY = frozenset({"too_many_login_attempts", "rate_limited"})


def plainly(view: View) -> View:
    """A refused form answers 422, too many tries 429, and after a POST comes a 303.

    allauth raises where it wants to stop; its middleware would catch that around a view, but `ActingMiddleware`
    calls the view from `process_view`, where no middleware looks.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except ImmediateHttpResponse as stop:
            response = stop.response
        except ReauthenticationRequired:
            response = _ask_again(request)
        return _with_status(request, response)

    return answered


def with_password(view: View) -> View:
    """For pages about the second factor: only after a password, and with the factor itself once there is one.

    Somebody with nothing but the mailbox may neither add an app nor take one away.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            step = missing_step(request, needs_password=True, needs_second_factor=has_second_factor(request))
            if step:
                return redirect(step)
        return view(request, *args, **kwargs)

    return plainly(checked)


def _ask_again(request: HttpRequest) -> HttpResponse:
    ways = get_adapter().get_reauthentication_methods(request.user)
    return suspend_request(request, ways[0]["url"] if ways else reverse("account_reset_password"))


def _with_status(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.method != "POST":
        return response
    if response.status_code == 302:
        response.status_code = 303
    context = getattr(response, "context_data", None) or {}
    form = context.get("form")
    if form is None or not form.errors:
        return response
    if any(error.code in TOO_MANY for errors in form.errors.as_data().values() for error in errors):
        return respond_429(request)
    context["has_errors"] = True
    response.status_code = 422
    return response
