"""Let `manage.py` in another terminal work on the demo that runs: the same database, broker and keys."""

import json
import os
from pathlib import Path

from .stack import ENVIRONMENT_FILE, ROOT


def attach(data_dir: Path | str | None = None) -> bool:
    """Fill in `os.environ` with what the running demo uses; False (and no change) when none runs.

    Only when DATABASE_URL is not set already; what is set stays. `data_dir` defaults to DATA or `.data`.
    """
    if "DATABASE_URL" in os.environ or "DATABASE_URL_FILE" in os.environ:
        return False
    folder = Path(data_dir or os.environ.get("DATA") or ".data")
    try:
        shared = json.loads((ROOT / folder / ENVIRONMENT_FILE).read_text())
    except OSError:
        return False
    for key, value in shared.items():
        os.environ.setdefault(key, value)
    return True
