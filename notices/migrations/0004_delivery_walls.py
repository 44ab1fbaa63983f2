"""What came back belongs to a foundation; what is held and the pace stand outside, like the tickets."""

from django.db import migrations

from ledger.walls import of_a_foundation, walled


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_delivery")]

    operations = [
        *walled("notices_bounce", {"guardian_id": "schools_guardian", "message_id": "notices_message"}),
        *of_a_foundation("notices_held"),
    ]
