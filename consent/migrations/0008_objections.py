"""Somebody may object to several items at once (C12); of every other kind there stays one open task."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0007_pupil")]

    operations = [
        migrations.RemoveConstraint("task", "task_open_once"),
        migrations.AddConstraint(
            "task",
            models.UniqueConstraint(
                condition=models.Q(("closed_at", None), models.Q(("kind", "objection"), _negated=True)),
                fields=("foundation", "pupil", "kind", "guardian"),
                name="task_open_once",
                nulls_distinct=False,
            ),
        ),
    ]
