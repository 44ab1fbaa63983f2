"""The walls around the ways to answer: what proves something can only be added and read."""

from django.db import migrations

from ledger.walls import append_only, reference, walled

PUPIL, GUARDIAN, STAFF, SCHOOL = "schools_pupil", "schools_guardian", "schools_staffmember", "schools_school"
SUBMISSION, FORM, PURPOSE = "consent_submission", "consent_paperform", "consent_purpose"


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_ways_to_answer"), ("ledger", "0004_ways_to_answer")]

    operations = [
        *reference(PURPOSE, "school_id", SCHOOL),
        *walled(FORM, {"pupil_id": PUPIL, "guardian_id": GUARDIAN, "printed_by_id": STAFF}),
        *append_only(FORM),
        *reference(SUBMISSION, "pupil_id", PUPIL),
        *reference(SUBMISSION, "recorded_by_id", STAFF),
        *reference(SUBMISSION, "form_id", FORM),
        *walled("consent_scan", {"submission_id": SUBMISSION}),
        *append_only("consent_scan"),
        *walled(
            "consent_invalidation",
            {"answer_id": "consent_answer", "asked_by_id": STAFF, "agreed_by_id": STAFF},
        ),
        *walled(
            "consent_staffanswer",
            {
                "staff_member_id": STAFF,
                "purpose_id": PURPOSE,
                "version_id": "consent_questionversion",
                "entry_id": "ledger_entry",
            },
        ),
        *append_only("consent_staffanswer"),
        *walled(
            "consent_task",
            {
                "school_id": SCHOOL,
                "pupil_id": PUPIL,
                "guardian_id": GUARDIAN,
                "purpose_id": PURPOSE,
                "closed_by_id": STAFF,
            },
        ),
        *walled("consent_comingofage", {"pupil_id": PUPIL}),
        *append_only("consent_comingofage"),
        *walled("consent_approvedlanguage"),
        *append_only("consent_approvedlanguage"),
    ]
