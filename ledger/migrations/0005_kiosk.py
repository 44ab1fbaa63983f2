"""The ledger's words for asking one family, and for the tablet at school."""

from django.db import migrations, models

import ledger.choices


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_ways_to_answer")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="verb",
            field=models.CharField(choices=ledger.choices.Verb.choices, max_length=60),
        ),
    ]
