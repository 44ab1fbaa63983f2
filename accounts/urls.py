"""Only the pages of allauth that the portal needs, under allauth's own names; sign-up has none."""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa_views
from django.urls import path, re_path

from .views import codes, passwords, second_factor
from .views.door import plainly, with_password

urlpatterns = [
    path("login/", plainly(passwords.SignIn.as_view()), name="account_login"),
    path("login/code/", plainly(codes.AskCode.as_view()), name="account_request_login_code"),
    path("login/code/confirm/", plainly(codes.GiveCode.as_view()), name="account_confirm_login_code"),
    path("logout/", plainly(allauth_views.logout), name="account_logout"),
    path("inactive/", plainly(allauth_views.account_inactive), name="account_inactive"),
    path("signup/", passwords.no_sign_up, name="account_signup"),
    path("reauthenticate/", plainly(allauth_views.reauthenticate), name="account_reauthenticate"),
    path(
        "password/change/", with_password(passwords.ChangePassword.as_view()), name="account_change_password"
    ),
    path("password/reset/", plainly(passwords.Forgotten.as_view()), name="account_reset_password"),
    path(
        "password/reset/done/", plainly(allauth_views.password_reset_done), name="account_reset_password_done"
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        passwords.choose_password,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        plainly(allauth_views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", with_password(mfa_views.index), name="mfa_index"),
    path("2fa/authenticate/", plainly(second_factor.GiveSecondFactor.as_view()), name="mfa_authenticate"),
    path("2fa/reauthenticate/", plainly(mfa_views.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", with_password(second_factor.Activate.as_view()), name="mfa_activate_totp"),
    path(
        "2fa/totp/deactivate/", with_password(second_factor.Deactivate.as_view()), name="mfa_deactivate_totp"
    ),
    path("2fa/recovery-codes/", with_password(second_factor.recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        with_password(second_factor.NewRecoveryCodes.as_view()),
        name="mfa_generate_recovery_codes",
    ),
]
