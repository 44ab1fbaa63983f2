"""On what it rests that somebody decides for a child: which court order, and of which day (C2, C6a)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("schools", "0009_kiosk_is_no_foundation")]

    operations = [
        migrations.AddField(
            model_name="guardianship",
            name="representation",
            field=models.CharField(
                blank=True,
                choices=[("curatele", "curatele"), ("mentorschap", "mentorschap")],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="guardianship", name="source_on", field=models.DateField(blank=True, null=True)
        ),
    ]
