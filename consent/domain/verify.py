"""An answer is proof only as long as it says what the ledger says."""

from typing import Any

from consent.models import Answer, Invalidation
from ledger.choices import Verb
from ledger.models import Entry, EntryPayload

BATCH = 2_000


def first_unproved_answer() -> int | None:
    """The id of the first answer that differs from its ledger entry, or None.

    An entry whose companion was erased proves nothing any more and is passed over (AVG 17).
    """
    last = 0
    while batch := list(
        Answer.objects.filter(id__gt=last).select_related("submission").order_by("id")[:BATCH]
    ):
        payloads = EntryPayload.objects.in_bulk({answer.entry_id for answer in batch})
        for answer in batch:
            companion = payloads.get(answer.entry_id)
            if companion is not None and as_written(answer) not in companion.payload.get("answers", []):
                return answer.id
        last = batch[-1].id
    return None


def first_unproved_invalidation() -> int | None:
    """The id of the first answer that was taken out without an entry of the ledger that says so, or None."""
    rows = Invalidation.objects.filter(in_force_at__isnull=False).select_related("answer").order_by("id")
    for row in rows.iterator(chunk_size=BATCH):
        entries = Entry.objects.filter(
            verb=Verb.CHOICE_INVALIDATED, subject_type="pupil", subject_id=row.answer.pupil_id
        )
        companions = {
            companion.entry_id: companion.payload
            for companion in EntryPayload.objects.filter(entry__in=entries.order_by()).order_by()
        }
        named = any(row.answer_id in payload.get("answers", []) for payload in companions.values())
        is_erased = entries.exclude(id__in=companions).exists()
        if not named and not is_erased:
            return row.answer_id
    return None


def as_written(answer: Answer) -> dict[str, Any]:
    """The answer in the words of the ledger: what is recorded when it is given, and compared ever after."""
    return {
        "purpose": answer.purpose_id,
        "value": str(answer.value),
        "version": answer.version_id,
        "language": answer.language,
        "text_sha256": answer.text_sha256,
        "valid_until": answer.valid_until.isoformat() if answer.valid_until else None,
    }
