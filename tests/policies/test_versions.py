"""From file to text in force: what is frozen, what a decision covers, and who is told what when it is refused."""

import hashlib
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from ledger.acting import acting, system
from ledger.choices import Verb
from ledger.models import Entry
from policies.choices import Audience, BlockKind, DocumentState, Origin, Outcome, Shape, State
from policies.domain.bring_in import VersionRefused, bring_in, next_version
from policies.domain.correct import (
    AlreadyInForce,
    BlockWords,
    EditedMeanwhile,
    TextRefused,
    add_chapter,
    correct_chapter,
    move_chapter,
    remove_chapter,
)
from policies.domain.council import DecisionRefused, record_decision
from policies.domain.publish import PublishRefused, publish
from policies.domain.summaries import SummaryTooLong, change_summary
from policies.domain.text import facts_of, hash_of, text_hash, text_of
from policies.models import Block, Chapter, CouncilDecision, Document, Ladder, Rung, Summary, Version
from policies.querysets import (
    decision_of,
    for_readers,
    ladder_on,
    older_versions,
    summary_text,
    version_in_force,
)
from policies.rules import state_on
from schools.choices import RoleName
from tests.cast import make_cast, today

from .steps import concept, decided, in_force, some_text

DAY = timedelta(days=1)


def state(version: Version, on=None) -> State:
    return state_on(facts_of(Version.objects.get(id=version.id)), on or today())


def articles(version: Version) -> list[str]:
    return [b["text"] for c in text_of(Version.objects.get(id=version.id))["chapters"] for b in c["blocks"]]


def photos(version: Version) -> Chapter:
    return Chapter.objects.get(version=version, title="Foto's")


def corrected(cast, version: Version, text: str) -> Chapter:
    """The first article with other words, the rest as it was."""
    version.refresh_from_db()
    chapter = photos(version)
    words = [BlockWords(b.key, b.kind, b.number, b.text) for b in chapter.blocks.all()]
    words[0] = BlockWords(words[0].key, words[0].kind, words[0].number, text)
    return correct_chapter(chapter=chapter, edits=version.edits, title="Foto's", blocks=words, by=cast.ada)


def test_a_text_comes_in_as_a_concept_that_no_reader_sees(cast):
    with cast.acting():
        version = concept(cast)

        assert state(version) == State.CONCEPT
        assert articles(version) == ["Vraag het eerst.", "Een nee telt altijd."]
        assert version_in_force(today()) is None
        assert Entry.objects.get(verb=Verb.PROTOCOL_READ).subject_id == version.id


def test_a_version_number_is_used_once(cast):
    with cast.acting():
        concept(cast, "1.0")
        for number, code in [("1.0", "number_taken"), (" ", "number_missing")]:
            with pytest.raises(VersionRefused) as refused:
                concept(cast, number)
            assert refused.value.code == code
        with pytest.raises(VersionRefused, match="title_missing"):
            bring_in(title=" ", number="2", origin=Origin.PORTAL, text=some_text(), source_name="", by=None)

        assert Version.objects.count() == 1


def test_with_the_councils_consent_it_is_frozen_and_in_force(cast):
    with cast.acting():
        version = concept(cast)
        assert state(version) == State.CONCEPT
        decision = decided(cast, version)
        assert state(version) == State.CONSENTED

        publish(version=version, in_force_on=today(), by=cast.ada)

        found = version_in_force(today())
        assert found == version
        assert found.frozen.sha256 == text_hash(found.frozen.text) == decision.covers
        assert found.frozen.text == text_of(found)
        assert state(version) == State.IN_FORCE
        entry = Entry.objects.select_related("entrypayload").get(verb=Verb.VERSION_PUBLISHED)
        assert entry.entrypayload.payload["sha256"] == decision.covers


def test_the_hash_is_that_of_canonical_json():
    canonical = '{"a":"é","b":[1]}'

    assert text_hash({"b": [1], "a": "é"}) == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (None, "no_decision"),
        (Outcome.NOT_DECIDED, "no_decision"),
        (Outcome.REFUSED, "refused"),
    ],
)
def test_without_the_council_nothing_is_put_in_force(cast, outcome, code):
    with cast.acting():
        version = concept(cast)
        if outcome:
            decided(cast, version, outcome)

        with pytest.raises(PublishRefused) as refused:
            publish(version=version, in_force_on=today(), by=cast.ada)

        assert refused.value.code == code
        assert str(refused.value.message)
        version.refresh_from_db()
        assert version.frozen_at is None
        assert version_in_force(today()) is None
        assert not Document.objects.exists()


def test_a_correction_after_the_decision_is_not_covered_until_the_words_are_as_they_were(cast):
    with cast.acting():
        version = concept(cast)
        decided(cast, version)
        corrected(cast, version, "Vraag het altijd eerst.")

        assert state(version) == State.CONCEPT
        with pytest.raises(PublishRefused, match="not_covered"):
            publish(version=version, in_force_on=today(), by=cast.ada)

        corrected(cast, version, "Vraag het eerst.")
        publish(version=version, in_force_on=today(), by=cast.ada)
        assert state(version) == State.IN_FORCE


def test_a_decision_is_about_the_text_that_was_on_the_screen(cast):
    with cast.acting():
        version = concept(cast)
        seen = hash_of(version)
        corrected(cast, version, "Vraag het altijd eerst.")
        what = {"council": "GMR", "outcome": Outcome.CONSENT, "decided_on": today(), "minutes": ""}

        with pytest.raises(DecisionRefused, match="changed"):
            record_decision(version=version, by=cast.ada, seen=seen, **what)
        record_decision(version=version, by=cast.ada, seen=hash_of(version), **what)

        assert CouncilDecision.objects.count() == 1


def test_the_latest_decision_counts_and_all_are_kept(cast):
    with cast.acting():
        version = concept(cast)
        decided(cast, version, Outcome.REFUSED)
        decided(cast, version, Outcome.CONSENT)
        assert state(version) == State.CONSENTED

        decided(cast, version, Outcome.REFUSED)

        assert state(version) == State.CONCEPT
        assert CouncilDecision.objects.filter(version=version).count() == 3


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "in_past"), (-3, "before_decision")], ids=["yesterday", "before the decision"]
)
def test_the_day_is_not_over_and_not_before_the_decision(cast, days, code):
    with cast.acting():
        version = concept(cast)
        decided(cast, version, on=today() - 2 * DAY)

        with pytest.raises(PublishRefused, match=code):
            publish(version=version, in_force_on=today() + days * DAY, by=cast.ada)


def test_a_text_from_before_the_portal_comes_in_with_its_own_day_and_an_unknown_decision(cast):
    with cast.acting():
        version = concept(cast, origin=Origin.BEFORE)
        record_decision(
            version=version, council="", outcome=Outcome.UNKNOWN, decided_on=None, minutes="", by=cast.ada
        )
        long_ago = today().replace(year=2015, day=1)

        publish(version=version, in_force_on=long_ago, by=cast.ada)

        assert version_in_force(long_ago) == version
        assert version_in_force(long_ago - DAY) is None


def test_from_before_the_portal_is_no_way_around_the_council(cast):
    with cast.acting():
        in_force(cast, "1.0", on=today())
        version = concept(cast, "2.0", origin=Origin.BEFORE)
        record_decision(
            version=version, council="", outcome=Outcome.UNKNOWN, decided_on=None, minutes="", by=cast.ada
        )

        for day in (today(), today() + DAY):
            with pytest.raises(PublishRefused, match="not_before"):
                publish(version=version, in_force_on=day, by=cast.ada)


@pytest.mark.parametrize(
    ("outcome", "day", "council", "code"),
    [
        (Outcome.CONSENT, None, "GMR", "needs_date"),
        (Outcome.CONSENT, DAY, "GMR", "in_future"),
        (Outcome.CONSENT, -DAY, " ", "needs_council"),
        (Outcome.UNKNOWN, None, "GMR", "unknown_is_for_before"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(cast, outcome, day, council, code):
    with cast.acting():
        version = concept(cast)

        with pytest.raises(DecisionRefused) as refused:
            record_decision(
                version=version,
                council=council,
                outcome=outcome,
                decided_on=day and today() + day,
                minutes="",
                by=cast.ada,
            )

        assert refused.value.code == code
        assert not CouncilDecision.objects.exists()


def test_what_is_in_force_gets_no_other_decision_but_one_found_on_paper(cast):
    with cast.acting():
        portal = in_force(cast, "2.0")
        with pytest.raises(DecisionRefused, match="already"):
            decided(cast, portal, Outcome.REFUSED)
        old = concept(cast, "1.0", origin=Origin.BEFORE)
        record_decision(
            version=old, council="", outcome=Outcome.UNKNOWN, decided_on=None, minutes="", by=None
        )
        publish(version=old, in_force_on=today() - 400 * DAY, by=None)

        with pytest.raises(DecisionRefused, match="already"):
            decided(cast, old, Outcome.REFUSED, on=today() - 500 * DAY)
        found = decided(cast, old, Outcome.CONSENT, on=today() - 500 * DAY)

        assert decision_of(old) == found
        assert found.covers == old.frozen.sha256


def test_the_next_version_takes_over_on_its_day_and_the_old_one_stays_to_be_read(cast):
    with cast.acting():
        first = in_force(cast, "1.0", on=today())
        second = next_version(of=first, number="2.0", is_minor=False, by=cast.ada)
        corrected(cast, second, "Vraag het altijd eerst.")
        with pytest.raises(PublishRefused, match="no_decision"):
            publish(version=second, in_force_on=today() + DAY, by=cast.ada)
        decided(cast, second)
        publish(version=second, in_force_on=today() + DAY, by=cast.ada)

        assert (state(first), state(second)) == (State.IN_FORCE, State.SCHEDULED)
        assert version_in_force(today()) == first
        tomorrow = today() + DAY
        assert (state(first, tomorrow), state(second, tomorrow)) == (State.SUPERSEDED, State.IN_FORCE)
        assert version_in_force(tomorrow) == second
        assert older_versions(tomorrow) == [first]
        assert older_versions(today()) == []
        assert "Vraag het eerst." in articles(first)


def test_a_copy_has_the_same_keys_and_summaries_to_compare_with(cast):
    with cast.acting():
        first = in_force(cast)
        change_summary(
            version=first, school=None, audience=Audience.PUPILS, text="# Kort", edits=0, by=cast.ada
        )

        second = next_version(of=first, number="2.0", is_minor=False, by=cast.ada)

        assert text_of(second) == text_of(first)
        assert Summary.objects.get(version=second).text == "# Kort"


def test_a_typing_error_is_a_minor_version_that_keeps_the_decision(cast):
    with cast.acting():
        first = in_force(cast)
        minor = next_version(of=first, number="1.0.1", is_minor=True, by=cast.ada)
        corrected(cast, minor, "Vraag het éérst.")

        assert state(minor) == State.CONSENTED
        assert decision_of(minor) == decision_of(first)
        publish(version=minor, in_force_on=today(), by=cast.ada)

        assert version_in_force(today()) == minor
        assert state(first) == State.SUPERSEDED
        entry = Entry.objects.filter(verb=Verb.VERSION_PUBLISHED).order_by("-id")[0]
        assert (entry.entrypayload.payload["is_minor"], entry.entrypayload.payload["changed_blocks"]) == (
            True,
            1,
        )


def test_a_concept_cannot_be_corrected_by_a_minor_version(cast):
    with cast.acting():
        version = concept(cast)
        with pytest.raises(VersionRefused, match="not_in_force"):
            next_version(of=version, number="1.1", is_minor=True, by=cast.ada)

        assert Version.objects.count() == 1


def test_an_empty_text_is_not_put_in_force(cast):
    with cast.acting():
        version = concept(cast)
        version.edits = 0
        chapter = correct_chapter(chapter=photos(version), edits=0, title="Foto's", blocks=[], by=cast.ada)
        assert not Block.objects.filter(chapter=chapter).exists()
        decided(cast, version)

        with pytest.raises(PublishRefused, match="empty"):
            publish(version=version, in_force_on=today(), by=cast.ada)


def test_correcting_keeps_the_keys_of_what_stays(cast):
    with cast.acting():
        version = concept(cast)
        chapter = photos(version)
        first, second = chapter.blocks.all()
        words = [
            BlockWords(second.key, BlockKind.ITEM, "1", " Een nee\r\n telt\0 altijd. "),
            BlockWords(uuid4(), BlockKind.DO, "", "<script>alert(1)</script>"),
            BlockWords(second.key, BlockKind.PARAGRAPH, "", "Dezelfde sleutel nog eens."),
            BlockWords(first.key, BlockKind.ITEM, "2", "   "),
        ]

        correct_chapter(chapter=chapter, edits=0, title=" Foto's  en film ", blocks=words, by=cast.ada)

        chapter.refresh_from_db()
        found = list(chapter.blocks.values_list("text", flat=True))
        assert chapter.title == "Foto's en film"
        assert found == ["Een nee telt altijd.", "<script>alert(1)</script>", "Dezelfde sleutel nog eens."]
        keys = list(chapter.blocks.values_list("key", flat=True))
        assert keys[0] == second.key
        assert len({*keys, words[1].key, first.key}) == 5, "a key that a browser made up is not taken over"


@pytest.mark.parametrize(
    ("title", "number", "text", "code"),
    [
        (" ", "1", "Tekst.", "title_missing"),
        ("x" * 201, "1", "Tekst.", "too_long"),
        ("Titel", "1" * 11, "Tekst.", "too_long"),
        ("Titel", "1", "x" * 5001, "too_long"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_changed(cast, title, number, text, code):
    with cast.acting():
        version = concept(cast)
        words = [BlockWords(None, BlockKind.ITEM, number, text)]

        with pytest.raises(TextRefused, match=code):
            correct_chapter(chapter=photos(version), edits=0, title=title, blocks=words, by=cast.ada)

        version.refresh_from_db()
        assert version.edits == 0


def test_chapters_are_added_moved_and_removed(cast):
    def titles():
        return list(Chapter.objects.filter(version=version).values_list("title", flat=True))

    with cast.acting():
        version = concept(cast)
        chapter = add_chapter(version=version, title="Gevolgen", edits=0, by=cast.ada)
        assert titles() == ["Doel", "Foto's", "Gevolgen"]

        move_chapter(chapter=chapter, places=-2, edits=1, by=cast.ada)
        assert titles() == ["Gevolgen", "Doel", "Foto's"]
        move_chapter(chapter=chapter, places=-1, edits=2, by=cast.ada)
        assert titles() == ["Gevolgen", "Doel", "Foto's"]
        move_chapter(chapter=chapter, places=1, edits=3, by=cast.ada)
        assert titles() == ["Doel", "Gevolgen", "Foto's"]

        remove_chapter(chapter=photos(version), edits=4, by=cast.ada)
        assert titles() == ["Doel", "Gevolgen"]
        assert Entry.objects.filter(verb=Verb.TEXT_CORRECTED).count() == 5


def test_of_two_editors_the_second_is_told_and_nothing_is_overwritten(cast):
    with cast.acting():
        version = concept(cast)
        chapter = photos(version)
        seen_by_both = version.edits
        first = [BlockWords(None, BlockKind.ITEM, "1", "Van de eerste.")]
        second = [BlockWords(None, BlockKind.ITEM, "1", "Van de tweede.")]

        correct_chapter(chapter=chapter, edits=seen_by_both, title="Foto's", blocks=first, by=cast.ada)
        for act in (
            lambda: correct_chapter(
                chapter=chapter, edits=seen_by_both, title="Foto's", blocks=second, by=cast.zoe
            ),
            lambda: add_chapter(version=version, title="Nieuw", edits=seen_by_both, by=cast.zoe),
            lambda: move_chapter(chapter=chapter, places=1, edits=seen_by_both, by=cast.zoe),
            lambda: remove_chapter(chapter=chapter, edits=seen_by_both, by=cast.zoe),
        ):
            with pytest.raises(EditedMeanwhile):
                act()

        assert articles(version) == ["Van de eerste."]


@pytest.mark.django_db(transaction=True)
def test_two_editors_in_the_same_second_do_not_both_win():
    cast = make_cast()
    with cast.acting():
        version = concept(cast)
        chapter = photos(version)
    start, told = threading.Barrier(2, timeout=20), []

    def edit(words: str) -> None:
        try:
            with acting(system("test"), [cast.home.id]):
                start.wait()
                blocks = [BlockWords(None, BlockKind.ITEM, "1", words)]
                correct_chapter(chapter=chapter, edits=0, title="Foto's", blocks=blocks, by=None)
            told.append("saved")
        except EditedMeanwhile:
            told.append("edited meanwhile")
        finally:
            connection.close()

    editors = [threading.Thread(target=edit, args=(words,)) for words in ("Een.", "Twee.")]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join(30)

    assert sorted(told) == ["edited meanwhile", "saved"]
    with cast.acting():
        assert len(articles(version)) == 1


def test_what_is_in_force_is_not_corrected(cast):
    with cast.acting():
        version = in_force(cast)
        with pytest.raises(AlreadyInForce):
            corrected(cast, version, "Toch anders.")
        with pytest.raises(PublishRefused, match="already"):
            publish(version=version, in_force_on=today() + DAY, by=cast.ada)

        assert "Toch anders." not in articles(version)


def test_publishing_asks_for_the_papers_of_every_school(cast):
    with cast.acting():
        version = in_force(cast)

        asked = Document.objects.filter(version=version)
        assert set(asked.values_list("school_id", flat=True)) == {cast.beacon.id, cast.harbour.id}
        assert set(asked.values_list("state", flat=True)) == {DocumentState.WAITING}


def test_a_school_starts_from_the_summary_of_the_foundation_and_may_have_its_own(cast):
    with cast.acting():
        version = in_force(cast)
        assert summary_text(version, cast.beacon, Audience.PUPILS) == ""
        for school, text in [(None, "Op {school} van {stichting}."), (cast.harbour, "Eigen woorden.\r\n")]:
            change_summary(
                version=version, school=school, audience=Audience.PUPILS, text=text, edits=0, by=cast.ada
            )

        assert summary_text(version, cast.beacon, Audience.PUPILS) == "Op De Baken van Stichting Thuis."
        assert summary_text(version, cast.harbour, Audience.PUPILS) == "Eigen woorden."
        assert summary_text(version, cast.harbour, Audience.STAFF) == ""
        with pytest.raises(EditedMeanwhile):
            change_summary(
                version=version, school=cast.harbour, audience=Audience.PUPILS, text="x", edits=0, by=cast.zoe
            )
        with pytest.raises(SummaryTooLong):
            change_summary(
                version=version, school=None, audience=Audience.STAFF, text="x" * 6001, edits=0, by=cast.ada
            )


def test_readers_see_the_names_of_foundation_and_school(cast):
    cast.beacon.name = "{stichting} & <b>"
    text = {
        "title": "Afspraken van {Stichting}",
        "chapters": [
            {"key": "k", "title": "{school}", "blocks": [{"key": "b", "text": "{school} en {iets}"}]}
        ],
    }

    found = for_readers(text, cast.home, cast.beacon)

    assert found["title"] == "Afspraken van Stichting Thuis"
    assert found["chapters"][0]["title"] == "{stichting} & <b>"
    assert found["chapters"][0]["blocks"][0]["text"] == "{stichting} & <b> en {iets}"
    assert text["title"] == "Afspraken van {Stichting}"


def test_the_measures_are_those_of_the_day(cast):
    with cast.acting():
        assert ladder_on(Audience.PUPILS, today()) is None
        for days, names in [(-400, ["Gesprek", "Telefoon inleveren"]), (-10, ["Gesprek"])]:
            ladder = Ladder.objects.create(
                foundation=cast.home,
                audience=Audience.PUPILS,
                shape=Shape.STEPS,
                in_force_on=today() + days * DAY,
            )
            for position, name in enumerate(names, 1):
                Rung.objects.create(
                    foundation=cast.home,
                    ladder=ladder,
                    position=position,
                    name=name,
                    decided_by=RoleName.TEACHER,
                )

        def names(day):
            return [rung.name for rung in ladder_on(Audience.PUPILS, day).rungs.all()]

        assert names(today()) == ["Gesprek"]
        assert names(today() - 11 * DAY) == ["Gesprek", "Telefoon inleveren"]
        assert ladder_on(Audience.STAFF, today()) is None
        assert hash_of(concept(cast))
