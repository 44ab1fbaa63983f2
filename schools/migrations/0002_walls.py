"""The walls around people and places; and the ledger, reaches and links get their foundation."""

from django.db import migrations

from ledger.walls import of_a_foundation, walled

PUPIL, SCHOOL, GROUP = "schools_pupil", "schools_school", "schools_group"


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0001_initial"),
        ("ledger", "0002_walls"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        # For sorting and finding names: this PostgreSQL needs no ICU for it.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent;", migrations.RunSQL.noop),
        *walled(SCHOOL),
        *walled("schools_schoolyear"),
        *walled(GROUP, {"school_id": SCHOOL, "year_id": "schools_schoolyear"}),
        *walled(PUPIL),
        *walled("schools_groupmembership", {"group_id": GROUP, "pupil_id": PUPIL}),
        *walled("schools_enrolment", {"pupil_id": PUPIL, "school_id": SCHOOL}),
        *walled("schools_guardian"),
        *walled("schools_guardianship", {"guardian_id": "schools_guardian", "pupil_id": PUPIL}),
        *walled("schools_staffmember"),
        *walled(
            "schools_role",
            {"staff_member_id": "schools_staffmember", "school_id": SCHOOL, "group_id": GROUP},
        ),
        *of_a_foundation("ledger_entry"),
        *of_a_foundation("ledger_entrypayload"),
        *of_a_foundation("ledger_once"),
        *of_a_foundation("ledger_reading"),
        *of_a_foundation("accounts_reach"),
        *of_a_foundation("accounts_linkkey"),
    ]
