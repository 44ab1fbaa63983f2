"""An import finds who looks like a new pupil or parent without reading a whole foundation."""

from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("schools", "0012_flat_lookups")]

    # The foundation comes second: first, PostgreSQL takes these for checking foreign keys as long as it knows no
    # numbers of a new table, and reads the whole foundation for each row.
    operations = [
        migrations.AddIndex(
            model_name="pupil",
            index=models.Index(fields=["born_on", "foundation"], name="pupil_born_on"),
        ),
        migrations.AddIndex(
            model_name="guardian",
            index=models.Index(fields=["email", "foundation"], name="guardian_email"),
        ),
        migrations.AddIndex(
            model_name="guardian",
            index=models.Index(Lower("email"), name="guardian_email_lower"),
        ),
    ]
