from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0005_withdrawn"),
    ]

    operations = [
        migrations.AddField(
            model_name="bounce",
            name="answered_at",
            field=models.DateTimeField(
                help_text="when somebody at school said that the address is right", null=True
            ),
        ),
    ]
