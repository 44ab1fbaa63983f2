"""How questions stand on the pages: in which order, and with which example picture. Not what they say (C3)."""

from django.db import transaction

from consent.choices import Picture
from consent.models import Purpose
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from schools.models import Foundation


def move_purpose(*, purpose: Purpose, is_up: bool) -> None:
    """One place up or down among the questions that are asked, for parents and for staff; at the end nothing happens.

    No answer changes. Two administrators at once come one after the other.
    """
    with transaction.atomic():
        Foundation.objects.select_for_update(no_key=True).get(id=current().foundation)
        asked = list(Purpose.objects.filter(is_active=True).order_by("position", "id"))
        here = next((number for number, one in enumerate(asked) if one.id == purpose.id), None)
        there = None if here is None else here - 1 if is_up else here + 1
        if here is None or there is None or not 0 <= there < len(asked):
            return
        asked[here], asked[there] = asked[there], asked[here]
        for number, one in enumerate(asked, 1):
            one.position = number
        Purpose.objects.bulk_update(asked, ["position"])
        record(
            Verb.PURPOSE_ADDED, "purpose", purpose.id, purpose=purpose.slug, act="moved", position=there + 1
        )


def choose_picture(*, purpose: Purpose, picture: Picture) -> None:
    """Another example picture beside this question; the words stay as they were, so nobody is asked again."""
    with transaction.atomic():
        Foundation.objects.select_for_update(no_key=True).get(id=current().foundation)
        Purpose.objects.filter(id=purpose.id).update(picture=picture)
        record(
            Verb.PURPOSE_ADDED,
            "purpose",
            purpose.id,
            purpose=purpose.slug,
            act="picture",
            picture=str(picture),
        )
