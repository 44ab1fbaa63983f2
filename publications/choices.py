from django.db import models
from django.utils.translation import gettext_lazy as _


class Cause(models.TextChoices):
    """Why somebody must not be on an item any more (U3). Who said so is nowhere."""

    TAKEN_BACK = "taken_back", _("the yes was taken back")
    OBJECTION = "objection", _("the family asked to take this one away")
    IN_ERROR = "in_error", _("the yes was recorded in error")


class Ending(models.TextChoices):
    """How an item ended: off the page, or printed already and not used again."""

    GONE = "gone", _("taken away")
    NOT_AGAIN = "not_again", _("printed already; not in the next print")


class Outcome(models.TextChoices):
    """How a take-down was closed; LIFTED by itself, when the family said yes again before it was done."""

    GONE = "gone", _("taken away")
    NOT_AGAIN = "not_again", _("printed already; not in the next print")
    LIFTED = "lifted", _("not needed any more")
