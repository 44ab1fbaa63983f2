from django.db import models
from django.utils.translation import gettext_lazy as _


class Lane(models.TextChoices):
    """What waits behind what, most urgent first: nobody's code or receipt stands behind a campaign (R5)."""

    CODES = "codes", _("sign-in codes")
    BULK = "bulk", _("receipts and news")
    ROUNDS = "rounds", _("invitations and reminders of a round")


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
    BOUNCED = "bounced", _("mail to this address came back")


class BounceSource(models.TextChoices):
    """How it became known that a mail did not arrive."""

    SMTP = "smtp", _("the mail server refused it at once")
    WEBHOOK = "webhook", _("the mail provider told it")
    MAILBOX = "mailbox", _("it came back by mail")


class BounceKind(models.TextChoices):
    """What came back. A complaint closes no address: a tap on "spam" must not hide a question of law."""

    BOUNCE = "bounce", _("not delivered")
    COMPLAINT = "complaint", _("marked as spam by who got it")
