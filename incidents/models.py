"""Cases: every row stands behind two walls, that of the foundation and that of the case (who handles it, or
who reported it). Keys are made in Python: `INSERT … RETURNING` would fail behind the second wall."""

import secrets
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import random_code
from ledger.retention import Keep
from notices.models import Message
from policies.models import Rung
from schools.choices import RoleName
from schools.models import FoundationRow, Guardian, Pupil, School, StaffMember, tenant_key

from .choices import (
    About,
    Category,
    Channel,
    EventKind,
    PersonPart,
    Reply,
    ReporterKind,
    State,
    Way,
    Wish,
)

CASE_KEEP = Keep("2 years after closing", "E3; AVG 5(1)(e)")
SEALED = _("AES-256-GCM with the key of the case; see incidents.sealing")


def case_code() -> str:
    """What people call a case by, on paper and on the phone: six characters, random, so that it tells no count."""
    return random_code(6)


def reporter_number() -> int:
    """62 random bits: who holds the code phrase acts under this number, and it says nothing about a person."""
    return secrets.randbits(62)


class RoutingRow(FoundationRow):
    """One row of the table that says who handles a report; the first row that fits counts (I2).

    An empty column fits everything. Never who is named in it, or related to them: they are passed over.
    """

    retention = Keep("as long as the foundation uses the portal", "I2: who should have received it")
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=20, choices=Category, blank=True)
    reporter_kind = models.CharField(max_length=10, choices=ReporterKind, blank=True)
    about = models.CharField(max_length=10, choices=About, blank=True)
    wish = models.CharField(max_length=10, choices=Wish, blank=True)
    role = models.CharField(max_length=20, choices=RoleName)
    is_at_once = models.BooleanField(default=False, help_text=_("told at any hour, not only on school days"))

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["foundation", "position"], name="routing_position")]


class Case(FoundationRow):
    """One report and what is done with it. Holds no text of its own: that lies sealed in its events."""

    retention = CASE_KEEP
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.CharField(max_length=6, default=case_code)
    number = models.BigIntegerField(unique=True, default=reporter_number, editable=False)
    school = tenant_key(School, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    category = models.CharField(max_length=20, choices=Category)
    reporter_kind = models.CharField(max_length=10, choices=ReporterKind)
    is_anonymous = models.BooleanField()
    about = models.CharField(max_length=10, choices=About)
    wish = models.CharField(max_length=10, choices=Wish, default=Wish.ANYBODY)
    happened_on = models.DateField(null=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    state_before = models.CharField(max_length=10, choices=State, blank=True)
    events_count = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-received_at", "id"]
        indexes = [models.Index(fields=["foundation", "state", "received_at"], name="case_state")]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "code"], name="case_code"),
            models.CheckConstraint(
                condition=(models.Q(state=State.CLOSED) & models.Q(closed_at__isnull=False))
                | (~models.Q(state=State.CLOSED) & models.Q(closed_at=None)),
                name="case_closed_at",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CaseRow(FoundationRow):
    """A row of one case; behind the wall of that case."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case = tenant_key(Case, related_name="%(class)ss")

    class Meta:
        abstract = True


class CaseKey(CaseRow):
    """The key that all text of a case is sealed with, itself sealed with the portal's. Gone is unreadable (I9)."""

    retention = CASE_KEEP
    wrapped = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["foundation", "case"], name="case_key_once")]


class Identity(CaseRow):
    """Who reported it and how to reach them, sealed apart; no page opens it for a handler (I9)."""

    retention = CASE_KEEP
    sealed = models.BinaryField(help_text=SEALED)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["foundation", "case"], name="identity_once")]


class Handler(CaseRow):
    """Who may see a case, as which role, since when; the case wall reads this table (I2)."""

    retention = CASE_KEEP
    staff_member = tenant_key(StaffMember, related_name="+")
    role = models.CharField(max_length=20, choices=RoleName)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "staff_member", "case"],
                condition=models.Q(until=None),
                name="handler_once",
            )
        ]


class Event(CaseRow):
    """One thing on the timeline, never changed: a correction is another event (I3).

    `position` counts within the case, so that two events of one moment keep their order. `facts` holds codes
    and dates only; what people wrote is in `sealed`. `is_shared`: the reporter sees it too.
    """

    retention = CASE_KEEP
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=15, choices=EventKind)
    at = models.DateTimeField()
    by = tenant_key(StaffMember, null=True, related_name="+")
    capacity = models.CharField(max_length=40, blank=True)
    is_shared = models.BooleanField(default=False)
    sealed = models.BinaryField(null=True, help_text=SEALED)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "case", "position"], name="event_position")
        ]


class CasePerson(CaseRow):
    """Somebody with a part in the case: known to the portal, or only by the name that was given (sealed)."""

    retention = CASE_KEEP
    part = models.CharField(max_length=10, choices=PersonPart)
    sealed_name = models.BinaryField(help_text=SEALED)
    pupil = tenant_key(Pupil, null=True, related_name="+")
    guardian = tenant_key(Guardian, null=True, related_name="+")
    staff_member = tenant_key(StaffMember, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]


class Attachment(CaseRow):
    """A picture that came with a report: the copy that is shown is stripped, the original stays sealed (I1)."""

    retention = CASE_KEEP
    position = models.PositiveSmallIntegerField()
    media_type = models.CharField(max_length=30)
    sealed_shown = models.BinaryField(help_text=SEALED)
    sealed_original = models.BinaryField(help_text=SEALED)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "case", "position"], name="attachment_position")
        ]


class Measure(CaseRow):
    """A measure towards one person of the case, chosen by a human from the foundation's ladder (I5).

    In force only when the parents have been told, where the rung asks it; that is read from `Contact`.
    """

    retention = CASE_KEEP
    rung = tenant_key(Rung, related_name="+")
    person = tenant_key(CasePerson, related_name="measures")
    proposed_at = models.DateTimeField()
    proposed_by = tenant_key(StaffMember, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = tenant_key(StaffMember, null=True, related_name="+")
    in_force_at = models.DateTimeField(null=True)
    sealed_reason = models.BinaryField(help_text=SEALED)

    class Meta:
        ordering = ["proposed_at", "id"]


class Contact(CaseRow):
    """One try to tell the parents of one person in the case (I6).

    A mail counts when the mail server took it (`message`, the row in the outbox), a letter when it was handed
    over, a call or talk when somebody answered.
    """

    retention = CASE_KEEP
    person = tenant_key(CasePerson, related_name="contacts")
    guardian = tenant_key(Guardian, null=True, related_name="+")
    way = models.CharField(max_length=10, choices=Way)
    reply = models.CharField(max_length=10, choices=Reply)
    message = tenant_key(Message, null=True, related_name="+")
    at = models.DateTimeField()
    sealed_note = models.BinaryField(null=True, help_text=SEALED)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(way=Way.MAIL) ^ models.Q(message=None), name="contact_mail_has_message"
            )
        ]
