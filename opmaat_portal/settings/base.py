"""Settings that hold everywhere; every value that differs per place comes from the environment, typed."""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .languages import LANGUAGES  # noqa: F401
from .outbox import check_hours, read_pace
from .static import guard_static_file

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.FileAwareEnv()  # NAME_FILE wins: secrets come as files

SECRET_KEY = env.str("SECRET_KEY")
PORTAL_URL = env.str("PORTAL_URL").rstrip("/")
PORTAL_KEYS = env.list("PORTAL_KEYS")
for _key in (SECRET_KEY, *PORTAL_KEYS):
    if len(_key) < 32:
        raise ImproperlyConfigured("SECRET_KEY and each of PORTAL_KEYS need at least 32 characters.")
if not PORTAL_KEYS:
    raise ImproperlyConfigured("PORTAL_KEYS needs at least one secret: the first one signs and encrypts.")
if not PORTAL_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("PORTAL_URL must start with http:// or https://.")

DEBUG = False
ALLOWED_HOSTS = [
    *env.list("ALLOWED_HOSTS", default=[]),
    PORTAL_URL.split("://")[1].split("/")[0].split(":")[0],
]
ROOT_URLCONF = "opmaat_portal.urls"
WSGI_APPLICATION = "opmaat_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "opmaat_portal",
    "incidents",
    "publications",
    "consent",
    "policies",
    "notices",
    "schools",
    "accounts",
    "ledger",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "opmaat_portal.middleware.SoundCookiesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "opmaat_portal.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "opmaat_portal.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opmaat_portal.middleware.SignInFirstMiddleware",
    # The last one: it calls the view itself, inside acting() (a system check says so).
    "opmaat_portal.middleware.ActingMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opmaat_portal.context.portal",
            ],
        },
    }
]

# The app connects as a role that owns nothing; migrations run through `owner`.
_CONNECTION = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
# Values travel beside the statement, and PostgreSQL keeps the plan of what a connection asks again and again: planning
# was half of its work for a check. A pooler in between must know prepared statements (PgBouncer from 1.21 on).
_PREPARED = {"server_side_binding": True, "prepare_threshold": 3}


def _database(url: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    return {**url, **_CONNECTION, "OPTIONS": {**url.get("OPTIONS", {}), **options}}


DATABASES = {
    "default": _database(env.db("DATABASE_URL"), _PREPARED),
    "owner": _database(env.db("OWNER_DATABASE_URL", default=env.str("DATABASE_URL")), {}),
    "counters": _database(env.db("DATABASE_URL"), _PREPARED),
}
DATABASE_ROUTERS = ["opmaat_portal.routers.OneDatabase"]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"  # a link in a mail must find the session
CSRF_FAILURE_VIEW = "opmaat_portal.views.public.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Counters of attempts: in PostgreSQL (Redis is never needed), on a connection of their own, so that they
# survive the rollback of the request that they count.
CACHES = {
    "default": {
        "BACKEND": "accounts.counters.CountersCache",
        "LOCATION": "portal_counters",
        "OPTIONS": {
            "MAX_ENTRIES": 20_000
        },  # above it, what has expired is swept out; never what still counts
    }
}

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:start"
from accounts.settings import *  # noqa: E402  how people sign in

EMAIL_BACKEND = "notices.backend.OutboxBackend"
EMAIL_URL = env.str("EMAIL_URL")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Toestemming <portaal@example.org>")

CELERY_APP = "opmaat_portal.celery.app"
CELERY_BROKER_URL = env.str("REDIS_URL")
# A worker that is silent this long is taken for dead; above the slowest single mail (four waits for the server).
OUTBOX_LEASE_SECONDS = env.float("OUTBOX_LEASE_SECONDS", default=90)
OUTBOX_SWEEP_SECONDS = env.float("OUTBOX_SWEEP_SECONDS", default=20)
# No round wakes parents at night: the hours, school time, between which its mails leave.
MAILS_FROM_HOUR = env.int("MAILS_FROM_HOUR", default=7)
MAILS_UNTIL_HOUR = env.int("MAILS_UNTIL_HOUR", default=20)
check_hours(MAILS_FROM_HOUR, MAILS_UNTIL_HOUR)
# Those hours hold, and nothing of a round leaves on a Sunday or a national holiday.
QUIET_TIMES = env.bool("QUIET_TIMES", default=True)
# Mails per seconds for each recipient domain. Large providers mistrust who comes with thousands at once.
OUTBOX_PACE = read_pace(
    env.str("OUTBOX_PACE", default="gmail.com=600/60,hotmail.com=600/60,outlook.com=600/60,*=3000/60")
)
# Mails that came back: the secret of the webhook (empty: there is none), and a Maildir or mbox on disk.
BOUNCE_TOKEN = env.str("BOUNCE_TOKEN", default="")
if BOUNCE_TOKEN and len(BOUNCE_TOKEN) < 32:
    raise ImproperlyConfigured("BOUNCE_TOKEN needs at least 32 characters, or none at all.")
BOUNCE_MAILBOX = env.str("BOUNCE_MAILBOX", default="")

LANGUAGE_CODE = "nl"
FORMAT_MODULE_PATH = ["opmaat_portal.formats"]
LANGUAGE_COOKIE_NAME = "taal"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
# Not "no-referrer": with it a browser sends "Origin: null" along with every form, and CSRF refuses it. This one
# tells other sites as little: nothing.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_HTTPONLY = True

DEMO = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # Paths hold tokens of personal links: no request line is logged.
    "loggers": {
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "django.security.csrf": {"level": "CRITICAL"},
        "django.server": {"level": "CRITICAL"},
    },
}
# Where the exit button of the report pages leads: a site that anybody may be looking at.
EXIT_URL = env.str("EXIT_URL", default="https://www.buienradar.nl/")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="beveiliging@example.org")
SECURITY_EXPIRES = env.str("SECURITY_EXPIRES", default="2027-11-01T00:00:00Z")
WHITENOISE_ADD_HEADERS_FUNCTION = guard_static_file
