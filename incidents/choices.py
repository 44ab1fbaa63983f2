from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """What a report is about, in the reporter's words; the routing table reads it (I2)."""

    BULLYING = "bullying", _("bullying or leaving somebody out")
    HURTING = "hurting", _("insulting, spreading lies or gossip")
    PHOTO = "photo", _("a photo, film or sound without permission")
    THREAT = "threat", _("threatening or blackmail")
    SEXUAL = "sexual", _("sexual behaviour or images")
    FAKE = "fake", _("a fake account or a hacked account")
    AGAINST_SCHOOL = "against_school", _("a negative message about school")
    DERAILED = "derailed", _("a discussion that gets out of hand")
    OTHER = "other", _("something else")


class ReporterKind(models.TextChoices):
    PUPIL = "pupil", _("pupil")
    PARENT = "parent", _("parent")
    STAFF = "staff", _("staff member")
    OTHER = "other", _("somebody else")


class About(models.TextChoices):
    """Whom a report is about, as far as the reporter says; decides who must not receive it (I2)."""

    PUPIL = "pupil", _("one or more pupils")
    STAFF = "staff", _("somebody who works at school")
    DIRECTOR = "director", _("the director")
    BOARD = "board", _("the board of the foundation")
    OUTSIDER = "outsider", _("somebody from outside school")
    UNKNOWN = "unknown", _("I do not know")


class Wish(models.TextChoices):
    """Who may read it, as the reporter wishes (I1)."""

    TEACHER = "teacher", _("my teacher")
    ADVISER = "adviser", _("the confidential adviser")
    ANYBODY = "anybody", _("I do not know")


class Channel(models.TextChoices):
    FORM = "form", _("on the report page")
    SPOKEN = "spoken", _("told in person or by phone")


class PersonPart(models.TextChoices):
    """The part somebody has in a case (I3)."""

    REPORTER = "reporter", _("reported it")
    AFFECTED = "affected", _("it happened to them")
    ACCUSED = "accused", _("did it, according to the report")
    WITNESS = "witness", _("saw it")


class State(models.TextChoices):
    """Where a case stands; the moves between them are one table: `incidents.rules.MOVES` (I4)."""

    RECEIVED = "received", _("reported")
    TRIAGED = "triaged", _("looked at")
    HANDLING = "handling", _("in progress")
    PROPOSED = "proposed", _("measure proposed")
    DECIDED = "decided", _("measure decided")
    IN_FORCE = "in_force", _("measure in force")
    WAITING = "waiting", _("waiting for an answer")
    REFERRED = "referred", _("passed on outside school")
    WITHDRAWN = "withdrawn", _("withdrawn by the reporter")
    CLOSED = "closed", _("closed")


class Move(models.TextChoices):
    TRIAGE = "triage", _("look at it")
    HANDLE = "handle", _("take it in hand")
    PROPOSE = "propose", _("propose a measure")
    DECIDE = "decide", _("decide on the measure")
    ENFORCE = "enforce", _("put the measure in force")
    WAIT = "wait", _("wait for an answer")
    RESUME = "resume", _("go on")
    REFER = "refer", _("pass on outside school")
    WITHDRAW = "withdraw", _("withdraw the report")
    CLOSE = "close", _("close")
    REOPEN = "reopen", _("open again")


class EventKind(models.TextChoices):
    """What stands on the timeline of a case; every kind is added, none is ever changed (I3)."""

    RECEIVED = "received", _("reported")
    ROUTED = "routed", _("given to somebody to handle")
    OPENED = "opened", _("opened")
    MOVED = "moved", _("next state")
    PERSON = "person", _("somebody added to the case")
    NOTE = "note", _("note")
    CORRECTION = "correction", _("correction of a note")
    ANSWER = "answer", _("answer to the reporter")
    MESSAGE = "message", _("message from the reporter")
    MEASURE = "measure", _("measure")
    CONTACT = "contact", _("contact with parents")
    HANDED_OVER = "handed_over", _("given to somebody else")
    RECUSED = "recused", _("withdrew from the case")


class Way(models.TextChoices):
    """How parents were told (I6)."""

    MAIL = "mail", _("by mail")
    CALL = "call", _("by phone")
    LETTER = "letter", _("letter handed over")
    TALK = "talk", _("in a talk at school")


class Reply(models.TextChoices):
    """Asked, answered and no answer are three things (I4)."""

    ASKED = "asked", _("asked, no reply yet")
    ANSWERED = "answered", _("answered")
    NONE = "none", _("no answer")
