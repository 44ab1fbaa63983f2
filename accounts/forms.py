"""allauth's forms in our words, with fields that a phone fills in by itself."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context, ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from django import forms
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import devices
from .models import User
from .sealing import Unreadable, seal, unseal

# As long as a code of the app may fit: its own half minute and one on either side, and a margin.
USED_CODE_SECONDS = 120
PASSWORD_HINT = _("At least 12 characters. A short sentence is easy to remember.")


def address_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail address"),
        max_length=User._meta.get_field("email").max_length,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={
            "required": _("Fill in your e-mail address."),
            "invalid": _("Fill in an e-mail address like naam@voorbeeld.nl."),
            "max_length": _("Fill in an e-mail address like naam@voorbeeld.nl."),
        },
    )


def password_field(label: Any, autocomplete: str, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        strip=False,
        max_length=4096,  # a longer one only costs the machine time
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": _("Fill in your password.")},
    )


def code_field(label: Any, hint: Any = "", *, digits_only: bool = True) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
    if digits_only:
        attrs["inputmode"] = "numeric"
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=40,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": _("Fill in the code.")},
    )


def _new_password_once(form: forms.Form) -> None:
    """Pasting and password managers make typing it twice pointless."""
    field = form.fields["password1"]
    field.label, field.help_text = _("New password"), PASSWORD_HINT
    field.error_messages["required"] = _("Fill in a new password.")
    field.widget.attrs.pop("placeholder", None)
    del form.fields["password2"]


class PasswordForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = address_field()
        self.fields["password"] = password_field(_("Password"), "current-password")


class AddressForm(account_forms.RequestLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = address_field()

    def clean_email(self) -> str:
        """Known or not makes no difference here (R22); tries count per account and device (R23)."""
        email = self.cleaned_data["email"].lower()
        key = devices.bucket(context.request, email)
        if not ratelimit.consume(context.request, action="request_login_code", key=key):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = next(iter(filter_users_by_email(email, is_active=True, for_login=True)), None)
        return email


class CodeForm(account_forms.ConfirmLoginCodeForm):
    code = code_field(_("Code"), _("8 digits, like 1234-5678"))


class NewPasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = password_field(_("Your password of now"), "current-password")
        _new_password_once(self)


class FirstPasswordForm(account_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _new_password_once(self)


class PasswordAgainForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = password_field(_("Password"), "current-password")


class ForgottenForm(account_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = address_field()


class UsedOnce:
    """A code of the app works once, for as long as it fits (allauth forgets it after half a minute)."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        key = f"second-factor-used:{self.user.pk}:{normalize_user_code(code)}"
        if not cache.add(key, 1, timeout=USED_CODE_SECONDS):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(UsedOnce, mfa_forms.AuthenticateForm):
    code = code_field(_("Code from your app"), _("6 digits. Or one of your recovery codes."))


class SecondFactorAgainForm(UsedOnce, mfa_forms.ReauthenticateForm):
    code = code_field(_("Code from your app"), _("6 digits. Or one of your recovery codes."))


class ActivateForm(ActivateTOTPForm):
    """Keeps one seed per session until it is used, so that a second tab or a wrong code does not spoil it."""

    code = code_field(_("Code from your app"), _("6 digits"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        self.secret = pending_seed(context.request)


def pending_seed(request: HttpRequest) -> str:
    """The seed that this session is about to take into use; sealed, because sessions lie in the database."""
    try:
        return unseal(request.session.get(SECRET_SESSION_KEY, ""))
    except Unreadable:
        seed: str = generate_totp_secret()
        request.session[SECRET_SESSION_KEY] = seal(seed)
        return seed
