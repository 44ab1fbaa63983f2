"""Forms on paper that are printed together, and the day that stands on a paper."""

import django.db.models.deletion
from django.db import migrations, models

import ledger.codes
from ledger.walls import reference, walled


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0005_walls_of_ways"),
        ("schools", "0006_foundation_slug_free"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="signed_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="PaperPile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(default=ledger.codes.random_code, max_length=10, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("pdf", models.BinaryField(default=bytes)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.staffmember",
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
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.group",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="paperform",
            name="pile",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="forms",
                to="consent.paperpile",
            ),
        ),
        *walled("consent_paperpile", {"group_id": "schools_group", "asked_by_id": "schools_staffmember"}),
        *reference("consent_paperform", "pile_id", "consent_paperpile"),
    ]
