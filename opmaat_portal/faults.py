"""A page that fails tells the operator where, and nothing of whom it was about."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404

log = logging.getLogger(__name__)
FRAMES = 8


@contextmanager
def faults_are_logged(view: Callable[..., Any]) -> Iterator[None]:
    """Around a view: one line with its name, the kind of error and the last places in the code.

    Not the address, which may hold the token of a link, and not the words of the error, which may hold a name.
    """
    try:
        yield
    except (Http404, PermissionDenied, SuspiciousOperation):
        raise
    except Exception as error:
        places = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        where = " < ".join(f"{Path(place.filename).name}:{place.lineno}" for place in reversed(places))
        log.error("%s.%s failed: %s at %s", view.__module__, view.__name__, type(error).__name__, where)
        raise
