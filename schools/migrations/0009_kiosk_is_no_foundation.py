"""No foundation can have the address of the tablet at school."""

from django.db import migrations, models

RESERVED = (
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
    "privacy",
    "readyz",
    "start",
    "static",
    "stichting",
    "team",
    "toegankelijkheid",
    "toestemming",
)


class Migration(migrations.Migration):
    dependencies = [("schools", "0008_beyond_16")]

    operations = [
        migrations.RemoveConstraint(model_name="foundation", name="foundation_slug_free"),
        migrations.AddConstraint(
            model_name="foundation",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__in", RESERVED), _negated=True), name="foundation_slug_free"
            ),
        ),
    ]
