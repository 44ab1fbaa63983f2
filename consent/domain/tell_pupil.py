"""What a pupil is told by mail, at the own address and nowhere else, in the language that the pupil chose."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.choices import Capacity
from accounts.models import Reach, User
from consent.choices import Value
from consent.models import Answer, LatestAnswer, Purpose, Submission
from consent.querysets import text_in, version_on
from consent.rules import State
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
            **_title(purposes[row.purpose_id], submission.language),
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


def tell_pupil_taken_out(
    pupil: Pupil,
    taken: Sequence[Answer],
    now_count: Sequence[LatestAnswer],
    purposes: Mapping[int, Purpose],
    after: Mapping[tuple[int, int], State],
) -> None:
    """C3: an entry made in error was taken out; what of the pupil's own counts now, and what school does then."""
    if not own_address(pupil):
        return
    language = pupil_language(pupil)
    now = {row.purpose_id: row.value for row in now_count if row.pupil_id == pupil.id}
    rows = [
        {
            **_title(purposes[row.purpose_id], language),
            "value": now.get(row.purpose_id, ""),
            "is_used": after[pupil.id, row.purpose_id].is_allowed,
        }
        for row in taken
        if row.purpose_id in purposes
    ]
    put_mails(
        "consent/pupil_taken_out",
        [pupil],
        {"answers": rows, "pupil_url": pupil_url()},
        foundation=pupil.foundation,
        due_at=current().now,
        language=language,
    )


def _title(purpose: Purpose, language: str) -> dict[str, str]:
    text = text_in(version_on(purpose, current().today), language)
    return {"title": text.title, "lang": "" if text.language == language else text.language}


def pupil_language(pupil: Pupil) -> str:
    """See `pupil_languages`."""
    return pupil_languages([pupil.id])[pupil.id]


def pupil_languages(pupil_ids: Iterable[int]) -> dict[int, str]:
    """The language of each one's last own answer, else the one of the own mailbox; else Dutch."""
    wanted = list(pupil_ids)
    said = Submission.objects.filter(pupil_id__in=wanted, recorded_by=None).order_by("pupil_id", "-id")
    answered = dict(said.distinct("pupil_id").values_list("pupil_id", "language"))
    boxes = Reach.objects.filter(
        foundation_id=current().foundation, capacity=Capacity.PUPIL, person_id__in=wanted
    ).order_by("id")
    mailbox = dict(boxes.values_list("person_id", "user__language"))
    return {pk: answered.get(pk) or mailbox.get(pk) or settings.LANGUAGE_CODE for pk in wanted}


def open_mailboxes(pupils: Sequence[Pupil]) -> None:
    """The own address of each signs in with a mailed code, also when no import made it so. Two statements."""
    addresses = {pupil.id: pupil.email.strip().lower() for pupil in pupils}
    User.objects.bulk_create(
        [User(email=email, password=make_password(None)) for email in sorted(set(addresses.values()))],
        ignore_conflicts=True,
    )
    users = dict(User.objects.filter(email__in=addresses.values()).values_list("email", "id"))
    there = Reach.objects.filter(
        foundation_id=current().foundation, capacity=Capacity.PUPIL, person_id__in=addresses
    )
    known = set(there.order_by().values_list("person_id", flat=True))
    new: list[dict[str, Any]] = [
        {"foundation_id": pupil.foundation_id, "person_id": pupil.id, "user_id": users[addresses[pupil.id]]}
        for pupil in pupils
        if pupil.id not in known
    ]
    Reach.objects.bulk_create([Reach(capacity=Capacity.PUPIL, **row) for row in new], ignore_conflicts=True)


def pupil_url() -> str:
    """Where a pupil signs in; the address is a contract, as that of the parents."""
    return f"{settings.PORTAL_URL}/leerling/"
