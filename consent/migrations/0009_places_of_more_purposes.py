from django.db import migrations, models


class Migration(migrations.Migration):
    """A place may stand with a general purpose and with an event, or apart for photo, film and sound (C7)."""

    dependencies = [("consent", "0008_objections")]

    operations = [
        migrations.RemoveConstraint(model_name="place", name="place_name"),
        migrations.AddConstraint(
            model_name="place",
            constraint=models.UniqueConstraint(fields=("foundation", "purpose", "name"), name="place_name"),
        ),
    ]
