"""A pile of forms may be the letters of a round for one school."""

import django.db.models.deletion
from django.db import migrations, models

from ledger.walls import reference


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0014_rounds"),
        ("schools", "0010_authority_source"),
    ]

    operations = [
        migrations.AddField(
            "paperpile",
            "round",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="piles",
                to="consent.round",
            ),
        ),
        migrations.AddField(
            "paperpile",
            "school",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.school",
            ),
        ),
        *reference("consent_paperpile", "round_id", "consent_round"),
        *reference("consent_paperpile", "school_id", "schools_school"),
    ]
