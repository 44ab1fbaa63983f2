"""The walls of the outbox. Tickets and sign-in mails stand outside: they are read before a foundation is known."""

from django.db import migrations

from ledger.walls import of_a_foundation, walled


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("schools", "0002_walls"), ("ledger", "0002_walls")]

    operations = [
        *walled("notices_message", {"guardian_id": "schools_guardian"}),
        *of_a_foundation("notices_claim"),
    ]
