"""PDFs are asked for with their cause, made later, and made again when what they say has changed (P5)."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from ledger.acting import acting, system
from notices.pdf import PdfFailed
from policies.choices import Audience, DocumentKind, DocumentState
from policies.domain import documents
from policies.domain.documents import (
    ask_again,
    ask_documents,
    latest_document,
    make_due,
    progress_of,
    reconcile_documents,
)
from policies.models import Document, Summary, Version
from schools.models import Role, School
from tests.cast import school, today
from tests.policies.published import adviser, ladder, put_in_force, text_of

SCHOOLS = 2
EACH = 4  # the full text and three summaries


@pytest.fixture
def version(cast) -> Version:
    with cast.acting():
        return put_in_force(cast)


def ask(cast, version: Version) -> int:
    with cast.acting():
        return ask_documents(version)


def reconcile(cast) -> int:
    with cast.acting():
        return reconcile_documents(today())


def newest(cast, version, kind=DocumentKind.SUMMARY, audience=Audience.PUPILS, at: School | None = None):
    with cast.acting():
        found = latest_document(version, at or cast.beacon, kind, audience)
        assert found.pdf or found.state != DocumentState.READY  # read here: outside, the wall shows nothing
        return found


def slow_press(monkeypatch, outcome) -> list[str]:
    """The press itself has tests of its own; here only what becomes of its answer."""
    seen: list[str] = []

    def render(html: str, *, language: str, seconds: float) -> bytes:
        seen.append(html)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(documents, "render_pdf", render)
    return seen


def test_every_school_gets_its_full_text_and_three_summaries_once(cast, version):
    assert ask(cast, version) == SCHOOLS * EACH
    assert ask(cast, version) == 0
    with cast.acting():
        assert progress_of(version) == (0, 0, SCHOOLS * EACH)
        assert set(Document.objects.values_list("state", flat=True)) == {DocumentState.WAITING}


def test_nothing_is_asked_when_the_cause_is_rolled_back(cast, version):
    with pytest.raises(RuntimeError), cast.acting():
        ask_documents(version)
        raise RuntimeError

    with cast.acting():
        assert Document.objects.count() == 0


def test_the_worker_is_rung_after_the_commit_and_a_broker_that_is_away_breaks_nothing(
    cast, version, monkeypatch, settings, django_capture_on_commit_callbacks
):
    settings.CELERY_BROKER_URL = "redis+socket:///nowhere/broker.sock"

    with django_capture_on_commit_callbacks(execute=True) as rung:
        assert ask(cast, version) == SCHOOLS * EACH

    assert len(rung) == 1
    with cast.acting():
        assert documents.has_due(timezone.now())


def test_a_concept_is_not_printed(cast, version):
    with cast.acting():
        concept = Version.objects.create(
            foundation=cast.home, protocol=version.protocol, number="2.0", made_at=timezone.now()
        )
        with pytest.raises(ValueError, match="in force"):
            ask_documents(concept)


def test_a_document_is_made_for_one_school_with_its_own_people_and_measures(cast, version):
    with cast.acting():
        Role.objects.filter(school=cast.harbour).delete()
        adviser(cast, "Şahin", "Łuczak")
        ladder(cast, "Een gesprek", "Telefoon inleveren")
        Document.objects.all().delete()
    ask(cast, version)

    assert make_due(cast.home.id, seconds=300) is False

    ready = newest(cast, version)
    assert ready.state == DocumentState.READY
    assert bytes(ready.pdf).startswith(b"%PDF-1.7")
    with cast.acting():
        assert progress_of(version) == (SCHOOLS * EACH, 0, SCHOOLS * EACH)
    assert words_of(ready) >= {"De", "Baken", "Şahin", "Łuczak", "Fatima", "Telefoon", "GMR"}
    other = words_of(newest(cast, version, at=cast.harbour))
    assert "Haven" in other
    assert not other & {"Şahin", "Fatima", "Baken"}


def words_of(document) -> set[str]:
    import pypdfium2

    pdf = pypdfium2.PdfDocument(bytes(document.pdf))
    return {word.strip(".,:") for page in pdf for word in page.get_textpage().get_text_range().split()}


@pytest.mark.parametrize("change", ["people", "measures", "summary", "school"])
def test_what_changed_is_made_again_and_nothing_else(cast, version, change, monkeypatch):
    slow_press(monkeypatch, b"%PDF-1.7 old")
    ask(cast, version)
    make_due(cast.home.id)
    before = newest(cast, version)

    with cast.acting():
        if change == "people":
            adviser(cast, "Nieuwe", "Adviseur")
        elif change == "measures":
            ladder(cast, "Een gesprek")
        elif change == "summary":
            Summary.objects.filter(audience=Audience.PUPILS).update(text="Nieuwe woorden.")
        else:
            school(cast.home, "de-pier", "De Pier", "99AC")

    expected = {"people": 3, "measures": SCHOOLS, "summary": SCHOOLS, "school": EACH}[change]
    assert reconcile(cast) == expected
    assert reconcile(cast) == 0
    assert newest(cast, version).id == before.id, "readers keep the old one until the new one is there"
    make_due(cast.home.id)
    assert (newest(cast, version).id != before.id) == (change != "school")


def test_a_change_that_is_turned_back_gives_the_first_document_again(cast, version, monkeypatch):
    slow_press(monkeypatch, b"%PDF-1.7 x")
    ask(cast, version)
    make_due(cast.home.id)
    first = newest(cast, version)
    with cast.acting():
        text = Summary.objects.get(audience=Audience.PUPILS).text
        Summary.objects.filter(audience=Audience.PUPILS).update(text="Even anders.")
    reconcile(cast)
    make_due(cast.home.id)
    assert newest(cast, version).id != first.id

    with cast.acting():
        Summary.objects.filter(audience=Audience.PUPILS).update(text=text)
    assert reconcile(cast) == SCHOOLS

    assert newest(cast, version).id == first.id
    assert reconcile(cast) == 0


def test_the_full_text_is_never_made_again(cast, version, monkeypatch):
    slow_press(monkeypatch, b"%PDF-1.7 x")
    ask(cast, version)
    make_due(cast.home.id)
    first = newest(cast, version, DocumentKind.PROTOCOL, "")

    with cast.acting():
        School.objects.filter(id=cast.beacon.id).update(name="De Nieuwe Naam")

    assert reconcile(cast) == 3
    make_due(cast.home.id)
    again = newest(cast, version, DocumentKind.PROTOCOL, "")
    assert (again.id, again.sha256) == (first.id, first.sha256)


def test_what_changes_before_it_is_made_is_made_as_it_is_now(cast, version, monkeypatch):
    seen = slow_press(monkeypatch, b"%PDF-1.7 x")
    ask(cast, version)
    with cast.acting():
        Summary.objects.filter(audience=Audience.STAFF).update(text="Woorden van vandaag.")

    make_due(cast.home.id)

    assert len(seen) == SCHOOLS * EACH
    assert sum("Woorden van vandaag." in html for html in seen) == SCHOOLS
    with cast.acting():
        assert progress_of(version) == (SCHOOLS * EACH, 0, SCHOOLS * EACH)


def test_of_an_older_version_only_missing_full_texts_are_asked(cast, version):
    with cast.acting():
        put_in_force(cast, number="2.0", on=today() - timedelta(days=1), text=text_of("Nieuwer"))

    assert reconcile(cast) == SCHOOLS * EACH + SCHOOLS
    assert reconcile(cast) == 0


def test_after_five_attempts_it_has_failed_and_says_why_and_can_be_asked_again(cast, version, monkeypatch):
    slow_press(monkeypatch, PdfFailed("too_slow"))
    ask(cast, version)
    with cast.acting():
        kept = latest_document(version, cast.beacon, DocumentKind.SUMMARY, Audience.PUPILS).id
        Document.objects.exclude(id=kept).delete()

    for attempt in range(1, documents.MOST_ATTEMPTS + 1):
        assert make_due(cast.home.id) is False, "put off, not tried over and over"
        document = newest(cast, version)
        assert (document.attempts, document.last_error) == (attempt, "too_slow")
        with cast.acting():
            Document.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert newest(cast, version).state == DocumentState.FAILED

    with cast.acting():
        ask_again(Document.objects.get(id=kept))
    slow_press(monkeypatch, b"%PDF-1.7 x")
    make_due(cast.home.id)
    assert newest(cast, version).state == DocumentState.READY


def test_a_worker_that_died_lets_go_after_its_lease(cast, version, monkeypatch):
    slow_press(monkeypatch, b"%PDF-1.7 x")
    ask(cast, version)
    taken = documents._take(cast.home.id)
    with cast.acting():
        Document.objects.exclude(id=taken.id).delete()

    make_due(cast.home.id)
    with cast.acting():
        assert Document.objects.get().state == DocumentState.WAITING, "in somebody's hand"
        Document.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    make_due(cast.home.id)

    documents._put_away(cast.home.id, taken, b"%PDF-1.7 too late", "")
    with cast.acting():
        assert bytes(Document.objects.get().pdf) == b"%PDF-1.7 x"


@pytest.mark.django_db(transaction=True)
def test_the_press_works_outside_every_transaction(cast, monkeypatch):
    with cast.acting():
        version = put_in_force(cast)
    ask(cast, version)
    inside: list[bool] = []

    def render(html, **options):
        inside.append(transaction.get_connection().in_atomic_block)
        return b"%PDF-1.7 x"

    monkeypatch.setattr(documents, "render_pdf", render)
    make_due(cast.home.id)

    assert inside == [False] * (SCHOOLS * EACH)


def test_another_foundation_sees_no_document(cast, version, monkeypatch):
    seen = slow_press(monkeypatch, b"%PDF-1.7 x")
    ask(cast, version)

    make_due(cast.bridge.id)

    assert seen == []
    with acting(system("test"), [cast.bridge.id]):
        assert Document.objects.count() == 0
