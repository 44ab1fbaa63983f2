"""A take-down: opened with an owner and a day, closed with what was done; the family hears when it is gone (U3)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consent.choices import Layer
from consent.domain.remarks import answer_by
from ledger.acting import current
from ledger.choices import ActorKind, Verb
from ledger.domain.record import record
from ledger.refusal import Refusal
from publications.choices import Cause, Ending, Outcome
from publications.models import Publication, PublishedPerson, TakeDown
from schools.choices import RoleName
from schools.models import Pupil, Role, StaffMember
from schools.querysets import in_force, vacations_of

from .tell import tell_families, tell_owner


class Ended(Refusal):
    code = "ended"
    message = _("This was taken away already.")


def open_take_down(publication: Publication) -> TakeDown:
    """Give the item an owner and a day to be gone: 5 school days, and never later than one month (U3).

    The owner gets a mail that names nobody (R6). Under the lock of the item; one is open per item.
    """
    act = current()
    take_down = TakeDown.objects.create(
        foundation_id=publication.foundation_id,
        publication=publication,
        owner=_who_does_it(publication),
        opened_at=act.now,
        due_on=answer_by(act.today, vacations_of(publication.school_id)),
    )
    record(
        Verb.TAKE_DOWN_OPENED, "publication", publication.id, code=take_down.code, due=str(take_down.due_on)
    )
    tell_owner(take_down)
    return take_down


def lift(take_down: TakeDown) -> None:
    """Not needed any more: the family said yes again, or the no was an error. Under the lock of the item."""
    _close(take_down, Outcome.LIFTED, proof="")


def take_away(publication: Publication, *, ending: Ending, proof: str) -> None:
    """The item is gone, or printed and not used again: says whoever acts now, with how they know (K3, U5).

    Closes the open take-down; the families who asked for it get a mail in their language. People and trail stay in
    the register. `ending` NOT_AGAIN is only for what is on paper. Raises Ended when it was over already.
    """
    act = current()
    with transaction.atomic():
        fresh = lock_item(publication)
        on_paper = fresh.purpose.layer == Layer.PAPER
        fresh.ending = ending if on_paper else Ending.GONE
        fresh.ended_at, fresh.ended_why, fresh.ended_by_id = act.now, proof, _staff_id()
        fresh.save(update_fields=["ending", "ended_at", "ended_why", "ended_by"])
        record(
            Verb.PUBLICATION_ENDED,
            "publication",
            fresh.id,
            code=fresh.code,
            ending=str(fresh.ending),
            why=proof,
        )
        waiting = TakeDown.objects.filter(publication=fresh, closed_at=None).first()
        if waiting is not None:
            _close(waiting, Outcome(fresh.ending), proof=proof)
            tell_families(fresh, waiting)


def object_to(publication: Publication, pupil: Pupil) -> TakeDown:
    """C12: the family, or the pupil, asks to take this one item away, whatever they answered; without a reason.

    Asked twice it is one take-down; its day stays. Raises Ended when it is gone already, PublishedPerson.DoesNotExist
    for somebody who is not on it.
    """
    with transaction.atomic():
        fresh = lock_item(publication)
        person = PublishedPerson.objects.get(publication=fresh, pupil=pupil)
        if person.cause != Cause.OBJECTION:
            person.gone_asked_at = person.gone_asked_at or current().now
            person.cause = Cause.OBJECTION
            person.save(update_fields=["cause", "gone_asked_at"])
            record(Verb.ITEM_OBJECTED, "pupil", pupil.id, publication=fresh.code)
        waiting = TakeDown.objects.filter(publication=fresh, closed_at=None).first()
        return waiting or open_take_down(fresh)


def lock_item(publication: Publication) -> Publication:
    """The row as it is now, held until the end of the transaction; raises Ended when it is over."""
    fresh = Publication.objects.select_for_update(no_key=True).get(id=publication.id)
    if fresh.ended_at is not None:
        raise Ended
    return fresh


def _close(take_down: TakeDown, outcome: Outcome, *, proof: str) -> None:
    take_down.closed_at, take_down.closed_by_id = current().now, _staff_id()
    take_down.outcome, take_down.proof = outcome, proof
    take_down.save(update_fields=["closed_at", "closed_by", "outcome", "proof"])
    record(
        Verb.TAKE_DOWN_CLOSED,
        "publication",
        take_down.publication_id,
        code=take_down.code,
        outcome=str(outcome),
    )


def _who_does_it(publication: Publication) -> StaffMember:
    """Who posted it; a director of the school when that colleague has left."""
    if not publication.owner.has_left:
        return publication.owner
    directors = Role.objects.filter(
        in_force(current().today),
        name=RoleName.DIRECTOR,
        school=publication.school_id,
        staff_member__has_left=False,
    )
    role = directors.select_related("staff_member").order_by("id").first()
    return role.staff_member if role else publication.owner


def _staff_id() -> int | None:
    actor = current().actor
    return actor.id if actor.kind == ActorKind.STAFF else None
