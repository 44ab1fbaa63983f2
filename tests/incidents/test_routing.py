"""Who receives a report (I2): the table, and above it: nobody who is named, related, or the one it is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import Capacity
from incidents.choices import About, Category, ReporterKind, Wish
from incidents.domain.report import NobodyReads, log_spoken
from incidents.models import Case, Handler, RoutingRow
from incidents.rules import (
    RECEIVING_ROLES,
    Candidate,
    PersonName,
    ReportFacts,
    RouteRow,
    named_in,
    passed_over,
    route,
)
from schools.choices import GROUP_ROLES, RoleName
from schools.models import Role, StaffMember
from tests.cast import reach, today, years_ago
from tests.cast import staff as hire

from .acts import reported, staff, words


def person(pk, call_name, surname, role=RoleName.DIRECTOR, prefix="", **more):
    return Candidate(pk, PersonName(call_name, surname, prefix), role, **more)


RIA = person(1, "Ria", "Jansen")
HENK = person(2, "Henk", "de Wit", RoleName.BOARD)
VERA = person(3, "Vera", "Özdemir", RoleName.ADVISER)
FATIMA = person(4, "Fatima", "Łuczak", RoleName.ANTI_BULLYING)
JOOST = person(5, "Joost", "Berg", RoleName.TEACHER, "van den", group_id=7)
EVERYBODY = [RIA, HENK, VERA, FATIMA, JOOST]
TABLE = [
    RouteRow(RoleName.TEACHER, wish=Wish.TEACHER),
    RouteRow(RoleName.ANTI_BULLYING, category=Category.BULLYING),
    RouteRow(RoleName.DIRECTOR),
]


def report(**changes):
    facts = {
        "category": Category.BULLYING,
        "reporter_kind": ReporterKind.PUPIL,
        "about": About.PUPIL,
        **changes,
    }
    return ReportFacts(**facts)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, [FATIMA]),
        ({"category": Category.PHOTO}, [RIA]),
        ({"wish": Wish.TEACHER, "group_ids": frozenset({7})}, [JOOST]),
        ({"wish": Wish.TEACHER}, [FATIMA]),  # which teacher is not known: the next row
        ({"wish": Wish.ADVISER}, [VERA]),
        ({"about": About.DIRECTOR}, [HENK]),
        ({"about": About.BOARD}, [VERA]),
        ({"about": About.DIRECTOR, "wish": Wish.ADVISER}, [HENK]),
        ({"words": "en juf Fatima doet niets"}, [RIA]),
        ({"words": "Fatima en Ria Jansen"}, [HENK]),
        ({"words": "Fatima, Ria en Henk de Wit"}, [VERA]),
        ({"who": "de directeur", "category": Category.PHOTO}, [HENK]),
        ({"who": "De anti-pestcoördinator zelf"}, [RIA]),
    ],
)
def test_the_first_row_that_leaves_somebody_counts(facts, wanted):
    assert route(TABLE, report(**facts), EVERYBODY) == wanted


def test_a_general_row_does_not_bring_a_report_about_the_director_to_somebody_under_them():
    own_row = RouteRow(RoleName.ANTI_BULLYING, about=About.DIRECTOR)

    assert route(TABLE, report(about=About.DIRECTOR), EVERYBODY) == [HENK]
    assert route([*TABLE, own_row], report(about=About.DIRECTOR), EVERYBODY) == [FATIMA]


def test_a_director_is_left_out_in_every_role_they_have():
    also_adviser = person(1, "Ria", "Jansen", RoleName.ADVISER)

    assert route(TABLE, report(about=About.DIRECTOR), [RIA, also_adviser, VERA]) == [VERA]


def test_a_table_without_rows_and_a_staff_of_one():
    assert route([], report(), EVERYBODY) == [RIA]
    assert route([], report(), [FATIMA]) == [FATIMA]
    assert route([], report(), [person(9, "Ada", "Werkt", RoleName.ADMINISTRATOR)])[0].id == 9
    assert route([], report(), []) == []
    assert route([], report(), [person(9, "Olga", "Werkt", RoleName.OFFICE)]) == []


def test_the_parent_of_a_named_child_is_left_out():
    mother = person(1, "Ria", "Jansen", relatives=(PersonName("Noor", "Yıldız"),))

    for text in ("Noor Yildiz duwt me", "noor yıldız", "NOOR YILDIZ!", "Yıldız, Noor"):
        assert route([], report(words=text), [mother, HENK]) == [HENK]
    assert route([], report(words="een jongen duwt me"), [mother, HENK]) == [mother]


@pytest.mark.parametrize(
    "text",
    [
        "Ria Jansen",
        "ria jansen",
        "RIA-JANSEN",
        "Jansen, Ria",
        "juf Ria",
        "juf. ria!",
        "mevrouw Jansen",
        "door Ria",
        "Jansen deed het",
        "Ríá",
    ],
)
def test_ria_is_named(text):
    assert named_in(text, EVERYBODY) == {1}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("meneer van den Berg", {5}),
        ("meneer Berg", {5}),
        ("ik val van een berg", set()),  # an ordinary word
        ("Joost van den Berg", {5}),
        ("LUCZAK", {4}),
        ("ozdemir", {3}),
        ("een triatlon en jansens", set()),  # inside another word is no name
        ("", set()),
        ("😭😭", set()),
    ],
)
def test_who_is_named(text, who):
    assert named_in(text, EVERYBODY) == who


def test_a_surname_that_many_have_names_nobody_alone_but_does_with_a_title():
    many = [person(n, f"Naam{n}", "Jansen") for n in range(1, 6)]

    assert named_in("Jansen", many) == set()
    assert named_in("meester Jansen", many) == {1, 2, 3, 4, 5}
    assert named_in("Naam3 Jansen", many) == {3}


def test_a_name_that_is_a_word_needs_more_than_the_word():
    wil = person(1, "Wil", "Jaspers")

    assert named_in("ik wil dat het stopt", [wil]) == set()
    assert named_in("juf Wil", [wil]) == {1}
    assert named_in("wil jaspers", [wil]) == {1}


NAMES = st.sampled_from(["Ria", "Henk", "Şule", "Łucja", "Anne Sophie", "O'Neill", "Wil", "Jean-Luc"])
SURNAMES = st.sampled_from(["Jansen", "Öz", "de Wit", "Yıldız", "Smit-Bakker", "Berg"])
PEOPLE = st.lists(
    st.builds(
        person,
        st.integers(1, 6),
        NAMES,
        SURNAMES,
        st.sampled_from(list(RoleName)),
        group_id=st.sampled_from([None, 7, 8]),
        relatives=st.sampled_from([(), (PersonName("Noor", "Kind"),)]),
    ),
    max_size=8,
    unique_by=lambda one: (one.id, one.role),
)
ROWS = st.lists(
    st.builds(
        RouteRow,
        st.sampled_from(list(RoleName)),
        st.sampled_from(["", *Category]),
        st.sampled_from(["", *ReporterKind]),
        st.sampled_from(["", *About]),
        st.sampled_from(["", *Wish]),
    ),
    max_size=6,
)


@st.composite
def reports(draw, people):
    mentioned = draw(st.lists(st.sampled_from(people), max_size=3)) if people else []
    text = " en ".join(f"{one.name.call_name} {one.name.surname}" for one in mentioned)
    if draw(st.booleans()):
        text = text.upper() + " en Noor Kind"
    return mentioned, report(
        category=draw(st.sampled_from(Category)),
        reporter_kind=draw(st.sampled_from(ReporterKind)),
        about=draw(st.sampled_from(About)),
        wish=draw(st.sampled_from(Wish)),
        words=text,
        group_ids=draw(st.sampled_from([frozenset(), frozenset({7})])),
    )


@given(st.data(), PEOPLE, ROWS)
def test_never_who_is_named_related_or_concerned_and_never_nobody_while_somebody_is_left(data, people, rows):
    mentioned, facts = data.draw(reports(people))

    found = route(rows, facts, people)

    ids = {one.id for one in found}
    assert not ids & {one.id for one in mentioned}
    if "Noor Kind" in facts.words:
        assert not any(one.relatives for one in people if one.id in ids)
    concerned = {About.DIRECTOR: RoleName.DIRECTOR, About.BOARD: RoleName.BOARD}.get(facts.about)
    assert not any(one.role == concerned for one in people if one.id in ids)
    assert all(one.role in RECEIVING_ROLES for one in found)
    assert len(found) == len(ids)
    assert all(one.role not in GROUP_ROLES or one.group_id in facts.group_ids for one in found)
    out = passed_over(facts, people)
    left = [one for one in people if one.role in RECEIVING_ROLES - GROUP_ROLES and one.id not in out]
    assert found or not left


@given(PEOPLE, st.lists(st.builds(RouteRow, st.sampled_from(list(RoleName))), min_size=1, max_size=4))
def test_without_names_it_goes_to_everybody_with_the_role_of_the_first_row(people, rows):
    role = rows[0].role
    wanted = {one.id for one in people if one.role == role and role in RECEIVING_ROLES - GROUP_ROLES}

    found = {one.id for one in route(rows, report(), people)}

    assert not wanted or found == wanted


# In the portal itself.


def receivers(cast, case) -> set[str]:
    """Who sees it, asked as each of them: nobody sees the row of another."""
    found = set()
    for name, one in cast.people.items():
        if isinstance(one, StaffMember) and one.foundation_id == case.foundation_id:
            with cast.acting(staff(one)):
                if Case.objects.filter(id=case.id).exists():
                    found.add(name)
    return found


def rows(cast, *table):
    with cast.acting():
        for position, row in enumerate(table, 1):
            RoutingRow.objects.create(foundation=cast.home, position=position, **row)


def test_a_report_goes_to_the_director_of_that_school(cast):
    assert receivers(cast, reported(cast).case) == {"ria"}


def test_a_school_without_director_reports_to_the_board(cast):
    assert receivers(cast, reported(cast, school=cast.harbour).case) == {"henk"}


def test_the_table_of_the_foundation_is_followed(cast):
    rows(cast, {"role": RoleName.ANTI_BULLYING, "category": Category.BULLYING}, {"role": RoleName.DIRECTOR})

    assert receivers(cast, reported(cast).case) == {"fatima"}
    assert receivers(cast, reported(cast, category=Category.PHOTO).case) == {"ria"}
    assert reported(cast).roles == ("anti_bullying",)


def test_the_own_teacher_receives_it_when_the_pupil_asks_that_and_is_known(cast):
    rows(cast, {"role": RoleName.TEACHER, "wish": Wish.TEACHER}, {"role": RoleName.DIRECTOR})
    asked = {"wish": Wish.TEACHER, "is_anonymous": False}

    assert receivers(cast, reported(cast, name="Bo Łuczak", **asked).case) == {"joost"}
    assert receivers(cast, reported(cast, name="Bo Onbekend", **asked).case) == {"ria"}


def test_a_mother_who_directs_does_not_receive_a_report_about_her_own_child(cast):
    with cast.acting():
        mother = StaffMember.objects.create(
            foundation=cast.home,
            source_key="m",
            call_name="Moeder",
            surname="Elders",
            email=cast.karol.email,
        )
        Role.objects.create(
            foundation=cast.home,
            staff_member=mother,
            name=RoleName.ANTI_BULLYING,
            school=cast.beacon,
            since=years_ago(1),
        )
        reach(mother, Capacity.STAFF)
    rows(cast, {"role": RoleName.ANTI_BULLYING}, {"role": RoleName.DIRECTOR})
    cast.people["mother"] = mother

    assert receivers(cast, reported(cast, what="Bo Luczak schopt").case) == {"fatima"}
    assert receivers(cast, reported(cast, what="iemand schopt").case) == {"fatima", "mother"}


def test_yesterdays_colleague_receives_nothing(cast):
    rows(cast, {"role": RoleName.ADVISER}, {"role": RoleName.DIRECTOR})
    with cast.acting():
        gone = hire(cast.home, "Weg", RoleName.ADVISER, until=today().replace(year=today().year - 1))
    cast.people["gone"] = gone

    assert receivers(cast, reported(cast).case) == {"ria"}


def test_when_everybody_is_named_the_report_is_refused_with_another_way(cast):
    names = "Ria, Henk, Fatima, Lotte, Ada, Zoe, Joost, Els"

    with pytest.raises(NobodyReads) as refused:
        reported(cast, what=f"Het zijn {names}, iedereen doet mee")

    assert "0900" in str(refused.value.message)
    with cast.acting(staff(cast.ria)):
        assert Case.objects.count() == 0


def test_who_writes_down_a_spoken_report_handles_it(cast):
    with cast.acting(staff(cast.ria)):
        case = log_spoken(school=cast.beacon, words=words(), by=cast.ria)
        assert Case.objects.get().id == case.id, "the director goes on as a director in the same request"
        assert Handler.objects.get().role == RoleName.DIRECTOR

    assert receivers(cast, case) == {"ria"}


def test_a_spoken_report_about_who_writes_it_down_goes_to_somebody_else(cast):
    with cast.acting(staff(cast.ria)):
        case = log_spoken(school=cast.beacon, words=words(about=About.DIRECTOR), by=cast.ria)
        assert not Case.objects.exists()

    assert receivers(cast, case) == {"henk"}
