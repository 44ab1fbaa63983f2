"""Settings of the worker and the client in a chaos run: those of the tests, and the app that arms the points."""

from opmaat_portal.settings.test import *
from opmaat_portal.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "chaos"]
