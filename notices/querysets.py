"""Named sets of the outbox; those of tickets need no foundation."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from schools.models import Guardianship

from .choices import BounceKind, Lane
from .models import Bounce, Claim, Held, Pace
from .quiet import may_leave


def in_nobodys_hand(now: datetime) -> Q:
    """Tickets that no worker is busy with; one whose lease has ended is taken for dead."""
    return Q(lease_until=None) | Q(lease_until__lt=now)


def claims_due(now: datetime) -> QuerySet[Claim]:
    """Tickets that may be delivered now: due, not held, and in nobody's hand (or in that of a dead worker)."""
    return not_held().filter(in_nobodys_hand(now), due_at__lte=now)


def not_held() -> QuerySet[Claim]:
    """Tickets of which the cause may go on."""
    return Claim.objects.exclude(Exists(Held.objects.filter(cause=OuterRef("cause"))))


def lanes_open(now: datetime) -> list[Lane]:
    """The lanes that deliver at this moment, most urgent first: rounds not at quiet times."""
    return [lane for lane in Lane if lane != Lane.ROUNDS or may_leave(now)]


def lanes_with_work(now: datetime) -> list[Lane]:
    """The lanes in which something is due, most urgent first."""
    return [lane for lane in lanes_open(now) if claims_due(now).filter(lane=lane).exists()]


def oldest_due_age() -> float:
    """Seconds that the oldest mail has been due without being delivered; 0 when none is (for /readyz).

    Counts from the first try, so a mail server that stays away shows, however long each pause is. What is held, and
    rounds at quiet times, are not late; nor is a round that stands in line, as long as that line moves.
    """
    now = timezone.now()
    due = not_held().filter(first_due_at__lte=now, lane__in=lanes_open(now))
    in_line = Q(lane=Lane.ROUNDS) & (Q(attempts=0) | Q(attempts=1, lease_until__gt=now))
    since = [due.exclude(in_line).aggregate(oldest=Min("first_due_at"))["oldest"]]
    if waiting := due.filter(in_line).aggregate(oldest=Min("first_due_at"))["oldest"]:
        moved = Pace.objects.aggregate(latest=Max("next_at"))["latest"]
        since.append(max(waiting, moved) if moved else waiting)
    return max([0.0, *((now - moment).total_seconds() for moment in since if moment)])


def hold(ids: Collection[UUID]) -> None:
    """Lock these tickets until commit: before their messages and in one order, so nobody waits in a ring."""
    list(Claim.objects.select_for_update().filter(id__in=ids).order_by("id").values_list("id"))


def bounced(guardian: OuterRef, email: OuterRef) -> QuerySet[Bounce]:
    """For `Exists`: mail to the address that this guardian has now can never arrive (R2)."""
    return Bounce.objects.filter(
        guardian_id=guardian, address=Lower(email), kind=BounceKind.BOUNCE, is_about_address=True
    )


def may_contact(guardian: OuterRef, today: date) -> QuerySet[Guardianship]:
    """For `Exists`: this guardian may be contacted for at least one child, now or later (R2)."""
    return Guardianship.objects.filter(
        Q(until=None) | Q(until__gte=today), guardian_id=guardian, may_be_contacted=True
    )
