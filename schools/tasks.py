"""What has to be done when its moment has come; safe to run twice."""

from celery import shared_task

from ledger.acting import acting, system

from .domain.imports.batches import forget_imports
from .models import Foundation


@shared_task
def forget_old_imports() -> int:
    """Empty what imports kept for 24 hours, at every foundation."""
    forgotten = 0
    for foundation_id in Foundation.objects.order_by("id").values_list("id", flat=True):
        with acting(system("retention"), [foundation_id]):
            forgotten += forget_imports()
    return forgotten
