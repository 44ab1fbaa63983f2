"""How long everything is kept, in words for the DPO; our tables say it on the model, those of others here (E3)."""

import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _translated
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ledger.retention import Keep

OTHERS = {
    "account_emailaddress": Keep("with the mailbox", "AVG 5(1)(e)"),
    "account_emailconfirmation": Keep("not used: addresses come from the school", "-"),
    "auth_group": Keep("not used", "-"),
    "auth_group_permissions": Keep("not used", "-"),
    "auth_permission": Keep("not used; no personal data", "-"),
    "django_content_type": Keep("no personal data", "-"),
    "django_migrations": Keep("no personal data", "-"),
    "django_session": Keep("8 hours after the last visit", "AVG 5(1)(e)"),
    "mfa_authenticator": Keep("with the mailbox; seeds are encrypted", "AVG 5(1)(e)"),
    "portal_counters": Keep("a day: tries to sign in, as hashes", "trust R23"),
}

# Kinds of records in plain words, with the tables that hold them: every table of ours is in exactly one.
KINDS: tuple[tuple[Any, str], ...] = (
    (
        _("Pupils, their groups and enrolments"),
        "schools.Pupil schools.Group schools.GroupMembership schools.Enrolment",
    ),
    (_("Parents and for whom they decide"), "schools.Guardian schools.Guardianship"),
    (_("Second numbers of the same person"), "schools.KnownAs"),
    (_("Staff members"), "schools.StaffMember"),
    (_("Roles: who could see what, when"), "schools.Role"),
    (_("Imports from the pupil administration"), "schools.ImportBatch"),
    (_("The foundation and its settings"), "schools.Foundation"),
    (_("Schools, school years and holidays"), "schools.School schools.SchoolYear schools.Vacation"),
    (
        _("Answers of parents and pupils, and the rounds they were asked in"),
        "consent.Answer consent.LatestAnswer consent.Submission consent.Round consent.RoundPurpose"
        " consent.RoundSchool consent.RoundPupil consent.RoundColleague consent.PaperForm consent.Scan"
        " consent.Invalidation consent.StaffAnswer consent.ComingOfAge consent.Kiosk",
    ),
    (_("The work list of schools"), "consent.Task"),
    (
        _("Questions in their exact words"),
        "consent.Purpose consent.Place consent.QuestionVersion consent.QuestionText",
    ),
    (_("Who has read a translation"), "consent.ApprovedLanguage"),
    (_("Forms on paper that were printed"), "consent.PaperPile"),
    (_("Personal links in mails"), "consent.PersonalLink"),
    (_("Devices from which a link was opened"), "consent.LinkDevice"),
    (_("Kept checks of what may be posted"), "consent.Check consent.CheckedPerson"),
    (
        _("What was placed, with who is on it, and what was taken away"),
        "publications.Publication publications.PublishedPerson publications.TakeDown",
    ),
    (_("Messages to parents"), "notices.Message"),
    (_("Mails with a sign-in code"), "notices.AccountMail"),
    (_("The waiting line of mails"), "notices.Claim notices.Pace"),
    (_("Rounds that are paused"), "notices.Held"),
    (_("Mails that came back"), "notices.Bounce"),
    (
        _("Reports and what was done with them"),
        "incidents.Case incidents.CaseKey incidents.Identity incidents.Handler incidents.Event"
        " incidents.CasePerson incidents.Attachment incidents.Measure incidents.Contact",
    ),
    (_("The table of who handles which report"), "incidents.RoutingRow"),
    (
        _("Protocols that were in force, decisions, summaries and measures"),
        "policies.Protocol policies.Version policies.FrozenText policies.CouncilDecision policies.Summary"
        " policies.Document policies.Ladder policies.Rung",
    ),
    (_("Text of a concept"), "policies.Chapter policies.Block"),
    (_("Mailboxes that sign in"), "accounts.User"),
    (_("Which foundations a mailbox may enter"), "accounts.Reach"),
    (_("Hashes of links and code phrases"), "accounts.LinkKey"),
    (_("The record of every act: numbers, no names"), "ledger.Entry"),
    (_("The personal part of that record"), "ledger.EntryPayload"),
    (_("Who looked at what"), "ledger.ReadingRecord"),
    (_("Guards against sending a form twice"), "ledger.Once"),
)
# The terms of the models, so that they are collected for translation.
TERMS = (
    gettext_noop("2 years after closing"),
    gettext_noop("2 years after it was closed"),
    gettext_noop("as long as the foundation uses the portal"),
    gettext_noop("as long as it uses the portal"),
    gettext_noop("as long as an answer rests on it"),
    gettext_noop("until 2 years after leaving, or until the last item is offline"),
    gettext_noop("until 2 years after the item is gone"),
    gettext_noop("until 2 years after the round"),
    gettext_noop("with the link"),
    gettext_noop("2 years"),
    gettext_noop("with its version"),
    gettext_noop("2 years after the round"),
    gettext_noop("text until sent; the row 30 days"),
    gettext_noop("until delivered"),
    gettext_noop("until it is let go"),
    gettext_noop("2 years after leaving"),
    gettext_noop("2 years after the last role ended"),
    gettext_noop("2 years after it ended"),
    gettext_noop("rows and journal 24 hours; the numbers 2 years"),
    gettext_noop("until no foundation knows the address any more"),
    gettext_noop("with the person it points at"),
    gettext_noop("until the link ends"),
    gettext_noop("until the person is erased"),
    gettext_noop("2 school years, then the partition is dropped"),
    gettext_noop("90 days"),
    gettext_noop("the PDF 30 days; that it was made 2 years"),
)
LAW = re.compile(r"(?:AVG|WMS) \d+(?:\(\d\))?(?:\([a-z]\))?")


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the table: which records, how long, and the article that it rests on ("" for our own rule)."""

    records: str
    until: str
    law: str


def retention_table() -> list[Kept]:
    """Generated from the models themselves, so that it says what the portal does (E3)."""
    rows = []
    for records, labels in KINDS:
        keep: Keep = apps.get_model(labels.split()[0]).retention  # type: ignore[attr-defined]
        law = LAW.search(keep.ground)
        rows.append(Kept(str(records), _translated(keep.until), law.group() if law else ""))
    return rows
