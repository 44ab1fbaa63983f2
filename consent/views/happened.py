"""What happened around one child, in words: own answers with their receipts, what the school did, who looked."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from consent.choices import Standing
from consent.domain.facts import policy_of
from consent.domain.history import Given, Looks, given_about, what_school_did, who_looked
from consent.domain.standing import Child
from consent.forms import Question
from consent.models import Answer
from consent.querysets import text_in
from ledger.acting import SCHOOL_TIME
from schools.choices import RoleName
from schools.models import Guardian

from .words import channel_words, yes_no

MOST_LINES = 40


def what_happened(guardian: Guardian, child: Child, questions: Sequence[Question]) -> dict[str, Any]:
    """`passed_on`: own submissions with receipt; `school_did`; `looks`, and how many earlier ones are left out.

    From 16 the pupil alone hears what the school did and who looked; who is only informed hears neither (C8).
    """
    given = given_about(child.pupil.id)
    may_see = child.has_authority and child.standing != Standing.GROWN
    looks = who_looked(child.pupil.id) if may_see else []
    return {
        "passed_on": _passed_on(guardian, given)[:MOST_LINES],
        "school_did": _school_did(guardian, child, given, questions)[:MOST_LINES] if may_see else [],
        "may_see_looks": may_see,
        "looks": [_look_words(one) for one in looks[:MOST_LINES]],
        "more_looks": max(0, len(looks) - MOST_LINES),
    }


def _passed_on(guardian: Guardian, given: Given) -> list[dict[str, Any]]:
    """This guardian's own submissions about the child, newest first, each with its receipt."""
    found: dict[int, list[Answer]] = {}
    for row in given.of(guardian.id):
        found.setdefault(row.submission_id, []).insert(0, row)
    return [
        {
            "at": rows[0].decided_at.astimezone(SCHOOL_TIME),
            "way": channel_words(rows[0].channel),
            "answers": [_answer_line(row, given) for row in rows],
            "url": reverse(
                "consent:parents.receipt", args=[guardian.foundation.slug, rows[0].submission.code]
            ),
        }
        for rows in found.values()
    ]


def _answer_line(row: Answer, given: Given) -> str:
    line = f"{_title(row)}: {yes_no(row.value)}"
    error = _("entered by mistake, does not count")
    return f"{line} ({error})" if row.id in given.taken_out else line


def _title(row: Answer) -> str:
    return text_in(row.version, get_language() or "nl").title


def _school_did(
    guardian: Guardian, child: Child, given: Given, questions: Sequence[Question]
) -> list[dict[str, Any]]:
    titles = {question.purpose.id: question.text.title for question in questions}
    policies = [policy_of(question.purpose, guardian.foundation) for question in questions]
    return [
        {
            "day": one.day,
            "text": _("%(title)s: school may use photos") % {"title": titles[one.purpose]}
            if one.is_allowed
            else _("%(title)s: school uses nothing") % {"title": titles[one.purpose]},
        }
        for one in what_school_did(child.known.facts, given, policies, child.since)
    ]


def _look_words(looks: Looks) -> dict[str, Any]:
    """By role, never by name (E4)."""
    known = dict(RoleName.choices)
    words = [capfirst(str(known.get(looks.capacity, _("somebody at school"))))]
    if looks.times:
        words.append(ngettext("looked once", "looked %(n)s times", looks.times) % {"n": looks.times})
    if looks.checks_kept:
        words.append(_("checked a photo before using it"))
    return {"day": looks.day, "text": ", ".join(words)}
