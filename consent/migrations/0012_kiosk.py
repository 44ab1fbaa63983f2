"""The tablet at school on which parents answer."""

import django.db.models.deletion
from django.db import migrations, models

import ledger.codes
from ledger.walls import reference, walled


def key(to: str, **options):
    return models.ForeignKey(
        db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to=to, **options
    )


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0011_pictures"),
        ("ledger", "0004_ways_to_answer"),
        ("schools", "0009_kiosk_is_no_foundation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Kiosk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(default=ledger.codes.random_code, max_length=10, unique=True)),
                ("started_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("stopped_at", models.DateTimeField(null=True)),
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
                ("school", key("schools.school", related_name="+")),
                ("started_by", key("schools.staffmember", related_name="+")),
            ],
            options={
                "ordering": ["-started_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("started_at"))), name="kiosk_order"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="submission", name="kiosk", field=key("consent.kiosk", null=True, related_name="+")
        ),
        *walled("consent_kiosk", {"school_id": "schools_school", "started_by_id": "schools_staffmember"}),
        *reference("consent_submission", "kiosk_id", "consent_kiosk"),
    ]
