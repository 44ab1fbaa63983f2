"""Why an import stops, as a code; the words for the screen stand in `messages.py`."""

from ledger.refusal import Refusal


class FileRefused(Refusal):
    """This file is not what it should be; nothing of it was kept.

    `code` is a key of `messages.FILES`, `details` fill its sentence; they never hold a cell of the file. `file`
    says which of the two files it is.
    """

    file = "edexml"

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code=code)
        self.details = details


class ImportRefused(Refusal):
    """The import (or its undoing) may not happen now; nothing was changed. `code` is a key of `messages.ACTS`."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code=code)
        self.details = details
