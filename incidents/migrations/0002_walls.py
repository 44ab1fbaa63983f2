"""Two walls: that of the foundation, and that of the case: who handles it, or holds its code phrase.

The second ones are RESTRICTIVE: two permissive policies would OR together, and an outsider would see the row.
"""

from django.db import migrations
from django.db.migrations import RunSQL

from ledger.walls import append_only, walled

CASE, HANDLER, PERSON = "incidents_case", "incidents_handler", "incidents_caseperson"
STAFF = "schools_staffmember"

ACTOR = "(SELECT current_setting('portal.actor', true))"
MINE = f"'staff:' || staff_member_id = {ACTOR}"
HANDLED = f"id IN (SELECT case_id FROM {HANDLER} WHERE until IS NULL AND {MINE})"  # noqa: S608  constants
REPORTED = f"'reporter:' || number = {ACTOR}"
IN_MY_CASE = f"case_id IN (SELECT id FROM {CASE})"  # noqa: S608  constants
IS_STAFF = f"{ACTOR} LIKE 'staff:%'"

# The wall of the case reads this table, so the wall of this table may not name the case: PostgreSQL calls that an
# infinite recursion. A function looks with the rights of who asks, and is not seen through.
MAY_SEE = RunSQL(
    "CREATE FUNCTION incidents_may_see(uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public "  # noqa: S608  constants
    f"AS $$ SELECT EXISTS (SELECT FROM {CASE} WHERE id = $1) $$;",
    "DROP FUNCTION incidents_may_see(uuid);",
)


def restricted(table: str, name: str, rest: str) -> RunSQL:
    return RunSQL(
        f"CREATE POLICY {table}_{name} ON {table} AS RESTRICTIVE {rest};",
        f"DROP POLICY {table}_{name} ON {table};",
    )


def case_wall(table: str, reading: str = "true") -> list[RunSQL]:
    """Rows of cases that are not mine do not exist; `reading` narrows what may be read of those that are."""
    return [
        restricted(table, "read", f"FOR SELECT USING ({IN_MY_CASE} AND {reading})"),
        restricted(table, "add", f"FOR INSERT WITH CHECK ({IN_MY_CASE})"),
        restricted(
            table, "change", f"FOR UPDATE USING ({IN_MY_CASE} AND {IS_STAFF}) WITH CHECK ({IN_MY_CASE})"
        ),
        restricted(table, "remove", "FOR DELETE USING (false)"),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0001_initial"),
        ("policies", "0002_walls"),
        ("notices", "0002_walls"),
        ("schools", "0005_vacation_wall"),
    ]

    operations = [
        *walled("incidents_routingrow"),
        *walled(CASE, {"school_id": "schools_school"}),
        *walled(HANDLER, {"case_id": CASE, "staff_member_id": STAFF}),
        restricted(CASE, "mine", f"FOR ALL USING ({HANDLED} OR {REPORTED})"),
        # Who hands a case over adds the next handler and ends their own row; nobody sees or changes another's.
        restricted(HANDLER, "read", f"FOR SELECT USING ({MINE})"),
        restricted(HANDLER, "change", f"FOR UPDATE USING ({MINE})"),
        MAY_SEE,
        restricted(HANDLER, "add", "FOR INSERT WITH CHECK (incidents_may_see(case_id))"),
        restricted(HANDLER, "remove", "FOR DELETE USING (false)"),
        *walled("incidents_casekey", {"case_id": CASE}),
        *case_wall("incidents_casekey"),
        *walled("incidents_identity", {"case_id": CASE}),
        *append_only("incidents_identity"),
        *case_wall("incidents_identity", "false"),
        *walled("incidents_event", {"case_id": CASE, "by_id": STAFF}),
        *append_only("incidents_event"),
        *case_wall("incidents_event", f"(is_shared OR {IS_STAFF})"),
        *walled(
            PERSON,
            {
                "case_id": CASE,
                "pupil_id": "schools_pupil",
                "guardian_id": "schools_guardian",
                "staff_member_id": STAFF,
            },
        ),
        *case_wall(PERSON, IS_STAFF),
        *walled("incidents_attachment", {"case_id": CASE}),
        *append_only("incidents_attachment"),
        *case_wall("incidents_attachment", IS_STAFF),
        *walled(
            "incidents_measure",
            {
                "case_id": CASE,
                "rung_id": "policies_rung",
                "person_id": PERSON,
                "proposed_by_id": STAFF,
                "decided_by_id": STAFF,
            },
        ),
        *case_wall("incidents_measure", IS_STAFF),
        *walled(
            "incidents_contact",
            {
                "case_id": CASE,
                "person_id": PERSON,
                "guardian_id": "schools_guardian",
                "message_id": "notices_message",
            },
        ),
        *case_wall("incidents_contact", IS_STAFF),
    ]
