"""The outbox: what must be told to whom. The truth lies here; the broker is only a doorbell."""

from email.utils import parseaddr
from functools import lru_cache
from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models

from ledger.retention import Keep
from schools.models import Foundation, FoundationRow, Guardian, tenant_key

from .choices import BounceKind, BounceSource, Lane, State


def message_id_of(key: object) -> str:
    """The Message-ID of a mail: the same however often it is tried, so that a double is seen as one (R12)."""
    return f"<{key}@{sender_address(settings.DEFAULT_FROM_EMAIL).rpartition('@')[2]}>"


@lru_cache(maxsize=8)
def sender_address(named: str) -> str:
    """Of "Toestemming <portaal@example.org>" the address; looked up for each mail."""
    return parseaddr(named)[1]


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
    cause = models.CharField(
        max_length=60,
        blank=True,
        db_default="",
        help_text="what a pause can hold, as foundation and round: 3/round:12; empty: nothing holds it",
    )
    domain = models.CharField(
        max_length=255, help_text="of the recipient's address, to pace per mail provider"
    )
    first_due_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="of the next try")
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(
        null=True,
        help_text="its mail was stopped while a worker had it in hand: not to be handed over any more",
    )

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["lane", "due_at"], name="claim_due"),
            # From pile to pile (one cause, one domain) without a look at the mails of a slow one.
            models.Index(fields=["lane", "cause", "domain", "due_at", "id"], name="claim_pile"),
        ]

    def __str__(self) -> str:
        return f"{self.lane} {self.id}"


class Held(models.Model):
    """A cause of which nothing leaves for now (R3): one row, however many mails wait. Outside the wall, like the
    tickets that it holds; no content. `is_final`: it was stopped for good, and what is planned is cleared away."""

    retention = Keep("until it is let go", "R3")
    foundation = models.ForeignKey(
        Foundation, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    cause = models.CharField(max_length=60, unique=True, help_text="as on the ticket: 3/round:12")
    held_at = models.DateTimeField()
    is_final = models.BooleanField(db_default=False, default=False)

    class Meta:
        ordering = ["cause"]

    def __str__(self) -> str:
        return self.cause


class Pace(models.Model):
    """When the next mail may go to this mail provider (R5); nothing of any person. Outside the wall.

    A domain without a row may go now. `slowed`: how often in a row that provider asked for patience.
    """

    retention = Keep("until delivered", "R5")
    domain = models.CharField(max_length=255, primary_key=True)
    next_at = models.DateTimeField()
    slowed = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain


class Bounce(FoundationRow):
    """A message that certainly did not arrive, and at which address: what a director can prove (R2, R5).

    `is_about_address`: mail to that address will never arrive (nobody there); not so for a mailbox that is full or a
    server that mistrusts ours. Nor once somebody at school checked that the address is right (`answered_at`, see
    `notices.domain.bounces.reopen`); the status still says what was told. Without guardian or message: erased.
    """

    retention = Keep("2 years after the round", "AVG 7(1): proof that somebody was asked, reminded and told")
    guardian = tenant_key(Guardian, null=True, related_name="bounces")
    message = tenant_key(Message, null=True, related_name="bounces")
    kind = models.CharField(max_length=10, choices=BounceKind, default=BounceKind.BOUNCE)
    address = models.CharField(
        max_length=254, help_text="in small letters, as the school had it or as was told"
    )
    status = models.CharField(
        max_length=12, blank=True, help_text="RFC 3463, e.g. 5.1.1; none of a complaint"
    )
    is_about_address = models.BooleanField()
    source = models.CharField(max_length=10, choices=BounceSource)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(
        null=True, help_text="when somebody at school said that the address is right"
    )

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["foundation", "guardian"], name="bounce_guardian")]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "message", "kind"], name="bounce_once"),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.message_id}"
