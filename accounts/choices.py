from django.db import models
from django.utils.translation import gettext_lazy as _


class Capacity(models.TextChoices):
    """As what a mailbox may enter a foundation."""

    GUARDIAN = "guardian", _("parent")
    PUPIL = "pupil", _("pupil")
    STAFF = "staff", _("staff member")


class LinkKind(models.TextChoices):
    """What a mailed link opens: one task, never a session."""

    CONSENT = "consent", _("the questions about photos")
    REPORT = "report", _("the answer to a report")
