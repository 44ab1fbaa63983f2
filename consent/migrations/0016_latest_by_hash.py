"""The latest answers of a pupil are found by hash: in a tree each look grows with the table (see schools 0012)."""

import django.db.models.deletion
from django.contrib.postgres.indexes import HashIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0015_letters"), ("schools", "0012_flat_lookups")]

    operations = [
        migrations.AddIndex("latestanswer", HashIndex(fields=["pupil"], name="latest_pupil")),
        migrations.AlterField(
            "latestanswer",
            "pupil",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.pupil",
            ),
        ),
    ]
