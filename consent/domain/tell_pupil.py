"""What a pupil is told by mail, at the own address and nowhere else."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from consent.choices import Value
from consent.models import Answer, Purpose, Submission
from consent.querysets import text_in, version_on
from ledger.acting import current
from notices.domain.addressed import put_mails
from schools.querysets import own_address


def send_pupil_receipt(
    submission: Submission,
    answers: Sequence[Answer],
    purposes: Mapping[int, Purpose],
) -> None:
    """One mail that repeats in words what the pupil chose; none when no address of the pupil alone is known."""
    pupil = submission.pupil
    if pupil is None or not own_address(pupil):
        return
    rows = [
        {
            "title": text_in(
                version_on(purposes[row.purpose_id], current().today), submission.language
            ).title,
            "is_yes": row.value == Value.YES,
            "is_no": row.value == Value.NO,
        }
        for row in answers
    ]
    put_mails(
        "consent/pupil_receipt",
        [pupil],
        {"answers": rows, "code": submission.code, "pupil_url": pupil_url()},
        foundation=submission.foundation,
        due_at=current().now,
        language=submission.language,
    )


def pupil_url() -> str:
    """Where a pupil signs in; the address is a contract, as that of the parents."""
    return f"{settings.PORTAL_URL}/leerling/"
