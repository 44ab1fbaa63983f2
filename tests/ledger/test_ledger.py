"""The ledger: in the same transaction, recomputable, and honest about what was erased."""

import os
import uuid
from datetime import UTC, datetime

import psycopg
import pytest

from ledger.acting import NotActing, NotOneFoundation, acting, current, system
from ledger.choices import Reading, Verb
from ledger.domain.once import once
from ledger.domain.record import record, record_reading
from ledger.domain.verify import verify
from ledger.models import Entry, Once, ReadingRecord
from tests.cast import make_cast


def as_owner(*statements: str) -> None:
    """Somebody with the owner's rights changes history behind the portal's back."""
    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement)


def unwalled(statement: str) -> tuple[str, ...]:
    """The owner is held by the wall as well (FORCE): an insider first has to break it."""
    tables = ("ledger_entry", "ledger_entrypayload")
    return (
        *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in tables),
        statement,
        *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in tables),
    )


@pytest.fixture
def kept(transactional_db):
    """Three committed entries, so that another connection can tamper with them."""
    cast = make_cast()
    with cast.acting(now=datetime(2026, 10, 25, 1, 30, tzinfo=UTC)):
        ids = [record(Verb.ROUND_STARTED, "round", n, name=f"Ronde Ş {n}").id for n in range(3)]
    return cast, ids


def fault_of(cast):
    with cast.acting(read_only=True):
        return verify(cast.home.id).fault


def test_outside_a_transaction_nothing_can_be_recorded(cast):
    with pytest.raises(NotActing):
        record(Verb.ROUND_STARTED, "round", 1)


def test_a_write_needs_exactly_one_foundation(cast):
    with acting(system("test"), [cast.home.id, cast.bridge.id]), pytest.raises(NotOneFoundation):
        record(Verb.ROUND_STARTED, "round", 1)


def test_an_entry_goes_away_with_the_act_that_failed(cast):
    with pytest.raises(ZeroDivisionError), cast.acting():
        record(Verb.ROUND_STARTED, "round", 99)
        _ = 1 / 0

    with cast.acting():
        assert not Entry.objects.filter(subject_id=99).exists()


def test_untouched_entries_verify(kept):
    cast, _ = kept
    with cast.acting(read_only=True):
        verified = verify(cast.home.id)
    assert verified.fault is None
    assert verified.entries >= 3


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entry SET actor_id = 4711 WHERE id = {id}",
        "UPDATE ledger_entry SET at = at - interval '1 day' WHERE id = {id}",
        "UPDATE ledger_entry SET verb = 'consent:check:kept' WHERE id = {id}",
        "UPDATE ledger_entry SET subject_id = subject_id + 1 WHERE id = {id}",
        "UPDATE ledger_entry SET leaf_hash = decode(repeat('00', 32), 'hex') WHERE id = {id}",
        "UPDATE ledger_entrypayload SET payload = '{{}}' WHERE entry_id = {id}",
        "UPDATE ledger_entrypayload SET salt = decode(repeat('00', 16), 'hex') WHERE entry_id = {id}",
        "DELETE FROM ledger_entrypayload WHERE entry_id = {id}",
        "DELETE FROM ledger_entry WHERE id = {id}",
    ],
)
def test_every_change_of_history_is_found_with_its_place(kept, change):
    cast, ids = kept

    as_owner(*unwalled(change.format(id=ids[1])))

    assert fault_of(cast).entry_id == ids[1]


def test_the_eraser_takes_the_personal_part_and_the_rest_still_verifies(kept):
    cast, ids = kept
    with cast.acting():
        record(Verb.ENTRY_ERASED, "ledger_entry", ids[0])
    eraser = os.environ["DATABASE_URL"].replace("portal_app", "portal_eraser")
    with psycopg.connect(eraser, autocommit=True) as connection:
        connection.execute("SELECT set_config('portal.foundations', %s, false)", [str(cast.home.id)])
        gone = connection.execute("DELETE FROM ledger_entrypayload WHERE entry_id = %s", [ids[0]]).rowcount
    assert gone == 1

    with cast.acting(read_only=True):
        verified = verify(cast.home.id)
    assert (verified.fault, verified.erased) == (None, 1)


def test_a_form_posted_ten_times_acts_once_and_shows_the_same(cast):
    key, done = uuid.uuid4(), []

    def act():
        done.append(1)
        return f"result {len(done)}"

    with cast.acting():
        results = {once(key, act, of="the same") for _ in range(10)}

    assert (results, len(done)) == ({"result 1"}, 1)


def test_the_same_key_with_another_content_is_another_act(cast):
    """A parent taps yes, then no before the page is gone: the no must not be swallowed (C9)."""
    key = uuid.uuid4()
    with cast.acting():
        assert once(key, lambda: "yes", of="yes") == "yes"
        assert once(key, lambda: "no", of="no") == "no"


def test_a_refused_act_leaves_the_key_free(cast):
    key = uuid.uuid4()
    with cast.acting():
        with pytest.raises(ZeroDivisionError):
            once(key, lambda: str(1 / 0), of="x")
        assert once(key, lambda: "done", of="x") == "done"


def test_two_people_with_the_same_key_do_not_meet(cast):
    from ledger.acting import Actor
    from ledger.choices import ActorKind

    key = uuid.uuid4()
    for person in (cast.amina, cast.erik):
        with cast.acting(Actor(ActorKind.GUARDIAN, person.id)):
            assert once(key, lambda person=person: person.call_name, of="x") == person.call_name
    with cast.acting():
        assert Once.objects.count() == 2


def test_a_reading_is_one_row_with_everybody_who_was_shown(cast):
    with cast.acting():
        record_reading(Reading.CONSENT_STATE, [3, 1, 2, 2])
        row = ReadingRecord.objects.get()
        assert (row.subject_ids, row.what) == ([1, 2, 3], "consent:state")


def test_the_day_is_that_of_the_school_not_of_the_server(cast):
    """23.30 UTC in winter is already tomorrow in Tilburg; both clock changes included."""
    for moment, day in [
        (datetime(2026, 11, 20, 23, 30, tzinfo=UTC), "2026-11-21"),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), "2026-06-30"),
    ]:
        with cast.acting(now=moment):
            assert current().today.isoformat() == day
