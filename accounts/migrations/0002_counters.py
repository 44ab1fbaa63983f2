from django.db import migrations


class Migration(migrations.Migration):
    """The table of `accounts.counters`. Unlogged: after a crash of the database the counting starts anew."""

    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE UNLOGGED TABLE portal_counters (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, "
            "expires timestamptz NOT NULL);"
            "CREATE INDEX portal_counters_expires ON portal_counters (expires);",
            "DROP TABLE portal_counters;",
        )
    ]
