"""The authenticator app and the recovery codes."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts.domain.sessions import end_other_sessions
from accounts.rules import MFA


class GiveSecondFactor(AuthenticateView):
    def _build_forms(self) -> Any:
        """One form; allauth takes a post without a code for a security key, which we do not have."""
        data = self.request.POST if self.request.method == "POST" else None
        self.webauthn_form = None
        self.auth_form = self.get_form_class()(user=self.stage.login.user, data=data)
        return self.auth_form


class Activate(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        """The app has just shown that it works: that counts as the second factor of this session."""
        response = super().form_valid(form)
        end_other_sessions(self.request)
        factor = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        record_authentication(self.request, self.request.user, MFA, id=factor.pk, type=factor.type)
        return response

    def get_success_url(self) -> str:
        back = get_next_redirect_url(self.request)
        return reverse("mfa_view_recovery_codes") + (f"?{urlencode({'next': back})}" if back else "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = super().get_context_data(**kwargs)
        seed = page["form"].secret
        page["qr"] = mark_safe(page["totp_svg"])  # noqa: S308  drawn by accounts.qr
        page["seed"] = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
        page["next"] = get_next_redirect_url(self.request) or ""
        return page


class Deactivate(DeactivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        end_other_sessions(self.request)
        return response


class NewRecoveryCodes(GenerateRecoveryCodesView):
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        end_other_sessions(self.request)
        return response


@reauthentication_required(app="allauth.mfa")
@require_safe
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes that are left. allauth's own page writes down that it was looked at, in a GET."""
    factor = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    if factor is None:
        raise Http404
    page = {"codes": factor.wrap().get_unused_codes(), "next": get_next_redirect_url(request) or ""}
    return render(request, "mfa/recovery_codes/index.html", page)
