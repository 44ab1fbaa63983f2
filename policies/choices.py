from django.db import models
from django.utils.translation import gettext_lazy as _


class BlockKind(models.TextChoices):
    """What a piece of the text is; a chapter holds blocks, a block is never split further."""

    HEADING = "heading", _("heading")
    PARAGRAPH = "paragraph", _("paragraph")
    ITEM = "item", _("article")
    DO = "do", _("this we do")
    DONT = "dont", _("this we do not")


class Origin(models.TextChoices):
    """Where a version was put in force (P2)."""

    PORTAL = "portal", _("made in the portal")
    BEFORE = "before", _("in force from before the portal")


class State(models.TextChoices):
    """Where a version stands on a day; folded from its facts when read, never stored (P2)."""

    CONCEPT = "concept", _("concept")
    CONSENTED = "consented", _("agreed by the council")
    SCHEDULED = "scheduled", _("planned")
    IN_FORCE = "in_force", _("in force")
    SUPERSEDED = "superseded", _("replaced")


class Outcome(models.TextChoices):
    """What the participation council said (P3). Silence is NOT_DECIDED, never consent."""

    CONSENT = "consent", _("consent given")
    ADVICE = "advice", _("advice given")
    REFUSED = "refused", _("consent refused")
    NOT_DECIDED = "not_decided", _("not decided yet")
    UNKNOWN = "unknown", _("not known: from before the portal")


class Audience(models.TextChoices):
    """For whom a summary or a ladder is; the value is also the word in the address of a summary."""

    PUPILS = "leerlingen", _("pupils")
    STAFF = "medewerkers", _("staff")
    PARENTS = "ouders", _("parents")


class DocumentKind(models.TextChoices):
    PROTOCOL = "protocol", _("the full text")
    SUMMARY = "summary", _("the summary")


class DocumentState(models.TextChoices):
    WAITING = "waiting", _("is being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be made")


class Shape(models.TextChoices):
    """How a ladder is used (S4): steps that follow each other, or a range to choose from by severity."""

    STEPS = "steps", _("steps")
    RANGE = "range", _("a range to choose from")


class Weight(models.TextChoices):
    """What the law asks of a measure (I5): a suspension and an expulsion have guards of their own."""

    LIGHT = "light", _("light")
    CONFISCATION = "confiscation", _("a device is kept")
    SUSPENSION = "suspension", _("suspension")
    EXPULSION = "expulsion", _("sent away from school")
    LABOUR = "labour", _("measure under the collective agreement")
