"""Rounds of five kinds, with days per school and three reminders at most, paused and stopped (R1-R4)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import ledger.codes
from ledger.walls import walled

# As the owner, past the wall for the length of this statement: the tables have FORCE.
OPEN = "ALTER TABLE {0} NO FORCE ROW LEVEL SECURITY;"
DAYS = (
    "UPDATE {0} row SET opens_on = r.opens_on, closes_on = r.closes_on{1} FROM consent_round r"
    " WHERE r.id = row.round_id;"
)
SHUT = "ALTER TABLE {0} FORCE ROW LEVEL SECURITY;"


def filled(table: str, update: str) -> migrations.RunSQL:
    """Give the rows that are there what the new columns ask; nothing to undo, since the columns go."""
    return migrations.RunSQL(f"{OPEN.format(table)}{update};{SHUT.format(table)}", migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0013_round_pupils"),
        ("schools", "0010_authority_source"),
    ]

    operations = [
        migrations.AddField("round", "code", models.CharField(max_length=10, null=True)),
        migrations.AddField(
            "round",
            "kind",
            models.CharField(
                choices=[
                    ("yearly", "the yearly question"),
                    ("enrolment", "new pupils, as they come"),
                    ("event", "one event"),
                    ("material", "a question that was changed"),
                    ("staff", "colleagues, about their own pictures"),
                    ("overview", "the yearly overview of what was chosen"),
                ],
                default="yearly",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "round",
            "remind_before",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=3
            ),
        ),
        migrations.AddField("round", "answer_days", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("round", "written_for", models.DateField(null=True)),
        migrations.AddField("round", "paused_at", models.DateTimeField(null=True)),
        migrations.AddField("round", "stopped_at", models.DateTimeField(null=True)),
        filled(
            "consent_round",
            "UPDATE consent_round SET remind_before = ARRAY[closes_on - remind_on], written_for = opens_on,"
            " code = translate(upper(substr(md5(random()::text || id), 1, 10)), '01', 'XY')",
        ),
        migrations.AlterField(
            "round", "code", models.CharField(default=ledger.codes.random_code, max_length=10, unique=True)
        ),
        migrations.RemoveConstraint("round", "round_order"),
        migrations.RemoveField("round", "remind_on"),
        migrations.AddConstraint(
            "round",
            models.CheckConstraint(
                condition=models.Q(("opens_on__lte", models.F("closes_on"))),
                name="round_order",
                violation_error_code="round_order",
                violation_error_message="A round opens first, and then closes.",
            ),
        ),
        migrations.AddConstraint(
            "round",
            models.CheckConstraint(
                condition=models.Q(("remind_before__len__lte", 3)),
                name="round_three_reminders",
                violation_error_code="round_three_reminders",
                violation_error_message="There are three reminders at most.",
            ),
        ),
        migrations.AddField("roundschool", "opens_on", models.DateField(null=True)),
        migrations.AddField("roundschool", "closes_on", models.DateField(null=True)),
        migrations.AddField("personallink", "opens_on", models.DateField(null=True)),
        migrations.AddField("personallink", "closes_on", models.DateField(null=True)),
        migrations.AddField("personallink", "no_reminders_at", models.DateTimeField(null=True)),
        migrations.AddField("roundpupil", "opens_on", models.DateField(null=True)),
        migrations.AddField("roundpupil", "closes_on", models.DateField(null=True)),
        migrations.AddField("roundpupil", "reminders", models.PositiveSmallIntegerField(default=0)),
        *(
            migrations.RunSQL(
                OPEN.format("consent_round")
                + OPEN.format(table)
                + DAYS.format(table, more)
                + SHUT.format(table)
                + SHUT.format("consent_round"),
                migrations.RunSQL.noop,
            )
            for table, more in (
                ("consent_personallink", ""),
                ("consent_roundpupil", ", reminders = (row.reminded_at IS NOT NULL)::int"),
            )
        ),
        migrations.RemoveField("roundpupil", "reminded_at"),
        *(
            migrations.AlterField(model, name, models.DateField())
            for model in ("personallink", "roundpupil")
            for name in ("opens_on", "closes_on")
        ),
        migrations.CreateModel(
            name="RoundColleague",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
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
                        related_name="colleagues",
                        to="consent.round",
                    ),
                ),
                (
                    "staff_member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.staffmember",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("foundation", "round", "staff_member"), name="round_colleague_once"
                    )
                ],
            },
        ),
        *walled(
            "consent_roundcolleague",
            {"round_id": "consent_round", "staff_member_id": "schools_staffmember"},
        ),
    ]
