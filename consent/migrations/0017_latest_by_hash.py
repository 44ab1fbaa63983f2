"""The latest answers of a pupil are found by hash: in a tree each look grows with the table (see schools 0012)."""

from django.contrib.postgres.indexes import HashIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consent", "0016_fewer_indexes")]

    operations = [
        migrations.AddIndex("latestanswer", HashIndex(fields=["pupil"], name="latest_pupil")),
    ]
