"""24 hours to change one's mind, a second pair of eyes, and what is kept afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.choices import Capacity
from accounts.models import Reach, User
from consent.choices import Channel, Value
from consent.domain.decide import Choice, decide
from consent.models import Answer
from ledger.acting import Actor, acting
from ledger.choices import ActorKind, Verb
from ledger.domain.verify import verify
from ledger.models import Entry
from schools.choices import Authority, ImportState, RoleName
from schools.domain.imports.batches import confirm, drop, forget_imports, look_again, take_in
from schools.domain.imports.refusal import ImportRefused
from schools.domain.imports.undo import may_be_undone, undo, what_undo_does
from schools.models import (
    Enrolment,
    Group,
    GroupMembership,
    Guardian,
    Guardianship,
    ImportBatch,
    KnownAs,
    Pupil,
    Role,
    StaffMember,
)
from schools.tasks import forget_old_imports
from tests.cast import today

from .files import bring_in, edexml, look, parents, pupil, sample

EVERYTHING = (
    Pupil,
    Guardian,
    StaffMember,
    Enrolment,
    GroupMembership,
    Guardianship,
    Role,
    Group,
    Reach,
    User,
    KnownAs,
)


def situation():
    """Every row of every table that an import touches."""
    return {model.__name__: list(model.objects.order_by("id").values()) for model in EVERYTHING}


def later(cast, hours, person=None):
    who = Actor(ActorKind.STAFF, (person or cast.ada).id, "administrator")
    return acting(who, [cast.home.id], now=timezone.now() + timedelta(hours=hours))


def long_ago(school):
    """As if the first import was a month ago."""
    month_ago = today() - timedelta(days=30)
    Enrolment.objects.filter(school=school).update(since=month_ago)
    Guardianship.objects.filter(source="import").update(since=month_ago)
    Role.objects.filter(group__school=school).update(since=month_ago)


def test_undoing_the_first_import_leaves_no_trace_but_the_ledger(rose, ada):
    before = situation()
    batch = bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))

    said = what_undo_does(batch)
    batch, done = undo(batch)

    assert situation() == before
    assert batch.state == ImportState.UNDONE
    assert batch.journal is None
    assert (said.removed["pupils"], said.kept) == (40, {})
    assert done.removed == said.removed
    assert [entry.verb for entry in Entry.objects.filter(subject_type="school")] == [
        Verb.IMPORT_LOOKED_AT,
        Verb.SCHOOL_IMPORTED,
        Verb.IMPORT_UNDONE,
    ]


def test_undoing_a_later_import_puts_every_value_and_period_back(rose, ada):
    bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    long_ago(rose)
    before = situation()
    batch = bring_in(sample("de-klimroos-later.xml"), sample("de-klimroos-ouders-later.csv"))
    assert situation() != before

    undo(batch)

    assert situation() == before


def test_undoing_on_the_same_day_restores_what_was_cut_at_once(rose, ada):
    bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    before = situation()
    batch = bring_in(sample("de-klimroos-later.xml"), sample("de-klimroos-ouders-later.csv"))

    undo(batch)

    assert situation() == before


def test_who_is_used_since_stays_without_a_place_at_school(cast, rose, ada):
    """Asked of the database's own foreign keys: here a role that somebody gave since."""
    batch = bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    hanneke = StaffMember.objects.get(source_key="99OQ-T21")
    Role.objects.create(
        foundation=cast.home, staff_member=hanneke, name=RoleName.OFFICE, school=rose, since=today()
    )

    said = what_undo_does(batch)
    _, done = undo(batch)

    assert (said.kept, said.removed["staff"]) == ({"staff": 1}, 2)
    assert done.kept == {"staff": 1}
    assert [role.name for role in hanneke.roles.all()] == [RoleName.OFFICE]
    assert not Enrolment.objects.filter(school=rose).exists()


def test_a_child_with_an_answer_since_is_kept_and_said_so(cast, rose, ada):
    """The import knows nothing of choices: the foreign key of the answer keeps child and parent."""
    batch = bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    mother = Guardian.objects.get(source_key="99OQ-7001")
    child = mother.guardianships.get().pupil
    with cast.acting(Actor(ActorKind.GUARDIAN, mother.id, "signed_in")):
        decide(
            guardian=mother,
            choices=[Choice(child.id, cast.purposes["papier"].id, Value.YES)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )

    said = what_undo_does(batch)
    _, done = undo(batch)

    # The other parent was told what the school does now: a mail refers to that parent.
    assert said.kept == done.kept == {"pupils": 1, "guardians": 2}
    assert done.removed["pupils"] == 39
    assert Answer.objects.get().pupil_id == child.id
    assert not child.enrolments.exists()
    assert not mother.guardianships.exists()
    assert not Reach.objects.filter(capacity=Capacity.GUARDIAN, person_id=mother.id).exists()


def test_a_value_that_somebody_changed_since_is_left_alone(rose, ada):
    bring_in(edexml(pupil(1, "Kim") + pupil(2, "Bo"), brin="99OQ"))
    batch = bring_in(edexml(pupil(1, "Kimberley") + pupil(2, "Bobby"), brin="99OQ"))
    Pupil.objects.filter(source_key="99OQ-1").update(call_name="Kiki")

    _, done = undo(batch)

    names = dict(Pupil.objects.filter(source_key__startswith="99OQ").values_list("source_key", "call_name"))
    assert names == {"99OQ-1": "Kiki", "99OQ-2": "Bo"}
    assert done.kept == {"pupils": 1}


def test_only_the_last_import_and_only_for_a_day(cast, rose, ada):
    first = bring_in(edexml(pupil(1), brin="99OQ"))
    second = bring_in(edexml(pupil(1) + pupil(2), brin="99OQ"))

    assert not may_be_undone(first)
    assert may_be_undone(second)
    with later(cast, 24), pytest.raises(ImportRefused) as refused:
        undo(second)
    assert refused.value.code == "too_late"
    assert Pupil.objects.filter(source_key="99OQ-2").exists()


def test_undone_is_done_once(rose, ada):
    batch = bring_in(edexml(pupil(1), brin="99OQ"))
    undo(batch)

    with pytest.raises(ImportRefused) as refused:
        undo(batch)

    assert refused.value.code == "wrong_state"


@pytest.fixture
def many_gone(cast, rose, ada):
    """One of ten pupils is not in the file any more: more than 5%."""
    ten = "".join(pupil(number) for number in range(10))
    bring_in(edexml(ten, brin="99OQ"))
    seen = look(edexml("".join(pupil(number) for number in range(9)), brin="99OQ"))
    assert seen.plan.needs_second_person
    return take_in(seen.batch, decisions={}, fingerprint=seen.plan.fingerprint)


def test_more_than_five_percent_waits_for_a_second_person(many_gone, rose):
    assert many_gone.state == ImportState.WAITING
    assert Enrolment.objects.filter(school=rose, until=None).count() == 10


def test_five_percent_does_not_wait(rose, ada):
    bring_in(edexml("".join(pupil(number) for number in range(20)), brin="99OQ"))

    batch = bring_in(edexml("".join(pupil(number) for number in range(19)), brin="99OQ"))

    assert batch.state == ImportState.APPLIED


def test_links_of_parents_count_as_well(rose, ada):
    xml = edexml("".join(pupil(number) for number in range(10)), brin="99OQ")
    rows = [f"{number};g{number};Jo;;Bos{number};;ja" for number in range(10)]
    bring_in(xml, parents(*rows))

    assert look(xml, parents(*rows[:9])).plan.needs_second_person
    assert look(xml, parents(*rows[:9], "9;g9;Jo;;Bos9;;nee")).plan.needs_second_person
    assert not look(xml, parents(*rows)).plan.needs_second_person


def test_the_same_person_may_not_agree(cast, many_gone, rose):
    with pytest.raises(ImportRefused) as refused:
        confirm(many_gone, email="another@example.org")

    assert refused.value.code == "same_person"
    assert Enrolment.objects.filter(school=rose, until=None).count() == 10


def test_the_same_mailbox_may_not_agree_as_somebody_else(cast, many_gone):
    with (
        cast.acting(Actor(ActorKind.STAFF, cast.zoe.id, "administrator")),
        pytest.raises(ImportRefused) as refused,
    ):
        confirm(many_gone, email=cast.ada.email.upper())

    assert refused.value.code == "same_person"


def test_a_second_person_takes_it_in(cast, many_gone, rose):
    with cast.acting(Actor(ActorKind.STAFF, cast.zoe.id, "administrator")):
        batch = confirm(many_gone, email=cast.zoe.email)

    assert (batch.state, batch.asked_by_id, batch.confirmed_by_id) == (
        ImportState.APPLIED,
        cast.ada.id,
        cast.zoe.id,
    )
    assert Enrolment.objects.filter(school=rose).count() == 9
    with cast.acting():
        assert verify(cast.home.id).fault is None


def test_a_situation_that_changed_starts_again(cast, many_gone, rose):
    Enrolment.objects.filter(school=rose).first().delete()

    with (
        cast.acting(Actor(ActorKind.STAFF, cast.zoe.id, "administrator")),
        pytest.raises(ImportRefused) as refused,
    ):
        confirm(many_gone, email=cast.zoe.email)

    assert refused.value.code == "changed"


def test_a_paper_that_the_school_saw_is_not_overruled_by_a_file(rose, ada):
    xml = edexml(pupil(1), brin="99OQ")
    bring_in(xml, parents("1;g;Jo;;Bos;;nee"))
    Guardianship.objects.filter(source="import").update(verified_by="Ria")

    plan = look(xml, parents("1;g;Jo;;Bos;;ja")).plan

    assert [error.code for error in plan.errors] == ["authority_verified"]


def test_a_number_of_somebody_else_is_refused(rose, ada):
    bring_in(
        edexml(pupil(1, "Kim", "Bos", "2015-03-04"), brin="99OQ"), parents("1;g;Jo;;Bos;jo@x.example.org;ja")
    )

    plan = look(
        edexml(pupil(1, "Sem", "Smit", "2016-01-01"), brin="99OQ"),
        parents("1;g;Al;;Smit;al@x.example.org;ja"),
    ).plan

    assert [error.code for error in plan.errors] == ["number_reused", "number_reused"]


def test_stopping_empties_the_rows_at_once(rose, ada):
    batch = drop(look(sample("de-klimroos.xml")).batch)

    assert (batch.state, batch.rows) == (ImportState.DROPPED, None)
    with pytest.raises(ImportRefused):
        take_in(batch, decisions={}, fingerprint="")


def test_a_day_later_only_the_numbers_are_left(cast, rose, ada):
    seen = look(sample("de-klimroos.xml")).batch
    taken = bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))

    with later(cast, 23):
        assert forget_imports() == 0
    with later(cast, 25):
        assert forget_imports() == 2
        assert forget_imports() == 0

    rows = dict(ImportBatch.objects.values_list("id", "state"))
    assert rows == {seen.id: ImportState.DROPPED, taken.id: ImportState.APPLIED}
    assert not ImportBatch.objects.exclude(rows=None).exists()
    assert not ImportBatch.objects.exclude(journal=None).exists()
    assert ImportBatch.objects.get(id=taken.id).numbers["pupils_new"] == 40


def test_rows_of_yesterday_cannot_be_taken_in(cast, rose, ada):
    batch = look(sample("de-klimroos.xml")).batch

    with later(cast, 25), pytest.raises(ImportRefused) as refused:
        look_again(batch)

    assert refused.value.code == "too_late"


def test_a_teacher_who_was_a_parent_too_keeps_that_way_in(cast, rose, ada):
    """One mailbox, two capacities: undoing the import takes only its own reach away."""
    user = cast.user_of(cast.amina)
    xml = edexml(
        pupil(1),
        f'<leerkracht key="t"><achternaam>Y</achternaam><emailadres>{user.email}</emailadres></leerkracht>',
        brin="99OQ",
    )
    batch = bring_in(xml)
    assert user.reaches.filter(capacity=Capacity.STAFF).count() == 1

    undo(batch)

    assert [reach.capacity for reach in user.reaches.all()] == [Capacity.GUARDIAN]


def test_a_new_kind_of_authority_starts_today_and_the_old_one_stays_readable(rose, ada):
    xml = edexml(pupil(1), brin="99OQ")
    bring_in(xml, parents("1;g;Jo;;Bos;;ja"))
    Guardianship.objects.filter(source="import").update(since=today() - timedelta(days=9))

    batch = look(xml, parents("1;g;Jo;;Bos;;alleen informatie"))
    confirmed = take_in(batch.batch, decisions={}, fingerprint=batch.plan.fingerprint)

    assert confirmed.state == ImportState.WAITING
    assert list(Guardianship.objects.filter(source="import").values_list("authority", flat=True)) == [
        Authority.FULL
    ]


def test_the_hourly_task_forgets_at_every_foundation(cast, rose):
    with cast.acting(Actor(ActorKind.STAFF, cast.ada.id, "administrator")):
        look(sample("de-klimroos.xml"))
        ImportBatch.objects.update(changed_at=timezone.now() - timedelta(hours=25))

    assert [forget_old_imports(), forget_old_imports()] == [1, 0]

    with cast.acting():
        assert ImportBatch.objects.get().rows is None
