"""The way of a request: language, private pages, and the transaction around every view."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from accounts.rules import missing_step
from ledger.acting import acting, as_actor, current

from .audiences import Portal, come_in, recognise
from .faults import faults_are_logged
from .languages import languages_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Handler = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """The language that the reader chose (`?taal=`, then kept in a cookie), else that of who signed in, else Dutch.

    Not the browser's: the mail's link brings the family's own language along, and a screen never mixes two. Pages
    of staff are Dutch or English, whatever was chosen elsewhere.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        asked = request.GET.get("taal", "")
        language = asked if asked in known else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        request.chosen_language = language if language in known else ""  # type: ignore[attr-defined]
        request.LANGUAGE_CODE = request.chosen_language or settings.LANGUAGE_CODE  # type: ignore[attr-defined]
        with translation.override(request.LANGUAGE_CODE):  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        if asked in known:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                asked,
                max_age=31_536_000,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Now that the page is known: in the language of who signed in, and only one that the page speaks."""
        language = request.chosen_language  # type: ignore[attr-defined]
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not language and has_session and not getattr(view, "needs_no_database", False):
            language = getattr(request.user, "language", "")
        language = language if language in languages_of(request) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        translation.activate(language)  # `override` in __call__ puts back what was before


class PrivatePagesMiddleware:
    """No page of a person stays behind in a browser or on the way, unless a view says that it may."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("X-Robots-Tag", "noindex")
            response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class SoundCookiesMiddleware:
    """A session key that no portal ever made (a NUL in it, say) is no session; PostgreSQL would choke on it."""

    KEY = re.compile(r"[a-z0-9]{8,64}")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = settings.SESSION_COOKIE_NAME
        if name in request.COOKIES and not self.KEY.fullmatch(request.COOKIES[name]):
            del request.COOKIES[name]
        return self.get_response(request)


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Sign in first. Whoever was sending a form comes back to the page it stood on, not to an address that
    only takes forms."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        if request.method in SAFE:
            return super().handle_no_permission(request, view_func)
        here = request.build_absolute_uri("/")
        came_from = request.headers.get("Referer", "")
        back = f"/{came_from.removeprefix(here)}" if came_from.startswith(here) else "/"
        return redirect_to_login(back, self.get_login_url(view_func), self.get_redirect_field_name(view_func))


class ActingMiddleware:
    """Run the view inside `acting()`: one transaction, one actor, read-only for safe methods.

    In `process_view` and not in `__call__`: there, a 500 has become a response and half-done work would be
    committed. It calls the view itself, so it must be the last middleware (a system check says so).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if getattr(view, "needs_no_database", False):
            return None
        _ = request.user.is_authenticated  # a stale session is cleared now: it could not be in a reading view
        portal = come_in(request, kwargs)
        request.portal = portal  # type: ignore[attr-defined]
        if portal.must_choose_person:
            return redirect(f"{reverse('portal:people.choose')}?{urlencode({'next': request.path})}")
        records = getattr(view, "reading_is_recorded", False)
        read_only = request.method in SAFE and not records
        with acting(portal.actor, portal.foundations, read_only=read_only) as act:
            actor = recognise(portal, act.now, act.today)
            if (step := _door(request, portal)) is not None:
                return step
            with as_actor(actor), faults_are_logged(view):
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and not response.is_rendered:
                    response.render()  # a lazy page would be rendered outside, where the wall shows nothing
                if records and response.status_code == 200 and not current().readings:
                    raise RuntimeError(f"{view.__name__} showed people and recorded no reading")
        return response


def _door(request: HttpRequest, portal: Portal) -> HttpResponse | None:
    """Staff rooms need a password and a role of today; far-reaching roles a second factor."""
    if portal.audience != "staff":
        return None
    if not portal.roles:
        raise PermissionDenied
    step = missing_step(request, needs_password=True, needs_second_factor=portal.needs_second_factor)
    return redirect(step) if step else None
