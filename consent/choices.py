from django.db import models
from django.utils.translation import gettext_lazy as _


class Layer(models.TextChoices):
    """How far a picture travels (O6); `open_web` is a purpose of its own and in none of the three layers."""

    PAPER = "paper", _("on paper")
    CLOSED = "closed", _("online, for parents only")
    SOCIAL = "social", _("online, for everybody")
    OPEN_WEB = "open_web", _("open website and press")


class Picture(models.TextChoices):
    """The example picture beside a question, drawn for the portal (`static/img/`)."""

    PAPER = "paper", _("a school guide")
    CLOSED = "closed", _("a telephone with a lock")
    SOCIAL = "social", _("a post that goes around the world")
    OPEN_WEB = "open_web", _("a website")
    CLASS_PHOTO = "class_photo", _("the photo of a class")
    PHOTOGRAPHER = "photographer", _("a photographer with a camera")
    RESEARCH = "research", _("a study")
    AI = "ai", _("a photo that becomes another one")
    EVENT = "event", _("a stage")


class Medium(models.TextChoices):
    """What a purpose is about: all three together, unless a foundation asks them apart."""

    ALL = "all", _("photo, film and sound")
    PHOTO = "photo", _("photo")
    FILM = "film", _("film")
    SOUND = "sound", _("sound")


class Value(models.TextChoices):
    """What was answered; "I want to talk first" counts as a no until there is an answer (C6).

    BACK is said only by a pupil who does not decide yet: the own no is taken back, which is no yes (C6a).
    """

    YES = "yes", _("Yes")
    NO = "no", _("No")
    TALK = "talk", _("I want to talk first")
    BACK = "back", _("I take my no back")


class Channel(models.TextChoices):
    LINK = "link", _("personal link")
    SIGNED_IN = "signed_in", _("signed in")
    PAPER = "paper", _("paper")
    PHONE = "phone", _("phone")
    IN_PERSON = "in_person", _("in person")
    KIOSK = "kiosk", _("tablet at school")
    LOADED = "loaded", _("taken over from an earlier list")


class TaskKind(models.TextChoices):
    """Work that a choice, or a remark of a family, gives the school."""

    CONFLICT = "conflict", _("parents do not choose the same")
    TALK = "talk", _("a parent wants to talk first")
    WRONG_ADDRESS = "address", _("an address is wrong")
    WRONG_CHILD = "child", _("something about a child is wrong")
    WRONG_AUTHORITY = "authority", _("who decides is wrong")
    OBJECTION = "objection", _("somebody objects to one item")


# How work ended by itself: kept as these marks, so that every reader sees it in the own language.
ENDED = {"agree": ":agree", "answered": ":answered"}


class Reason(models.TextChoices):
    """Why a picture of somebody may or may not be used. Staff see this; who refused is never in it (C6)."""

    AGREED = "agreed", _("yes")
    REFUSED = "refused", _("no")
    CONFLICT = "conflict", _("parents do not choose the same")
    NO_ANSWER = "no_answer", _("no answer yet")
    NOT_ALL_ANSWERED = "not_all_answered", _("not every parent has answered yet")
    EXPIRED = "expired", _("the yes has run out")
    REWORDED = "reworded", _("the question has changed")
    TALK_FIRST = "talk_first", _("wants to talk first")
    PUPIL_DECIDES = "pupil_decides", _("decides alone and has not answered yet")
    NO_DECIDER = "no_decider", _("nobody is known who may decide")
    NOT_ENROLLED = "not_enrolled", _("is not at this school now")


class Standing(models.TextChoices):
    """How a guardian stands to a child today: what the family's pages show of the child, and offer."""

    DECIDES = "decides", _("decides for the child")
    GROWN = "grown", _("the child decides alone now")
    INFORMED = "informed", _("is informed; somebody else decides")
    LEFT = "left", _("the child is not at school here now")


class RoundKind(models.TextChoices):
    """Why people are asked (R1). The words stand on the form where a round begins."""

    YEARLY = "yearly", _("the yearly question")
    ENROLMENT = "enrolment", _("new pupils, as they come")
    EVENT = "event", _("one event")
    MATERIAL = "material", _("a question that was changed")
    STAFF = "staff", _("colleagues, about their own pictures")
    OVERVIEW = "overview", _("the yearly overview of what was chosen")


class LeftOut(models.TextChoices):
    """Why somebody gets no mail in a round: parents for the first six, pupils for the next three (R2, R3)."""

    ALREADY_ASKED = "already_asked", _("is asked already in a round that runs now")
    REMINDED = "reminded", _("got a mail less than three days ago")
    NO_REMINDERS = "no_reminders", _("asked not to be reminded")
    NO_ADDRESS = "no_address", _("no e-mail address is known")
    NO_CONTACT = "no_contact", _("this person may not be contacted")
    BOUNCED = "bounced", _("mail to this address came back")
    PUPIL_DECIDES = "pupil_decides", _("decides alone, and has no e-mail address of their own")
    PUPIL_ASKED = "pupil_asked", _("decides alone, and is asked already in a round that runs now")
    NO_DECIDER = "no_decider", _("no parent is known who may decide")
    STAFF_NO_ADDRESS = "staff_no_address", _("works here, and has no e-mail address")


class RoundList(models.TextChoices):
    """The work lists of a round: whom the school asks in another way (R2); the values stand in addresses."""

    UNREACHABLE = "onbereikbaar", _("Cannot be reached by mail")
    CAME_BACK = "teruggekomen", _("Mail came back")
    SILENT = "geen-antwoord", _("No answer yet")
    NO_DECIDER = "zonder-ouder", _("Nobody is known who decides")


class Silence(models.TextChoices):
    """Why somebody who was asked is silent, as far as the portal knows (R2).

    BOUNCED: mail to this address never arrives. CAME_BACK: the last mail did not arrive, and this address may work
    (another one, or a mailbox that is empty again). NO_MAIL: an address came later than the mails.
    """

    NO_CONTACT = "no_contact", _("may not be contacted")
    NO_ADDRESS = "no_address", _("no e-mail address is known")
    BOUNCED = "bounced", _("mail to this address came back")
    CAME_BACK = "came_back", _("the last mail came back")
    NO_MAIL = "no_mail", _("has an e-mail address now, and got no mail yet")
    SILENT = "silent", _("got the mail, and has not chosen")


class EventState(models.TextChoices):
    """What happened to a consent, in the words of ISO/IEC TS 27560:2023 (only those that occur here)."""

    REQUESTED = "requested", _("asked, not decided yet")
    GIVEN = "given", _("given")
    RECONFIRMED = "re-confirmed", _("given again")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("ended")
    INVALIDATED = "invalidated", _("taken out, recorded in error")


# Which languages a parent may choose here; the Dutch text is authoritative.
PARENT_LANGUAGES = ("nl", "en", "ar", "tr", "pl", "uk", "ti")
