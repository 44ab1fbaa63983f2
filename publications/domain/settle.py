"""What is against what should be: every item on which a yes was turned back has one open take-down (U3)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from consent.choices import Value
from consent.domain.facts import known_pupils, policy_of
from consent.models import Invalidation, LatestAnswer, Purpose
from consent.rules import Policy
from ledger.acting import current
from ledger.sql import any_of
from publications.choices import Cause
from publications.models import Publication, PublishedPerson, TakeDown
from publications.querysets import may_differ
from publications.rules import SAME_MOMENT, OnItem, Said, cause_of
from schools.models import Foundation

from .take_down import lift, open_take_down

Change = tuple[PublishedPerson, Cause | None]


@dataclass(frozen=True, slots=True)
class Settled:
    """How many take-downs a reconciliation opened, and lifted."""

    opened: int = 0
    lifted: int = 0


def settle_all(pupils: Collection[int] | None) -> Settled:
    """Compare the items of these pupils, or all of them (None), with what the families say now.

    Reads in a few statements; only items that differ are locked and judged again, so two at the same moment do the
    work once. Doing it twice changes nothing.
    """
    if not (ids := may_differ(pupils, margin=SAME_MOMENT)):
        return Settled()
    candidates = Publication.objects.filter(id__in=any_of("bigint", ids)).order_by("id")
    wrong = sorted({person.publication_id for person, _cause in _differences(list(candidates))})
    results = [settle(publication_id) for publication_id in wrong]
    return Settled(sum(one.opened for one in results), sum(one.lifted for one in results))


def settle(publication_id: int) -> Settled:
    """The same for one item, under its lock: mark who must not be on it, and open or lift its take-down."""
    with transaction.atomic():
        publication = Publication.objects.select_for_update(no_key=True).get(id=publication_id)
        if publication.ended_at is not None:
            return Settled()
        for person, cause in _differences([publication]):
            person.cause = cause or ""
            person.gone_asked_at = current().now if cause else None
            person.save(update_fields=["cause", "gone_asked_at"])
        return keep_take_down(publication)


def keep_take_down(publication: Publication) -> Settled:
    """One open take-down while somebody must not be on the item, none otherwise. Under the lock of the item."""
    is_wanted = PublishedPerson.objects.filter(publication=publication).exclude(cause="").exists()
    waiting = TakeDown.objects.filter(publication=publication, closed_at=None).first()
    if is_wanted and waiting is None:
        open_take_down(publication)
        return Settled(opened=1)
    if waiting is not None and not is_wanted:
        lift(waiting)
        return Settled(lifted=1)
    return Settled()


def _differences(publications: Sequence[Publication]) -> list[Change]:
    """Who is marked otherwise than should be. An objection stays, whatever is answered later (C12)."""
    items = {publication.id: publication for publication in publications}
    on_them = PublishedPerson.objects.filter(publication__in=any_of("bigint", items))
    people = list(on_them.exclude(cause=Cause.OBJECTION).order_by("id"))
    if not people:
        return []
    facts = {known.id: known.facts for known in known_pupils(sorted({row.pupil_id for row in people}))}
    policies, said = _policies(items.values()), _said(people)
    lost = _taken_out(people)
    found: list[Change] = []
    for row in people:
        item = items[row.publication_id]
        on_item = OnItem(
            item.allowed_at,
            tuple(said.get((row.pupil_id, item.purpose_id), ())),
            not lost.isdisjoint(row.rests_on),
        )
        cause = cause_of(on_item, facts[row.pupil_id], policies[item.purpose_id])
        if (cause or "") != row.cause:
            found.append((row, cause))
    return found


def _policies(publications: Iterable[Publication]) -> dict[int, Policy]:
    foundation = Foundation.objects.get(id=current().foundation)
    ids = {publication.purpose_id for publication in publications}
    purposes = Purpose.objects.filter(id__in=ids).prefetch_related("versions").order_by("id")
    return {purpose.id: policy_of(purpose, foundation) for purpose in purposes}


def _said(people: Iterable[PublishedPerson]) -> dict[tuple[int, int], list[Said]]:
    ids = any_of("bigint", {row.pupil_id for row in people})
    rows = LatestAnswer.objects.filter(pupil__in=ids).order_by("id")
    found: dict[tuple[int, int], list[Said]] = {}
    for pupil, purpose, guardian, value, at in rows.values_list(
        "pupil_id", "purpose_id", "guardian_id", "value", "decided_at"
    ):
        found.setdefault((pupil, purpose), []).append(Said(guardian, Value(value), at))
    return found


def _taken_out(people: Iterable[PublishedPerson]) -> set[int]:
    """Which of the answers that these rest on were recorded in error, and count no more (C3)."""
    ids = {answer for row in people for answer in row.rests_on}
    gone = Invalidation.objects.filter(answer__in=any_of("bigint", ids), in_force_at__isnull=False)
    return set(gone.order_by().values_list("answer_id", flat=True))
