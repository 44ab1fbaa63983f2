from django.db import models
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    """Who a person is at the moment of the act; one mailbox may be several of these."""

    NOBODY = "nobody", _("nobody signed in")
    GUARDIAN = "guardian", _("parent")
    PUPIL = "pupil", _("pupil")
    STAFF = "staff", _("staff member")
    SYSTEM = "system", _("the portal itself")


class Verb(models.TextChoices):
    """Closed vocabulary of the ledger, `source:subject:action`; the label is the sentence a reader sees."""

    CHOICE_DECIDED = "consent:choice:decided", _("a choice about photos was passed on")
    CHECK_KEPT = "consent:check:kept", _("a check of what may be posted was kept")
    ROUND_STARTED = "consent:round:started", _("a round of questions was started")
    WORDING_FROZEN = "consent:wording:frozen", _("the wording of a question was fixed")
    IMPORT_LOOKED_AT = "schools:import:looked", _("a file of the school administration was looked at")
    IMPORT_ASKED = "schools:import:asked", _("a second person was asked about an import")
    IMPORT_STOPPED = "schools:import:stopped", _("an import was stopped")
    SCHOOL_IMPORTED = "schools:import:applied", _("a file of the school administration was taken in")
    IMPORT_UNDONE = "schools:import:undone", _("an import was undone")
    IMPORT_CONFIRMED = "schools:import:confirmed", _("a second person agreed with an import")
    PERSON_CHOSEN = "accounts:person:chosen", _("somebody said which of two persons they are")
    ENTRY_ERASED = "ledger:entry:erased", _("the personal part of an entry was erased")


class Reading(models.TextChoices):
    """What was read, for the record of sensitive readings."""

    CONSENT_STATE = "consent:state", _("what may be posted of these children")
    PUPIL_SEARCH = "schools:search", _("pupils found by name")
    IMPORT_PREVIEW = "schools:import", _("the preview of an import")
