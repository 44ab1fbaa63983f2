"""Whom it was asked of, when, and by which link."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.retention import Keep
from schools.models import FoundationRow, Guardian, Pupil, School, SchoolYear, tenant_key

from .questions import Purpose
from .terms import PROOF


class Round(FoundationRow):
    """A set of purposes asked of the deciders of every enrolled pupil, between two days (R1)."""

    retention = PROOF
    name = models.CharField(max_length=80)
    year = tenant_key(SchoolYear)
    opens_on = models.DateField()
    closes_on = models.DateField()
    remind_on = models.DateField()
    valid_until = models.DateField()

    class Meta:
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "name"], name="round_name"),
            models.CheckConstraint(
                condition=models.Q(opens_on__lte=models.F("remind_on"), remind_on__lte=models.F("closes_on")),
                name="round_order",
                violation_error_code="round_order",
                violation_error_message=_("A round opens first, then reminds, then closes."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoundPurpose(FoundationRow):
    retention = PROOF
    round = tenant_key(Round, related_name="asked")
    purpose = tenant_key(Purpose)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["foundation", "round", "purpose"], name="asked_once")]


class RoundSchool(FoundationRow):
    """A round for some schools names them; without rows it is for all schools, also those that come later."""

    retention = PROOF
    round = tenant_key(Round, related_name="schools")
    school = tenant_key(School, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "round", "school"], name="round_school_once")
        ]


class RoundPupil(FoundationRow):
    """A pupil who decides alone, asked in this round at the own address; with the moment of the one reminder."""

    retention = PROOF
    round = tenant_key(Round, related_name="pupils")
    pupil = tenant_key(Pupil, related_name="+")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "round", "pupil"], name="round_pupil_once")
        ]


class PersonalLink(FoundationRow):
    """The link of one guardian in one round: opens this task only, until the school year ends."""

    retention = Keep("until 2 years after the round", "AVG 7(1): how was it asked")
    round = tenant_key(Round, related_name="links")
    guardian = tenant_key(Guardian, related_name="links")
    target = models.UUIDField(unique=True)

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
