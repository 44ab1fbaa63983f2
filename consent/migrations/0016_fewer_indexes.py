"""Nine indexes of answers that no question needs: what is asked for begins with the pupil (answer_pupil, latest_once) or
with an entry (answer_once_per_entry). Each of them was written with each answer."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def key(to: str, **options: Any) -> models.ForeignKey:
    return models.ForeignKey(
        to,
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        **options,
    )


KEYS = {
    "pupil": "schools.pupil",
    "purpose": "consent.purpose",
    "version": "consent.questionversion",
    "entry": "ledger.entry",
}


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0015_letters"),
        ("ledger", "0008_mailed_again"),
        ("schools", "0012_flat_lookups"),
    ]

    operations = [
        *(
            migrations.AlterField(model, name, key(to))
            for model in ("answer", "latestanswer")
            for name, to in KEYS.items()
        ),
        migrations.AlterField("answer", "follows", key("consent.answer", null=True)),
    ]
