"""The walls around choices: tenant wall everywhere; answers and wordings can only be added and read."""

from django.db import migrations

from ledger.walls import append_only, walled

PURPOSE, VERSION, ROUND, LINK = (
    "consent_purpose",
    "consent_questionversion",
    "consent_round",
    "consent_personallink",
)
PUPIL, GUARDIAN = "schools_pupil", "schools_guardian"
ANSWER = {
    "pupil_id": PUPIL,
    "purpose_id": PURPOSE,
    "guardian_id": GUARDIAN,
    "version_id": VERSION,
    "entry_id": "ledger_entry",
}


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("schools", "0002_walls"), ("ledger", "0002_walls")]

    operations = [
        *walled(PURPOSE),
        *walled("consent_place", {"purpose_id": PURPOSE}),
        *walled(VERSION, {"purpose_id": PURPOSE}),
        *append_only(VERSION),
        *walled("consent_questiontext", {"version_id": VERSION}),
        *append_only("consent_questiontext"),
        *walled(ROUND, {"year_id": "schools_schoolyear"}),
        *walled("consent_roundpurpose", {"round_id": ROUND, "purpose_id": PURPOSE}),
        *walled(LINK, {"round_id": ROUND, "guardian_id": GUARDIAN}),
        *walled("consent_linkdevice", {"link_id": LINK}),
        *walled("consent_submission", {"guardian_id": GUARDIAN, "link_id": LINK}),
        *append_only("consent_submission"),
        *walled(
            "consent_answer",
            ANSWER | {"submission_id": "consent_submission", "follows_id": "consent_answer"},
        ),
        *append_only("consent_answer"),
        *walled("consent_latestanswer", ANSWER | {"answer_id": "consent_answer"}),
        *walled(
            "consent_check",
            {
                "staff_member_id": "schools_staffmember",
                "group_id": "schools_group",
                "purpose_id": PURPOSE,
            },
        ),
        *append_only("consent_check"),
        *walled("consent_checkedperson", {"check_row_id": "consent_check", "pupil_id": PUPIL}),
        *append_only("consent_checkedperson"),
    ]
