from django.db import models
from django.utils.translation import gettext_lazy as _


class ActorKind(models.TextChoices):
    """Who a person is at the moment of the act; one mailbox may be several of these."""

    NOBODY = "nobody", _("nobody signed in")
    GUARDIAN = "guardian", _("parent")
    PUPIL = "pupil", _("pupil")
    STAFF = "staff", _("staff member")
    REPORTER = "reporter", _("somebody with the code phrase of a report")
    SYSTEM = "system", _("the portal itself")


class Verb(models.TextChoices):
    """Closed vocabulary of the ledger, `source:subject:action`; the label is the sentence a reader sees."""

    CHOICE_DECIDED = "consent:choice:decided", _("a choice about photos was passed on")
    CHOICE_RECORDED = "consent:choice:recorded", _("a choice was entered for somebody")
    CHOICE_INVALIDATED = "consent:choice:invalidated", _("a choice recorded in error was taken out")
    INVALIDATION_ASKED = "consent:invalidation:asked", _("a second person was asked to take a choice out")
    FORM_PRINTED = "consent:form:printed", _("a form on paper was made")
    TASK_OPENED = "consent:task:opened", _("something was put on the work list of a school")
    TASK_CLOSED = "consent:task:closed", _("something on the work list of a school was done")
    STAFF_DECIDED = "consent:staff:decided", _("a staff member chose about own pictures")
    AGE_TOLD = "consent:age:told", _("a family was told that the pupil decides")
    PURPOSE_ADDED = "consent:purpose:added", _("a purpose was added or changed")
    LANGUAGE_APPROVED = "consent:language:approved", _("a reader approved a language")
    PROOF_GIVEN = "consent:proof:given", _("the proof of a choice was given out")
    CHECK_KEPT = "consent:check:kept", _("a check of what may be posted was kept")
    ROUND_STARTED = "consent:round:started", _("a round of questions was started")
    ROUND_ASKED = "consent:round:asked", _("everybody of a round whose day had come was written to")
    ROUND_REMINDED = "consent:round:reminded", _("who stayed silent in a round was reminded at once")
    ROUND_MAILED_AGAIN = "consent:round:mailed", _("a parent got the invitation once more")
    ROUND_PAUSED = "consent:round:paused", _("a round was made to wait")
    ROUND_RESUMED = "consent:round:resumed", _("a round that waited went on")
    ROUND_STOPPED = "consent:round:stopped", _("a round was stopped")
    REMINDERS_REFUSED = "consent:reminders:refused", _("a parent asked for no more reminders")
    FAMILY_ASKED = "consent:family:asked", _("the parents of one child were asked by mail")
    KIOSK_STARTED = "consent:kiosk:started", _("a tablet for parents was started")
    KIOSK_STOPPED = "consent:kiosk:stopped", _("a tablet for parents was stopped")
    WORDING_FROZEN = "consent:wording:frozen", _("the wording of a question was fixed")
    PUBLICATION_MADE = "publications:publication:made", _("something was entered as placed")
    PUBLICATION_CHANGED = "publications:publication:changed", _("what the register says was corrected")
    PUBLICATION_ENDED = "publications:publication:ended", _("something that was placed is gone")
    TAKE_DOWN_OPENED = "publications:takedown:opened", _("something must be taken away")
    TAKE_DOWN_CLOSED = "publications:takedown:closed", _("what had to be taken away is closed")
    ITEM_OBJECTED = "publications:item:objected", _("a family asked to take one item away")
    IMPORT_LOOKED_AT = "schools:import:looked", _("a file of the school administration was looked at")
    IMPORT_ASKED = "schools:import:asked", _("a second person was asked about an import")
    IMPORT_STOPPED = "schools:import:stopped", _("an import was stopped")
    SCHOOL_IMPORTED = "schools:import:applied", _("a file of the school administration was taken in")
    IMPORT_UNDONE = "schools:import:undone", _("an import was undone")
    IMPORT_CONFIRMED = "schools:import:confirmed", _("a second person agreed with an import")
    AUTHORITY_SET = "schools:authority:set", _("what somebody may decide for a child was changed")
    PROTOCOL_READ = "policies:version:read", _("a text was brought in as a new version")
    TEXT_CORRECTED = "policies:version:corrected", _("the text of a concept was corrected")
    DECISION_RECORDED = (
        "policies:decision:recorded",
        _("a decision of the participation council was recorded"),
    )
    VERSION_PUBLISHED = "policies:version:published", _("a version was put in force")
    SUMMARY_CHANGED = "policies:summary:changed", _("a summary was changed")
    LADDER_SET = "policies:ladder:set", _("a list of measures was fixed")
    REPORT_MADE = "incidents:report:made", _("something was reported")
    REPORT_LOGGED = "incidents:report:logged", _("a spoken report was written down")
    CASE_ROUTED = "incidents:case:routed", _("a report was given to somebody to handle")
    CASE_MOVED = "incidents:case:moved", _("a case went to its next state")
    CASE_TOLD = "incidents:case:told", _("something was added to a case")
    CASE_HANDED_OVER = "incidents:case:handed", _("a case was given to somebody else")
    REPORTER_ANSWERED = "incidents:reporter:answered", _("the reporter was answered")
    REPORTER_WROTE = "incidents:reporter:wrote", _("the reporter wrote something more")
    MEASURE_DECIDED = "incidents:measure:decided", _("a measure was decided")
    PARENTS_TOLD = "incidents:parents:told", _("parents were told, or it was tried")
    ROUTING_SET = "incidents:routing:set", _("the table of who handles a report was changed")
    MAIL_BOUNCED = "notices:mail:bounced", _("a mail to a parent came back")
    PERSON_CHOSEN = "accounts:person:chosen", _("somebody said which of two persons they are")
    ENTRY_ERASED = "ledger:entry:erased", _("the personal part of an entry was erased")


class Reading(models.TextChoices):
    """What was read, for the record of sensitive readings."""

    FAMILY_FILE = "consent:family", _("the choices of a family")
    PROOF = "consent:proof", _("the proof of the choices about somebody")
    TASK_LIST = "consent:tasks", _("the work list of a school")
    CONSENT_STATE = "consent:state", _("what may be posted of these children")
    PUBLICATIONS = "publications:register", _("what was placed, and who is on it")
    PUPIL_SEARCH = "schools:search", _("pupils found by name")
    PEOPLE_SEARCH = "schools:people", _("people found by name")
    CASE_LIST = "incidents:list", _("the list of own cases")
    CASE_FILE = "incidents:case", _("a case")
    IMPORT_PREVIEW = "schools:import", _("the preview of an import")
