"""Whom it was asked of, when, and by which link."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.choices import RoundKind
from ledger.codes import random_code
from ledger.retention import Keep
from schools.models import FoundationRow, Guardian, Pupil, School, SchoolYear, StaffMember, tenant_key

from .questions import Purpose
from .terms import PROOF


class Round(FoundationRow):
    """A set of purposes asked of a set of people, between two days (R1).

    `remind_before`: how many days before somebody's closing day a reminder leaves, at most three, the first one
    first. `answer_days` is the time of a family that is asked in the course of a long round (enrolment). The mails
    of a day are written on that day: `written_for` is the last day of which all are. Paused or stopped: nothing
    leaves, and who has a link answers as before (R3, R4).
    """

    retention = PROOF
    code = models.CharField(max_length=10, unique=True, default=random_code)
    kind = models.CharField(max_length=10, choices=RoundKind, default=RoundKind.YEARLY)
    name = models.CharField(max_length=80)
    year = tenant_key(SchoolYear)
    opens_on = models.DateField()
    closes_on = models.DateField()
    remind_before = ArrayField(models.PositiveSmallIntegerField(), size=3, default=list, blank=True)
    answer_days = models.PositiveSmallIntegerField(null=True)
    valid_until = models.DateField()
    written_for = models.DateField(null=True)
    paused_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "name"], name="round_name"),
            models.CheckConstraint(
                condition=models.Q(opens_on__lte=models.F("closes_on")),
                name="round_order",
                violation_error_code="round_order",
                violation_error_message=_("A round opens first, and then closes."),
            ),
            models.CheckConstraint(
                condition=models.Q(remind_before__len__lte=3),
                name="round_three_reminders",
                violation_error_code="round_three_reminders",
                violation_error_message=_("There are three reminders at most."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def cause(self) -> str:
        """What all messages of this round are about, in the outbox."""
        return f"round:{self.id}"

    @property
    def is_held(self) -> bool:
        return self.paused_at is not None or self.stopped_at is not None


class RoundPurpose(FoundationRow):
    retention = PROOF
    round = tenant_key(Round, related_name="asked")
    purpose = tenant_key(Purpose)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["foundation", "round", "purpose"], name="asked_once")]


class RoundSchool(FoundationRow):
    """A round for some schools names them, with their own days when they chose some.

    Without rows it is for all schools, also those that come later.
    """

    retention = PROOF
    round = tenant_key(Round, related_name="schools")
    school = tenant_key(School, related_name="+")
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "round", "school"], name="round_school_once")
        ]


class RoundPupil(FoundationRow):
    """A pupil who decides alone, asked in this round at the own address; with the number of reminders."""

    retention = PROOF
    round = tenant_key(Round, related_name="pupils")
    pupil = tenant_key(Pupil, related_name="+")
    opens_on = models.DateField()
    closes_on = models.DateField()
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "round", "pupil"], name="round_pupil_once")
        ]


class RoundColleague(FoundationRow):
    """Somebody who works here, asked about own pictures; nobody at school sees who stayed silent (R1)."""

    retention = PROOF
    round = tenant_key(Round, related_name="colleagues")
    staff_member = tenant_key(StaffMember, related_name="+")
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "round", "staff_member"], name="round_colleague_once"
            )
        ]


class PersonalLink(FoundationRow):
    """The link of one guardian in one round: opens this task only, until the school year ends.

    With the days of this guardian: those of the schools of the children, or counted from the day of asking.
    `no_reminders_at`: the guardian asked not to be reminded in this round; silence stays no.
    """

    retention = Keep("until 2 years after the round", "AVG 7(1): how was it asked")
    round = tenant_key(Round, related_name="links")
    guardian = tenant_key(Guardian, related_name="links")
    target = models.UUIDField(unique=True)
    opens_on = models.DateField()
    closes_on = models.DateField()
    no_reminders_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["foundation", "round", "guardian"], name="link_once")]


class LinkDevice(FoundationRow):
    """A browser from which this link was answered (hash of a random cookie): a third one needs a code for yes."""

    retention = Keep("with the link", "domain.md: strength of the link")
    link = tenant_key(PersonalLink, related_name="devices")
    device_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "link", "device_hash"], name="device_once")
        ]
