"""An example picture for each question; without one it is that of its layer, as before."""

from django.db import migrations, models

PICTURES = [
    ("paper", "a school guide"),
    ("closed", "a telephone with a lock"),
    ("social", "a post that goes around the world"),
    ("open_web", "a website"),
    ("class_photo", "the photo of a class"),
    ("photographer", "a photographer with a camera"),
    ("research", "a study"),
    ("ai", "a photo that becomes another one"),
    ("event", "a stage"),
]


class Migration(migrations.Migration):
    dependencies = [("consent", "0010_colleagues_checked")]

    operations = [
        migrations.AddField(
            model_name="purpose",
            name="picture",
            field=models.CharField(blank=True, choices=PICTURES, db_default="", default="", max_length=12),
        ),
    ]
