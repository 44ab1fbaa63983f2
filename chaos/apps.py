"""Arms the named points inside the worker, in this process only: the files of the portal know nothing of it."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.apps import AppConfig

from .orders import obey


class ChaosConfig(AppConfig):
    name = "chaos"

    def ready(self) -> None:
        from notices.domain import books, deliver, lease

        _surround(deliver, "lease", after="worker:after-lease")
        _surround(deliver, "_hand_over_one", before="worker:before-smtp")
        _surround(deliver, "mark_accepted", before="worker:after-smtp")
        _surround(deliver, "settle", before="worker:before-books")
        _surround(books, "_book", after="worker:in-books")  # its transaction is not committed yet
        # Minutes of patience with a mail server would be most of a run of minutes.
        _instead(lease, "FIRST_PAUSE", timedelta(seconds=1))
        _instead(lease, "LONGEST_PAUSE", timedelta(seconds=4))


def _surround(module: ModuleType, name: str, *, before: str = "", after: str = "") -> None:
    """Let who calls this step obey orders before it, or after it when there was something to do."""
    step: Callable[..., Any] = getattr(
        module, name
    )  # AttributeError: the step has another name now, mend it here

    def surrounded(*args: Any, **options: Any) -> Any:
        if before:
            obey(before)
        result = step(*args, **options)
        if after and result != []:
            obey(after)
        return result

    setattr(module, name, surrounded)


def _instead(module: ModuleType, name: str, value: object) -> None:
    getattr(module, name)  # AttributeError, as above
    setattr(module, name, value)
