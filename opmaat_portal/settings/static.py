"""Static files: WhiteNoise answers above the other middleware, so its files need their own refusals."""

from typing import Any


def guard_static_file(headers: Any, path: str, url: str) -> None:
    """What a picture or stylesheet may do when it is opened as a page: nothing."""
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
    headers["X-Frame-Options"] = "DENY"
    headers["X-Content-Type-Options"] = "nosniff"
