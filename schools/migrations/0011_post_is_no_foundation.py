"""No foundation can have the address where mail providers tell what came back."""

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


class Migration(migrations.Migration):
    dependencies = [("schools", "0010_authority_source")]

    operations = [
        migrations.RemoveConstraint(model_name="foundation", name="foundation_slug_free"),
        migrations.AddConstraint(
            model_name="foundation",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__in", RESERVED), _negated=True), name="foundation_slug_free"
            ),
        ),
    ]
