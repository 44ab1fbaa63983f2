"""The walls around the register: the tenant wall and composite keys on every table."""

from django.db import migrations

from ledger.walls import walled

STAFF, PUBLICATION = "schools_staffmember", "publications_publication"


class Migration(migrations.Migration):
    dependencies = [("publications", "0001_initial"), ("consent", "0005_walls_of_ways")]

    operations = [
        *walled(
            PUBLICATION,
            {
                "check_row_id": "consent_check",
                "purpose_id": "consent_purpose",
                "school_id": "schools_school",
                "group_id": "schools_group",
                "owner_id": STAFF,
                "ended_by_id": STAFF,
            },
        ),
        *walled("publications_publishedperson", {"publication_id": PUBLICATION, "pupil_id": "schools_pupil"}),
        *walled(
            "publications_takedown",
            {"publication_id": PUBLICATION, "owner_id": STAFF, "closed_by_id": STAFF},
        ),
    ]
