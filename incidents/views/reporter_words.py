"""A case in the words of who reported it: a ten-year-old must understand them."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.choices import EventKind, State
from incidents.querysets import Line

# What was decided about somebody else is not told here: only how far school is.
STATUS = {
    State.RECEIVED: _("School has your report. Nobody has read it yet."),
    State.TRIAGED: _("Somebody at school has read your report."),
    State.HANDLING: _("School is working on it."),
    State.PROPOSED: _("School is working on it."),
    State.DECIDED: _("School is working on it."),
    State.IN_FORCE: _("School has done something about it. What exactly is private."),
    State.WAITING: _("School is working on it, and is waiting for an answer."),
    State.REFERRED: _("School has passed your report on to somebody outside school who can help."),
    State.WITHDRAWN: _("This report was withdrawn."),
    State.CLOSED: _("School is done with this report. Is it happening again? Report it again."),
}
# The report itself is not shown again: who finds the eight words does not find the story (see `shared_lines`).
REPORTED = _("You reported this.")


def reporter_lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """What was said both ways, oldest first; no name of who answered."""
    return [
        {
            "at": line.at,
            "by": _("School") if line.kind == EventKind.ANSWER else _("You"),
            "is_mine": line.kind != EventKind.ANSWER,
            "text": REPORTED if line.kind == EventKind.RECEIVED else line.text,
        }
        for line in lines
        if line.text or line.kind == EventKind.RECEIVED
    ]
