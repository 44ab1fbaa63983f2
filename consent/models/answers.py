"""What was answered, by whom and how; never changed afterwards."""

from django.contrib.postgres.indexes import HashIndex
from django.db import models

from consent.choices import Channel, Value
from ledger.codes import random_code
from ledger.models import Entry
from schools.models import FoundationRow, Guardian, Pupil, StaffMember, tenant_key

from .questions import Purpose, QuestionVersion
from .rounds import PersonalLink
from .terms import PROOF
from .ways import Kiosk, PaperForm


class Submission(FoundationRow):
    """One time that somebody passed on choices, for one or more children: what the receipt shows.

    `pupil`: the pupil answered; `recorded_by`: who entered it for them, with a `note` or from a paper form;
    `signed_on`: the day that stands on the paper, or in the list that was taken over. With a `kiosk` the parent
    answered on that tablet, with the code of `form`.
    """

    retention = PROOF
    code = models.CharField(max_length=10, unique=True, default=random_code)
    guardian = tenant_key(Guardian, null=True)
    link = tenant_key(PersonalLink, null=True)
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=8)
    at = models.DateTimeField()
    pupil = tenant_key(Pupil, null=True, related_name="+")
    recorded_by = tenant_key(StaffMember, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    form = tenant_key(PaperForm, null=True, related_name="submissions")
    signed_on = models.DateField(null=True)
    kiosk = tenant_key(Kiosk, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]


class Scan(FoundationRow):
    """The paper that an answer came on, as it was scanned."""

    retention = PROOF
    submission = tenant_key(Submission, related_name="scans")
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()


class AnswerRow(FoundationRow):
    """Who answered what about whom: shared by the history and by the latest answer.

    Most keys have no index of their own: what is asked for begins with the pupil, or an entry; each index less
    makes an answer cheaper to write.
    """

    pupil = tenant_key(Pupil, related_name="+", db_index=False)
    purpose = tenant_key(Purpose, related_name="+", db_index=False)
    guardian = tenant_key(Guardian, null=True, related_name="+")
    value = models.CharField(max_length=5, choices=Value)
    version = tenant_key(QuestionVersion, related_name="+", db_index=False)
    decided_at = models.DateTimeField()
    valid_until = models.DateField(null=True)
    entry = tenant_key(Entry, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Answer(AnswerRow):
    """One answer, never changed or removed; without guardian the pupil answered (AVG 7(1), C3).

    `valid_until` bounds a yes only; `follows` is this decider's answer before it.
    """

    retention = PROOF
    submission = tenant_key(Submission, related_name="answers")
    authority = models.CharField(max_length=10)
    language = models.CharField(max_length=8)
    text_sha256 = models.CharField(max_length=64)
    channel = models.CharField(max_length=10, choices=Channel)
    follows = tenant_key("self", null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["entry_id", "id"]
        indexes = [models.Index(fields=["foundation", "pupil", "purpose"], name="answer_pupil")]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "entry", "purpose"],
                name="answer_once_per_entry",
                violation_error_code="answered_twice",
            )
        ]


class LatestAnswer(AnswerRow):
    """Each decider's latest answer, kept in the same transaction; always equal to the fold of `Answer` (C11).

    Dates, authority, enrolment and wording are not in it: those are folded when read.
    """

    retention = PROOF
    answer = tenant_key(Answer, related_name="+")

    class Meta:
        # A check asks for each pupil of a group: by hash that costs the same in a table of millions.
        indexes = [HashIndex(fields=["pupil"], name="latest_pupil")]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "pupil", "purpose", "guardian"],
                name="latest_once",
                nulls_distinct=False,
            )
        ]


class Invalidation(FoundationRow):
    """An answer that was recorded in error: the same day by who recorded it, later by two people (C3).

    It counts from `in_force_at`; until then a second person still has to agree. A change of mind is not this.
    """

    retention = PROOF
    answer = tenant_key(Answer, related_name="invalidations")
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    asked_by = tenant_key(StaffMember, related_name="+")
    in_force_at = models.DateTimeField(null=True)
    agreed_by = tenant_key(StaffMember, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["foundation", "answer"], name="invalidated_once")]


class StaffAnswer(FoundationRow):
    """What somebody who works here answered about pictures of themselves; never changed, the last one counts."""

    retention = PROOF
    staff_member = tenant_key(StaffMember, related_name="own_answers")
    purpose = tenant_key(Purpose, related_name="+")
    value = models.CharField(max_length=5, choices=Value)
    version = tenant_key(QuestionVersion, related_name="+")
    language = models.CharField(max_length=8)
    text_sha256 = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    valid_until = models.DateField(null=True)
    entry = tenant_key(Entry, related_name="+")

    class Meta:
        ordering = ["entry_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "entry", "purpose"], name="staff_answer_once")
        ]


class ComingOfAge(FoundationRow):
    """That a pupil and the parents were told: the pupil decides from the birthday. 30 days before, and on it (C8)."""

    retention = PROOF
    pupil = tenant_key(Pupil, related_name="+")
    is_the_day = models.BooleanField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "pupil", "is_the_day"], name="coming_of_age_once")
        ]
