"""What allauth does differently here: nobody signs up, mails say their kind, seeds are encrypted."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import devices
from .qr import qr_svg
from .rules import proved_recently
from .sealing import Unreadable, seal, unseal

logger = logging.getLogger(__name__)

# The kind of each mail (header X-Portal-Kind), read by the outbox and by the demo's mailbox.
KINDS = {
    "account/email/login_code": "login-code",
    "account/email/unknown_account": "unknown-account",
    "account/email/password_reset_key": "password-reset",
    "account/email/security_change": "security-change",
}
# What somebody is told by mail when it was done in their name (R21).
CHANGES = {
    "account/email/password_changed": _("Your password was changed."),
    "account/email/password_reset": _("A new password was chosen."),
    "mfa/email/totp_activated": _("An authenticator app was added."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made. The old ones no longer work."),
}
# allauth says something after every step; only what the page itself does not show is said here.
MESSAGES = {
    "account/messages/password_changed.txt": _("Your new password is saved."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app was removed."),
}

# Django's own words for a weak password are long and in another tone.
WEAK = {
    "password_too_short": _("This is too short. Use at least 12 characters."),
    "password_too_common": _("Many people use this password. Choose another one."),
    "password_too_similar": _("This is too much like your e-mail address. Choose another one."),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("That code is not right. Look at the newest e-mail."),
        "incorrect_password": _("That password is not right."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("That is not your password of now."),
        "rate_limited": _("There were many tries in a short time. Wait 5 minutes."),
        "too_many_login_attempts": _("There were many tries in a short time. Wait 5 minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: the school says who is a parent, a pupil or a colleague."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only; allauth's JSON answers would be a second way in that nobody looks at."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Behind a unix socket there is none; nothing is decided by it."""
        return get_client_ip(request) or "0.0.0.0"  # noqa: S104

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        kind = {"X-Portal-Kind": KINDS[template_prefix]}
        return super().render_mail(template_prefix, email, context, headers=(headers or {}) | kind)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """From our own setting: an address in a mail never follows the Host header of who asked for it."""
        uid, _dash, token = key.partition("-")
        return settings.PORTAL_URL + reverse("account_reset_password_from_key", args=[uid, token])

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner of the mailbox that password or second factor changed; one text, without where or how."""
        said = {"what": CHANGES[template_prefix]}
        super().send_notification_mail("account/email/security_change", user, said, email)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or MESSAGES.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        try:
            return super().clean_password(password, user)
        except ValidationError as weak:
            raise ValidationError([WEAK.get(error.code, error) for error in weak.error_list]) from weak

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """The password is part of every session's mark: all sessions of this mailbox end here (R21)."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """A report that was open in this browser is closed: one session never knows both (trust.md, threat 8).

        A tablet for parents is no such tablet any more.
        """
        request.session.pop("kiosk", None)
        if request.session.pop("report", None):
            request.session.set_expiry(None)
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user.email)  # type: ignore[attr-defined]
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for somebody who has just given a password: allauth would ask for it twice in a row."""
        return not proved_recently(self.request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return devices.bucket(request, credentials.get("email", ""))


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That code is not right. Use the code that the app shows now."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """A seed whose key was taken away fits no code any more: sign-in is refused, not broken."""
        try:
            return unseal(encrypted_text)
        except Unreadable:
            logger.error("a second factor was sealed with a key that is not in PORTAL_KEYS")
            return generate_totp_secret()

    def build_totp_svg(self, url: str) -> str:
        return qr_svg(url)
