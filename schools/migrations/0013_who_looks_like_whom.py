"""An import finds who looks like a new pupil or parent without reading a whole foundation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("schools", "0012_flat_lookups")]

    operations = [
        migrations.AddIndex(
            model_name="pupil",
            index=models.Index(fields=["foundation", "born_on"], name="pupil_born_on"),
        ),
        migrations.AddIndex(
            model_name="guardian",
            index=models.Index(fields=["foundation", "email"], name="guardian_email"),
        ),
    ]
