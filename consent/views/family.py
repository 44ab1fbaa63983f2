"""What a family sees of itself: own answers, what the school does now, and the way to change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from consent.choices import Standing, Value
from consent.domain.askable import still_counts
from consent.domain.facts import policy_of
from consent.domain.standing import Child, children_by_guardian
from consent.forms import Question
from consent.models import LatestAnswer, Purpose
from consent.rules import PUPIL, first_day, is_asked_on, state_from_first_day
from ledger.acting import current
from schools.models import Guardian

from .sitting import answers_by_guardian, questions_that_count
from .words import groups_or_first_day, grown_words, yes_no

Latest = dict[tuple[int, int], LatestAnswer]


@dataclass(slots=True)
class Family:
    """One foundation's part of the family page."""

    to_answer: list[dict[str, Any]] = field(default_factory=list)
    children: list[dict[str, Any]] = field(default_factory=list)


def families_of(guardians: Sequence[Guardian]) -> list[Family]:
    """The part of each foundation, in a few statements however many there are."""
    known = children_by_guardian(guardians)
    children = [child for theirs in known.values() for child in theirs]
    questions = questions_that_count([child.known for child in children])
    groups = groups_or_first_day([child.pupil.id for child in children])
    latest = answers_by_guardian(guardians, [child.pupil for child in children])
    families = []
    for guardian in guardians:
        asked = [one for one in questions if one.purpose.foundation_id == guardian.foundation_id]
        families.append(_family(guardian, known[guardian.id], asked, groups, latest[guardian.id]))
    return families


def _family(
    guardian: Guardian,
    children: Sequence[Child],
    questions: Sequence[Question],
    groups: Mapping[int, str],
    latest: Latest,
) -> Family:
    """Children this guardian decides for, with rows to change; of others only why they are not here."""
    part = Family()
    for child in sorted(children, key=lambda child: child.standing != Standing.DECIDES):
        decides = child.standing == Standing.DECIDES
        part.children.append(
            {
                "name": child.pupil.call_name,
                "group": groups.get(child.pupil.id, ""),
                "rows": _short_rows(guardian, child, questions, latest) if decides else [],
                "school_now": school_now(guardian, child, questions, latest),
                "url": reverse("consent:parents.child", args=[guardian.foundation.slug, child.pupil.code]),
            }
        )
    _add_open_questions(part, guardian, children, questions, latest)
    return part


def choice_rows(
    guardian: Guardian, child: Child, questions: Sequence[Question], latest: Latest
) -> list[dict[str, Any]]:
    """Each purpose: the own answer, until when it counts, and what the school does now; never who said what (C4)."""
    theirs = [question for question in questions if question.is_for(child.known)]
    rows = _short_rows(guardian, child, theirs, latest)
    for row, question in zip(rows, theirs, strict=True):
        row["note"] = f"{row['note']} {_does_now(guardian, child, question, latest)}".strip()
    return rows


def school_now(guardian: Guardian, child: Child, questions: Sequence[Question], latest: Latest) -> list[str]:
    """What the school may do with photos of the child, in sentences; or why this parent has no say in it."""
    name = {"name": child.pupil.call_name}
    if child.standing == Standing.LEFT:
        return [_("%(name)s is not at school here now. School uses no new photos.") % name]
    if child.standing == Standing.INFORMED:
        return [_("Another parent decides about photos of %(name)s.") % name]
    allowed, refused = [], []
    for question in [one for one in questions if one.is_for(child.known)]:
        mine = latest.get((child.pupil.id, question.purpose.id))
        if _is_allowed(guardian, child, question):
            allowed.append(question.text.title)
        elif mine and mine.value == Value.YES and still_counts(mine, question.purpose):
            refused.append(question.text.title)
    if child.standing == Standing.GROWN:
        return _grown(child, allowed)
    return [_uses_now(allowed, _begins(child)), *_not_all(allowed, refused)]


def _short_rows(
    guardian: Guardian, child: Child, questions: Sequence[Question], latest: Latest
) -> list[dict[str, Any]]:
    rows = []
    for question in [one for one in questions if one.is_for(child.known)]:
        mine = latest.get((child.pupil.id, question.purpose.id))
        address = [guardian.foundation.slug, child.pupil.code, question.purpose.slug]
        rows.append(
            {
                "label": question.title,
                "answer": _answer_words(mine, question.purpose),
                "url": reverse("consent:parents.change", args=address),
                "is_new": mine is None,
                "note": _until(mine, question.purpose),
            }
        )
    return rows


def _is_allowed(guardian: Guardian, child: Child, question: Question) -> bool:
    policy = policy_of(question.purpose, guardian.foundation)
    return state_from_first_day(child.known.facts, policy, current().today).is_allowed


def _begins(child: Child) -> str:
    """The first day of who still has to begin, in words; "" for who is at school here."""
    today = current().today
    day = first_day(child.known.facts, None, today)
    return formats.date_format(day, "j E Y") if day is not None and day > today else ""


def _does_now(guardian: Guardian, child: Child, question: Question, latest: Latest) -> str:
    if _is_allowed(guardian, child, question):
        day = _begins(child)
        return _("School may use them from %(day)s.") % {"day": day} if day else _("School may use them now.")
    mine = latest.get((child.pupil.id, question.purpose.id))
    if mine and mine.value == Value.YES and still_counts(mine, question.purpose):
        return _("Not all parents said yes. That is why we use nothing.")
    return _("School uses nothing now.")


def _uses_now(allowed: Sequence[str], begins: str = "") -> str:
    if not allowed:
        return _("School uses no photos now.")
    if begins:
        words = _("From %(day)s school may use photos: %(titles)s.")
        return words % {"day": begins, "titles": "; ".join(allowed)}
    return _("School may use photos now: %(titles)s.") % {"titles": "; ".join(allowed)}


def _not_all(allowed: Sequence[str], refused: Sequence[str]) -> list[str]:
    """The same words whether another parent said no or has not answered: neither sees the other's answer."""
    if refused and not allowed:
        return [_("Not all parents said yes. That is why we use nothing.")]
    if refused:
        words = _("Not all parents said yes to: %(titles)s. That is why we use nothing there.")
        return [words % {"titles": "; ".join(refused)}]
    return []


def _grown(child: Child, allowed: Sequence[str]) -> list[str]:
    """C8: the pupil decides. What the parents chose is told as long as it stands; the pupil's own choice never is."""
    words = grown_words(child.pupil.call_name)
    has_answered = any(answer.decider is PUPIL for answer in child.known.facts.answers)
    if has_answered or not child.has_authority:
        return [words]
    return [words, _("Until %(name)s chooses:") % {"name": child.pupil.call_name} + " " + _uses_now(allowed)]


def _add_open_questions(
    part: Family,
    guardian: Guardian,
    children: Sequence[Child],
    questions: Sequence[Question],
    latest: Latest,
) -> None:
    """One line for all children that still miss an answer that counts."""
    names = [
        child.pupil.call_name
        for child in children
        if child.standing == Standing.DECIDES
        and any(
            not still_counts(latest.get((child.pupil.id, question.purpose.id)), question.purpose)
            for question in questions
            if question.is_for(child.known) and is_asked_on(question.purpose.event_on, current().today)
        )
    ]
    if names:
        url = reverse("consent:parents.answer", args=[guardian.foundation.slug])
        part.to_answer.append({"names": ", ".join(names), "url": url})


def _answer_words(row: LatestAnswer | None, purpose: Purpose) -> str:
    if row is None:
        return _("No answer yet")
    return yes_no(row.value) if still_counts(row, purpose) else _("The yes has ended")


def _until(row: LatestAnswer | None, purpose: Purpose) -> str:
    if row is None or row.value != Value.YES or row.valid_until is None or not still_counts(row, purpose):
        return ""
    return _("Counts until %(day)s.") % {"day": formats.date_format(row.valid_until, "j E Y")}
