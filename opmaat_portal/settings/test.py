"""Tests: the same walls and the same database, faster passwords."""

from .demo import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
