from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import random_code
from ledger.models import Entry
from ledger.retention import Keep
from schools.models import FoundationRow, Guardian, Pupil, School, SchoolYear, StaffMember, tenant_key

from .choices import Channel, Layer, Medium, Picture, TaskKind, Value

PROOF = Keep("until 2 years after leaving, or until the last item is offline", "E3; AVG 7(1)")
SETTINGS = Keep("as long as an answer rests on it", "AVG 7(1): the wording belongs to the proof")


class Purpose(FoundationRow):
    """What a picture may be used for: one of the layers of O6, in the words and places of this foundation."""

    retention = SETTINGS
    slug = models.SlugField(max_length=20)
    layer = models.CharField(max_length=10, choices=Layer)
    short_label = models.CharField(max_length=30, help_text=_("the word on the button that staff tap"))
    position = models.PositiveSmallIntegerField()
    all_must_agree = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    school = tenant_key(School, null=True, related_name="+", help_text=_("an addition of one school"))
    medium = models.CharField(max_length=10, choices=Medium, default=Medium.ALL)
    event_on = models.DateField(null=True, help_text=_("only for what happens on this day (C7, L1)"))
    picture = models.CharField(max_length=12, choices=Picture, blank=True, default="", db_default="")

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["foundation", "slug"], name="purpose_slug")]

    def __str__(self) -> str:
        return self.slug

    @property
    def example(self) -> str:
        """The example picture; without a choice the one of its layer."""
        return self.picture or self.layer


class Place(FoundationRow):
    """A medium that a purpose covers, by name; a place that no purpose names cannot be used."""

    retention = SETTINGS
    purpose = tenant_key(Purpose, related_name="places")
    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["foundation", "purpose", "name"], name="place_name")]

    def __str__(self) -> str:
        return self.name


class QuestionVersion(FoundationRow):
    """One wording of a question, frozen. A material one ends every yes that was given on an older one (C3)."""

    retention = SETTINGS
    purpose = tenant_key(Purpose, related_name="versions")
    number = models.PositiveIntegerField()
    is_material = models.BooleanField()
    in_force_on = models.DateField()

    class Meta:
        ordering = ["purpose_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "purpose", "number"], name="question_version_number"
            )
        ]


class QuestionText(FoundationRow):
    """The exact words in one language with their SHA-256; Dutch is authoritative. Never changed (R09)."""

    retention = SETTINGS
    version = tenant_key(QuestionVersion, related_name="texts")
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=80)
    explanation = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "version", "language"], name="question_text_language"
            )
        ]


class Round(FoundationRow):
    """A set of purposes asked of the deciders of every enrolled pupil, between two days (R1)."""

    retention = PROOF
    name = models.CharField(max_length=80)
    year = tenant_key(SchoolYear)
    opens_on = models.DateField()
    closes_on = models.DateField()
    remind_on = models.DateField()
    valid_until = models.DateField()

    class Meta:
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "name"], name="round_name"),
            models.CheckConstraint(
                condition=models.Q(opens_on__lte=models.F("remind_on"), remind_on__lte=models.F("closes_on")),
                name="round_order",
                violation_error_code="round_order",
                violation_error_message=_("A round opens first, then reminds, then closes."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoundPurpose(FoundationRow):
    retention = PROOF
    round = tenant_key(Round, related_name="asked")
    purpose = tenant_key(Purpose)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["foundation", "round", "purpose"], name="asked_once")]


class RoundSchool(FoundationRow):
    """A round for some schools names them; without rows it is for all schools, also those that come later."""

    retention = PROOF
    round = tenant_key(Round, related_name="schools")
    school = tenant_key(School, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "round", "school"], name="round_school_once")
        ]


class RoundPupil(FoundationRow):
    """A pupil who decides alone, asked in this round at the own address; with the moment of the one reminder."""

    retention = PROOF
    round = tenant_key(Round, related_name="pupils")
    pupil = tenant_key(Pupil, related_name="+")
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "round", "pupil"], name="round_pupil_once")
        ]


class PersonalLink(FoundationRow):
    """The link of one guardian in one round: opens this task only, until the school year ends."""

    retention = Keep("until 2 years after the round", "AVG 7(1): how was it asked")
    round = tenant_key(Round, related_name="links")
    guardian = tenant_key(Guardian, related_name="links")
    target = models.UUIDField(unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["foundation", "round", "guardian"], name="link_once")]


class LinkDevice(FoundationRow):
    """A browser from which this link was answered (hash of a random cookie): a third one needs a code for yes."""

    retention = Keep("with the link", "domain.md: strength of the link")
    link = tenant_key(PersonalLink, related_name="devices")
    device_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "link", "device_hash"], name="device_once")
        ]


class PaperPile(FoundationRow):
    """Forms that are printed together: asked by somebody at school, made by a worker as one PDF.

    For a group, or (without one) for one child. The PDF is forgotten after 30 days; the forms stay.
    """

    retention = Keep("the PDF 30 days; that it was made 2 years", "AVG 5(1)(e)")
    code = models.CharField(max_length=10, unique=True, default=random_code)
    group = tenant_key("schools.Group", null=True, related_name="+")
    asked_by = tenant_key(StaffMember, related_name="+")
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    pdf = models.BinaryField(default=bytes)


class PaperForm(FoundationRow):
    """A form on paper for one child and one guardian, with a short code.

    Without a guardian it is for the pupil who decides alone, or one on which a parent writes the own name.

    The wording that was printed is found by `printed_on` and `language`; the scan comes back with the answers.
    """

    retention = PROOF
    code = models.CharField(max_length=10, unique=True, default=random_code)
    pupil = tenant_key(Pupil, related_name="+")
    guardian = tenant_key(Guardian, null=True, related_name="+")
    language = models.CharField(max_length=8)
    printed_on = models.DateField()
    printed_by = tenant_key(StaffMember, related_name="+")
    pile = tenant_key(PaperPile, null=True, related_name="forms")


class Kiosk(FoundationRow):
    """A tablet of a school on which parents answer, for one evening: who started it, and until when it works.

    The browser holds nothing but its code in a session; `stopped_at` ends it at once, wherever the tablet is.
    """

    retention = PROOF
    code = models.CharField(max_length=10, unique=True, default=random_code)
    school = tenant_key(School, related_name="+")
    started_by = tenant_key(StaffMember, related_name="+")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("started_at")), name="kiosk_order")
        ]


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
    """Who answered what about whom: shared by the history and by the latest answer."""

    pupil = tenant_key(Pupil, related_name="+")
    purpose = tenant_key(Purpose, related_name="+")
    guardian = tenant_key(Guardian, null=True, related_name="+")
    value = models.CharField(max_length=5, choices=Value)
    version = tenant_key(QuestionVersion, related_name="+")
    decided_at = models.DateTimeField()
    valid_until = models.DateField(null=True)
    entry = tenant_key(Entry, related_name="+")

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
    follows = tenant_key("self", null=True, related_name="+")

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


class Task(FoundationRow):
    """Something for the school to do about one child: talk, look at an address, find out who decides.

    One open task per child, kind and guardian; objections one per item. Who refused is never in it (C4).
    """

    retention = Keep("2 years after it was closed", "E2: who did what, when")
    code = models.CharField(max_length=10, unique=True, default=random_code)
    kind = models.CharField(max_length=10, choices=TaskKind)
    school = tenant_key(School, related_name="+")
    pupil = tenant_key(Pupil, related_name="+")
    guardian = tenant_key(Guardian, null=True, related_name="+")
    purpose = tenant_key(Purpose, null=True, related_name="+")
    text = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = tenant_key(StaffMember, null=True, related_name="+")
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "pupil", "kind", "guardian"],
                condition=models.Q(closed_at=None) & ~models.Q(kind=TaskKind.OBJECTION),
                name="task_open_once",
                nulls_distinct=False,
            )
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


class ApprovedLanguage(FoundationRow):
    """A reader, by name, found the words of this language right; until then they are marked as a concept."""

    retention = SETTINGS
    language = models.CharField(max_length=8)
    reader = models.CharField(max_length=120)
    approved_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "language"], name="language_approved_once")
        ]


class Check(FoundationRow):
    """A verdict that was kept: who asked, for which purpose, and on which answers it rested (U1)."""

    retention = Keep("2 years", "U1: proof that was looked before something was posted")
    code = models.CharField(max_length=10, unique=True, default=random_code)
    staff_member = tenant_key(StaffMember)
    group = tenant_key("schools.Group")
    purpose = tenant_key(Purpose)
    is_allowed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]


class CheckedPerson(FoundationRow):
    """One pupil or colleague in a kept check, with the reason of that moment and the answers it rested on."""

    retention = Check.retention
    check_row = tenant_key(Check, related_name="people")
    pupil = tenant_key(Pupil, null=True, related_name="+")
    staff_member = tenant_key(StaffMember, null=True, related_name="+")
    is_allowed = models.BooleanField()
    reason = models.CharField(max_length=20)
    since = models.DateField(null=True)
    rests_on = models.JSONField(
        default=list, help_text=_("ids of the answers that it rested on")
    )  # of this person

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["foundation", "check_row", "pupil"], name="checked_once"),
            models.UniqueConstraint(
                fields=["foundation", "check_row", "staff_member"], name="colleague_checked_once"
            ),
            models.CheckConstraint(
                condition=models.Q(pupil=None) ^ models.Q(staff_member=None),
                name="checked_one_person",
                violation_error_code="checked_one_person",
            ),
        ]

    @property
    def shown_name(self) -> str:
        """A pupil by first name and initial, a colleague by the whole name."""
        return self.pupil.short_name if self.pupil else self.staff_member.full_name
