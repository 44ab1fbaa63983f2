"""What a check looks up for each pupil costs the same in a school of 1,000 and a foundation of 250,000: a tree gets
a level deeper, a hash does not. And who works for the whole foundation is found apart."""

import django.db.models.deletion
from django.contrib.postgres.indexes import HashIndex
from django.db import migrations, models


def of_a_pupil(related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="schools.pupil",
    )


class Migration(migrations.Migration):
    dependencies = [("schools", "0011_post_is_no_foundation")]

    operations = [
        migrations.AddIndex("pupil", HashIndex(fields=["id"], name="pupil_by_id")),
        migrations.AddIndex("enrolment", HashIndex(fields=["pupil"], name="enrolment_pupil")),
        migrations.AddIndex("guardianship", HashIndex(fields=["pupil"], name="guardianship_pupil")),
        migrations.AddIndex(
            "role",
            models.Index(
                fields=["foundation"], name="role_everywhere", condition=models.Q(school=None, group=None)
            ),
        ),
        migrations.AlterField("enrolment", "pupil", of_a_pupil("enrolments")),
        migrations.AlterField("guardianship", "pupil", of_a_pupil("guardianships")),
    ]
