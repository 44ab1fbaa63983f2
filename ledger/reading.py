"""Reading sensitive things is an act: such a page says so, and writes down whom it shows."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def reading_is_recorded(view: View) -> View:
    """Mark a GET view that calls `record_reading` before it shows people: its transaction may write.

    The middleware refuses to send a page of such a view that recorded nothing.
    """
    view.reading_is_recorded = True  # type: ignore[attr-defined]
    return view
