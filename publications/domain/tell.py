"""What the owner of an item and the families are told: what, where and when; never who said what (R6, C4)."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from consent.domain.facts import KnownPupil, known_pupils
from consent.domain.tell import day_in, family_url
from consent.rules import PUPIL, deciders_at, deciders_on
from ledger.acting import current
from notices.domain.addressed import put_mails
from notices.domain.colleagues import tell_colleagues
from notices.domain.put import NewMessage, put_messages
from publications.choices import Ending
from publications.models import Publication, PublishedPerson, TakeDown
from schools.models import Foundation, Guardian, Pupil
from schools.querysets import own_address

# The addresses are a contract (architecture.md §5): a domain function needs no URL table to write them.
ROOM, PUPILS_ROOM = "/team/publicaties/", "/leerling/waar/"


def tell_owner(take_down: TakeDown) -> None:
    """A mail to who must take it away: by when, and where to read the rest. No name of a child (R6)."""
    publication = take_down.publication
    tell_colleagues(
        "publications/take_down",
        [take_down.owner],
        {
            "due_on": day_in(settings.LANGUAGE_CODE, take_down.due_on),
            "place": publication.place,
            "link": f"{settings.PORTAL_URL}{ROOM}{publication.code}/",
        },
        foundation=_foundation(),
        due_at=current().now,
    )


def tell_families(publication: Publication, take_down: TakeDown) -> None:
    """Everybody who decides about a child that had to go from the item hears that it is gone, once (U3, U8).

    The same words for both parents, whoever asked for it (C4). From 16 the pupil alone hears it. Families of the
    other children on the item get no mail: for them nothing was asked.
    """
    asked = PublishedPerson.objects.filter(publication=publication).exclude(cause="")
    children = known_pupils(sorted(asked.values_list("pupil_id", flat=True)))
    concerned: dict[int, list[str]] = {}
    grown = []
    for child in children:
        deciders = _who_hears(child)
        grown += [child.id] if PUPIL in deciders else []
        for guardian in deciders:
            if guardian is not PUPIL:
                concerned.setdefault(guardian, []).append(child.call_name)
    _tell_guardians(publication, take_down, concerned)
    _tell_pupils(publication, grown)


def _who_hears(child: KnownPupil) -> frozenset[int | None]:
    """C2, C8; of a child that left, who decided about it."""
    today = current().today
    return deciders_at(child.facts, _foundation().decides_from_age, today) or deciders_on(
        child.facts.authorities, today
    )


def _tell_guardians(publication: Publication, take_down: TakeDown, concerned: dict[int, list[str]]) -> None:
    guardians = Guardian.objects.filter(id__in=concerned).order_by("id")
    messages = [
        NewMessage(
            kind="publications/gone",
            guardian_id=guardian.id,
            language=guardian.language,
            cause=f"take_down:{take_down.code}",
            context={
                **_words(publication, guardian.language),
                "names": concerned[guardian.id],
                "family_url": family_url(),
            },
            due_at=current().now,
        )
        for guardian in guardians
    ]
    if messages:
        put_messages(messages)


def _tell_pupils(publication: Publication, ids: Sequence[int]) -> None:
    """To the own address only: one that a parent reads too gets nothing."""
    pupils: Iterable[Pupil] = Pupil.objects.filter(id__in=ids).order_by("id")
    put_mails(
        "publications/pupil_gone",
        [pupil for pupil in pupils if own_address(pupil)],
        {**_words(publication, settings.LANGUAGE_CODE), "link": f"{settings.PORTAL_URL}{PUPILS_ROOM}"},
        foundation=_foundation(),
        due_at=current().now,
    )


def _words(publication: Publication, language: str) -> dict[str, str | bool]:
    return {
        "place": publication.place,
        "placed_on": day_in(language, publication.placed_on),
        "is_printed": publication.ending == Ending.NOT_AGAIN,
    }


def _foundation() -> Foundation:
    return Foundation.objects.get(id=current().foundation)
