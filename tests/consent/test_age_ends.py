"""UX-L1, C8: a parent's right ends at 16, on every place, with both settings; a representative's goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.choices import Reason
from consent.domain.decide import PupilDecides
from schools.models import Foundation, Guardianship
from tests.consent.links import link_of, start, words
from tests.consent.test_pupils import NO, YES, parent_says, reason_of, say, set_up, turned_16, with_mailbox

SAYS = "oud genoeg en beslist nu zelf"


@pytest.fixture
def noor_was_15(cast):
    """Amina said yes and Erik too, when Noor was 15; she turned 16 last month. Gives Amina's receipt and link."""
    set_up(cast, asks_every_year=False)
    turned_16(cast, cast.noor)
    before = timezone.now() - timedelta(days=70)
    parent_says(cast, cast.erik, cast.noor, YES, at=before)
    return parent_says(cast, cast.amina, cast.noor, YES, at=before).code


def places(cast, as_, code: str) -> dict[str, str]:
    """What Amina reads of Noor on each place, and nothing of her that can be chosen."""
    client, child = as_(cast.amina), f"/ouder/thuis/kind/{cast.noor.code}/"
    addresses = {
        "family page": "/ouder/",
        "child page": child,
        "one question": f"{child}papier/",
        "all questions": "/ouder/thuis/vragen/",
        "receipt": f"/ouder/thuis/ontvangst/{code}/",
    }
    return {name: client.get(address).content.decode() for name, address in addresses.items()}


def test_every_place_says_that_the_child_decides_and_offers_nothing(cast, as_, noor_was_15):
    for name, page in places(cast, as_, noor_was_15).items():
        assert f"Noor is {SAYS}" in page, name
        assert f"/kind/{cast.noor.code}/papier/" not in page, name
        assert 'type="radio"' not in page, name


def test_the_link_page_and_its_receipt_say_it_too(cast, client):
    """Sam is 16 already; Noor is 12 and still on the page, so the link opens the questions about her."""
    start(cast)
    link = link_of(cast, cast.amina)
    page = client.get(link)
    assert f"Sam is {SAYS}" in words(page)

    turned_16(cast, cast.noor)
    page = words(client.get(link))

    assert f"Noor is {SAYS}" in page
    assert f"Sam is {SAYS}" in page


def test_the_receipt_of_a_grown_child_has_no_way_to_change(cast, as_, noor_was_15):
    page = places(cast, as_, noor_was_15)["receipt"]

    assert "/ouder/thuis/vragen/" not in page
    assert "elke dag veranderen" not in page


def test_the_receipt_of_a_younger_child_still_has_it(cast, as_):
    code = parent_says(cast, cast.amina, cast.noor, YES).code

    page = as_(cast.amina).get(f"/ouder/thuis/ontvangst/{code}/").content.decode()

    assert "/ouder/thuis/vragen/" in page
    assert SAYS not in page


@pytest.mark.parametrize(("resets", "until_then"), [(False, Reason.AGREED), (True, Reason.PUPIL_DECIDES)])
def test_what_the_parents_chose_goes_on_or_ends_and_then_only_the_pupil_counts(
    cast, as_, noor_was_15, resets, until_then
):
    set_up(cast, reset_at_16=resets)
    with_mailbox(cast, cast.noor)

    assert reason_of(cast, cast.noor) == until_then
    page = words(as_(cast.amina).get(f"/ouder/thuis/kind/{cast.noor.code}/"))
    assert ("School mag nu" in page) is not resets
    with pytest.raises(PupilDecides):
        parent_says(cast, cast.amina, cast.noor, NO)
    say(cast, cast.noor, NO)

    assert reason_of(cast, cast.noor) == Reason.REFUSED
    after = words(as_(cast.amina).get(f"/ouder/thuis/kind/{cast.noor.code}/"))
    assert f"Noor is {SAYS}" in after
    assert "School mag nu" not in after  # what the pupil chose is not told to the parents


@pytest.mark.parametrize("resets", [False, True])
def test_a_representative_sees_and_chooses_as_before_and_the_other_parent_no_more(
    cast, as_, noor_was_15, resets
):
    set_up(cast, reset_at_16=resets)
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.amina, pupil=cast.noor).update(beyond_16=True)

    for name, page in places(cast, as_, noor_was_15).items():
        assert f"Noor is {SAYS}" not in page, name
    parent_says(cast, cast.amina, cast.noor, NO, "papier")

    assert reason_of(cast, cast.noor) == Reason.REFUSED
    assert f"Noor is {SAYS}" in words(as_(cast.erik).get("/ouder/"))
    with pytest.raises(PupilDecides):
        parent_says(cast, cast.erik, cast.noor, YES)


def test_the_age_is_a_setting_of_the_foundation(cast, as_, noor_was_15):
    Foundation.objects.filter(id=cast.home.id).update(decides_from_age=18)

    page = words(as_(cast.amina).get("/ouder/"))

    assert SAYS not in page
    parent_says(cast, cast.amina, cast.noor, NO, "papier")
    assert reason_of(cast, cast.noor) == Reason.CONFLICT  # Erik's yes counts beside it
