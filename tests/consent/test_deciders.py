"""C2: a child with two, three or no guardians who decide: who is asked, what counts, who hears it, on real rows."""

import pytest

from consent.choices import Channel, LeftOut, Reason
from consent.domain.authority import change_authority
from consent.domain.decide import NotAsked, NotYours, decide
from consent.models import Submission
from notices.models import Message
from schools.choices import Authority
from schools.models import Guardianship
from schools.querysets import own_address, with_own_address
from tests.cast import guardian, today
from tests.consent.links import hidden, link_of, start, words
from tests.consent.test_authority import paper
from tests.consent.test_pupil_rounds import plan
from tests.consent.test_pupils import NO, YES, parent_says, reason_of


@pytest.fixture
def third(cast):
    """A guardian appointed by the court, beside Amina and Erik."""
    with cast.acting():
        return guardian(cast.home, "Tess", "Voogd", [cast.noor])


def told(cast) -> dict[int, str]:
    """Who hears in the evening what the school does now, and in which words."""
    with cast.acting():
        return {row.guardian_id: str(row.context) for row in Message.objects.filter(kind="consent/changed")}


@pytest.mark.parametrize(
    ("slug", "after_two"), [("papier", Reason.AGREED), ("sociaal", Reason.NOT_ALL_ANSWERED)]
)
def test_of_three_all_are_asked_and_each_counts(cast, third, slug, after_two):
    assert {cast.amina.id, cast.erik.id, third.id} <= set(plan(cast).mailed)

    parent_says(cast, cast.amina, cast.noor, YES, slug)
    parent_says(cast, cast.erik, cast.noor, YES, slug)
    assert reason_of(cast, cast.noor, slug) == after_two
    parent_says(cast, third, cast.noor, YES, slug)
    assert reason_of(cast, cast.noor, slug) == Reason.AGREED
    parent_says(cast, third, cast.noor, NO, slug)

    assert reason_of(cast, cast.noor, slug) == Reason.CONFLICT
    heard = told(cast)
    assert {cast.amina.id, cast.erik.id} <= set(heard)
    assert not any(name in text for text in heard.values() for name in ("Tess", "Voogd", "Amina", "Erik"))


def test_of_three_one_without_authority_counts_not(cast, third):
    with cast.acting():
        Guardianship.objects.filter(guardian=third).update(authority=Authority.INFORMED)

    parent_says(cast, cast.amina, cast.noor, YES, "sociaal")
    parent_says(cast, cast.erik, cast.noor, YES, "sociaal")

    assert reason_of(cast, cast.noor, "sociaal") == Reason.AGREED
    with pytest.raises(NotYours):
        parent_says(cast, third, cast.noor, NO, "sociaal")


def test_without_anybody_who_decides_it_is_no_and_the_round_names_the_child(cast, as_):
    with cast.acting():
        Guardianship.objects.filter(pupil=cast.bo, authority=Authority.FULL).update(authority=Authority.NONE)

    found = plan(cast)

    assert found.left_out[LeftOut.NO_DECIDER] == [cast.bo.id]
    assert cast.karol.id not in found.mailed
    assert reason_of(cast, cast.bo) == Reason.NO_DECIDER
    assert "Niemand is bekend" in words(
        as_(cast.olga).get(f"/team/gezag/{cast.bo.code}/")
    ) or "Nobody is known who decides" in words(as_(cast.olga).get(f"/team/gezag/{cast.bo.code}/"))
    assert cast.bo.code not in as_(cast.karol).get("/ouder/").content.decode()


def test_the_last_one_who_decides_loses_authority_and_use_stops_at_once(cast):
    parent_says(cast, cast.karol, cast.bo, YES, "papier")
    assert reason_of(cast, cast.bo) == Reason.AGREED

    with cast.acting():
        change_authority(guardian=cast.karol, pupil=cast.bo, paper=paper(Authority.NONE), by=cast.olga)

    assert reason_of(cast, cast.bo) == Reason.NO_DECIDER


def test_a_link_that_was_mailed_before_opens_nothing_of_that_child_any_more(cast, client):
    start(cast)
    link = link_of(cast, cast.karol)
    form = hidden(client.get(link)) | {f"all-{slug}": YES for slug in cast.purposes}

    with cast.acting():
        change_authority(guardian=cast.karol, pupil=cast.bo, paper=paper(Authority.NONE), by=cast.olga)

    assert "Bo" not in words(client.get(link))
    assert client.post(f"{link}keuze/", form).status_code == 409
    assert reason_of(cast, cast.bo) == Reason.NO_DECIDER
    with cast.acting():
        assert Guardianship.objects.get(guardian=cast.karol, until=None).since == today()


def test_nothing_chosen_is_no_answer(cast):
    with cast.acting(), pytest.raises(NotAsked):
        decide(guardian=cast.amina, choices=[], channel=Channel.SIGNED_IN, language="nl")

    with cast.acting():
        assert not Submission.objects.exists()


def test_an_address_of_any_parent_here_is_not_the_pupils_own(cast):
    """Of who lives with a parent, and is a guardian of a half-sister only: they would decide as the pupil (C8)."""
    with cast.acting():
        cast.sam.email = cast.karol.email.upper()
        cast.sam.save()

        assert own_address(cast.sam) == ""
        assert not with_own_address([cast.sam.id]).exists()
