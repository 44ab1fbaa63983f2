"""A round asks pupils who decide alone, too: who was asked, and when reminded (R1, R2, C8)."""

import django.db.models.deletion
from django.db import migrations, models

from ledger.walls import walled


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0012_kiosk"),
        ("schools", "0010_authority_source"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoundPupil",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reminded_at", models.DateTimeField(null=True)),
                (
                    "foundation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.foundation",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.pupil",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pupils",
                        to="consent.round",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("foundation", "round", "pupil"), name="round_pupil_once")
                ],
            },
        ),
        *walled("consent_roundpupil", {"round_id": "consent_round", "pupil_id": "schools_pupil"}),
    ]
