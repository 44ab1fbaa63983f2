"""Celery delivers; the truth is in PostgreSQL and the broker is only a doorbell."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opmaat_portal.settings.production")

app = Celery("opmaat_portal")
app.config_from_object("opmaat_portal.celeryconfig")
app.autodiscover_tasks()
