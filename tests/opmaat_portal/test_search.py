"""Finding somebody by name: within what one may see, written down, and nothing for who has no business here."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.choices import Reading
from ledger.models import ReadingRecord
from schools.choices import RoleName
from schools.models import Guardian, Role, StaffMember
from tests.cast import guardian, pupil, staff, years_ago

PAGE = "/team/zoek/"


def found(client, query: str) -> dict[str, list[str]]:
    page = client.get(PAGE, {"q": query})
    assert page.status_code == 200
    return {kind: [row["name"] for row in page.context[kind]] for kind in ("pupils", "guardians", "staff")}


def readings(cast) -> dict[str, list[int]]:
    with cast.acting():
        return {row.what: row.subject_ids for row in ReadingRecord.objects.all()}


def test_a_teacher_finds_pupils_of_the_own_school_and_colleagues_and_no_parents(cast, as_):
    client = as_(cast.joost)

    assert found(client, "yil") == {"pupils": ["Noor Y.", "Sam Y."], "guardians": [], "staff": []}
    assert found(client, "mila")["pupils"] == [], "of another school"
    assert found(client, "olg")["staff"] == ["Olga Werkt"]
    assert found(client, "els")["staff"] == []
    assert found(client, "henk")["staff"] == ["Henk Werkt"], "the board is of everybody"


def test_the_office_finds_parents_of_its_school_and_the_administrator_those_of_all(cast, as_):
    assert found(as_(cast.olga), "amin")["guardians"] == ["Amina Yıldız"]
    assert found(as_(cast.olga), "selin")["guardians"] == []
    assert found(as_(cast.ada), "selin") == {"pupils": [], "guardians": ["Selin Öz"], "staff": []}
    assert found(as_(cast.ada), "mila")["pupils"] == ["Mila Ö."]


def test_a_role_elsewhere_that_speaks_with_parents_opens_parents_there_only(cast, as_):
    with cast.acting():
        Role.objects.create(
            foundation=cast.home,
            staff_member=cast.joost,
            name=RoleName.OFFICE,
            school=cast.harbour,
            since=years_ago(1),
        )

    assert found(as_(cast.joost), "selin")["guardians"] == ["Selin Öz"]
    assert found(as_(cast.joost), "amina")["guardians"] == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("łucz", ["Bo Ł."]),
        ("lucz", ["Bo Ł."]),
        ("YIL", ["Noor Y.", "Sam Y."]),
        ("noor yil", ["Noor Y."]),
        ("yil noor", ["Noor Y."]),
        ("  noor  ", ["Noor Y."]),
        ("oor", []),
        ("noor luc", []),
    ],
)
def test_accents_order_and_capitals_do_not_matter(cast, as_, query, names):
    assert found(as_(cast.joost), query)["pupils"] == names


def test_a_name_with_a_prefix_is_found_by_any_of_its_words(cast, as_):
    with cast.acting():
        child = pupil(cast.group_8a, "Anna Maria", "Meer", years_ago(9))
        child.prefix = "van der"
        child.save()

    for query in ("van der meer", "meer", "anna maria", "anna van der meer", "der meer"):
        assert found(as_(cast.joost), query)["pupils"] == ["Anna Maria M."], query


@pytest.mark.parametrize("name", ["henk", "lotte"])
def test_a_role_without_a_check_finds_colleagues_only(cast, as_, name):
    client = as_(cast.people[name])

    assert found(client, "noor") == {"pupils": [], "guardians": [], "staff": []}
    assert found(client, "joost")["staff"] == ["Joost Werkt"]
    assert readings(cast) == {}


def test_nobody_of_another_foundation_is_ever_found(cast, as_):
    for query in ("vreemd", "vera", "bas", "overkant"):
        assert found(as_(cast.ada), query) == {"pupils": [], "guardians": [], "staff": []}
    assert found(as_(cast.bas), "noor") == {"pupils": [], "guardians": [], "staff": []}


def test_former_staff_find_nothing_and_are_not_found(cast, as_):
    assert as_(cast.piet).get(PAGE, {"q": "noor"}).status_code == 403
    assert found(as_(cast.ada), "piet")["staff"] == []
    with cast.acting():
        StaffMember.objects.filter(id=cast.els.id).update(has_left=True)
    assert found(as_(cast.ada), "els")["staff"] == []


def test_a_parent_and_somebody_of_the_council_have_no_search(cast, as_):
    with cast.acting():
        member = staff(cast.home, "Marja", RoleName.COUNCIL, school=cast.beacon)

    assert as_(cast.amina).get(PAGE, {"q": "noor"}).status_code == 404
    assert as_(member).get(PAGE, {"q": "noor"}).status_code == 404


def test_whom_it_shows_is_written_down_pupils_and_parents_apart(cast, as_):
    as_(cast.olga).get(PAGE, {"q": "amina"})

    assert readings(cast) == {
        Reading.PEOPLE_SEARCH: [cast.amina.id],
        Reading.PUPIL_SEARCH: sorted([cast.noor.id, cast.sam.id]),
    }


def test_no_address_is_ever_on_the_page_a_secret_one_least_of_all(cast, as_):
    with cast.acting():
        Guardian.objects.filter(id=cast.amina.id).update(has_secret_address=True)

    text = as_(cast.ada).get(PAGE, {"q": "amina"}).content.decode()

    assert "Amina Yıldız" in text
    assert "@thuis" not in text


def test_one_letter_is_too_few_and_nothing_is_read(cast, as_):
    for query in ("n", " n ", "", "\0n"):
        page = as_(cast.joost).get(PAGE, {"q": query})
        assert page.status_code == 200
        assert page.context["pupils"] == []
    assert readings(cast) == {}


@pytest.mark.parametrize(
    "query",
    ["%%", "__", "'; DROP TABLE schools_pupil; --", "\x00\x00\x00", "🎈🎈", "x" * 5000, "<script>", "a\\"],
)
def test_hostile_words_find_nobody(cast, as_, query):
    page = as_(cast.joost).get(PAGE, {"q": query})

    assert page.status_code == 200
    assert page.context["pupils"] == []
    assert "<script>" not in page.content.decode()


def test_too_many_are_cut_off_and_the_page_says_so(cast, as_):
    with cast.acting():
        for _number in range(31):
            pupil(cast.group_8a, "Zelfde", "Naam", years_ago(9))

    page = as_(cast.joost).get(PAGE, {"q": "zelf"})

    assert len(page.context["pupils"]) == 30
    assert page.context["is_too_many"]
    assert len(readings(cast)[Reading.PUPIL_SEARCH]) == 30


def test_a_pupil_leads_to_the_check_with_that_pupil_chosen(cast, as_):
    client = as_(cast.joost)
    (row,) = client.get(PAGE, {"q": "noor"}).context["pupils"]

    page = client.get(row["url"])

    assert [one["name"] for one in page.context["pupils"] if one["chosen"]] == ["Noor Y."]


@pytest.mark.parametrize("more", [0, 8])
def test_it_costs_the_same_however_many_are_found(cast, as_, more):
    with cast.acting():
        for number in range(1 + more):
            child = pupil(cast.group_8a, f"Amin{number}", "Kind", years_ago(9))
            guardian(cast.home, f"Amin{number}", "Ouder", [child])
            staff(cast.home, f"Amin{number}", RoleName.TEACHER, group=cast.group_8a)
    client = as_(cast.olga)

    with CaptureQueriesContext(connection) as seen:
        assert client.get(PAGE, {"q": "amin"}).status_code == 200
    frame = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    count = sum(not query["sql"].startswith(frame) for query in seen.captured_queries)
    assert count == 12
