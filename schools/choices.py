from django.db import models
from django.utils.translation import gettext_lazy as _

# First words of an address of the portal itself: no foundation may take one as its slug.
RESERVED_SLUGS = (
    ".well-known",
    "accounts",
    "admin",
    "beheer",
    "bestuur",
    "demo",
    "directie",
    "fg",
    "healthz",
    "kiosk",
    "leerling",
    "melding",
    "ouder",
    "post",
    "privacy",
    "readyz",
    "start",
    "static",
    "stichting",
    "team",
    "toegankelijkheid",
    "toestemming",
)


class Sector(models.TextChoices):
    PO = "po", _("primary education")
    SO = "so", _("special education")
    VO = "vo", _("secondary education")


class Governance(models.TextChoices):
    PUBLIC = "public", _("public")
    DENOMINATIONAL = "denominational", _("denominational")


class HolidayRegion(models.TextChoices):
    NORTH = "north", _("north")
    MIDDLE = "middle", _("middle")
    SOUTH = "south", _("south")


class Authority(models.TextChoices):
    """What a guardian may do for a child (gezag): only FULL decides (C2)."""

    FULL = "full", _("decides")
    INFORMED = "informed", _("is informed only")
    NONE = "none", _("no authority")


class Representation(models.TextChoices):
    """Why somebody decides also for a pupil who is old enough to decide alone (C6a, UAVG 5)."""

    CURATELE = "curatele", _("curatele")
    MENTORSCHAP = "mentorschap", _("mentorschap")


class Source(models.TextChoices):
    """What it rests on that somebody decides for a child."""

    IMPORT = "import", _("pupil administration")
    COURT = "court", _("decision of the court")
    REGISTER = "register", _("extract from a public register")
    PAPER = "paper", _("another paper")


class RoleName(models.TextChoices):
    TEACHER = "teacher", _("teacher")
    MENTOR = "mentor", _("mentor")
    SUBSTITUTE = "substitute", _("substitute teacher")
    PHASE_COORDINATOR = "phase_coordinator", _("phase coordinator")
    TEAM_LEADER = "team_leader", _("team leader")
    DEPARTMENT_LEADER = "department_leader", _("department leader")
    EDITOR = "editor", _("editor")
    OFFICE = "office", _("school office")
    ANTI_BULLYING = "anti_bullying", _("anti-bullying coordinator")
    ADVISER = "adviser", _("confidential adviser")
    STAFF_OFFICER = "staff_officer", _("staff officer")
    DIRECTOR = "director", _("director")
    POLICY_OFFICER = "policy_officer", _("policy officer")
    ADMINISTRATOR = "administrator", _("administrator")
    BOARD = "board", _("executive board")
    DPO = "dpo", _("data protection officer")
    COUNCIL = "council", _("council member")


# A role for one group, for one school, or for the whole foundation.
GROUP_ROLES = {RoleName.TEACHER, RoleName.MENTOR, RoleName.SUBSTITUTE}
FOUNDATION_ROLES = {
    RoleName.STAFF_OFFICER,
    RoleName.POLICY_OFFICER,
    RoleName.ADMINISTRATOR,
    RoleName.BOARD,
    RoleName.DPO,
}
# Roles that reach so far that a password alone is not enough.
SECOND_FACTOR_ROLES = {
    RoleName.ADMINISTRATOR,
    RoleName.DIRECTOR,
    RoleName.ADVISER,
    RoleName.BOARD,
    RoleName.DPO,
}


class ImportState(models.TextChoices):
    """Where an import stands; the moves between them are in `domain/imports/batches.py`."""

    CHECKED = "checked", _("looked at, nothing saved yet")
    WAITING = "waiting", _("waits for a second person")
    APPLIED = "applied", _("taken in")
    UNDONE = "undone", _("undone")
    DROPPED = "dropped", _("stopped, nothing was saved")


class PersonKind(models.TextChoices):
    """Which register of people a number of the pupil administration belongs to."""

    PUPIL = "pupil", _("pupil")
    GUARDIAN = "guardian", _("guardian")
    STAFF = "staff", _("staff member")
