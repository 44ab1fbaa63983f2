"""Tests: the same walls and the same database, faster passwords."""

from .demo import *
from .outbox import read_pace

OUTBOX_PACE = read_pace("*=60000/60")  # a test that wants patience says so
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # a test client is made often: look a file up when it is asked for
