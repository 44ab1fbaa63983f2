"""Who is in the demo: the people that were promised, and every kind of family that the rules know."""

from collections import Counter

import pytest
from django.db.models import Count, Q

from accounts.choices import Capacity
from accounts.models import Reach, User
from consent.choices import Reason
from consent.domain.facts import known_pupils, policy_of
from consent.models import Answer, LatestAnswer
from consent.querysets import purposes_in_use
from consent.rules import may_check, state
from opmaat_portal.demo.contract import IN_TWO_FOUNDATIONS
from opmaat_portal.demo.names import HERITAGES, LANGUAGES, split_surname
from opmaat_portal.demo.people import PEOPLE, mailbox_of
from opmaat_portal.demo.population import plain
from schools.choices import Authority, RoleName, Sector
from schools.models import Enrolment, Foundation, Group, Guardian, Guardianship, Pupil, Role, StaffMember
from schools.querysets import at_work, children_of, in_force, own_groups


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_everybody_of_the_contract_can_come_in_as_promised(demo, person):
    user = mailbox_of(person)
    reach = Reach.objects.get(user=user)

    assert reach.capacity == person.capacity
    assert Foundation.objects.get(id=reach.foundation_id).slug == person.foundation
    assert not user.has_usable_password()
    with demo.acting(person.foundation) as act:
        found = demo.person(person.name)
        if person.role:
            assert person.role in {role.name for role in at_work(found.id, act.today)[1]}


@pytest.mark.parametrize("person", [p for p in PEOPLE if p.role], ids=lambda person: person.name)
def test_one_tap_opens_the_staff_room(demo, client, person):
    client.post(f"/demo/als/{person.name}/")

    page = client.get("/team/")

    with demo.acting(person.foundation) as act:
        roles = at_work(demo.person(person.name).id, act.today)[1]
        group = Group.objects.order_by("id").first()
    assert page.status_code == 200
    assert (group.name in page.content.decode()) == may_check(roles)


def test_the_parent_of_three_has_two_schools_and_answered_nothing(demo, client):
    client.post("/demo/als/ouder-drie/")
    page = client.get("/ouder/").content.decode()

    with demo.acting() as act:
        parent = demo.person("ouder-drie")
        children = list(children_of(parent, act.today))
        schools = set(Enrolment.objects.filter(pupil__in=children).values_list("school_id", flat=True))
        assert len(children) == 3
        assert len(schools) == 2
        assert not Answer.objects.filter(pupil__in=children).exists()
    assert all(child.call_name in page for child in children)


def states_of(pupil: Pupil, foundation: Foundation, on) -> list:
    known = known_pupils([pupil.id])[0]
    return [state(known.facts, policy_of(purpose, foundation), on) for purpose in purposes_in_use()]


def test_the_two_who_disagree_have_one_child_and_no_picture_is_used(demo):
    with demo.acting() as act:
        one, other = demo.person("ouder-a"), demo.person("ouder-b")
        child = Pupil.objects.get(guardianships__guardian=one)
        assert Pupil.objects.get(guardianships__guardian=other) == child

        found = states_of(child, Foundation.objects.get(slug="opmaat"), act.today)

    assert {verdict.reason for verdict in found} == {Reason.CONFLICT}


def test_the_pupil_of_16_decides_alone_and_a_classmate_lives_on_the_parents_answer(demo):
    with demo.acting() as act:
        opmaat = Foundation.objects.get(slug="opmaat")
        pupil = demo.person("leerling-16")
        just_16 = Pupil.objects.get(call_name="Filip", surname="Wójcik")

        assert {verdict.reason for verdict in states_of(pupil, opmaat, act.today)} == {Reason.PUPIL_DECIDES}
        assert {verdict.reason for verdict in states_of(just_16, opmaat, act.today)} == {Reason.AGREED}
        assert pupil.enrolments.get().school.sector == Sector.SO


def test_the_teacher_meets_many_reasons_and_a_child_of_the_parent_of_three(demo):
    with demo.acting() as act:
        opmaat = Foundation.objects.get(slug="opmaat")
        teacher = demo.person("leerkracht")
        (group,) = own_groups(at_work(teacher.id, act.today)[1])
        pupils = known_pupils(
            list(Pupil.objects.filter(memberships__group=group).values_list("id", flat=True))
        )
        social = list(purposes_in_use())[-1]
        reasons = {state(pupil.facts, policy_of(social, opmaat), act.today).reason for pupil in pupils}

        assert {pupil.id for pupil in pupils} & {
            child.id for child in children_of(demo.person("ouder-drie"), act.today)
        }
    assert {Reason.CONFLICT, Reason.NO_ANSWER, Reason.NOT_ENROLLED, Reason.NO_DECIDER} <= reasons


def test_every_kind_of_family_is_there(demo):
    with demo.acting() as act:
        ties = Guardianship.objects.filter(foundation_id=act.foundation)
        now = ties.filter(in_force(act.today), authority=Authority.FULL)
        deciders = Counter(Counter(now.values_list("pupil_id", flat=True)).values())

        assert set(ties.values_list("authority", flat=True)) == set(Authority)
        assert ties.filter(until__lt=act.today).exists(), "authority that has ended"
        assert ties.filter(since__gt=act.today).exists(), "authority that starts later"
        assert {1, 2, 3} <= set(deciders)
        assert Pupil.objects.annotate(n=Count("guardianships")).filter(n=0).exists(), "nobody"
        assert Guardian.objects.filter(has_secret_address=True).exists()
        assert Guardian.objects.filter(email="").exists()
        assert ties.filter(may_be_contacted=False).exists()
        children = Counter(Counter(ties.values_list("guardian_id", flat=True)).values())
        assert {1, 2, 3} <= set(children)


def test_the_seven_languages_are_spoken(demo):
    with demo.acting():
        assert set(Guardian.objects.values_list("language", flat=True)) == set(LANGUAGES)
    assert set(LANGUAGES) == {"nl", "en", "ar", "tr", "pl", "uk", "ti"}


def test_two_parents_share_one_mailbox(demo):
    shared = (
        Reach.objects.filter(foundation_id=demo.id_of("opmaat"), capacity=Capacity.GUARDIAN)
        .values("user")
        .annotate(people=Count("id"))
        .filter(people=2)
    )

    assert shared.exists()


def test_one_mailbox_reaches_a_parent_in_each_of_two_foundations_and_nobody_else_does(demo):
    reached = User.objects.annotate(n=Count("reaches__foundation_id", distinct=True)).filter(n__gt=1)

    assert [user.email for user in reached] == [IN_TWO_FOUNDATIONS]
    assert set(Reach.objects.filter(user=reached.get()).values_list("foundation_id", flat=True)) == {
        demo.id_of("opmaat"),
        demo.id_of("sevenwolden"),
    }


def test_opmaat_has_somebody_in_every_role(demo):
    with demo.acting() as act:
        found = set(Role.objects.filter(in_force(act.today)).values_list("name", flat=True))

    assert found == set(RoleName) - {RoleName.DEPARTMENT_LEADER}  # a role of secondary schools


def test_every_role_of_the_vocabulary_is_somewhere(demo):
    found = set()
    for slug in ("opmaat", "sevenwolden"):
        with demo.acting(slug):
            found |= set(Role.objects.values_list("name", flat=True))

    assert found == set(RoleName)


def test_every_group_has_a_teacher_or_mentor(demo):
    for slug in Foundation.objects.values_list("slug", flat=True):
        with demo.acting(slug) as act:
            taught = Role.objects.filter(in_force(act.today), group__isnull=False).values_list(
                "group_id", flat=True
            )
            assert set(taught) == set(Group.objects.values_list("id", flat=True))


def test_a_former_staff_member_has_no_role_left(demo):
    with demo.acting() as act:
        left = StaffMember.objects.get(has_left=True)

        assert at_work(left.id, act.today)[1] == []
        assert Role.objects.filter(staff_member=left).exists()


def test_somebody_works_here_and_is_a_parent(demo):
    both = User.objects.filter(
        Q(reaches__capacity=Capacity.STAFF),
        id__in=Reach.objects.filter(capacity=Capacity.GUARDIAN).values("user"),
    )

    assert both.count() == 1


def test_pupils_around_16_and_18_with_a_birthday_before_today_and_after(demo):
    with demo.acting("sevenwolden") as act:
        today = act.today
        born = [pupil.born_on for pupil in Pupil.objects.order_by("id")]

    for age in (16, 18):
        days = {
            (day.replace(year=day.year + age) - today).days for day in born if (day.month, day.day) != (2, 29)
        }
        assert 0 in days
        assert any(-14 <= number < 0 for number in days)
        assert any(0 < number <= 14 for number in days)


def test_some_had_answered_last_year_and_that_yes_has_run_out(demo):
    with demo.acting() as act:
        expired = LatestAnswer.objects.filter(valid_until__lt=act.today, value="yes")

        assert expired.exists()


@pytest.mark.parametrize(
    ("written", "woman", "man"),
    [
        ("van der Meer", ("van der", "Meer"), ("van der", "Meer")),
        ("Kowalski/Kowalska", ("", "Kowalska"), ("", "Kowalski")),
        ("el Amrani", ("el", "Amrani"), ("el", "Amrani")),
        ("in 't Veld", ("in 't", "Veld"), ("in 't", "Veld")),
        ("d'Souza", ("", "d'Souza"), ("", "d'Souza")),
        ("Ó Briain", ("", "Ó Briain"), ("", "Ó Briain")),
    ],
)
def test_surnames_are_split_as_a_register_does(written, woman, man):
    assert split_surname(written, is_woman=True) == woman
    assert split_surname(written, is_woman=False) == man


def test_every_name_of_the_lists_can_be_made_an_address():
    for heritage in HERITAGES:
        for name in (*heritage.girls, *heritage.boys, *heritage.women, *heritage.men, *heritage.surnames):
            assert plain(name).isascii()
            assert len(plain(name)) >= 2
    assert plain("Łukasz") == "lukasz"
    assert plain("İbrahim") == "ibrahim"
    assert plain("Yıldız") == "yildiz"
