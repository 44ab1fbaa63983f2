"""How many pupils a question stands at yes, at no, or without answer for; and what a change would do to that."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from consent.choices import Reason
from consent.domain.facts import KnownPupil, known_pupils, policy_of
from consent.models import Purpose
from consent.rules import Wording, is_asked_of, state
from ledger.acting import current
from schools.models import Enrolment, Foundation
from schools.querysets import in_force

BATCH = 2_000
SAID_NO = frozenset({Reason.REFUSED, Reason.CONFLICT})


@dataclass(frozen=True, slots=True)
class Standing:
    """Pupils, not answers: where parents do not choose the same it is a no (C4)."""

    yes: int = 0
    no: int = 0
    silent: int = 0


def standing_of(purposes: Collection[Purpose], on: date) -> dict[int, Standing]:
    """For each purpose, what the rule says of every pupil who is enrolled that day, by the id of the purpose.

    It is counted with the rule itself, in portions: memory does not grow with the number of pupils.
    """
    foundation = Foundation.objects.get(id=current().foundation)
    policies = {purpose.id: policy_of(purpose, foundation) for purpose in purposes}
    counts: dict[int, Counter[str]] = {pk: Counter() for pk in policies}
    for pupil in _enrolled(on):
        for pk, policy in policies.items():
            if is_asked_of(pupil.facts, policy.school, on):
                found = state(pupil.facts, policy, on)
                word = "yes" if found.is_allowed else "no" if found.reason in SAID_NO else "silent"
                counts[pk][word] += 1
    return {pk: Standing(**count) for pk, count in counts.items()}


def runs_out(purpose: Purpose, *, on: date) -> int:
    """For how many pupils a yes of that day would end, if other words were fixed as a material change (C3)."""
    foundation = Foundation.objects.get(id=current().foundation)
    now = policy_of(purpose, foundation)
    next_number = max((wording.number for wording in now.wordings), default=0) + 1
    changed = replace(now, wordings=(*now.wordings, Wording(next_number, True, on)))
    return sum(
        state(pupil.facts, now, on).is_allowed and not state(pupil.facts, changed, on).is_allowed
        for pupil in _enrolled(on)
    )


def _enrolled(on: date) -> Iterator[KnownPupil]:
    ids = Enrolment.objects.filter(in_force(on)).order_by("pupil_id").values_list("pupil_id", flat=True)
    every: Sequence[int] = list(ids.distinct())
    for first in range(0, len(every), BATCH):
        yield from known_pupils(every[first : first + BATCH])
