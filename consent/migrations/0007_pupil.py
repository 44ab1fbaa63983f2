"""A pupil takes a no back (C6a): one more word in the list of answers, nothing changes in the tables."""

from django.db import migrations, models

VALUES = [
    ("yes", "Yes"),
    ("no", "No"),
    ("talk", "I want to talk first"),
    ("back", "I take my no back"),
]


class Migration(migrations.Migration):
    dependencies = [("consent", "0006_paper"), ("schools", "0008_beyond_16")]

    operations = [
        migrations.AlterField(
            model_name=name, name="value", field=models.CharField(choices=VALUES, max_length=5)
        )
        for name in ("answer", "latestanswer", "staffanswer")
    ]
