"""What is asked: purposes with the places they cover, and their frozen words."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.choices import Layer, Medium, Picture
from schools.models import FoundationRow, School, tenant_key

from .terms import SETTINGS


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
