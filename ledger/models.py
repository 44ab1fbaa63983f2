from django.db import models

from .choices import ActorKind, Reading, Verb
from .retention import Keep

LEDGER_KEEP = Keep("as long as the foundation uses the portal", "E1: evidence; holds numbers, no names")


class Entry(models.Model):
    """One act that happened, never changed or removed: the app role may only INSERT and SELECT (E1).

    `leaf_hash` is SHA-256(0x00, salt, canonical JSON of this row and its payload); salt and payload lie in
    `EntryPayload`, so that a person can be erased while the hash keeps standing.
    """

    retention = LEDGER_KEEP
    foundation_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField()
    capacity = models.CharField(max_length=40)
    verb = models.CharField(max_length=60, choices=Verb)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["foundation_id", "subject_type", "subject_id"], name="entry_subject")]

    def __str__(self) -> str:
        return f"{self.id} {self.verb}"


class EntryPayload(models.Model):
    """The erasable companion of an entry: only the role `portal_eraser` may delete it."""

    retention = Keep("until the person is erased", "AVG 17; E1")
    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False)
    foundation_id = models.BigIntegerField()
    salt = models.BinaryField(max_length=16)
    payload = models.JSONField()

    class Meta:
        ordering = ["entry_id"]


class ReadingRecord(models.Model):
    """Who looked at what: one row per page with the ids that were shown. Partitioned by school year."""

    retention = Keep("2 school years, then the partition is dropped", "E2, E4; trust R30")
    foundation_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField()
    capacity = models.CharField(max_length=40)
    what = models.CharField(max_length=40, choices=Reading)
    subject_ids = models.JSONField()

    class Meta:
        managed = False  # a partitioned table: made in SQL in the first migration
        db_table = "ledger_reading"
        ordering = ["id"]


class Once(models.Model):
    """One form, posted once or ten times, acts once: its key and the result that every repeat is shown."""

    retention = Keep("90 days", "only guards against double submits")
    foundation_id = models.BigIntegerField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField()
    key = models.UUIDField()
    result = models.CharField(max_length=200, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["foundation_id", "actor_kind", "actor_id", "key"], name="once_per_form"
            )
        ]
