from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.codes import random_code
from ledger.retention import Keep
from schools.choices import RoleName
from schools.models import FoundationRow, School, StaffMember, tenant_key

from .choices import (
    Audience,
    BlockKind,
    DocumentKind,
    DocumentState,
    Origin,
    Outcome,
    Shape,
    Weight,
)

PUBLISHED = Keep("as long as the foundation uses the portal", "WMS 8; P2: what applied on which day")
DRAFT = Keep("with its version", "P2")


class Protocol(FoundationRow):
    """The agreements on social media of one foundation; its text lives in versions (P1)."""

    retention = PUBLISHED
    slug = models.SlugField(max_length=40)
    title = models.CharField(max_length=120)

    class Meta:
        ordering = ["title", "id"]
        constraints = [models.UniqueConstraint(fields=["foundation", "slug"], name="protocol_slug")]

    def __str__(self) -> str:
        return self.title


class Version(FoundationRow):
    """One text of a protocol. Until `frozen_at` its chapters may be corrected; from then on they never change.

    `edits` counts corrections, so that two people who work on it at once do not overwrite each other. A minor
    version keeps the council's decision of the one that it was `copied_from`. Its
    state (concept … superseded) follows from these facts and the day: `policies.rules.state_on` (P2).
    """

    retention = PUBLISHED
    code = models.CharField(max_length=10, unique=True, default=random_code)
    protocol = tenant_key(Protocol, related_name="versions")
    number = models.CharField(max_length=10)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.PORTAL)
    is_minor = models.BooleanField(default=False, help_text=_("a typing error: keeps the council's decision"))
    copied_from = tenant_key("policies.Version", null=True, related_name="+")
    source_name = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    made_by = tenant_key(StaffMember, null=True, related_name="+")
    edits = models.PositiveIntegerField(default=0)
    frozen_at = models.DateTimeField(null=True)
    in_force_on = models.DateField(null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "protocol", "number"],
                name="version_number",
                violation_error_code="number_taken",
                violation_error_message=_("This version number is already in use."),
            ),
            models.CheckConstraint(
                condition=models.Q(frozen_at=None, in_force_on=None)
                | models.Q(frozen_at__isnull=False, in_force_on__isnull=False),
                name="version_frozen_with_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol_id} {self.number}"


class Chapter(FoundationRow):
    """A chapter of a version; `key` stays the same in the next version, so that the two can be compared."""

    retention = DRAFT
    version = tenant_key(Version, related_name="chapters")
    key = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "version", "position"],
                name="chapter_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["foundation", "version", "key"], name="chapter_key"),
        ]

    def __str__(self) -> str:
        return self.title


class Block(FoundationRow):
    """One article, paragraph, heading, do or don't; `number` as printed ("3", "a"), empty when it has none."""

    retention = DRAFT
    chapter = tenant_key(Chapter, related_name="blocks")
    key = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=BlockKind)
    number = models.CharField(max_length=10, blank=True)
    text = models.TextField(max_length=5000)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "chapter", "position"],
                name="block_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["foundation", "chapter", "key"], name="block_key"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}".strip()


class FrozenText(FoundationRow):
    """The text as it was put in force, as data, with its SHA-256; can be added and read, never changed (P2).

    `text` has the shape of `read_protocol`, with the stable keys of chapters and blocks.
    Readers get this row, never the chapters that were edited.
    """

    retention = PUBLISHED
    version = models.OneToOneField(
        Version, on_delete=models.PROTECT, db_constraint=False, related_name="frozen"
    )
    text = models.JSONField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class CouncilDecision(FoundationRow):
    """What the participation council decided about one text; the latest one counts, all are kept (P3).

    It covers the text with hash `covers` and no other. `decided_on` is unknown only for a protocol from
    before the portal.
    """

    retention = PUBLISHED
    version = tenant_key(Version, related_name="decisions")
    council = models.CharField(max_length=60)
    outcome = models.CharField(max_length=15, choices=Outcome)
    decided_on = models.DateField(null=True)
    minutes = models.TextField(max_length=2000, blank=True)
    covers = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = tenant_key(StaffMember, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_on__isnull=False)
                | models.Q(outcome__in=[str(Outcome.UNKNOWN), str(Outcome.NOT_DECIDED)]),
                name="decision_has_date",
                violation_error_code="decision_needs_date",
                violation_error_message=_("Fill in on which day the council decided."),
            )
        ]


class Summary(FoundationRow):
    """The summary of a version for one audience: of one school, or (school empty) what all schools start from.

    Plain lines; a line that starts with "- " is a point, with "# " a heading. Rests on one version (P5).
    """

    retention = PUBLISHED
    version = tenant_key(Version, related_name="summaries")
    school = tenant_key(School, null=True, related_name="+")
    audience = models.CharField(max_length=15, choices=Audience)
    text = models.TextField(max_length=6000)
    edits = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = tenant_key(StaffMember, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "version", "school", "audience"],
                name="summary_once",
                nulls_distinct=False,
            )
        ]


class Document(FoundationRow):
    """A PDF of one school: asked for in the transaction of its cause, made later by a worker (P5).

    `fingerprint` is the SHA-256 of everything that is in it: the same again is not made again. The newest
    READY one is given to readers; while it is WAITING the page says so. `lease_until`: a worker has it in
    hand; past that moment that worker is taken for dead.
    """

    retention = PUBLISHED
    code = models.CharField(max_length=10, unique=True, default=random_code)
    version = tenant_key(Version, related_name="documents")
    school = tenant_key(School, related_name="+")
    kind = models.CharField(max_length=10, choices=DocumentKind)
    audience = models.CharField(max_length=15, choices=Audience, blank=True)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.WAITING)
    asked_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(null=True)
    pdf = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["foundation", "school", "kind", "state"], name="document_school")]
        constraints = [
            models.UniqueConstraint(
                fields=["foundation", "version", "school", "kind", "audience", "fingerprint"],
                name="document_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DocumentState.READY, pdf__isnull=False, made_at__isnull=False)
                | (~models.Q(state=DocumentState.READY) & models.Q(pdf=None)),
                name="document_ready",
            ),
        ]


class Ladder(FoundationRow):
    """The measures a foundation may take towards one audience, from a day on; may be empty (O14, S4, L7).

    For an incident the ladder counts that was in force on the day it happened (I5).
    """

    retention = PUBLISHED
    audience = models.CharField(max_length=15, choices=Audience)
    shape = models.CharField(max_length=10, choices=Shape)
    in_force_on = models.DateField()

    class Meta:
        ordering = ["audience", "-in_force_on"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "audience", "in_force_on"], name="ladder_from_day")
        ]


class Rung(FoundationRow):
    """One measure of a ladder: what it is, who may decide it, and what must have happened (I5)."""

    retention = PUBLISHED
    ladder = tenant_key(Ladder, related_name="rungs")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    explanation = models.CharField(max_length=300, blank=True)
    weight = models.CharField(max_length=15, choices=Weight, default=Weight.LIGHT)
    decided_by = models.CharField(max_length=20, choices=RoleName)
    parents_are_told = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["foundation", "ladder", "position"], name="rung_position")
        ]

    def __str__(self) -> str:
        return self.name
