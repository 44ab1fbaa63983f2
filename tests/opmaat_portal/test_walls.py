"""The walls, proved from the database's own catalogue: a new table without them fails here."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from ledger.acting import NOBODY, acting, system
from ledger.retention import Keep
from opmaat_portal.retention import OTHERS
from schools.models import Enrolment, GroupMembership, Guardian, Pupil, School

# What must be found before a foundation is known, or belongs to none. Reviewed: each with its reason.
OUTSIDE = {
    "schools_foundation": "found by its slug",
    "accounts_user": "a mailbox may reach several foundations",
    "accounts_reach": "tells which foundations a mailbox may enter",
    "accounts_linkkey": "the hash of a link tells its foundation",
    "notices_claim": "what is due, without content: the worker finds its work here",
    "notices_accountmail": "sign-in mails of no foundation",
    "notices_held": "numbers only: the worker must see what is paused wherever it stands",
    "notices_pace": "how fast a mail provider may get mail, of whatever foundation",
    **dict.fromkeys(OTHERS, "not ours"),
}
# Tables of incidents that hold settings of the foundation, nothing of a case.
ABOUT_NO_CASE = {"incidents_routingrow"}
APPEND_ONLY = {
    "ledger_entry",
    "ledger_entrypayload",
    "ledger_reading",
    "consent_answer",
    "consent_submission",
    "consent_questionversion",
    "consent_questiontext",
    "consent_check",
    "consent_checkedperson",
    "policies_frozentext",
    "policies_councildecision",
    "policies_ladder",
    "policies_rung",
    "incidents_identity",
    "incidents_event",
    "incidents_attachment",
}


def rows(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tables():
    """Every table with: is it walled and forced, and is it a partition."""
    return {
        name: (enabled and forced, is_partition)
        for name, enabled, forced, is_partition in rows(
            "SELECT relname, relrowsecurity, relforcerowsecurity, relispartition FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
    }


def test_every_table_stands_behind_the_wall_or_on_the_reviewed_list(db):
    found = tables()

    open_tables = {name for name, (walled, _) in found.items() if not walled}
    assert open_tables == set(OUTSIDE) & set(found)
    assert set(OUTSIDE) <= set(found), "the list names a table that does not exist"


def test_every_wall_compares_with_the_open_foundations_for_reading_and_writing(db):
    policies = {
        (table, permissive): (using, check)
        for table, permissive, using, check in rows(
            "SELECT tablename, permissive, qual, with_check FROM pg_policies "
            "WHERE schemaname = 'public' AND permissive = 'PERMISSIVE'"
        )
    }
    walled = {name for name, (is_walled, partition) in tables().items() if is_walled and not partition}

    assert {table for table, _ in policies} == walled
    for (table, _), conditions in policies.items():
        for condition in conditions:
            assert "portal.foundations" in condition, table
            assert "foundation_id" in condition, table


def test_every_row_of_a_case_has_a_second_wall_for_every_act(db):
    """Restrictive, because two permissive policies would OR together; about the case, for read and write."""
    narrower = {
        (table, act): f"{using} {check}"
        for table, act, using, check in rows(
            "SELECT tablename, cmd, qual, with_check FROM pg_policies "
            "WHERE schemaname = 'public' AND permissive = 'RESTRICTIVE'"
        )
    }
    case_tables = {
        model._meta.db_table for model in apps.get_app_config("incidents").get_models()
    } - ABOUT_NO_CASE

    assert {table for table, _ in narrower} == case_tables
    for table in case_tables:
        acts = {act for name, act in narrower if name == table}
        assert acts in ({"ALL"}, {"SELECT", "INSERT", "UPDATE", "DELETE"}), table
    for (table, act), condition in narrower.items():
        assert "portal.actor" in condition or "case_id" in condition or "false" in condition, (table, act)


def test_partitions_are_reached_through_their_parent_only(db):
    for name, (walled, is_partition) in tables().items():
        if is_partition:
            assert walled, name
            assert rows("SELECT has_table_privilege('portal_app', %s, 'SELECT')", name) == [(False,)]


def test_the_app_role_owns_nothing_and_cannot_step_over_the_wall(db):
    assert rows("SELECT current_user") == [("portal_app",)]
    assert rows("SELECT rolbypassrls, rolsuper FROM pg_roles WHERE rolname = 'portal_app'") == [
        (False, False)
    ]
    assert rows("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'portal_app'") == []


def test_there_is_no_view_that_looks_past_the_wall(db):
    found = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm') "
        "AND NOT coalesce(reloptions @> '{security_invoker=true}', false)"
    )
    assert found == []


def test_append_only_tables_give_the_app_no_right_to_change_or_remove(db):
    changeable = {
        table
        for table in APPEND_ONLY
        for right in ("UPDATE", "DELETE", "TRUNCATE")
        if rows("SELECT has_table_privilege('portal_app', %s, %s)", table, right) == [(True,)]
    }
    assert changeable == set()


def test_every_key_between_tables_of_a_foundation_holds_the_foundation_too(db):
    """The check of a plain foreign key looks past the wall: another foundation's row would pass it."""
    walled = {name for name, (is_walled, _) in tables().items() if is_walled}
    keys = rows(
        "SELECT c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text, "
        " array(SELECT attname FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = ANY (c.conkey)) "
        "FROM pg_constraint c WHERE contype = 'f'"
    )
    plain = [
        name
        for name, table, target, columns in keys
        if {table, target} <= walled and "foundation_id" not in columns
    ]
    assert plain == []


def test_every_reference_of_a_model_is_a_key_in_the_database(db):
    """`tenant_key` leaves the constraint to SQL: a forgotten one is found here."""
    keyed = {
        (table, column)
        for table, columns in rows(
            "SELECT conrelid::regclass::text, "
            " array(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) "
            "FROM pg_constraint WHERE contype = 'f'"
        )
        for column in columns
    }
    for model in apps.get_models():
        if model._meta.app_label in {"ledger", "accounts", "schools", "notices", "consent"}:
            for field in model._meta.concrete_fields:
                if field.many_to_one and not field.primary_key:
                    assert (model._meta.db_table, field.column) in keyed, f"{model.__name__}.{field.name}"


def test_every_table_has_a_retention_rule():
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        rule = model.__dict__.get("retention") or OTHERS.get(table)
        assert isinstance(rule, Keep), f"{table}: how long is it kept, and why?"
        assert rule.until
        assert rule.ground


# -- and what they do --------------------------------------------------------------------------------------


def test_without_acting_there_is_nothing_to_see(cast):
    assert not Pupil.objects.exists()
    assert not Guardian.objects.exists()


def test_the_other_foundation_does_not_exist(cast):
    with cast.acting():
        seen = set(Pupil.objects.values_list("call_name", flat=True))
        assert "Vreemd" not in seen
        assert not School.objects.filter(name="De Overkant").exists()
        assert GroupMembership.objects.select_related("pupil").count() == len(seen)


def test_two_foundations_can_be_open_for_reading(cast):
    with acting(system("test"), [cast.home.id, cast.bridge.id], read_only=True):
        assert Pupil.objects.filter(call_name="Vreemd").exists()
        assert Pupil.objects.filter(call_name="Noor").exists()


def test_writing_into_another_foundation_is_refused(cast):
    with cast.acting(), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Pupil.objects.create(
            foundation=cast.bridge, source_key="x", call_name="X", surname="Y", born_on=cast.noor.born_on
        )


def test_a_row_cannot_refer_to_another_foundations_child(cast):
    with cast.acting(), pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(
            foundation=cast.home, pupil_id=cast.vera_child.id, school=cast.beacon, since=cast.noor.born_on
        )


def test_changing_another_foundations_rows_touches_none(cast):
    with cast.acting():
        assert Pupil.objects.filter(id=cast.vera_child.id).update(call_name="Mis") == 0


def test_a_reading_page_cannot_write(cast):
    with cast.acting(read_only=True), pytest.raises(Exception, match="read-only"), transaction.atomic():
        Pupil.objects.update(call_name="Mis")


def test_the_wall_closes_again_after_acting(cast):
    with cast.acting():
        assert Pupil.objects.exists()
    assert not Pupil.objects.exists()


def test_inside_acting_another_acting_puts_back_what_was_before(cast):
    with cast.acting():
        with acting(NOBODY, [cast.bridge.id], read_only=True):
            assert set(Pupil.objects.values_list("call_name", flat=True)) == {"Vreemd"}
        assert "Vreemd" not in set(Pupil.objects.values_list("call_name", flat=True))
        Pupil.objects.filter(id=cast.noor.id).update(call_name="Noor")


@pytest.mark.parametrize("setting", ["", ","])
def test_an_empty_setting_opens_nothing(cast, setting):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.foundations', %s, true)", [setting])
        if setting:
            with pytest.raises(Exception, match="invalid input"), transaction.atomic():
                Pupil.objects.exists()
        else:
            assert not Pupil.objects.exists()
