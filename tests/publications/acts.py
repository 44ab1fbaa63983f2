"""What these tests do over and over: keep a check, place it, and look at what follows."""

from consent.choices import Value
from consent.domain.check import keep_check, look
from consent.domain.facts import known_pupils
from consent.domain.groups import known_group
from consent.models import Check
from ledger.acting import Actor
from ledger.choices import ActorKind
from publications.domain.publish import publish
from publications.domain.reconcile import Reconciled, reconcile
from publications.models import Publication, PublishedPerson, TakeDown
from tests.cast import Cast
from tests.consent.test_decide import say


def all_say_yes(cast: Cast) -> None:
    """Noor (two parents) and Bo (one) may be shown everywhere."""
    for guardian, child in ((cast.amina, cast.noor), (cast.erik, cast.noor), (cast.karol, cast.bo)):
        say(cast, guardian, child, Value.YES)


def as_staff(person) -> Actor:
    return Actor(ActorKind.STAFF, person.id, "teacher")


def kept(cast: Cast, slug: str, *children, by=None, **options) -> Check:
    """A kept check of that moment, for these children (Noor and Bo)."""
    by = by or cast.joost
    with cast.acting(as_staff(by), **options):
        group = known_group(cast.group_8a.code, cast.home)
        purposes = group.purposes
        purpose = next(one for one in purposes if one.slug == slug)
        pupils = known_pupils([child.id for child in children or (cast.noor, cast.bo)])
        check = keep_check(
            verdict=look(purpose=purpose, pupils=pupils, purposes=purposes), group=group, staff_member=by
        )
        return Check.objects.select_related("purpose", "group").get(id=check.id)


def placed(cast: Cast, slug: str = "sociaal", *children, place: str = "", **options) -> Publication:
    check = kept(cast, slug, *children, **options)
    with cast.acting(as_staff(cast.joost), **options):
        return publish(check, place=place or f"{check.purpose.short_label} 1")


def ring(cast: Cast, *children, **options) -> Reconciled:
    """What the worker does: about these children, or (without) about everybody, as the sweep."""
    with cast.acting(**options):
        return reconcile(pupils=[child.id for child in children] if children else None)


def take_downs(cast: Cast, **which) -> list[TakeDown]:
    with cast.acting():
        return list(TakeDown.objects.filter(**which).select_related("publication", "owner").order_by("id"))


def causes(cast: Cast, item: Publication) -> dict[int, str]:
    with cast.acting():
        rows = PublishedPerson.objects.filter(publication=item).order_by("id")
        return dict(rows.values_list("pupil_id", "cause"))
