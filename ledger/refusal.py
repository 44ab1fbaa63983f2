"""A refusal is an answer, not an accident: a code for the program, words for the person."""

from typing import Any


class Refusal(Exception):
    """A domain act was refused; `code` is stable, `message` is what the page shows. Nothing was changed."""

    code = "refused"
    message: Any = ""

    def __init__(self, message: Any = "", code: str = "") -> None:
        self.message = message or self.message
        self.code = code or self.code
        super().__init__(self.code)
