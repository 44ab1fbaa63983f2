"""The entrance of the web server."""

import codecs
import os
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opmaat_portal.settings.production")
_portal = get_wsgi_application()
# Before gunicorn forks: else each worker would load the pages and the doorbell anew at its first request.
import_module(settings.ROOT_URLCONF)
import_string(settings.CELERY_APP)
LETTERS = {"utf-8", "ascii", "iso8859-1"}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The portal; a body in letters that no browser sends is refused before Django trips over it."""
    if _is_sound(environ.get("CONTENT_TYPE", "")):
        return _portal(environ, start_response)
    start_response(
        "400 Bad Request",
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
    return [b"Dit verzoek kunnen we niet lezen. / We cannot read this request.\n"]


def _is_sound(content_type: str) -> bool:
    try:
        charset = parse_header_parameters(content_type)[1].get("charset", "utf-8")
        return codecs.lookup(charset).name in LETTERS
    except (LookupError, ValueError, TypeError):
        return False
