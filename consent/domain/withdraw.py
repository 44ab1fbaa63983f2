"""No to everything about one child, in one act (C9)."""

from consent.choices import Channel, Value
from consent.domain.decide import Choice, NotAsked, decide
from consent.domain.facts import known_pupils
from consent.models import Submission
from consent.querysets import purposes_on
from consent.rules import may_be_asked
from ledger.acting import current
from schools.models import Guardian, Pupil


def withdraw_all(*, guardian: Guardian, pupil: Pupil, channel: Channel, language: str) -> Submission:
    """Say no for every purpose that is asked: staff see it the moment this commits, and a receipt follows.

    The same act as `decide`, so what holds for one choice holds here: nothing is removed, the others who
    decide hear what the school does now. Raises NotYours, PupilDecides, NotAsked: then nothing is changed.
    """
    today = current().today
    child = known_pupils([pupil.id])[0]
    asked = [
        purpose
        for purpose in purposes_on(today)
        if may_be_asked(child.facts, purpose.school_id, purpose.event_on, today)
        and any(version.in_force_on <= today for version in purpose.versions.all())
    ]
    if not asked:
        raise NotAsked
    return decide(
        guardian=guardian,
        choices=[Choice(pupil.id, purpose.id, Value.NO) for purpose in asked],
        channel=channel,
        language=language,
    )
