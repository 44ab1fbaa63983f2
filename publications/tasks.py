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
    """Everything, in every foundation: what nobody could be rung for, or a worker died over.

    What goes wrong in one foundation is raised only when the others have had their turn.
    """
    failed = []
    for foundation_id in Foundation.objects.order_by("id").values_list("id", flat=True):
        try:
            with acting(system("publications"), [foundation_id]):
                reconcile()
        except Exception as error:  # whatever it is: the next foundation has nothing to do with it
            failed.append(error)
    if failed:
        raise ExceptionGroup("the register of some foundations was not looked at", failed)
