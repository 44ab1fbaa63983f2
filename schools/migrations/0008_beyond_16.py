"""A legal representative (curatele, mentorschap) decides also for a pupil who is old enough (C2)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("schools", "0007_approved_languages")]

    operations = [
        migrations.AddField(
            model_name="guardianship",
            name="beyond_16",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
