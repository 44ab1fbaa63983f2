"""What a pupil is told by mail, at the own address and nowhere else."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from accounts.choices import Capacity
from accounts.models import Reach, User
from consent.choices import Value
from consent.models import Answer, Purpose, Submission
from consent.querysets import text_in, version_on
from ledger.acting import current
from notices.domain.addressed import put_mails
from schools.models import Pupil
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


def pupil_language(pupil: Pupil) -> str:
    """The language of the pupil's last answer or remark, else the one chosen for the own mailbox; else Dutch."""
    said = Submission.objects.filter(pupil=pupil, recorded_by=None).order_by("-id")
    answered = said.values_list("language", flat=True).first()
    return answered or _mailbox_language(pupil) or settings.LANGUAGE_CODE


def _mailbox_language(pupil: Pupil) -> str:
    reach = Reach.objects.filter(
        foundation_id=pupil.foundation_id, capacity=Capacity.PUPIL, person_id=pupil.id
    ).select_related("user")
    return next((row.user.language for row in reach.order_by("id")), "")


def open_mailbox(pupil: Pupil) -> None:
    """The pupil's own address signs in with a mailed code, also when no import made it so."""
    user, is_new = User.objects.get_or_create(email=pupil.email.strip().lower())
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    Reach.objects.get_or_create(
        foundation_id=pupil.foundation_id,
        capacity=Capacity.PUPIL,
        person_id=pupil.id,
        defaults={"user": user},
    )


def pupil_url() -> str:
    """Where a pupil signs in; the address is a contract, as that of the parents."""
    return f"{settings.PORTAL_URL}/leerling/"
