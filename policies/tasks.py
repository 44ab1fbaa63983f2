"""What has to be made or looked after; ids in, one domain call, safe to run twice."""

from celery import shared_task
from django.utils import timezone

from ledger.acting import acting, system
from notices.doorbell import ring_for
from schools.models import Foundation

from .domain import documents


@shared_task
def make_documents(foundation_id: int) -> None:
    """Make the PDFs of this foundation that wait; rings again when there are more than one task should make."""
    if documents.make_due(foundation_id):
        ring_for(documents.TASK, foundation_id, queue=documents.QUEUE)


@shared_task
def sweep_documents() -> None:
    """Ring for every foundation of which a PDF waits: found after a crash, or when nobody could be rung."""
    for foundation_id in _foundations():
        with acting(system("documents"), [foundation_id], read_only=True):
            is_due = documents.has_due(timezone.now())
        if is_due:
            ring_for(documents.TASK, foundation_id, queue=documents.QUEUE)


@shared_task
def reconcile_documents() -> None:
    """Ask for the PDFs that no longer say what is true today: people, measures or schools changed (P5)."""
    for foundation_id in _foundations():
        with acting(system("documents"), [foundation_id]) as act:
            documents.reconcile_documents(act.today)


def _foundations() -> list[int]:
    return list(Foundation.objects.order_by("id").values_list("id", flat=True))
