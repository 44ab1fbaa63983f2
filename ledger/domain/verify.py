"""Recompute every leaf of a foundation and say where the first fault is (E1, R36)."""

from dataclasses import dataclass

from ledger.choices import Verb
from ledger.domain.record import leaf_hash
from ledger.models import Entry, EntryPayload

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Fault:
    entry_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    entries: int
    erased: int
    fault: Fault | None


def verify(foundation_id: int) -> Verified:
    """Check all entries in order; stops at the first one whose leaf does not fit, or whose companion is gone
    without an entry that says it was erased. Runs inside `acting()` for that foundation.
    """
    erased = set(
        Entry.objects.filter(foundation_id=foundation_id, verb=Verb.ENTRY_ERASED).values_list(
            "subject_id", flat=True
        )
    )
    seen = gone = last = 0
    while batch := list(
        Entry.objects.filter(foundation_id=foundation_id, id__gt=last).order_by("id")[:BATCH]
    ):
        companions = EntryPayload.objects.in_bulk([entry.id for entry in batch])
        for entry in batch:
            companion = companions.get(entry.id)
            if companion is None and entry.id not in erased:
                return Verified(
                    seen, gone, Fault(entry.id, "the companion row is gone and no erasure is recorded")
                )
            if companion is None:
                gone += 1
            elif leaf_hash(entry, bytes(companion.salt), companion.payload) != bytes(entry.leaf_hash):
                return Verified(seen, gone, Fault(entry.id, "the entry does not fit its leaf hash"))
            seen += 1
        last = batch[-1].id
    orphan = EntryPayload.objects.filter(foundation_id=foundation_id).exclude(
        entry_id__in=Entry.objects.values("id")
    )
    if (lost := orphan.order_by("entry_id").first()) is not None:
        return Verified(seen, gone, Fault(lost.entry_id, "the entry is gone, its companion is still there"))
    return Verified(seen, gone, None)
