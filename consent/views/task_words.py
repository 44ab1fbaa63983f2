"""The words for work that choices and remarks give a school: what it is, and what to do now."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.choices import ENDED, TaskKind
from consent.domain.remarks import OF_THE_FAMILY
from consent.models import Task

# Only where the work is with that one person; in a conflict nobody is named (C4).
NAMES_SOMEBODY = frozenset(
    {TaskKind.TALK, TaskKind.WRONG_ADDRESS, TaskKind.WRONG_CHILD, TaskKind.WRONG_AUTHORITY}
)


def kind_words(kind: str) -> str:
    return {
        TaskKind.CONFLICT: _("Parents do not choose the same"),
        TaskKind.TALK: _("Wants to talk first"),
        TaskKind.WRONG_ADDRESS: _("Address is wrong"),
        TaskKind.WRONG_CHILD: _("Something about the child is wrong"),
        TaskKind.WRONG_AUTHORITY: _("Who decides is wrong"),
        TaskKind.OBJECTION: _("Somebody objects to one photo"),
    }[TaskKind(kind)]


def what_to_do(task: Task) -> str:
    """One line: what to do now."""
    if task.kind == TaskKind.TALK and task.guardian is None:
        return _("Talk with the pupil. Until then it is no.")
    if task.kind == TaskKind.OBJECTION and task.guardian is None:
        return _(
            "The pupil asks this. Find the photo and take it away. Write here what you did: the pupil reads it."
        )
    return {
        TaskKind.CONFLICT: _("School uses nothing there now. Tell both parents the same. Name no choice."),
        TaskKind.TALK: _(
            "Call the parent. The phone number is in your pupil administration, not here. Until then it is no."
        ),
        TaskKind.WRONG_ADDRESS: _("Correct it in your pupil administration, then import again."),
        TaskKind.WRONG_CHILD: _(
            "Look with the parent what is right. Correct it in your pupil administration."
        ),
        TaskKind.WRONG_AUTHORITY: _(
            "Look in the authority register who decides. Correct it in your pupil administration."
        ),
        TaskKind.OBJECTION: _("Find the photo and take it away. Then tell who asked."),
    }[TaskKind(task.kind)]


def waiting_words(kind: str, count: int) -> str:
    """One sentence for a start page; no names."""
    sentence = _choice_sentence(kind, count) or _remark_sentence(kind, count)
    return sentence % {"n": count}


def _choice_sentence(kind: str, count: int) -> str:
    """What came out of choices."""
    if kind == TaskKind.CONFLICT:
        return ngettext(
            "For %(n)s child the parents do not choose the same.",
            "For %(n)s children the parents do not choose the same.",
            count,
        )
    if kind == TaskKind.TALK:
        return ngettext(
            "%(n)s parent or pupil wants to talk first.",
            "%(n)s parents or pupils want to talk first.",
            count,
        )
    if kind == TaskKind.OBJECTION:
        return ngettext("%(n)s family objects to one photo.", "%(n)s families object to one photo.", count)
    return ""


def _remark_sentence(kind: str, count: int) -> str:
    """What a parent says is wrong."""
    if kind == TaskKind.WRONG_ADDRESS:
        return ngettext(
            "%(n)s parent says that an address is wrong.",
            "%(n)s parents say that an address is wrong.",
            count,
        )
    if kind == TaskKind.WRONG_CHILD:
        return ngettext(
            "%(n)s parent says that something about a child is wrong.",
            "%(n)s parents say that something about a child is wrong.",
            count,
        )
    return ngettext(
        "%(n)s parent says that the wrong person decides.",
        "%(n)s parents say that the wrong person decides.",
        count,
    )


def asked_words(count: int) -> str:
    return ngettext(
        "An answer was perhaps entered in error. A second person must agree.",
        "%(n)s times answers were perhaps entered in error. A second person must agree.",
        count,
    ) % {"n": count}


def outcome_words(task: Task) -> str:
    """What was done; work that ended by itself says why."""
    ended = {
        ENDED["agree"]: _("Over: there is no difference any more."),
        ENDED["answered"]: _("Over: there is an answer now."),
    }
    return ended.get(task.outcome, task.outcome)


def who_it_is_with(task: Task) -> str:
    """The parent by name where the work is with that person, else nobody."""
    named = TaskKind(task.kind) in NAMES_SOMEBODY and task.guardian is not None
    return task.guardian.full_name if named and task.guardian else ""


def reader_of(task: Task) -> str:
    """Who reads what was done on the own page, by name: who told the school so. "" when only colleagues read it."""
    if TaskKind(task.kind) not in OF_THE_FAMILY:
        return ""
    return task.guardian.full_name if task.guardian else task.pupil.short_name


def task_row(task: Task, groups: dict[int, str]) -> dict[str, Any]:
    return {
        "url": reverse("consent:staff.task", args=[task.code]),
        "kind": kind_words(task.kind),
        "child": task.pupil.short_name,
        "group": groups.get(task.pupil_id, ""),
        "school": task.school.name,
        "who": who_it_is_with(task),
        "what": what_to_do(task),
        "opened_at": task.opened_at,
        "closed_at": task.closed_at,
        "outcome": outcome_words(task),
    }
