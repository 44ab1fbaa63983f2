"""What the school has seen a paper of stays as it is, whatever a file says or leaves out (C2, C6a)."""

from datetime import timedelta

import pytest

from ledger.acting import Actor
from ledger.choices import ActorKind
from schools.choices import Authority, Representation, Source
from schools.domain.authority import Paper, set_authority
from schools.domain.imports.batches import confirm
from schools.domain.imports.undo import undo
from schools.models import Guardian, Guardianship, Pupil
from schools.querysets import in_force
from tests.cast import today
from tests.schools.files import HEADER, bring_in, day, edexml, look, parents, pupil

XML = edexml(pupil(1), brin="99OQ")
MORE = f"{HEADER};Curatele of mentorschap;Datum beschikking"


def tie() -> Guardianship:
    return ties().get(until=None)


def ties():
    return Guardianship.objects.filter(pupil=child()).order_by("since")


def child() -> Pupil:
    return Pupil.objects.get(source_key="99OQ-1")


def jo() -> Guardian:
    return Guardian.objects.get(call_name="Jo", surname="Bos")


def ordered(authority=Authority.FULL, representation=Representation.CURATELE) -> None:
    """As the office writes it down from a court order."""
    paper = Paper(authority, Source.COURT, today(), today(), representation=representation)
    set_authority(guardian=jo(), pupil=child(), paper=paper, verified_by="Olga")


@pytest.mark.parametrize("authority", ["ja", "nee", "alleen informatie"])
def test_an_import_never_resets_a_representative(rose, ada, authority):
    bring_in(XML, parents("1;g;Jo;;Bos;;ja"))
    ordered()

    bring_in(XML, parents(f"1;g;Jo;;Bos;;{authority}"))

    assert (tie().beyond_16, tie().representation, tie().authority) == (True, "curatele", "full")


def test_a_file_without_the_representative_ends_nothing(rose, ada):
    bring_in(XML, parents("1;g;Jo;;Bos;;ja"))
    ordered()

    bring_in(XML, parents("1;h;Al;;Smit;;ja"))

    assert ties().get(until=None, guardian=jo()).beyond_16


def test_what_the_office_planned_for_later_is_not_what_a_file_is_compared_with(rose, ada):
    bring_in(XML, parents("1;g;Jo;;Bos;;ja"))
    later = Paper(Authority.NONE, Source.COURT, today(), day("2999-01-01"))
    set_authority(guardian=jo(), pupil=child(), paper=later, verified_by="Olga")

    plan = look(XML, parents("1;g;Jo;;Bos;;ja")).plan

    assert plan.changes_nothing
    assert plan.errors == []


@pytest.mark.parametrize("told", ["ja", "alleen informatie", "ja;31-12-2035"])
def test_no_file_gives_back_what_a_paper_takes_from_a_later_day(rose, ada, told):
    """The row before the paper keeps its last day, whatever the file says of it (C2)."""
    header = f"{HEADER};Gezag tot" if ";" in told else HEADER
    bring_in(XML, parents("1;g;Jo;;Bos;;ja"))
    taken = Paper(Authority.NONE, Source.COURT, today(), day("2990-01-01"))
    set_authority(guardian=jo(), pupil=child(), paper=taken, verified_by="Olga")
    before = list(ties().values_list("since", "until", "authority"))

    bring_in(XML, parents(f"1;g;Jo;;Bos;;{told}", header=header))
    bring_in(XML, parents("1;h;Al;;Smit;;ja"))

    assert list(ties().filter(guardian=jo()).values_list("since", "until", "authority")) == before


def test_a_column_may_tell_the_representative_with_the_day_of_the_order(rose, ada):
    batch = bring_in(XML, parents("1;g;Jo;;Bos;;nee;mentorschap;31-12-2025", header=MORE))

    assert batch.numbers["links_new"] == 1
    assert (tie().beyond_16, tie().representation, tie().authority) == (True, "mentorschap", "full")
    assert tie().source_on == day("2025-12-31")
    assert look(XML, parents("1;g;Jo;;Bos;;nee;mentorschap;31-12-2025", header=MORE)).plan.changes_nothing


def test_the_column_makes_a_known_parent_a_representative_from_today(rose, ada):
    bring_in(XML, parents("1;g;Jo;;Bos;;ja;;", header=MORE))
    ties().update(since=day("2015-03-04"))

    seen = look(XML, parents("1;g;Jo;;Bos;;ja;Curator;", header=MORE))
    bring_in(XML, parents("1;g;Jo;;Bos;;ja;Curator;", header=MORE))

    assert len(seen.plan.replaced_links) == 1
    assert (tie().representation, tie().since) == ("curatele", today())
    assert not ties().exclude(until=None).get().beyond_16


def test_a_column_does_not_give_back_what_a_paper_took(rose, ada):
    bring_in(XML, parents("1;g;Jo;;Bos;;ja"))
    ordered(Authority.NONE, None)

    plan = look(XML, parents("1;g;Jo;;Bos;;ja;curatele;", header=MORE)).plan

    assert [error.code for error in plan.errors] == ["authority_verified"]


@pytest.mark.parametrize("word", ["ja", "voogd", "curatelen"])
def test_a_word_that_tells_no_order_is_an_error_of_that_cell(rose, ada, word):
    plan = look(XML, parents(f"1;g;Jo;;Bos;;ja;{word};", header=MORE)).plan

    assert [(error.column, error.code) for error in plan.errors] == [
        ("Curatele of mentorschap", "representation_unknown")
    ]


def test_undoing_an_import_gives_back_nothing_that_a_paper_took_since(cast, rose, ada):
    """The file made Jo an informed parent today; an hour later the office wrote down that the court took even that."""
    bring_in(XML, parents("1;g;Jo;;Bos;;ja"))
    ties().update(since=today() - timedelta(days=30))
    batch = bring_in(XML, parents("1;g;Jo;;Bos;;alleen informatie"))
    with cast.acting(Actor(ActorKind.STAFF, cast.zoe.id, "administrator")):
        batch = confirm(batch, email=cast.zoe.email)  # the only link here is loosened: a second person agrees
    taken = Paper(Authority.NONE, Source.COURT, today(), today())
    set_authority(guardian=jo(), pupil=child(), paper=taken, verified_by="Olga")

    undo(batch)

    now = in_force(today())
    assert [row.authority for row in Guardianship.objects.filter(now, guardian=jo(), pupil=child())] == [
        "none"
    ]
