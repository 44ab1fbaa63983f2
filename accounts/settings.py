"""How people sign in: only constants, read by `opmaat_portal.settings.base` before Django is set up.

Parents get a code by mail; staff have a password, and with a role that reaches far a second factor as well.
"""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses come from the school; a mailed code proves them each time
ACCOUNT_PREVENT_ENUMERATION = "strict"
# Somebody who types another address than the school has must hear so, or waits for a code that never comes.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False  # staff share computers: their session ends with the browser

ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900  # some mail servers hold mail back for ten minutes
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Eight digits, shown as 1234-5678: the number keys of a phone, and still 10^8 possibilities for three tries.
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_LOGIN_TIMEOUT = 3600  # longer than a code lives, so that an old code gets its own page

ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
]

# Never per address of a network: 300 parents sit behind that of one school (R23). Where a key is counted, it is
# the account and whether this device has signed in as it before (see accounts.devices).
ACCOUNT_RATE_LIMITS = {
    "login": "",
    "login_failed": "5/5m/key,50/d/key",
    "request_login_code": "5/5m/key,30/d/key",
    "reset_password": "5/5m/key,20/d/key",
    "reset_password_from_key": "",
    "reauthenticate": "10/5m/user",
    "change_password": "10/5m/user",
    # Reports without an account; the key is the browser, or all of them together.
    "report_send": "20/h/key",
    "report_phrase": "10/15m/key",
    "report_phrase_all": "300/h/key",
    # Codes of letters on a tablet at school; the key is the tablet.
    "kiosk_letter": "10/15m/key",
}

ACCOUNT_FORMS = {
    "login": "accounts.forms.PasswordForm",
    "request_login_code": "accounts.forms.AddressForm",
    "confirm_login_code": "accounts.forms.CodeForm",
    "change_password": "accounts.forms.NewPasswordForm",
    "reauthenticate": "accounts.forms.PasswordAgainForm",
    "reset_password": "accounts.forms.ForgottenForm",
    "reset_password_from_key": "accounts.forms.FirstPasswordForm",
}

MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Opmaat"
MFA_TOTP_TOLERANCE = (
    1  # a phone's clock may be half a minute off; a used code is refused for as long as it fits
)
MFA_ALLOW_UNVERIFIED_EMAIL = True  # we keep no addresses besides the account's own
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.ActivateForm",
}
