"""The wall of the case asks for the cases of one person by index. It compared who acts as text, so that it read every
handler and every case of the foundation for each statement: my reports were nine times slower among 200,000."""

from django.db import migrations
from django.db.migrations import RunSQL

CASE, HANDLER = "incidents_case", "incidents_handler"


def actor(kind: str) -> str:
    """The number of who acts, or NULL when that is somebody of another kind; computed once per statement.

    Only as the portal writes it: `+5`, `05` or a space are nobody.
    """
    return (
        f"(SELECT CASE WHEN a ~ '^{kind}:[1-9][0-9]{{0,18}}$' THEN substr(a, {len(kind) + 2})::bigint END "  # noqa: S608
        "FROM current_setting('portal.actor', true) a)"
    )


MINE = f"staff_member_id = {actor('staff')}"
HANDLED = f"id = ANY (ARRAY(SELECT case_id FROM {HANDLER} WHERE until IS NULL AND {MINE}))"  # noqa: S608
REPORTED = f"number = {actor('reporter')}"

TEXT = "(SELECT current_setting('portal.actor', true))"
WAS_MINE = f"'staff:' || staff_member_id = {TEXT}"
WAS_HANDLED = f"id IN (SELECT case_id FROM {HANDLER} WHERE until IS NULL AND {WAS_MINE})"  # noqa: S608
WAS_REPORTED = f"'reporter:' || number = {TEXT}"


def policies(handled: str, reported: str, mine: str) -> str:
    return (
        f"ALTER POLICY {CASE}_mine ON {CASE} USING ({handled} OR {reported});"
        f"ALTER POLICY {HANDLER}_read ON {HANDLER} USING ({mine});"
        f"ALTER POLICY {HANDLER}_change ON {HANDLER} USING ({mine});"
    )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_walls")]

    operations = [
        RunSQL(policies(HANDLED, REPORTED, MINE), policies(WAS_HANDLED, WAS_REPORTED, WAS_MINE)),
    ]
