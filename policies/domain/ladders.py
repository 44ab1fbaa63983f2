"""Fix which measures the foundation may take, from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from policies.choices import Audience, Shape, Weight
from policies.models import Ladder, Rung
from schools.choices import RoleName


@dataclass(frozen=True, slots=True)
class RungWords:
    """One measure, in the words that pupils, parents or staff read, and who may decide it."""

    name: str
    decided_by: RoleName
    explanation: str = ""
    weight: Weight = Weight.LIGHT
    parents_are_told: bool = True


def set_ladder(
    *, audience: Audience, shape: Shape, in_force_on: date, rungs: Sequence[RungWords] = ()
) -> Ladder:
    """The list for this audience from that day on; an earlier list keeps counting for earlier incidents (I5).

    Cannot be changed afterwards, only followed by a list of a later day. Without rungs it says that there is no
    list of measures (O14). Raises IntegrityError when a list from that very day is there already.
    """
    foundation_id = current().foundation
    with transaction.atomic():
        ladder = Ladder.objects.create(
            foundation_id=foundation_id, audience=audience, shape=shape, in_force_on=in_force_on
        )
        Rung.objects.bulk_create(
            Rung(
                foundation_id=foundation_id,
                ladder=ladder,
                position=position,
                name=words.name,
                explanation=words.explanation,
                weight=words.weight,
                decided_by=words.decided_by,
                parents_are_told=words.parents_are_told,
            )
            for position, words in enumerate(rungs, 1)
        )
        record(
            Verb.LADDER_SET,
            "ladder",
            ladder.id,
            audience=str(audience),
            in_force_on=in_force_on.isoformat(),
            rungs=[words.name for words in rungs],
        )
    return ladder
