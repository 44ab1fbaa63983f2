"""The door of parents: one field, then the code from the mail."""

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.flows.logout import logout
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from accounts import devices
from accounts.links import hidden_address
from accounts.models import User

OLD, USED_UP = "old", "used_up"
# In the session: the code was asked for through a personal link, so whoever looks may not be its owner.
BY_LINK = "code_by_link"


def send_code_to(request: HttpRequest, user: User, next_url: str) -> HttpResponse:
    """Mail a code to somebody whom we already know by a personal link, and ask for it; then on to `next_url`.

    Who is signed in as this user goes on at once; who is signed in as somebody else is signed out first, session
    and all: put what must be kept into the session afterwards. For a POST inside `acting()`: the mail is a row
    of that transaction. Too many codes: the 429 page.
    """
    if request.user.is_authenticated and request.user.pk == user.pk:
        return _see_other(next_url)
    if not ratelimit.consume(request, action="request_login_code", key=devices.bucket(request, user.email)):
        return ratelimit.respond_429(request)
    if request.user.is_authenticated:
        logout(request, show_message=False)
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=user.email)
    request.session[BY_LINK] = True
    return _see_other(f"{reverse('account_confirm_login_code')}?{urlencode({'next': next_url})}")


class AskCode(RequestLoginCodeView):
    def form_valid(self, form: Any) -> HttpResponse:
        """Who types an address knows it: it may be shown again."""
        self.request.session.pop(BY_LINK, None)
        return super().form_valid(form)

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Whoever comes back here mistyped the address: show the field again instead of the code page."""


@method_decorator(login_not_required, name="dispatch")
class GiveCode(ConfirmLoginCodeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """After a quarter of an hour: a page that sends a fresh code with one tap."""
        response = super().dispatch(request, *args, **kwargs)
        if hasattr(self, "stage") and self._process is None:
            return _fresh_code_page(request, OLD, self.stage.state.get("email", ""))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"address": _shown(self.request, context["email"])}

    def form_invalid(self, form: Any) -> HttpResponse:
        if self._process.record_invalid_attempt():
            return self.render_to_response(self.get_context_data(form=form))
        return _fresh_code_page(self.request, USED_UP, self._process.state.get("email", ""))

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        """A new code lives as long as the first one did, and counts as a request for one."""
        key = devices.bucket(self.request, self._process.state["email"])
        if not ratelimit.consume(self.request, action="request_login_code", key=key):
            return ratelimit.respond_429(self.request)
        self._process.state["at"] = time.time()
        messages.info(self.request, _("We have sent you a new code. The old one no longer works."))
        return super()._resend_form_valid(form)


def _fresh_code_page(request: HttpRequest, reason: str, email: str) -> HttpResponse:
    page = {
        "reason": reason,
        "email": "" if request.session.get(BY_LINK) else email,
        "address": _shown(request, email),
        "next": get_next_redirect_url(request) or "",
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "account/fresh_code.html", page, status=status)


def _shown(request: HttpRequest, email: str) -> str:
    """A personal link that was passed on must not tell the address of its owner."""
    return hidden_address(email) if request.session.get(BY_LINK) else email


def _see_other(url: str) -> HttpResponse:
    safe = url if get_adapter().is_safe_url(url) else "/"
    return HttpResponseRedirect(safe, status=303)
