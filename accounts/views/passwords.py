"""The door of staff, and choosing a password (the first one too)."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.forms import UserTokenForm
from allauth.account.internal.flows.logout import logout
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView, PasswordChangeView, PasswordResetView
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import devices
from accounts.forms import FirstPasswordForm

FAMILY = ("/ouder/", "/leerling/")


class SignIn(LoginView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who was on the way to a room of the family belongs at the door with one field."""
        back = get_next_redirect_url(request) or ""
        if back.startswith(FAMILY):
            return redirect(f"{reverse('account_request_login_code')}?{urlencode({'next': back})}")
        return super().get(request, *args, **kwargs)

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Whoever comes back here starts again, instead of being held at a code that is not theirs."""


class Forgotten(PasswordResetView):
    def form_valid(self, form: Any) -> HttpResponse:
        key = devices.bucket(self.request, form.cleaned_data["email"])
        if not ratelimit.consume(self.request, action="reset_password", key=key):
            return ratelimit.respond_429(self.request)
        form.save(self.request)
        return redirect("account_reset_password_done")

    def get_initial(self) -> dict[str, Any]:
        return {"email": getattr(self.request.user, "email", "")}


@login_not_required
@sensitive_post_parameters("password1")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, uidb36: str, key: str) -> HttpResponse:
    """The link from the mail. Opening it changes nothing and starts no session: mail scanners open links too (R18)."""
    token = UserTokenForm(data={"uidb36": uidb36, "key": key})
    if not token.is_valid() or not token.reset_user.is_active:
        return render(request, "account/password_link_ended.html", status=410)
    user = token.reset_user
    form = FirstPasswordForm(request.POST or None, user=user, temp_key=key)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.is_bound else 200
        page = {"form": form, "has_errors": bool(form.errors), "email": user.email}
        return render(request, "account/password_reset_from_key.html", page, status=status)
    if request.user.is_authenticated:
        logout(request, show_message=False)
    form.save()
    get_adapter()._delete_login_attempts_cached_email(request, email=user.email)
    get_adapter().send_notification_mail("account/email/password_reset", user)
    return redirect("account_reset_password_from_key_done")


class ChangePassword(PasswordChangeView):
    success_url = reverse_lazy("mfa_index")

    @method_decorator(sensitive_post_parameters("oldpassword", "password1"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)


@login_not_required
@require_safe
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Nobody makes an account here: says who does, and where to ask."""
    return render(request, "account/signup_closed.html")
