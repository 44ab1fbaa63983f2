"""What a family said, and what the school did with it, in words."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from consent.choices import TaskKind
from consent.domain.remarks import answer_by
from consent.models import Task
from ledger.acting import SCHOOL_TIME
from schools.querysets import vacations_at


def remark_rows(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Each remark or objection: what about, the words, and by when the school answers or what it did."""
    days_off = vacations_at(task.school_id for task in tasks)
    return [remark_words(task, days_off[task.school_id]) for task in tasks]


def remark_words(task: Task, vacations: Sequence[Any]) -> dict[str, Any]:
    """One of them; `outcome` is what the school wrote when it was done."""
    opened = task.opened_at.astimezone(SCHOOL_TIME)
    closed = task.closed_at.astimezone(SCHOOL_TIME) if task.closed_at else None
    return {
        "about": _about(task.kind),
        "text": task.text,
        "at": opened,
        "code": task.code,
        "answer_on": answer_by(opened.date(), vacations),
        "closed_at": closed,
        "outcome": task.outcome,
    }


def _about(kind: str) -> str:
    return {
        TaskKind.WRONG_ADDRESS: _("Your e-mail address or name"),
        TaskKind.WRONG_CHILD: _("Your child"),
        TaskKind.WRONG_AUTHORITY: _("Who decides about your child"),
        TaskKind.OBJECTION: _("Objection to one photo, video or sound"),
    }[TaskKind(kind)]
