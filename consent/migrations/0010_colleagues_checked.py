"""A kept check holds colleagues too: each row is about one pupil or about one colleague."""

import django.db.models.deletion
from django.db import migrations, models

from ledger.walls import reference


class Migration(migrations.Migration):
    dependencies = [("consent", "0009_places_of_more_purposes")]

    operations = [
        migrations.AddField(
            "checkedperson",
            "staff_member",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.staffmember",
            ),
        ),
        migrations.AlterField(
            "checkedperson",
            "pupil",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.pupil",
            ),
        ),
        *reference("consent_checkedperson", "staff_member_id", "schools_staffmember"),
        migrations.AddConstraint(
            "checkedperson",
            models.CheckConstraint(
                condition=models.Q(("pupil", None)) ^ models.Q(("staff_member", None)),
                name="checked_one_person",
                violation_error_code="checked_one_person",
            ),
        ),
        migrations.AddConstraint(
            "checkedperson",
            models.UniqueConstraint(
                fields=("foundation", "check_row", "staff_member"), name="colleague_checked_once"
            ),
        ),
    ]
