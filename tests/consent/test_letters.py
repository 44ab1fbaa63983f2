"""Letters on paper for who is reached by no mail: per round and school, sorted by group, in the family's language."""

import uuid
from datetime import timedelta

import pypdfium2
import pytest
from django.utils import timezone

from consent.domain.letters import letters_for, parents_to_write, print_letters
from consent.domain.papers import NobodyToPrint
from consent.domain.piles import html_of, make_due
from consent.models import PaperForm, PaperPile
from ledger.choices import Verb
from ledger.models import Entry
from schools.models import Guardianship, SchoolYear
from tests.cast import group, guardian, pupil, today, years_ago
from tests.consent.test_progress import also_parent, answer, run_round
from tests.consent.test_work_lists import came_back


@pytest.fixture(autouse=True)
def _a_long_year(cast):
    with cast.acting():
        days = {"starts_on": today() - timedelta(days=60), "ends_on": today() + timedelta(days=120)}
        SchoolYear.objects.filter(id=cast.year.id).update(**days)
        cast.year.refresh_from_db()


@pytest.fixture
def without_post(cast):
    """In 8A somebody without an address, in 7A (the same school) an Arabic reader; and who may not be contacted."""
    with cast.acting():
        early = pupil(group(cast.beacon, cast.year, "7A"), "Zara", "Haddad", years_ago(9))
        guardian(cast.home, "Geen", "Post", [cast.bo], email="")
        guardian(cast.home, "Rania", "Haddad", [early], email="", language="ar")
        shy = guardian(cast.home, "Stil", "Smit", [cast.bo], email="")
        Guardianship.objects.filter(guardian=shy).update(may_be_contacted=False)
    return early


def letters(cast, round_) -> list[tuple[str, str]]:
    with cast.acting():
        return [(one.pupil.call_name, one.guardian.call_name) for one in letters_for(round_, cast.beacon)]


def test_by_group_and_name_for_who_is_reached_by_no_mail(cast, without_post):
    round_ = run_round(cast)
    came_back(cast, cast.erik)

    assert letters(cast, round_) == [("Zara", "Rania"), ("Bo", "Geen"), ("Noor", "Erik")]
    with cast.acting():
        assert letters_for(round_, cast.harbour) == []


def test_who_answered_gets_none(cast, without_post):
    round_ = run_round(cast)
    came_back(cast, cast.erik)
    answer(cast, cast.erik, cast.noor)

    assert ("Noor", "Erik") not in letters(cast, round_)


def test_printed_once_and_the_next_press_prints_only_who_came_since(cast, without_post):
    round_ = run_round(cast)
    with cast.acting():
        pile = print_letters(round_=round_, school=cast.beacon, by=cast.olga)
        assert parents_to_write(round_, cast.beacon) == []
        with pytest.raises(NobodyToPrint):
            print_letters(round_=round_, school=cast.beacon, by=cast.olga)
        assert pile.forms.count() == 2
        assert Entry.objects.filter(verb=Verb.FORM_PRINTED).count() == 2
    came_back(cast, cast.erik)

    assert letters(cast, round_) == [("Noor", "Erik")]


def test_each_child_gets_its_letter_also_when_a_pile_ends_in_the_middle_of_a_family(
    cast, without_post, monkeypatch
):
    with cast.acting():
        later = pupil(cast.group_8a, "Adam", "Haddad", years_ago(11))
        rania = Guardianship.objects.get(pupil=without_post).guardian
    also_parent(cast, rania, later)
    round_ = run_round(cast)
    monkeypatch.setattr("consent.domain.letters.MOST_LETTERS", 1)

    found = []
    for _press in range(3):
        found += letters(cast, round_)
        with cast.acting():
            left = len(parents_to_write(round_, cast.beacon))
            print_letters(round_=round_, school=cast.beacon, by=cast.olga)
        found.append(left)

    assert found == [("Zara", "Rania"), 2, ("Adam", "Rania"), 2, ("Bo", "Geen"), 1]
    assert letters(cast, round_) == []


def test_each_letter_has_the_group_on_top_and_the_language_of_the_family(cast, without_post):
    round_ = run_round(cast)
    with cast.acting():
        page = html_of(print_letters(round_=round_, school=cast.beacon, by=cast.olga))

    assert page.count('class="form letter"') == 2
    assert page.index('class="form letter" lang="ar" dir="rtl"') < page.index('class="form letter" lang="nl"')
    assert page.index("7A") < page.index("8A")
    first, form = page.split('<section class="form')[1:3]
    assert "letter" in first
    assert "Zara" in first
    assert 'class="boxes"' in form
    assert "Haddad" not in first.replace("Rania Haddad", "")


def test_the_worker_makes_one_pdf_of_all_letters(cast, without_post):
    round_ = run_round(cast)
    with cast.acting():
        print_letters(round_=round_, school=cast.beacon, by=cast.olga)

    assert make_due(cast.home.id) is False
    with cast.acting():
        made = PaperPile.objects.get(round=round_)
        assert made.made_at
        pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(bytes(made.pdf))]
    assert len(pages) == 4, "a letter and a form for each"
    assert "8A" in pages[2]


def test_the_button_prints_once_and_the_list_says_so(cast, as_, without_post):
    round_ = run_round(cast)
    client, url = as_(cast.olga), f"/team/ronde/{round_.code}/werk/onbereikbaar/"
    (offer,) = client.get(url).context["letters"]
    sent = {
        "key": str(uuid.uuid4()),
        "school": offer["school"].slug,
        "csrfmiddlewaretoken": client.cookies["csrftoken"].value,
    }

    places = {
        client.post(f"/team/ronde/{round_.code}/brieven/", sent).headers["Location"] for _time in range(2)
    }

    assert offer["count"] == 2
    (place,) = places
    assert client.get(place).status_code == 200
    page = client.get(url)
    assert page.context["letters"][0]["count"] == 0
    assert place in page.content.decode()
    assert [bool(row["letter"]) for row in page.context["rows"]] == [True, True, False]
    with cast.acting():
        assert PaperForm.objects.filter(pile__round=round_).count() == 2
    assert (
        client.post(f"/team/ronde/{round_.code}/brieven/", sent | {"school": "de-haven"}).status_code == 404
    )


def test_an_old_pile_of_another_round_is_no_letter_of_this_one(cast, without_post):
    first = run_round(cast)
    with cast.acting():
        print_letters(round_=first, school=cast.beacon, by=cast.olga)
        type(first).objects.filter(id=first.id).update(stopped_at=timezone.now(), name="Oud")

    assert len(letters(cast, run_round(cast))) == 2
