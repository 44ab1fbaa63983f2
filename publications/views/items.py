"""Where somebody can be seen now, in words for the family and for the pupil (U8)."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from consent.choices import Layer
from publications.choices import Ending
from publications.models import Publication, PublishedPerson, TakeDown
from schools.models import Pupil

# Behind a sign-in of the school a link leads nowhere for a family that is not signed in there.
PUBLIC = frozenset({Layer.SOCIAL, Layer.OPEN_WEB})
MOST = 100


def items_of(pupil: Pupil, door: str, *address: str) -> list[dict[str, Any]]:
    """What there is to see of this child, what goes away first, what is gone last; for whoever may ask.

    `door` and `address` lead to the button that takes an item away. Another child on the same item changes nothing
    here: that its family wants it gone is not for this one to know.
    """
    rows = list(
        PublishedPerson.objects.filter(pupil=pupil)
        .select_related("publication__purpose")
        .order_by("-publication__placed_on", "-id")[:MOST]
    )
    due = _due_days(rows)
    return sorted((_item(row, due, door, address) for row in rows), key=_turn)


def _due_days(rows: Sequence[PublishedPerson]) -> dict[int, Any]:
    """The day by which an item goes that this child must not be on any more."""
    asked = [row.publication_id for row in rows if row.cause]
    waiting = TakeDown.objects.filter(publication__in=asked, closed_at=None).order_by()
    return dict(waiting.values_list("publication_id", "due_on"))


def _turn(item: dict[str, Any]) -> int:
    return 0 if item["due_on"] else 2 if item["gone_at"] else 1


def _item(row: PublishedPerson, due: dict[int, Any], door: str, address: Sequence[str]) -> dict[str, Any]:
    item = row.publication
    is_gone = item.ended_at is not None
    may_ask = not is_gone and not row.cause
    return {
        "place": item.place,
        "what": item.what,
        "icon": item.purpose.layer,
        "placed_on": item.placed_on,
        "on_paper": item.purpose.layer == Layer.PAPER,
        "link": item.link if item.purpose.layer in PUBLIC and not is_gone else "",
        "due_on": due.get(item.id),
        "gone_at": item.ended_at,
        "is_printed": item.ending == Ending.NOT_AGAIN,
        "url": reverse(door, args=[*address, item.code]) if may_ask else "",
    }


def item_or_none(pupil: Pupil, code: str) -> Publication | None:
    """The item with that code when this child is on it; else it does not exist for who asks."""
    on_it = PublishedPerson.objects.filter(pupil=pupil, publication__code=code)
    row = on_it.select_related("publication__purpose").first() if code.isalnum() else None
    return row.publication if row else None
