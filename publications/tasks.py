"""Consent rings, or the clock does: ids in, one domain call, safe to run twice."""

from celery import shared_task

from ledger.acting import acting, system
from notices.doorbell import CHANGED
from schools.models import Foundation

from .domain.reconcile import reconcile


@shared_task(name=CHANGED)
def after_change(foundation_id: int, *pupil_ids: int) -> None:
    """Something was chosen, taken out or checked about these pupils."""
    with acting(system("publications"), [foundation_id]):
        reconcile(pupils=pupil_ids)


@shared_task
def sweep() -> None:
    """Everything, in every foundation: what nobody could be rung for, or a worker died over."""
    for foundation_id in Foundation.objects.order_by("id").values_list("id", flat=True):
        with acting(system("publications"), [foundation_id]):
            reconcile()
