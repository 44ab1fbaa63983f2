"""Taking an import in: everything or nothing, as often as you like, and history stays."""

import json
from datetime import timedelta

import pytest

from accounts.choices import Capacity
from accounts.models import Reach, User
from ledger.choices import ActorKind, Verb
from ledger.models import Entry, EntryPayload
from schools.choices import Authority, ImportState, RoleName
from schools.domain.imports import batches
from schools.domain.imports.batches import look_at, read_files, take_in
from schools.domain.imports.refusal import ImportRefused
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
from tests.cast import today

from .files import bring_in, edexml, look, parents, pupil, sample, teacher, year

YESTERDAY = today() - timedelta(days=1)


def counts():
    models = (
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
    )
    return {model.__name__: model.objects.count() for model in models}


def test_the_sample_brings_pupils_groups_teachers_and_parents(rose, ada):
    batch = bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))

    assert batch.state == ImportState.APPLIED
    assert Enrolment.objects.filter(school=rose, since=today(), until=None).count() == 40
    assert {group.name for group in Group.objects.filter(school=rose)} == {"Groep 5", "Groep 8", "Plusklas"}
    seyma = Pupil.objects.get(source_key="99OQ-4101")
    assert (seyma.full_name, str(seyma.born_on)) == ("Şeyma Yıldırım", "2016-10-08")
    mother = Guardian.objects.get(source_key="99OQ-7001")
    assert (mother.language, mother.email) == ("tr", "fatma.yildirim@voorbeeld.example.org")
    link = Guardianship.objects.get(guardian=mother, pupil=seyma)
    assert (link.authority, link.since, link.source) == (Authority.FULL, today(), "import")


def test_every_kind_of_authority_comes_over(rose, ada):
    bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))

    kinds = set(
        Guardianship.objects.filter(pupil__source_key__startswith="99OQ").values_list("authority", flat=True)
    )

    assert kinds == {Authority.FULL, Authority.INFORMED, Authority.NONE}


def test_a_shared_address_is_one_mailbox_for_two_people(rose, ada):
    bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))

    user = User.objects.get(email="familie.wozniak@voorbeeld.example.org")

    assert user.reaches.filter(capacity=Capacity.GUARDIAN).count() == 2
    assert not user.has_usable_password()


def test_a_teacher_gets_the_group_and_a_way_in(rose, ada):
    bring_in(sample("de-klimroos.xml"))

    serdar = StaffMember.objects.get(source_key="99OQ-T22")

    role = Role.objects.get(staff_member=serdar)
    assert (role.name, role.group.name, role.until) == (RoleName.TEACHER, "Groep 8", None)
    assert Reach.objects.get(capacity=Capacity.STAFF, person_id=serdar.id).user.email == serdar.email


def test_the_same_file_again_changes_nothing(rose, ada):
    files = sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv")
    bring_in(*files)
    before = counts()

    again = look(*files)
    take_in(again.batch, decisions={}, fingerprint=again.plan.fingerprint)

    assert again.plan.changes_nothing
    assert counts() == before


def test_the_later_sample_moves_adds_and_ends(rose, ada):
    bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    Enrolment.objects.filter(school=rose).update(since=today() - timedelta(days=30))
    Guardianship.objects.filter(source="import").update(since=today() - timedelta(days=30))
    Role.objects.filter(group__school=rose).update(since=today() - timedelta(days=30))

    bring_in(sample("de-klimroos-later.xml"), sample("de-klimroos-ouders-later.csv"))

    assert Enrolment.objects.get(pupil__source_key="99OQ-4120").until == YESTERDAY
    assert Pupil.objects.filter(source_key="99OQ-4120").exists()
    moved = GroupMembership.objects.filter(pupil__source_key="99OQ-4117")
    assert [place.group.name for place in moved] == ["Groep 8"]
    rayan = Pupil.objects.get(source_key="99OQ-4121")
    assert rayan.guardianships.count() == 2
    assert Role.objects.get(staff_member__source_key="99OQ-T22").until == YESTERDAY
    assert Role.objects.get(staff_member__source_key="99OQ-T24").until is None
    aylin = Guardianship.objects.filter(pupil__source_key="99OQ-4105").order_by("id")
    history = [(link.authority, link.until) for link in aylin]
    assert (Authority.INFORMED, YESTERDAY) in history
    assert (Authority.FULL, None) in history
    changed = Guardian.objects.get(email="nieuw.adres.verhoeven@voorbeeld.example.org")
    reach = Reach.objects.get(capacity=Capacity.GUARDIAN, person_id=changed.id)
    assert reach.user.email == "nieuw.adres.verhoeven@voorbeeld.example.org"


def test_pupils_of_other_schools_are_left_alone(cast, rose, ada):
    before = list(Enrolment.objects.exclude(school=rose).order_by("id").values())

    bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))

    assert list(Enrolment.objects.exclude(school=rose).order_by("id").values()) == before


def test_a_constraint_that_fails_in_the_middle_leaves_nothing_behind(cast, rose, ada, monkeypatch):
    """Somebody makes a teacher with the same number between the comparison and the writing: a real duplicate."""
    seen = look(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))
    load = batches.load_known

    def and_meanwhile(*args):
        known = load(*args)
        StaffMember.objects.create(
            foundation=cast.home, source_key="99OQ-T23", call_name="Al", surname="Bekend"
        )
        return known

    before, entries = counts(), Entry.objects.count()
    monkeypatch.setattr(batches, "load_known", and_meanwhile)
    with pytest.raises(ImportRefused) as refused:
        take_in(seen.batch, decisions={}, fingerprint=seen.plan.fingerprint)

    assert (refused.value.code, refused.value.details["where"]) == (
        "not_saved",
        "schools_staffmember.staff_source",
    )
    assert counts() == before
    assert Entry.objects.count() == entries
    seen.batch.refresh_from_db()
    assert seen.batch.state == ImportState.CHECKED


def test_errors_hold_up_everything(cast, ada):
    seen = look(edexml(pupil(1) + pupil(2, born_on="gisteren")))

    with pytest.raises(ImportRefused) as refused:
        take_in(seen.batch, decisions={}, fingerprint=seen.plan.fingerprint)

    assert refused.value.code == "has_errors"
    assert not Pupil.objects.filter(source_key="99AA-1").exists()


def test_a_plan_that_changed_since_is_not_carried_out(rose, ada):
    seen = look(sample("de-klimroos.xml"))
    bring_in(sample("de-klimroos.xml"))

    with pytest.raises(ImportRefused) as refused:
        take_in(seen.batch, decisions={}, fingerprint=seen.plan.fingerprint)

    assert refused.value.code == "changed"


def test_the_ledger_tells_numbers_and_no_names(rose, ada):
    batch = bring_in(sample("de-klimroos.xml"), sample("de-klimroos-ouders.csv"))

    entry = Entry.objects.get(verb=Verb.SCHOOL_IMPORTED)
    payload = EntryPayload.objects.get(entry=entry).payload
    assert (entry.actor_kind, entry.subject_id) == (ActorKind.STAFF, rose.id)
    assert payload["pupils_new"] == 40
    assert payload["batch"] == batch.code
    assert not any(name in json.dumps(payload) for name in ("Yıldırım", "4101", "@"))


def test_an_answered_close_match_is_remembered(cast, ada):
    noor = cast.noor
    file = edexml(pupil("77", "NOOR", "Yildiz", noor.born_on) + pupil("78", "Nieuw"), brin="99AB")
    seen = look(file)
    assert [match.candidates[0].id for match in seen.plan.close] == [noor.id]

    field = seen.plan.close[0].field_name
    Enrolment.objects.filter(school=cast.harbour).delete()
    seen = look(file)
    take_in(seen.batch, decisions={field: str(noor.id)}, fingerprint=seen.plan.fingerprint)

    assert KnownAs.objects.get(source_key="99AB-77").pupil_id == noor.id
    assert Enrolment.objects.filter(pupil=noor, school=cast.harbour, until=None).exists()
    assert look(file).plan.close == []


def test_a_close_match_without_an_answer_saves_nothing(cast, ada):
    Enrolment.objects.filter(school=cast.harbour).delete()
    seen = look(edexml(pupil("77", "Noor", "Yıldız", cast.noor.born_on), brin="99AB"))

    with pytest.raises(ImportRefused) as refused:
        take_in(seen.batch, decisions={}, fingerprint=seen.plan.fingerprint)

    assert refused.value.code == "must_choose"


def test_kept_apart_is_a_new_child_without_the_others_parents(cast, ada):
    Enrolment.objects.filter(school=cast.harbour).delete()

    bring_in(
        edexml(pupil("77", "Noor", "Yıldız", cast.noor.born_on), brin="99AB"), **{"pupil:99AB-77": "apart"}
    )

    twin = Pupil.objects.get(source_key="99AB-77")
    assert twin.id != cast.noor.id
    assert twin.guardianships.count() == 0


def test_only_the_import_of_the_file_counts_for_a_mailbox_of_another_foundation(cast, rose, ada):
    """A parent who has children elsewhere keeps one mailbox, with what its owner chose."""
    vera = User.objects.get(email=cast.vera.email)
    User.objects.filter(id=vera.id).update(language="pl")
    csv = parents(f"1;9;Vera;;Overkant;{cast.vera.email};ja")

    bring_in(edexml(pupil(1), brin="99OQ"), csv)

    assert User.objects.get(email=cast.vera.email).id == vera.id
    assert User.objects.get(id=vera.id).language == "pl"
    assert vera.reaches.count() == 2


def test_an_address_that_is_emptied_takes_the_way_in_away(rose, ada):
    xml = edexml(pupil(1), brin="99OQ")
    bring_in(xml, parents("1;9;Jo;;Bos;jo@ouders.example.org;ja"))
    jo = Guardian.objects.get(source_key="99OQ-9")

    bring_in(xml, parents("1;9;Jo;;Bos;;ja"))

    jo.refresh_from_db()
    assert jo.email == ""
    assert not Reach.objects.filter(capacity=Capacity.GUARDIAN, person_id=jo.id).exists()


def test_next_years_file_starts_on_the_first_of_august(rose, ada):
    batch = bring_in(edexml(pupil(1), teacher("t1"), brin="99OQ", school_year=year(1)))

    starts = Enrolment.objects.get(school=rose).since
    assert batch.state == ImportState.APPLIED
    assert (starts.month, starts.day) == (8, 1)
    assert starts > today()
    assert Role.objects.get(group__school=rose).since == starts


def test_two_looks_at_one_file_are_two_imports_and_one_result(rose, ada):
    upload = read_files(sample("de-klimroos.xml"))
    first, second = look_at(upload, rose), look_at(upload, rose)
    take_in(first.batch, decisions={}, fingerprint=first.plan.fingerprint)

    with pytest.raises(ImportRefused):
        take_in(second.batch, decisions={}, fingerprint=second.plan.fingerprint)

    assert ImportBatch.objects.filter(state=ImportState.APPLIED).count() == 1
    assert Enrolment.objects.filter(school=rose).count() == 40


def test_who_comes_next_year_is_known_at_once_and_the_parent_decides_from_today(rose, ada):
    """R1: asked before the first school day; the enrolment itself begins with the school year."""
    xml = edexml(pupil("1"), brin="99OQ", school_year=year(1))
    bring_in(xml, parents("1;9;Jo;;Bos;jo@ouders.example.org;ja"))

    enrolment = Enrolment.objects.get(school=rose)
    link = Guardianship.objects.get(pupil=enrolment.pupil)
    assert (enrolment.since.month, enrolment.since.day) == (8, 1)
    assert enrolment.since > today()
    assert link.since == today()
