from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.models import Check, Purpose
from ledger.codes import random_code
from ledger.retention import Keep
from schools.models import FoundationRow, Group, Pupil, School, StaffMember, tenant_key

from .choices import Cause, Ending, Outcome

KEEP = Keep("until 2 years after the item is gone", "AVG 5(2); U5: who posted, corrected and removed what")


class Publication(FoundationRow):
    """One item in one place: who may be recognised on it, who answers for it, and what became of it (U2, K3).

    `allowed_at`: the moment of the verdict it rests on; a no of after that moment makes a take-down (U3).
    `place` is a name, so that the register keeps saying what it said when a place is called otherwise later.
    """

    retention = KEEP
    code = models.CharField(max_length=10, unique=True, default=random_code)
    check_row = tenant_key(Check, null=True, related_name="+")
    purpose = tenant_key(Purpose, related_name="+")
    school = tenant_key(School, related_name="+")
    group = tenant_key(Group, null=True, related_name="+")
    place = models.CharField(max_length=60)
    owner = tenant_key(StaffMember, related_name="+")
    allowed_at = models.DateTimeField()
    placed_on = models.DateField()
    what = models.CharField(max_length=120, blank=True)
    link = models.CharField(max_length=500, blank=True)
    print_run = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = tenant_key(StaffMember, null=True, related_name="+")
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-placed_on", "-id"]
        indexes = [models.Index(fields=["foundation", "school", "-placed_on"], name="publication_school")]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "check_row", "place"], name="published_once"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) ^ ~models.Q(ending=""), name="publication_ending"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PublishedPerson(FoundationRow):
    """Somebody who can be recognised on an item. `gone_asked_at`: since when that must end, and by which cause."""

    retention = KEEP
    publication = tenant_key(Publication, related_name="people")
    pupil = tenant_key(Pupil, related_name="+")
    rests_on = models.JSONField(default=list, help_text=_("ids of the answers that it rested on"))
    gone_asked_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, choices=Cause, blank=True)

    class Meta:
        indexes = [models.Index(fields=["foundation", "pupil"], name="published_pupil")]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "publication", "pupil"], name="on_it_once"),
            models.CheckConstraint(
                condition=models.Q(gone_asked_at=None) ^ ~models.Q(cause=""), name="on_it_cause"
            ),
        ]


class TakeDown(FoundationRow):
    """The work of taking one item away: whose it is, by when, and how it ended (U3). One is open per item."""

    retention = KEEP
    code = models.CharField(max_length=10, unique=True, default=random_code)
    publication = tenant_key(Publication, related_name="take_downs")
    owner = tenant_key(StaffMember, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by = tenant_key(StaffMember, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    proof = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "publication"],
                condition=models.Q(closed_at=None),
                name="take_down_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) ^ ~models.Q(outcome=""), name="take_down_outcome"
            ),
        ]

    def __str__(self) -> str:
        return self.code
