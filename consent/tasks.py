"""What has to be done when its day has come; ids in, one domain call, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from ledger.acting import SCHOOL_TIME, acting, system
from schools.models import Foundation

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
def tell_of_age() -> int:
    """Tell every family whose pupil will decide, or decides from today, also when earlier runs were missed (C8)."""
    told = 0
    for foundation_id in Foundation.objects.order_by("id").values_list("id", flat=True):
        with acting(system("coming_of_age"), [foundation_id]):
            told += tell_coming_of_age()
    return told
