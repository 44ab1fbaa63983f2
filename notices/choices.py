from django.db import models
from django.utils.translation import gettext_lazy as _


class Lane(models.TextChoices):
    """What waits behind what: a sign-in code never stands in the queue of a round (R5)."""

    CODES = "codes", _("sign-in codes")
    BULK = "bulk", _("rounds and receipts")


class State(models.TextChoices):
    """Where a message is. Only a waiting one can change state; there is no way back."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("not delivered")
    STOPPED = "stopped", _("no longer needed")


class Unreachable(models.TextChoices):
    """Why somebody gets no message: the school's work list (R2)."""

    UNKNOWN = "unknown", _("this person is not known any more")
    NO_ADDRESS = "no_address", _("no e-mail address is known")
    NO_CONTACT = "no_contact", _("this person may not be contacted")
