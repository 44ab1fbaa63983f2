"""What the worker is rung for. Lanes only, never an address or a text; safe to run twice."""

from celery import shared_task

from .choices import Lane
from .domain import deliver as delivery
from .doorbell import ring


@shared_task
def deliver(lane: str) -> None:
    """Deliver what is due in this lane; rings again when there is more than one task should do."""
    if delivery.deliver_due(Lane(lane)):
        ring(Lane(lane))


@shared_task
def sweep() -> None:
    """Everything due since: by beat, every OUTBOX_SWEEP_SECONDS."""
    delivery.sweep()
