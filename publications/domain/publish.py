"""From a kept check to an item in the register: by one tap, or by itself for the closed layer (U2, S5)."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from consent.models import Check, Place
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from publications.models import Publication, PublishedPerson
from publications.querysets import closed_checks

from .settle import settle
from .take_down import lock_item


class NotAllowed(Refusal):
    code = "not_allowed"
    message = _("This check said no. What was not allowed cannot be entered as placed.")


class UnknownPlace(Refusal):
    code = "unknown_place"
    message = _("This place does not belong to the question that was checked.")


def publish(check: Check, *, place: str) -> Publication:
    """Enter that the checked picture was placed there, today, with everybody of the check on it (U2).

    What the family turned back since the check counts at once: then the item has a take-down from the start. The
    same check and place is one item, however often this is called. Raises NotAllowed, UnknownPlace.
    """
    if not check.is_allowed:
        raise NotAllowed
    if place not in places_of(check):
        raise UnknownPlace
    return _enter(check, place, placed_on=current().today)


def places_of(check: Check) -> list[str]:
    """Where a picture of this check can have been placed, by name; without any, the word on the button itself."""
    names = Place.objects.filter(purpose=check.purpose_id).order_by("position", "id")
    return list(names.values_list("name", flat=True)) or [check.purpose.short_label]


def publish_closed(pupils: Collection[int] | None) -> int:
    """U2: what was allowed for parents only is entered by the check itself; how many items this made.

    Of checks with these pupils, or of all (None). Doing it twice makes nothing.
    """
    checks = list(closed_checks(pupils))
    for check in checks:
        _enter(check, check.purpose.short_label, placed_on=check.at.astimezone(SCHOOL_TIME).date())
    return len(checks)


def change_details(publication: Publication, **details: Any) -> None:
    """Correct or complete what the register says; the ledger keeps what it said before (K3, U5).

    `details` are `what`, `place`, `placed_on`, `link`, `print_run`. Nothing changed: nothing happens. Raises
    UnknownPlace, Ended.
    """
    with transaction.atomic():
        fresh = lock_item(publication)
        before = {name: getattr(fresh, name) for name, value in details.items()}
        changed = [name for name, value in details.items() if before[name] != value]
        if not changed:
            return
        if "place" in changed and Publication.objects.filter(
            check_row=fresh.check_row_id, place=details["place"]
        ):
            raise UnknownPlace(_("This check is in the register for that place already."))
        for name in changed:
            setattr(fresh, name, details[name])
        fresh.save(update_fields=changed)
        record(
            Verb.PUBLICATION_CHANGED,
            "publication",
            fresh.id,
            code=fresh.code,
            before={name: _plain(before[name]) for name in changed},
            after={name: _plain(details[name]) for name in changed},
        )


def _enter(check: Check, place: str, *, placed_on: date) -> Publication:
    try:
        with transaction.atomic():
            made = Publication.objects.create(
                foundation_id=check.foundation_id,
                check_row=check,
                purpose=check.purpose,
                school_id=check.group.school_id,
                group=check.group,
                place=place,
                owner_id=check.staff_member_id,
                allowed_at=check.at,
                placed_on=placed_on,
            )
            _put_people_on(made, check)
    except IntegrityError as error:
        if "published_once" not in str(error):
            raise
        return Publication.objects.get(check_row=check, place=place)
    settle(made.id)
    return made


def _put_people_on(made: Publication, check: Check) -> None:
    rows = [
        PublishedPerson(
            foundation_id=check.foundation_id,
            publication=made,
            pupil_id=person.pupil_id,
            rests_on=person.rests_on,
        )
        for person in check.people.order_by("id")
        if person.pupil_id is not None  # a colleague on it is not in the register
    ]
    PublishedPerson.objects.bulk_create(rows)
    record(
        Verb.PUBLICATION_MADE,
        "publication",
        made.id,
        code=made.code,
        check=check.code,
        place=made.place,
        people=[row.pupil_id for row in rows],
    )


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
