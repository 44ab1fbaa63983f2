"""Django's own way to send mail (allauth uses it) leads to the outbox, in the lane of sign-in codes."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation

from .choices import Lane
from .doorbell import ring
from .models import AccountMail, Claim


class OutboxBackend(BaseEmailBackend):
    """Stores each mail in the transaction of the request; the worker delivers it within a second or so.

    Waits for no mail server and no broker. One row per recipient. Mails without a foundation only: the rest
    is `put_messages`. Attachments are refused (ValueError).
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = timezone.now()
        rows = [row for message in email_messages for row in _rows_of(message, now)]
        with transaction.atomic():
            AccountMail.objects.bulk_create(rows)
            Claim.objects.bulk_create([_claim_of(row) for row in rows])
            transaction.on_commit(partial(ring, Lane.CODES))
        return len(email_messages)


def _rows_of(message: EmailMessage, now: datetime) -> list[AccountMail]:
    if message.attachments:
        raise ValueError("the lane of sign-in codes takes no attachments")
    html = [
        str(content)
        for content, kind in getattr(message, "alternatives", [])
        if isinstance(message, EmailMultiAlternatives) and kind == "text/html"
    ]
    return [
        AccountMail(
            kind=message.extra_headers.get("X-Portal-Kind", "account"),
            language=translation.get_language() or "",
            to=to,
            subject=" ".join(str(message.subject).split()),
            text=str(message.body),
            html=html[0] if html else "",
            created_at=now,
        )
        for to in message.recipients()
    ]


def _claim_of(row: AccountMail) -> Claim:
    domain = row.to.rpartition("@")[2].lower()
    return Claim(
        id=row.id, lane=Lane.CODES, domain=domain, first_due_at=row.created_at, due_at=row.created_at
    )
