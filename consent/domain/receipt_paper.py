"""A receipt on paper: what was decided at that moment, in the language in which it was decided.

Only what never changes is in it (and whom to ask today), so the same receipt gives the same bytes. What the
school does now stands on the page, not here.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats, translation

from consent.choices import Channel, Value
from consent.domain.contacts import officer_on
from consent.domain.record_json import leaf_hashes
from consent.models import Answer, Submission
from consent.querysets import text_in
from ledger.acting import SCHOOL_TIME, current
from notices.pdf import PRINTED_LANGUAGES, render_pdf
from schools.models import Foundation, Pupil
from schools.querysets import group_names

# Somebody waits for it: better a page that says "try again" than a browser that hangs.
SECONDS, START_SECONDS = 6.0, 12.0
RIGHT_TO_LEFT = frozenset({"ar"})
Paper = dict[str, Any]


def can_be_printed(submission: Submission) -> bool:
    """Whether there are packaged letters for the language of this receipt; without them there is the page."""
    return submission.language in PRINTED_LANGUAGES


def receipt_pdf(submission: Submission) -> bytes:
    """The tagged PDF of this receipt; takes under a second once the press runs. Raises PdfFailed."""
    return render_pdf(
        receipt_html(submission),
        language=submission.language,
        seconds=SECONDS,
        start_seconds=START_SECONDS,
    )


def receipt_html(submission: Submission) -> str:
    """The receipt as the press gets it, in the language of the choice."""
    with translation.override(submission.language):
        template = "pupil_receipt" if submission.pupil_id else "receipt"
        return render_to_string(f"consent/pdf/{template}.html", {"paper": receipt_paper(submission)})


def receipt_paper(submission: Submission) -> Paper:
    """What the receipt says, as plain data: no surname of a parent or child, no address of a family (R6)."""
    answers = list(
        submission.answers.select_related("pupil", "purpose", "version")
        .prefetch_related("version__texts")
        .order_by("purpose__position", "id")
    )
    local = submission.at.astimezone(SCHOOL_TIME)
    foundation = Foundation.objects.get(id=submission.foundation_id)
    hashes = leaf_hashes(answers)
    return {
        "language": submission.language,
        "direction": "rtl" if submission.language in RIGHT_TO_LEFT else "ltr",
        "foundation": foundation,
        "officer": officer_on(current().today),
        "code": submission.code,
        "day": formats.date_format(local, "j E Y"),
        "time": formats.date_format(local, "H.i"),
        "by": submission.guardian.call_name if submission.guardian else "",
        "channel": Channel(submission.channel).label,
        "is_pupil": submission.pupil_id is not None,
        "is_entered": submission.recorded_by_id is not None,
        "children": _children(answers, submission, hashes),
        "url": f"{settings.PORTAL_URL}/{'ouder' if submission.guardian_id else 'leerling'}/",
    }


def _children(answers: list[Answer], submission: Submission, hashes: dict[int, str]) -> list[dict[str, Any]]:
    pupils: dict[int, Pupil] = {answer.pupil_id: answer.pupil for answer in answers}
    groups = group_names(list(pupils), submission.at.astimezone(SCHOOL_TIME).date())
    return [
        {
            "name": pupil.call_name,
            "group": groups.get(pupil.id, ""),
            "answers": [_answer(answer) for answer in answers if answer.pupil_id == pupil.id],
            "fingerprints": sorted(
                {hashes.get(answer.entry_id, "") for answer in answers if answer.pupil_id == pupil.id}
            ),
        }
        for pupil in sorted(pupils.values(), key=lambda pupil: (pupil.born_on, pupil.id), reverse=True)
    ]


def _answer(answer: Answer) -> dict[str, Any]:
    text = text_in(answer.version, answer.language)
    return {
        "title": text.title,
        "explanation": text.explanation,
        "answer": Value(answer.value).label,
        "is_yes": answer.value == Value.YES,
        "until": formats.date_format(answer.valid_until, "j E Y") if answer.valid_until else "",
    }
