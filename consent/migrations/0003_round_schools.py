"""A round may be for some schools only."""

import django.db.models.deletion
from django.db import migrations, models

from ledger.walls import walled


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_walls"), ("schools", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="RoundSchool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                    "round",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schools",
                        to="consent.round",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="roundschool",
            constraint=models.UniqueConstraint(
                fields=("foundation", "round", "school"), name="round_school_once"
            ),
        ),
        *walled("consent_roundschool", {"round_id": "consent_round", "school_id": "schools_school"}),
    ]
