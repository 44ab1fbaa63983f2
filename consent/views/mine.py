"""What a pupil sees of themselves: who decides, what was chosen, what the school does now, and what was before."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent.choices import Value
from consent.domain.askable import still_counts
from consent.domain.decide import is_here_or_coming
from consent.domain.facts import KnownPupil, known_pupils, policy_of
from consent.domain.remarks import may_object_as_pupil, objections_of
from consent.forms import KeyForm, Question
from consent.models import Answer, LatestAnswer
from consent.querysets import text_in
from consent.rules import PUPIL, birthday, deciders_at, state
from ledger.acting import SCHOOL_TIME, current
from schools.models import Pupil
from schools.querysets import own_address

from .remark_words import remark_rows
from .sitting import questions_today
from .words import day_words, yes_no

HISTORY_LENGTH = 40


@dataclass(slots=True)
class Mine:
    """One pupil today. `must_wait` tells in words why nothing can be chosen here, "" when it can.

    `latest`: own answers per purpose; a no that was taken back is none.
    """

    pupil: Pupil
    known: KnownPupil
    questions: list[Question]
    decides: bool
    may_veto: bool
    must_wait: str
    latest: dict[int, LatestAnswer] = field(default_factory=dict)


def mine_of(pupil: Pupil) -> Mine:
    """Read what concerns this pupil: a few statements."""
    today, foundation = current().today, pupil.foundation
    known = known_pupils([pupil.id])[0]
    here = is_here_or_coming(known, today)
    decides = PUPIL in deciders_at(known.facts, foundation.decides_from_age, today)
    own = LatestAnswer.objects.filter(pupil=pupil, guardian=None).exclude(value=Value.BACK)
    return Mine(
        pupil=pupil,
        known=known,
        questions=questions_today([pupil]),
        decides=here and decides,
        may_veto=here and not decides and foundation.pupil_may_veto,
        must_wait=_must_wait(pupil, known, here=here, decides=decides),
        latest={row.purpose_id: row for row in own.select_related("version")},
    )


def _must_wait(pupil: Pupil, known: KnownPupil, *, here: bool, decides: bool) -> str:
    if not here:
        return _("You are not at a school here now. School uses no photos of you.")
    if decides:
        shared = _("Your parent uses this e-mail address too. Ask the school to note your own address.")
        return "" if own_address(pupil) else shared
    age = pupil.foundation.decides_from_age
    day = birthday(known.facts.born_on, age)
    if day <= current().today:
        return _("Somebody else decides about photos of you. Is that not right? Ask the school.")
    return _("From %(day)s you choose yourself. Until then your parents choose.") % {"day": day_words(day)}


def choices_page(pupil: Pupil) -> dict[str, Any]:
    """What the card on the page of the pupil shows: see templates/consent/pupils/_mine.html."""
    mine = mine_of(pupil)
    rows = [_row(mine, question) for question in mine.questions]
    open_questions = mine.decides and not mine.must_wait and not has_answered(mine)
    return {
        "rows": rows,
        "must_wait": mine.must_wait,
        "may_veto": mine.may_veto,
        "answer_url": reverse("consent:pupils.answer") if open_questions else "",
        # A yes of the parents may have run out meanwhile: only what still holds is called so (C8).
        "keeps_parents_answers": open_questions and any(row["is_allowed"] and row["is_new"] for row in rows),
        "history": _history(mine),
        "remarks": remark_rows(objections_of(pupil)),
        "objection_url": reverse("consent:pupils.objection") if may_object_as_pupil(pupil) else "",
    }


def has_answered(mine: Mine) -> bool:
    """Every question has an own answer that counts today."""
    return all(still_counts(mine.latest.get(q.purpose.id), q.purpose) for q in mine.questions)


def _row(mine: Mine, question: Question) -> dict[str, Any]:
    answer, slug = mine.latest.get(question.purpose.id), question.purpose.slug
    now = state(mine.known.facts, policy_of(question.purpose, mine.pupil.foundation), current().today)
    may_choose = mine.decides and not mine.must_wait
    return {
        "label": question.text.title,
        "answer": _answer_words(answer, question) if mine.decides else "",
        "url": reverse("consent:pupils.change", args=[slug]) if may_choose else "",
        "is_new": answer is None,
        "is_allowed": now.is_allowed,
        "note": _("School may use them now.") if now.is_allowed else _("School uses nothing now."),
        "veto": _veto(answer, slug) if mine.may_veto else None,
    }


def _veto(answer: LatestAnswer | None, slug: str) -> dict[str, Any]:
    """One button: say no, or take that back; the same number of taps (C9)."""
    said_no = answer is not None and answer.value == Value.NO
    return {
        "said_no": said_no,
        "value": str(Value.BACK if said_no else Value.NO),
        "url": reverse("consent:pupils.veto", args=[slug]),
        "form": KeyForm(),
    }


def _answer_words(row: LatestAnswer | None, question: Question) -> str:
    if row is None:
        return _("No answer yet")
    return yes_no(row.value) if still_counts(row, question.purpose) else _("Your yes is over")


def _history(mine: Mine) -> list[dict[str, Any]]:
    """Who decides may see all that was ever answered about them, never which parent it was; else the own words.

    The right to look passes to the pupil together with the right to decide (C8, AVG 15).
    """
    rows = Answer.objects.filter(pupil=mine.pupil)
    if not mine.decides:
        rows = rows.filter(guardian=None)
    rows = rows.select_related("version").prefetch_related("version__texts").order_by("-entry_id", "id")
    language = get_language() or "nl"
    return [
        {
            "at": row.decided_at.astimezone(SCHOOL_TIME),
            "text": f"{text_in(row.version, language).title}: {yes_no(row.value)}",
            "by": _("you") if row.guardian_id is None else _("a parent"),
        }
        for row in rows[:HISTORY_LENGTH]
    ]
