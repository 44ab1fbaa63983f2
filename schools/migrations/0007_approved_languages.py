import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("schools", "0006_foundation_slug_free")]

    operations = [
        migrations.AddField(
            model_name="foundation",
            name="approved_languages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8), blank=True, default=list, size=None
            ),
        ),
    ]
