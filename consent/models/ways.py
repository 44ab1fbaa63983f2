"""Other ways to answer than a link: a form on paper, a tablet at school."""

from django.db import models

from ledger.codes import random_code
from ledger.retention import Keep
from schools.models import FoundationRow, Guardian, Pupil, School, StaffMember, tenant_key

from .terms import PROOF


class PaperPile(FoundationRow):
    """Forms that are printed together: asked by somebody at school, made by a worker as one PDF.

    For a group, or (without one) for one child; or letters of a round for the parents of one school whom no mail
    reaches. The PDF is forgotten after 30 days; the forms stay.
    """

    retention = Keep("the PDF 30 days; that it was made 2 years", "AVG 5(1)(e)")
    code = models.CharField(max_length=10, unique=True, default=random_code)
    group = tenant_key("schools.Group", null=True, related_name="+")
    round = tenant_key("consent.Round", null=True, related_name="piles")
    school = tenant_key(School, null=True, related_name="+")
    asked_by = tenant_key(StaffMember, related_name="+")
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    pdf = models.BinaryField(default=bytes)


class PaperForm(FoundationRow):
    """A form on paper for one child and one guardian, with a short code.

    Without a guardian it is for the pupil who decides alone, or one on which a parent writes the own name.

    The wording that was printed is found by `printed_on` and `language`; the scan comes back with the answers.
    """

    retention = PROOF
    code = models.CharField(max_length=10, unique=True, default=random_code)
    pupil = tenant_key(Pupil, related_name="+")
    guardian = tenant_key(Guardian, null=True, related_name="+")
    language = models.CharField(max_length=8)
    printed_on = models.DateField()
    printed_by = tenant_key(StaffMember, related_name="+")
    pile = tenant_key(PaperPile, null=True, related_name="forms")


class Kiosk(FoundationRow):
    """A tablet of a school on which parents answer, for one evening: who started it, and until when it works.

    The browser holds nothing but its code in a session; `stopped_at` ends it at once, wherever the tablet is.
    """

    retention = PROOF
    code = models.CharField(max_length=10, unique=True, default=random_code)
    school = tenant_key(School, related_name="+")
    started_by = tenant_key(StaffMember, related_name="+")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("started_at")), name="kiosk_order")
        ]
