"""The demo: made-up people, sign in with one tap, a mailbox for everybody. Never for real data."""

from .base import *
from .base import env

DEMO = True
DEMO_MAILDIR = env.str("DEMO_MAILDIR", default="")
# Its mail goes nowhere, and somebody may show it at night.
QUIET_TIMES = env.bool("QUIET_TIMES", default=False)
MAILS_FROM_HOUR = env.int("MAILS_FROM_HOUR", default=0)
# Static files straight from where they lie: nothing to collect first.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
