"""What has to be done when its day has come; ids in, one domain call, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from ledger.acting import SCHOOL_TIME, acting, system
from notices.doorbell import ring_for
from schools.models import Foundation

from .domain import piles
from .domain.coming_of_age import tell_coming_of_age
from .domain.rounds import remind
from .models import Round


@shared_task
def remind_due() -> int:
    """Put the reminders of every round whose day came, also when yesterday's run did not happen (R2)."""
    today = timezone.now().astimezone(SCHOOL_TIME).date()
    written = 0
    for foundation_id in Foundation.objects.order_by("id").values_list("id", flat=True):
        with acting(system("reminder"), [foundation_id]):
            for round_ in Round.objects.filter(remind_on__lte=today, closes_on__gte=today).order_by("id"):
                written += remind(round_)
    return written


@shared_task
def make_piles(foundation_id: int) -> None:
    """Make the forms on paper of this foundation that wait; rings again when some are left."""
    if piles.make_due(foundation_id):
        ring_for(piles.TASK, foundation_id, queue=piles.QUEUE)


@shared_task
def sweep_piles() -> None:
    """Ring for every foundation where a pile of forms waits, and forget the PDFs that are old."""
    for foundation_id in Foundation.objects.order_by("id").values_list("id", flat=True):
        with acting(system("paper"), [foundation_id]) as act:
            piles.forget_old(act.now)
            is_due = piles.has_due(act.now)
        if is_due:
            ring_for(piles.TASK, foundation_id, queue=piles.QUEUE)


@shared_task
def tell_of_age() -> int:
    """Tell every family whose pupil will decide, or decides from today, also when earlier runs were missed (C8)."""
    told = 0
    for foundation_id in Foundation.objects.order_by("id").values_list("id", flat=True):
        with acting(system("coming_of_age"), [foundation_id]):
            told += tell_coming_of_age()
    return told
