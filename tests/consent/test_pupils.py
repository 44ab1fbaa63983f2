"""The pupil who decides, a veto before that, and what parents see from that day (C2, C6a, C8, UX-L1)."""

import re
from datetime import timedelta

import pytest

from accounts.choices import Capacity
from consent.choices import Channel, Reason, Value
from consent.domain.decide import Choice, NotYours, PupilDecides, decide
from consent.domain.decide_as_pupil import MailboxShared, NotYetYours, decide_as_pupil
from consent.domain.facts import known_pupils, policy_of
from consent.models import Answer, Submission
from consent.querysets import purposes_in_use
from consent.rules import state
from ledger.acting import Actor, current
from ledger.choices import ActorKind
from notices.models import AccountMail, Claim, Message
from schools.models import Enrolment, Foundation, Guardianship
from tests.cast import reach, today, years_ago
from tests.consent.links import PURPOSES, fill, hidden, link_of, start, words

YES, NO, BACK = "yes", "no", "back"
ASK = "/leerling/vragen/"


def with_mailbox(cast, child, email: str = ""):
    """This pupil signs in with an own address."""
    with cast.acting():
        child.email = email or f"{child.call_name.lower()}@leerling.example.org"
        child.save()
        reach(child, Capacity.PUPIL)
    return child


def set_up(cast, **settings):
    Foundation.objects.filter(id=cast.home.id).update(**settings)


def say(cast, child, value, *slugs: str, channel=Channel.SIGNED_IN):
    """The pupil chooses, in a transaction of their own."""
    with cast.acting(Actor(ActorKind.PUPIL, child.id, "signed_in")):
        return decide_as_pupil(
            pupil=child,
            choices=[Choice(child.id, cast.purposes[slug].id, Value(value)) for slug in slugs or PURPOSES],
            channel=channel,
            language="nl",
        )


def parent_says(cast, guardian, child, value, *slugs: str, at=None):
    with cast.acting(Actor(ActorKind.GUARDIAN, guardian.id, "signed_in"), now=at):
        return decide(
            guardian=guardian,
            choices=[Choice(child.id, cast.purposes[slug].id, Value(value)) for slug in slugs or PURPOSES],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def reason_of(cast, child, slug: str = "papier") -> Reason:
    """What staff would hear now."""
    with cast.acting(read_only=True):
        home = Foundation.objects.get(id=cast.home.id)
        purpose = next(purpose for purpose in purposes_in_use() if purpose.slug == slug)
        return state(known_pupils([child.id])[0].facts, policy_of(purpose, home), current().today).reason


def turned_16(cast, child):
    with cast.acting():
        child.born_on = years_ago(16)
        child.save()


# -- the act ---------------------------------------------------------------------------------------------------


def test_a_pupils_answer_is_stored_as_the_pupils_and_counts_alone(cast):
    with_mailbox(cast, cast.sam)

    submission = say(cast, cast.sam, YES)

    with cast.acting():
        stored = Answer.objects.select_related("entry").filter(submission=submission)
        assert {(row.guardian_id, row.authority, row.value) for row in stored} == {(None, "pupil", YES)}
        assert {(row.entry.actor_kind, row.entry.actor_id) for row in stored} == {("pupil", cast.sam.id)}
        assert Submission.objects.get().pupil_id == cast.sam.id
        assert not Message.objects.exists()  # no parent is told: they decide nothing any more
    assert reason_of(cast, cast.sam) == Reason.AGREED


def test_the_receipt_is_mailed_to_the_own_address_once(cast):
    with_mailbox(cast, cast.sam)

    submission = say(cast, cast.sam, NO, "papier")

    mail = AccountMail.objects.get(kind="consent/pupil_receipt")
    assert mail.to == "sam@leerling.example.org"
    assert submission.code in mail.text
    assert "Papier (nl)" in mail.text
    assert "Yıldız" not in mail.subject + mail.text + mail.html  # R6
    assert Claim.objects.filter(id=mail.id).exists()


def test_a_pupil_below_the_age_chooses_nothing(cast):
    with_mailbox(cast, cast.noor)

    for value in (YES, NO, BACK):
        with pytest.raises(NotYetYours):
            say(cast, cast.noor, value)
    with cast.acting():
        assert not Answer.objects.exists()


def test_a_pupil_never_chooses_for_another(cast):
    with_mailbox(cast, cast.sam)
    turned_16(cast, cast.bo)

    with cast.acting(Actor(ActorKind.PUPIL, cast.sam.id)), pytest.raises(NotYours):
        decide_as_pupil(
            pupil=cast.sam,
            choices=[Choice(cast.bo.id, cast.purposes["papier"].id, Value.YES)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def test_who_left_school_chooses_nothing(cast):
    with_mailbox(cast, cast.sam)
    with cast.acting():
        Enrolment.objects.filter(pupil=cast.sam).update(until=today() - timedelta(days=1))

    with pytest.raises(NotYours):
        say(cast, cast.sam, YES)


def test_with_the_address_of_a_parent_nobody_says_yes_as_the_pupil(cast, as_):
    """Schools fill in a parent's address with a child: it would hand the pupil's choice to the parent."""
    with_mailbox(cast, cast.sam, cast.amina.email)

    with pytest.raises(MailboxShared):
        say(cast, cast.sam, YES)
    say(cast, cast.sam, NO, "papier")

    assert reason_of(cast, cast.sam) == Reason.REFUSED
    assert not AccountMail.objects.filter(kind="consent/pupil_receipt").exists()
    assert as_(cast.sam).get(ASK).status_code == 200
    assert 'type="radio"' not in as_(cast.sam).get(ASK).content.decode()


def test_a_parent_can_no_longer_choose_and_hears_why(cast):
    with pytest.raises(PupilDecides):
        parent_says(cast, cast.amina, cast.sam, NO)


# -- the pages -------------------------------------------------------------------------------------------------


def test_from_the_start_page_to_the_receipt_and_back_with_another_answer(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))
    start_page = client.get("/leerling/").content.decode()
    assert ASK in start_page

    asked = client.get(ASK)
    assert "checked" not in asked.content.decode()  # nothing is chosen beforehand
    checked = client.post(ASK, fill(asked, YES, NO, NO))
    assert checked.status_code == 200
    with cast.acting():
        assert not Answer.objects.exists()
    sent = client.post("/leerling/keuze/", hidden(checked))
    assert sent.status_code == 303
    again = client.post("/leerling/keuze/", hidden(checked))  # a double tap
    assert again["Location"] == sent["Location"]
    receipt = client.get(sent["Location"])
    assert "Papier (nl) Ja" in words(receipt)
    assert "s…" in words(receipt)
    assert [reason_of(cast, cast.sam, slug) for slug in PURPOSES] == [
        Reason.AGREED,
        Reason.REFUSED,
        Reason.REFUSED,
    ]

    change = "/leerling/kies/papier/"
    assert change in client.get("/leerling/").content.decode()
    assert ASK not in client.get("/leerling/").content.decode()
    page = client.get(change)
    assert "checked" not in page.content.decode()
    done = client.post(change, hidden(page) | {"answer": NO})
    assert done.status_code == 303
    assert reason_of(cast, cast.sam) == Reason.REFUSED
    assert "ja" not in client.get(sent["Location"]).content.decode().split("<h1")[0]
    with cast.acting():
        assert Answer.objects.count() == 4


def test_a_missing_answer_is_asked_for_and_the_others_are_kept(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))

    page = client.post(ASK, fill(client.get(ASK), YES))

    assert page.status_code == 422
    assert page.content.decode().count("checked") == 1
    assert client.post("/leerling/keuze/", hidden(page)).status_code == 422
    assert client.get("/leerling/keuze/").status_code == 302


@pytest.mark.parametrize("address", [ASK, "/leerling/keuze/", "/leerling/kies/papier/"])
def test_below_the_age_the_pages_say_why_and_a_form_is_refused(cast, as_, address):
    client = as_(with_mailbox(cast, cast.noor))

    page = client.post(address, {"answer": YES, "all-papier": YES})

    assert page.status_code == 409
    assert 'type="radio"' not in client.get(address, follow=True).content.decode()
    assert ASK not in client.get("/leerling/").content.decode()
    with cast.acting():
        assert not Answer.objects.exists()


def test_a_purpose_that_is_not_there_does_not_exist(cast, as_):
    client = as_(with_mailbox(cast, cast.sam))

    assert client.get("/leerling/kies/niets/").status_code == 404
    assert client.post("/leerling/nee/niets/").status_code == 404
    assert client.get("/leerling/ontvangst/%00/").status_code == 404


def test_who_decides_sees_all_that_was_answered_and_never_which_parent(cast, as_):
    """C8: with the right to decide the right to look has passed to the pupil."""
    with cast.acting():
        cast.noor.born_on = today() - timedelta(days=5)
        cast.noor.save()
    parent_says(cast, cast.amina, cast.noor, YES, "papier")
    parent_says(cast, cast.erik, cast.noor, NO, "papier")
    turned_16(cast, cast.noor)

    page = words(as_(with_mailbox(cast, cast.noor)).get("/leerling/"))

    assert page.count("Papier (nl): Ja") == 1
    assert page.count("Papier (nl): Nee") == 1
    assert "Amina" not in page
    assert "Erik" not in page


# -- a veto ----------------------------------------------------------------------------------------------------


def test_c6a_a_pupil_says_no_takes_it_back_and_never_says_yes(cast, as_):
    set_up(cast, pupil_may_veto=True)
    parent_says(cast, cast.amina, cast.noor, YES, "papier")
    client = as_(with_mailbox(cast, cast.noor))

    def tap(value):
        page = client.get("/leerling/").content.decode()
        form = re.search(r'action="/leerling/nee/papier/".*?</form>', page, re.DOTALL)[0]
        key = re.search(r'name="key" value="([^"]+)"', form)[1]
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        assert f'value="{value}"' in form
        return client.post(
            "/leerling/nee/papier/", {"key": key, "csrfmiddlewaretoken": token, "answer": value}
        )

    assert reason_of(cast, cast.noor) == Reason.AGREED
    said = tap(NO)
    assert said.status_code == 303
    assert client.get(said["Location"]).status_code == 200
    assert reason_of(cast, cast.noor) == Reason.REFUSED
    with cast.acting():  # both parents hear what the school does now, and nothing about who
        told = Message.objects.filter(kind="consent/changed")
        assert {row.guardian_id for row in told} == {cast.amina.id, cast.erik.id}
    assert tap(BACK).status_code == 303
    assert reason_of(cast, cast.noor) == Reason.AGREED
    with pytest.raises(NotYetYours):
        say(cast, cast.noor, YES)
    refused = client.post("/leerling/nee/papier/", {"answer": YES})
    assert refused.status_code == 422


def test_without_a_veto_in_this_foundation_there_is_no_button(cast, as_):
    client = as_(with_mailbox(cast, cast.noor))

    assert "/leerling/nee/" not in client.get("/leerling/").content.decode()
    assert client.post("/leerling/nee/papier/", {"answer": NO}).status_code == 422


# -- a legal representative beyond 16 ----------------------------------------------------------------------------


def test_a_legal_representative_chooses_for_a_pupil_of_16_and_nobody_else(cast, as_):
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.amina, pupil=cast.sam).update(beyond_16=True)
    with_mailbox(cast, cast.sam)

    parent_says(cast, cast.amina, cast.sam, YES, "papier")

    assert reason_of(cast, cast.sam) == Reason.AGREED
    with pytest.raises(NotYetYours):
        say(cast, cast.sam, NO)
    assert f"/ouder/thuis/kind/{cast.sam.code}/papier/" in as_(cast.amina).get("/ouder/").content.decode()
    assert "Sam" in as_(cast.amina).get("/ouder/thuis/vragen/").content.decode()
    assert 'type="radio"' not in as_(cast.sam).get(ASK).content.decode()


# -- UX-L1: what parents see ---------------------------------------------------------------------------------------


def test_l1_parents_read_that_the_child_decides_and_see_no_button(cast, as_):
    start(cast)
    link = link_of(cast, cast.amina)
    turned_16(cast, cast.noor)
    client = as_(cast.amina)

    home = client.get("/ouder/").content.decode()
    asked, by_link = client.get("/ouder/thuis/vragen/"), client.get(link)
    one = client.get(f"/ouder/thuis/kind/{cast.noor.code}/papier/")

    assert "Noor is oud genoeg" in home
    for page in (asked, by_link, one):
        assert page.status_code == 200
        assert "Noor" in words(page)
        assert 'type="radio"' not in page.content.decode()
    assert f"/kind/{cast.noor.code}/papier/" not in home  # to her page, not to a choice


def test_l1_the_link_of_a_parent_with_a_younger_child_too_says_it(cast, client):
    start(cast)

    page = client.get(link_of(cast, cast.amina))

    assert 'type="radio"' in page.content.decode()
    assert words(page).count("Sam") == 1  # only in the sentence that Sam decides alone


@pytest.mark.parametrize("by_link", [True, False])
def test_l1_a_form_that_was_open_at_midnight_is_refused_in_words(cast, as_, client, by_link):
    start(cast)
    address = link_of(cast, cast.amina) if by_link else "/ouder/thuis/"
    client = client if by_link else as_(cast.amina)
    asked = client.get(address if by_link else f"{address}vragen/")
    form = hidden(asked) | {f"all-{slug}": YES for slug in PURPOSES}
    turned_16(cast, cast.noor)

    sent = client.post(f"{address}keuze/", form)
    one = client.post(f"{address}kind/{cast.noor.code}/papier/", {"answer": YES})

    assert sent.status_code == 409
    assert one.status_code == 409
    assert "Noor" in words(sent)
    assert "Noor" in words(one)
    with cast.acting():
        assert not Answer.objects.exists()


def test_an_old_receipt_of_a_parent_tells_nothing_about_what_the_pupil_chose(cast, as_):
    code = parent_says(cast, cast.amina, cast.noor, YES, "papier").code
    turned_16(cast, cast.noor)
    with_mailbox(cast, cast.noor)
    before = words(as_(cast.amina).get(f"/ouder/thuis/ontvangst/{code}/"))

    say(cast, cast.noor, NO)

    assert words(as_(cast.amina).get(f"/ouder/thuis/ontvangst/{code}/")) == before
