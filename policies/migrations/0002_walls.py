"""The walls around texts: tenant wall everywhere; what was put in force cannot change, whoever asks."""

from django.db import migrations

from ledger.walls import append_only, walled

VERSION, CHAPTER, SCHOOL, STAFF = (
    "policies_version",
    "policies_chapter",
    "schools_school",
    "schools_staffmember",
)

# The app may correct chapters and blocks of a concept only; the rights cannot say that per row, so a trigger does.
# (TRUNCATE is not among the rights of the app.)
FROZEN = """
CREATE FUNCTION policies_stop_when_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was record;
    becomes record;
    frozen timestamptz;
BEGIN
    -- Both parents are asked: a row may not leave a frozen version for a concept either.
    IF TG_OP = 'INSERT' THEN was := NEW; ELSE was := OLD; END IF;
    IF TG_OP = 'DELETE' THEN becomes := OLD; ELSE becomes := NEW; END IF;
    IF TG_TABLE_NAME = 'policies_version' THEN
        frozen := OLD.frozen_at;
    ELSIF TG_TABLE_NAME = 'policies_chapter' THEN
        SELECT max(frozen_at) INTO frozen FROM policies_version WHERE id IN (was.version_id, becomes.version_id);
    ELSE
        SELECT max(v.frozen_at) INTO frozen FROM policies_version v JOIN policies_chapter c ON c.version_id = v.id
            WHERE c.id IN (was.chapter_id, becomes.chapter_id);
    END IF;
    IF frozen IS NOT NULL THEN
        RAISE EXCEPTION 'this version is in force and never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policies_version_frozen BEFORE UPDATE OR DELETE ON policies_version
    FOR EACH ROW EXECUTE FUNCTION policies_stop_when_frozen();
CREATE TRIGGER policies_chapter_frozen BEFORE INSERT OR UPDATE OR DELETE ON policies_chapter
    FOR EACH ROW EXECUTE FUNCTION policies_stop_when_frozen();
CREATE TRIGGER policies_block_frozen BEFORE INSERT OR UPDATE OR DELETE ON policies_block
    FOR EACH ROW EXECUTE FUNCTION policies_stop_when_frozen();
"""
THAWED = """
DROP TRIGGER policies_block_frozen ON policies_block;
DROP TRIGGER policies_chapter_frozen ON policies_chapter;
DROP TRIGGER policies_version_frozen ON policies_version;
DROP FUNCTION policies_stop_when_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial"), ("schools", "0005_vacation_wall"), ("ledger", "0002_walls")]

    operations = [
        *walled("policies_protocol"),
        *walled(
            VERSION, {"protocol_id": "policies_protocol", "made_by_id": STAFF, "copied_from_id": VERSION}
        ),
        *walled(CHAPTER, {"version_id": VERSION}),
        *walled("policies_block", {"chapter_id": CHAPTER}),
        *walled("policies_frozentext", {"version_id": VERSION}),
        *append_only("policies_frozentext"),
        *walled("policies_councildecision", {"version_id": VERSION, "recorded_by_id": STAFF}),
        *append_only("policies_councildecision"),
        *walled("policies_summary", {"version_id": VERSION, "school_id": SCHOOL, "changed_by_id": STAFF}),
        *walled("policies_document", {"version_id": VERSION, "school_id": SCHOOL}),
        *walled("policies_ladder"),
        *append_only("policies_ladder"),
        *walled("policies_rung", {"ladder_id": "policies_ladder"}),
        *append_only("policies_rung"),
        migrations.RunSQL(FROZEN, THAWED),
    ]
