"""The outbox: what must be told to whom. The truth lies here; the broker is only a doorbell."""

from email.utils import parseaddr
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models

from ledger.retention import Keep
from schools.models import FoundationRow, Guardian, tenant_key

from .choices import Lane, State


def message_id_of(key: object) -> str:
    """The Message-ID of a mail: the same however often it is tried, so that a double is seen as one (R12)."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{key}@{domain}>"


class Message(FoundationRow):
    """One message to one guardian, about all children together (R2).

    `kind` names the template: `consent/invite` is `templates/consent/mail/invite.*`. `cause` is what it is
    about (`round:12`): nobody gets the same kind twice for one cause. The address is read at delivery, so
    that a corrected one is used. `context` holds call names and numbers only (R6) and is emptied once sent.
    `link` is the target of a personal link; its token is derived at delivery and stored nowhere. Without
    guardian: that person has been erased, the fact that somebody was asked stays.
    """

    retention = Keep("2 years after the round", "AVG 7(1): proof that somebody was asked, reminded and told")
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    guardian = tenant_key(Guardian, null=True, related_name="messages")
    kind = models.CharField(max_length=60)
    cause = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    context = models.JSONField(default=dict)
    link = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["foundation", "state", "due_at"], name="message_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "cause", "kind", "guardian"],
                name="message_once",
                violation_error_code="message_twice",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.SENT) ^ models.Q(sent_at=None), name="message_sent_at"
            ),
        ]

    EMPTIED: ClassVar[dict[str, Any]] = {"context": {}}

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def message_id(self) -> str:
        return message_id_of(self.id)


class AccountMail(models.Model):
    """A mail to one address: a sign-in code, to a colleague that something waits, to a pupil with an own mailbox.
    Outside the wall: nobody is signed in yet, or who writes may not know whom it goes to.

    Everything that was in it is emptied once it is sent, or once it is too late to be of use.
    """

    retention = Keep("text until sent; the row 30 days", "stack: codes are secrets; help with signing in")
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=60, default="account")
    language = models.CharField(max_length=8)
    to = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    EMPTIED: ClassVar[dict[str, Any]] = {"subject": "", "text": "", "html": ""}

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def message_id(self) -> str:
        return message_id_of(self.id)


class Claim(models.Model):
    """The ticket of one waiting mail: who may deliver it, and when. Outside the wall, so it holds no content.

    Same key as the mail. Without foundation it is an `AccountMail`. `lease_until`: a worker has it in hand;
    past that moment that worker is taken for dead. `accepted_at`: the mail server took it, the mail's own row
    does not say so yet; whoever finds such a ticket finishes the books and does not send again.
    """

    retention = Keep("until delivered", "R5")
    id = models.UUIDField(primary_key=True, editable=False)
    foundation_id = models.BigIntegerField(null=True)
    lane = models.CharField(max_length=10, choices=Lane)
    domain = models.CharField(
        max_length=255, help_text="of the recipient's address, to pace per mail provider"
    )
    first_due_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="of the next try")
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["lane", "due_at"], name="claim_due")]

    def __str__(self) -> str:
        return f"{self.lane} {self.id}"
