"""What everybody reads: text first, PDF second; nobody signs in, nothing is kept in the browser (P6, UX-U1)."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from policies.choices import Audience, DocumentKind, Outcome
from policies.domain import documents
from policies.domain.documents import ask_documents, make_due
from policies.models import Chapter, Document, Summary, Version
from tests.cast import today
from tests.policies.published import adviser, ladder, put_in_force, text_of

SCHOOL = "/thuis/de-baken/"


@pytest.fixture
def version(cast) -> Version:
    with cast.acting():
        return put_in_force(cast)


@pytest.fixture
def visitor(client) -> Client:
    return client


def read(visitor: Client, address: str, status: int = 200) -> str:
    response = visitor.get(address)
    assert response.status_code == status, address
    assert not response.cookies, "nobody is followed"
    return html.unescape(response.content.decode())


def test_a_foundation_shows_its_schools_and_no_others(cast, visitor):
    page = read(visitor, "/thuis/")

    assert 'href="/thuis/de-baken/"' in page
    assert 'href="/thuis/de-haven/"' in page
    assert "Overkant" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/fg/de-baken/", "/bestuur/de-baken/", "/ouder/de-baken/", "/onbekend/", "/accounts/de-baken/",
        "/start/x/", "/melding/de-baken/",
        "/thuis/overkant/", "/de-brug/de-baken/", "/thuis/onbekend/", "/thuis/de-baken/samenvatting/buren.pdf",
        "/thuis/de-baken/protocol/9.9/", "/thuis/de-baken/protocol/9.9.pdf", "/beheer/de-baken/protocol/",
        "/thuis/de-baken/protocol/%00/", "/thuis/de-haven/samenvatting/leerlingen",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(cast, version, visitor, address):
    read(visitor, address, 404)


@pytest.mark.parametrize("word", ["bestuur", "fg", "ouder", "team"])
def test_a_room_is_no_foundation_for_who_is_signed_in_either(cast, version, client, word):
    cast.sign_in(client, cast.ada)
    assert client.get(f"/{word}/de-baken/").status_code == 404


def test_without_a_protocol_the_page_says_so_and_the_text_does_not_exist(cast, visitor):
    assert 'class="empty"' in read(visitor, SCHOOL)
    read(visitor, f"{SCHOOL}protocol/", 404)
    read(visitor, f"{SCHOOL}protocol.pdf", 404)
    read(visitor, f"{SCHOOL}samenvatting/ouders.pdf", 404)


def test_the_page_of_a_school_has_the_three_summaries_in_the_page_itself(cast, version, visitor):
    with cast.acting():
        adviser(cast, "Şahin", "Łuczak")
        ladder(cast, "Een gesprek", "Telefoon inleveren")

    page = read(visitor, SCHOOL)

    for words in (
        "Vraag eerst of het mag op De Baken.",
        "Gebruik een account van De Baken.",
        "U kiest elk jaar",
    ):
        assert words in page
    for audience in Audience.values:
        assert page.index(f'id="{audience}"') < page.index(f"samenvatting/{audience}.pdf"), (
            "the PDF comes second"
        )
    for words in (
        "Şahin Łuczak",
        "Fatima Werkt",
        "Een gesprek",
        "Telefoon inleveren",
        "GMR",
        "29 maart 2026",
        "1.0",
    ):
        assert words in page
    assert f'href="{SCHOOL}protocol/"' in page
    assert "{school}" not in page


def test_people_of_another_school_or_who_left_are_not_named(cast, version, visitor):
    with cast.acting():
        adviser(cast, "Elders", "Werkend", school=cast.harbour)
        cast.fatima.has_left = True
        cast.fatima.save()

    page = read(visitor, SCHOOL)

    assert "Elders" not in page
    assert "Fatima" not in page


def test_the_full_text_has_anchors_numbers_version_date_and_council(cast, version, visitor):
    page = read(visitor, f"{SCHOOL}protocol/")

    assert "Afspraken van Stichting Thuis" in page
    assert "We vragen eerst toestemming bij Stichting Thuis." in page
    anchors = re.findall(r'<li><a href="#(h-[0-9a-f]{8})"', page)
    assert len(anchors) == 2
    assert all(f'id="{anchor}"' in page for anchor in anchors)
    assert len(re.findall(r'<div class="article" id="a-[0-9a-f]{8}"', page)) == 4
    assert "29 maart 2026" in page
    assert "http://testserver/thuis/de-baken/protocol/" in page


def test_an_anchor_stays_the_same_in_the_next_version(cast, version, visitor):
    before = re.findall(r'id="([ah]-[0-9a-f]{8})"', read(visitor, f"{SCHOOL}protocol/"))
    moved = text_of(chapters=2)
    moved["chapters"].reverse()
    with cast.acting():
        put_in_force(cast, number="2.0", on=today(), text=moved)

    after = re.findall(r'id="([ah]-[0-9a-f]{8})"', read(visitor, f"{SCHOOL}protocol/"))

    assert sorted(before) == sorted(after)
    assert before != after


def test_an_older_version_says_so_and_leads_to_the_one_that_counts(cast, version, visitor):
    with cast.acting():
        put_in_force(cast, number="2.0", on=today(), text=text_of("Nieuwe afspraken"))
        put_in_force(cast, number="3.0", on=today() + timedelta(days=40), text=text_of("Latere afspraken"))

    now = read(visitor, f"{SCHOOL}protocol/")
    old = read(visitor, f"{SCHOOL}protocol/1.0/")
    later = read(visitor, f"{SCHOOL}protocol/3.0/")
    page = read(visitor, SCHOOL)

    assert "Nieuwe afspraken" in now
    assert "panel-warn" not in now
    for other in (old, later):
        assert "panel-warn" in other
        assert f'href="{SCHOOL}protocol/"' in other
    assert f'href="{SCHOOL}protocol/1.0/"' in page
    assert f'href="{SCHOOL}protocol/3.0/"' in page


def test_a_concept_is_nowhere(cast, version, visitor):
    with cast.acting():
        concept = Version.objects.create(
            foundation=cast.home, protocol=version.protocol, number="0.9", made_at=version.made_at
        )
        Chapter.objects.create(
            foundation=cast.home, version=concept, key=uuid.uuid4(), position=1, title="Geheim"
        )

    read(visitor, f"{SCHOOL}protocol/0.9/", 404)
    assert "0.9" not in read(visitor, SCHOOL)


def test_an_unknown_decision_is_said_and_not_made_up(cast, visitor):
    with cast.acting():
        put_in_force(cast, outcome=Outcome.UNKNOWN)

    page = read(visitor, SCHOOL)

    assert "GMR" in page
    assert "None" not in page


ATTACK = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>{{ 7|add:7 }}{% now "Y" %}'


def test_markup_in_every_field_stays_words(cast, visitor):
    text = text_of(ATTACK)
    for chapter in text["chapters"]:
        chapter["title"] = ATTACK
        for block in chapter["blocks"]:
            block["text"] = ATTACK
            block["number"] = block["number"] and "<b>1"
    with cast.acting():
        put_in_force(cast, text=text)
        Summary.objects.update(text=f"# {ATTACK}\n- {ATTACK}\n{ATTACK}")
        ladder(cast, "<script>x</script>")
        adviser(cast, "<script>", "</script>")

    for address in (SCHOOL, f"{SCHOOL}protocol/"):
        raw = visitor.get(address).content.decode()
        assert "<script>" not in raw.replace('<script src="', "")
        assert "onerror=alert(2)>" not in raw
        assert "{{ 7|add:7 }}" in html.unescape(raw)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("protocol.pdf", f"{SCHOOL}protocol/"),
        ("protocol/1.0.pdf", f"{SCHOOL}protocol/1.0/"),
        ("samenvatting/ouders.pdf", f"{SCHOOL}#ouders"),
    ],
)
def test_a_pdf_that_is_not_there_yet_says_so_and_gives_the_text(cast, version, visitor, address, text):
    for asked in (False, True):
        if asked:
            with cast.acting():
                ask_documents(version)
        response = visitor.get(SCHOOL + address)
        assert response.status_code == 503
        assert response["Retry-After"] == "30"
        assert f'href="{text}"' in response.content.decode()


def test_a_pdf_that_is_there_is_given_out_and_may_be_kept(cast, version, visitor, monkeypatch):
    monkeypatch.setattr(documents, "render_pdf", lambda html, **options: b"%PDF-1.7 " + html.encode())
    with cast.acting():
        ask_documents(version)
    make_due(cast.home.id)

    for address in ("protocol.pdf", "protocol/1.0.pdf", "samenvatting/leerlingen.pdf"):
        response = visitor.get(SCHOOL + address)
        assert response.status_code == 200
        assert response["Content-Type"] == "application/pdf"
        assert response["Cache-Control"] == "public, max-age=300"
        assert response.content.startswith(b"%PDF-1.7")
        assert "De Baken" in response.content.decode()
        again = visitor.get(SCHOOL + address, headers={"if-none-match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_pdf_that_could_not_be_made_is_no_error(cast, version, visitor):
    with cast.acting():
        ask_documents(version)
        Document.objects.filter(kind=DocumentKind.PROTOCOL).update(state="failed")

    assert visitor.get(f"{SCHOOL}protocol.pdf").status_code == 503


def test_the_number_of_questions_to_the_database_does_not_grow_with_versions(
    cast, version, visitor, django_assert_max_num_queries
):
    with cast.acting():
        for number in range(2, 5):
            put_in_force(cast, number=f"{number}.0", on=today() - timedelta(days=10 - number))
    with django_assert_max_num_queries(24):
        read(visitor, SCHOOL)
