"""What a choice gives the school to do, and the checks that it kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.choices import TaskKind
from ledger.codes import random_code
from ledger.retention import Keep
from schools.models import FoundationRow, Guardian, Pupil, School, StaffMember, tenant_key

from .questions import Purpose


class Task(FoundationRow):
    """Something for the school to do about one child: talk, look at an address, find out who decides.

    One open task per child, kind and guardian; objections one per item. Who refused is never in it (C4).
    """

    retention = Keep("2 years after it was closed", "E2: who did what, when")
    code = models.CharField(max_length=10, unique=True, default=random_code)
    kind = models.CharField(max_length=10, choices=TaskKind)
    school = tenant_key(School, related_name="+")
    pupil = tenant_key(Pupil, related_name="+")
    guardian = tenant_key(Guardian, null=True, related_name="+")
    purpose = tenant_key(Purpose, null=True, related_name="+")
    text = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = tenant_key(StaffMember, null=True, related_name="+")
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "pupil", "kind", "guardian"],
                condition=models.Q(closed_at=None) & ~models.Q(kind=TaskKind.OBJECTION),
                name="task_open_once",
                nulls_distinct=False,
            )
        ]


class Check(FoundationRow):
    """A verdict that was kept: who asked, for which purpose, and on which answers it rested (U1)."""

    retention = Keep("2 years", "U1: proof that was looked before something was posted")
    code = models.CharField(max_length=10, unique=True, default=random_code)
    staff_member = tenant_key(StaffMember)
    group = tenant_key("schools.Group")
    purpose = tenant_key(Purpose)
    is_allowed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]


class CheckedPerson(FoundationRow):
    """One pupil or colleague in a kept check, with the reason of that moment and the answers it rested on."""

    retention = Check.retention
    check_row = tenant_key(Check, related_name="people")
    pupil = tenant_key(Pupil, null=True, related_name="+")
    staff_member = tenant_key(StaffMember, null=True, related_name="+")
    is_allowed = models.BooleanField()
    reason = models.CharField(max_length=20)
    since = models.DateField(null=True)
    rests_on = models.JSONField(
        default=list, help_text=_("ids of the answers that it rested on")
    )  # of this person

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "check_row", "pupil"], name="checked_once"),
            models.UniqueConstraint(
                fields=["foundation", "check_row", "staff_member"], name="colleague_checked_once"
            ),
            models.CheckConstraint(
                condition=models.Q(pupil=None) ^ models.Q(staff_member=None),
                name="checked_one_person",
                violation_error_code="checked_one_person",
            ),
        ]

    @property
    def shown_name(self) -> str:
        """A pupil by first name and initial, a colleague by the whole name."""
        return self.pupil.short_name if self.pupil else self.staff_member.full_name
