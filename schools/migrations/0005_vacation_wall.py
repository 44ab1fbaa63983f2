"""The wall around the days without school."""

from django.db import migrations

from ledger.walls import walled


class Migration(migrations.Migration):
    dependencies = [("schools", "0004_vacation")]

    operations = walled("schools_vacation", {"school_id": "schools_school"})
