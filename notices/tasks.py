"""What the worker is rung for. Lanes only, never an address or a text; safe to run twice."""

import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings

from .choices import Lane
from .domain import deliver as delivery
from .domain import stop
from .domain.bounce_mailbox import read_mailbox
from .doorbell import ring

log = logging.getLogger(__name__)


@shared_task
def deliver(lane: str) -> None:
    """Deliver what is due in this lane; rings again when there is more than one task should do."""
    if delivery.deliver_due(Lane(lane)):
        ring(Lane(lane))


@shared_task
def sweep() -> None:
    """Everything due since: by beat, every OUTBOX_SWEEP_SECONDS."""
    delivery.sweep()
    stop.clear_stopped()


@shared_task
def clear_stopped() -> None:
    """Take out of the outbox what was stopped for good."""
    stop.clear_stopped()


@shared_task
def read_bounces() -> None:
    """Mails that came back to BOUNCE_MAILBOX: by beat, when there is one."""
    try:
        taken = read_mailbox(Path(settings.BOUNCE_MAILBOX))
    except OSError as error:
        log.warning("the mailbox of returned mails cannot be read: %s", type(error).__name__)
    else:
        log.info("returned mails: %s new, %s known, %s not ours", taken.new, taken.known, taken.not_ours)
