"""What a family sees of itself: own answers, what the school does now, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent.choices import Value
from consent.domain.facts import KnownPupil, known_pupils, policy_of
from consent.forms import Question
from consent.models import Answer, LatestAnswer, Purpose
from consent.querysets import text_in
from consent.rules import deciders_at, state
from ledger.acting import SCHOOL_TIME, current
from schools.choices import Authority
from schools.models import Guardian, Guardianship
from schools.querysets import children_of, group_names, in_force

from .sitting import questions_today, still_counts
from .words import grown_words, yes_no

HISTORY_LENGTH = 20


@dataclass(slots=True)
class Family:
    """One foundation's part of the family page."""

    to_answer: list[dict[str, Any]] = field(default_factory=list)
    children: list[dict[str, Any]] = field(default_factory=list)


def family_of(guardian: Guardian) -> Family:
    """Children this guardian decides for, with rows to change; of others only why they are not here."""
    today = current().today
    questions = [q for q in questions_today() if q.purpose.foundation_id == guardian.foundation_id]
    ids = list(children_of(guardian, today).values_list("id", flat=True))
    children = known_pupils(ids)
    groups = group_names(ids, today)
    part = Family()
    latest = {
        (row.pupil_id, row.purpose_id): row
        for row in LatestAnswer.objects.filter(guardian=guardian, pupil_id__in=ids).select_related("version")
    }
    history = _history(guardian, ids)
    for child in reversed(children):
        if guardian.id not in deciders_at(child.facts, guardian.foundation.decides_from_age, today):
            part.children.append(_grown(child, groups))
        else:
            part.children.append(_child(guardian, child, questions, latest, groups, history))
    part.children += [_only_informed(name) for name in _informed_of(guardian)]
    _add_open_questions(part, guardian, children, questions, latest)
    return part


def _child(
    guardian: Guardian,
    child: KnownPupil,
    questions: Sequence[Question],
    latest: dict[tuple[int, int], LatestAnswer],
    groups: dict[int, str],
    history: dict[int, list[dict[str, Any]]],
) -> dict[str, Any]:
    rows, allowed, conflicts = [], [], []
    for question in questions:
        mine = latest.get((child.id, question.purpose.id))
        rows.append(_answer_row(guardian, child, question, mine))
        found = state(child.facts, policy_of(question.purpose, guardian.foundation), current().today)
        if found.is_allowed:
            allowed.append(question.text.title)
        elif mine and mine.value == Value.YES and still_counts(mine, question.purpose):
            conflicts.append(question.text.title)
    return {
        "name": child.call_name,
        "group": groups.get(child.id, ""),
        "rows": rows,
        "school_now": _school_now(allowed, conflicts),
        "history": history.get(child.id, []),
    }


def _answer_row(
    guardian: Guardian, child: KnownPupil, question: Question, mine: LatestAnswer | None
) -> dict[str, Any]:
    address = [guardian.foundation.slug, child.code, question.purpose.slug]
    return {
        "label": question.text.title,
        "answer": _answer_words(mine, question.purpose),
        "url": reverse("consent:parents.change", args=address),
        "is_new": mine is None,
    }


def _school_now(allowed: Sequence[str], conflicts: Sequence[str]) -> list[str]:
    """What school may do with photos of the child; never which parent said what (C4)."""
    now = [
        _("School may use photos now: %(titles)s.") % {"titles": "; ".join(allowed)}
        if allowed
        else _("School uses no photos now.")
    ]
    if conflicts and not allowed:
        now.append(_("Not all parents said yes. That is why we use nothing."))
    elif conflicts:
        now.append(
            _("Not all parents said yes to: %(titles)s. That is why we use nothing there.")
            % {"titles": "; ".join(conflicts)}
        )
    return now


def _grown(child: KnownPupil, groups: dict[int, str]) -> dict[str, Any]:
    """C8: the right to decide, and to see, has passed to the pupil."""
    return _without_rows(child.call_name, groups.get(child.id, ""), grown_words(child.call_name))


def _only_informed(name: str) -> dict[str, Any]:
    sentence = _("Another parent decides about photos of %(name)s. Is that not right? Ask the school.")
    return _without_rows(name, "", sentence % {"name": name})


def _without_rows(name: str, group: str, sentence: str) -> dict[str, Any]:
    return {"name": name, "group": group, "rows": [], "school_now": [sentence], "history": []}


def _informed_of(guardian: Guardian) -> list[str]:
    links = Guardianship.objects.filter(
        in_force(current().today), guardian=guardian, authority=Authority.INFORMED
    ).select_related("pupil")
    return sorted(link.pupil.call_name for link in links)


def _add_open_questions(
    part: Family,
    guardian: Guardian,
    children: Sequence[KnownPupil],
    questions: Sequence[Question],
    latest: dict[tuple[int, int], LatestAnswer],
) -> None:
    """One line for all children that still miss an answer that counts."""
    age, today = guardian.foundation.decides_from_age, current().today
    names = [
        child.call_name
        for child in reversed(children)
        if guardian.id in deciders_at(child.facts, age, today)
        and any(
            not still_counts(latest.get((child.id, question.purpose.id)), question.purpose)
            for question in questions
        )
    ]
    if names:
        url = reverse("consent:parents.answer", args=[guardian.foundation.slug])
        part.to_answer.append({"names": ", ".join(names), "url": url})


def _answer_words(row: LatestAnswer | None, purpose: Purpose) -> str:
    if row is None:
        return _("No answer yet")
    return yes_no(row.value) if still_counts(row, purpose) else _("The yes has ended")


def _history(guardian: Guardian, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """This guardian's own answers, newest first; of the other parent nothing (C4)."""
    rows = (
        Answer.objects.filter(guardian=guardian, pupil_id__in=ids)
        .select_related("version")
        .prefetch_related("version__texts")
        .order_by("-entry_id", "id")
    )
    found: dict[int, list[dict[str, Any]]] = {}
    language = get_language() or "nl"
    for row in rows:
        lines = found.setdefault(row.pupil_id, [])
        if len(lines) < HISTORY_LENGTH:
            lines.append(
                {
                    "at": row.decided_at.astimezone(SCHOOL_TIME),
                    "text": f"{text_in(row.version, language).title}: {yes_no(row.value)}",
                }
            )
    return found
