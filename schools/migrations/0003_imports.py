"""Imports that wait or can be undone, and second numbers of people; both behind the wall."""

import django.db.models.deletion
from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations, models

import ledger.codes
from ledger.walls import walled

STAFF = "schools_staffmember"


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(default=ledger.codes.random_code, max_length=10, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checked", "looked at, nothing saved yet"),
                            ("waiting", "waits for a second person"),
                            ("applied", "taken in"),
                            ("undone", "undone"),
                            ("dropped", "stopped, nothing was saved"),
                        ],
                        default="checked",
                        max_length=10,
                    ),
                ),
                ("rows", models.JSONField(null=True, encoder=DjangoJSONEncoder)),
                ("journal", models.JSONField(null=True, encoder=DjangoJSONEncoder)),
                ("same_people", models.JSONField(default=dict)),
                ("numbers", models.JSONField(default=dict)),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="KnownAs",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("pupil", "pupil"), ("guardian", "guardian"), ("staff", "staff member")],
                        max_length=10,
                    ),
                ),
                ("source_key", models.CharField(max_length=80)),
            ],
        ),
        migrations.AddField(
            model_name="importbatch",
            name="asked_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.staffmember",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="confirmed_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.staffmember",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="foundation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.foundation",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="made_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.staffmember",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="school",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="schools.school"
            ),
        ),
        migrations.AddField(
            model_name="knownas",
            name="foundation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.foundation",
            ),
        ),
        migrations.AddField(
            model_name="knownas",
            name="guardian",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.guardian",
            ),
        ),
        migrations.AddField(
            model_name="knownas",
            name="pupil",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.pupil",
            ),
        ),
        migrations.AddField(
            model_name="knownas",
            name="staff_member",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.staffmember",
            ),
        ),
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(fields=["foundation", "school", "state"], name="import_school_state"),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="import_second_person",
                violation_error_code="same_person",
                violation_error_message="Somebody else must agree with this import.",
            ),
        ),
        migrations.AddConstraint(
            model_name="knownas",
            constraint=models.UniqueConstraint(
                fields=("foundation", "kind", "source_key"), name="known_as_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="knownas",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("guardian", None),
                        ("kind", "pupil"),
                        ("pupil__isnull", False),
                        ("staff_member", None),
                    ),
                    models.Q(
                        ("guardian__isnull", False),
                        ("kind", "guardian"),
                        ("pupil", None),
                        ("staff_member", None),
                    ),
                    models.Q(
                        ("guardian", None),
                        ("kind", "staff"),
                        ("pupil", None),
                        ("staff_member__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="known_as_one_person",
            ),
        ),
        *walled(
            "schools_importbatch",
            {
                "school_id": "schools_school",
                "made_by_id": STAFF,
                "asked_by_id": STAFF,
                "confirmed_by_id": STAFF,
            },
        ),
        *walled(
            "schools_knownas",
            {"pupil_id": "schools_pupil", "guardian_id": "schools_guardian", "staff_member_id": STAFF},
        ),
    ]
