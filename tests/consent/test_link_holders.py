"""Who holds the link: a third browser, a shared mailbox, an old form: nothing told, nothing swallowed."""

import uuid
from datetime import timedelta

import pytest

from consent.domain.purposes import freeze_wording
from consent.models import LinkDevice
from tests.accounts.steps import code_in_mail
from tests.cast import group, guardian, pupil, today, years_ago
from tests.conftest import CarefulClient

from .links import check, given, hidden, link_of, send, start, start_ended, words

YES, NO = "yes", "no"


@pytest.fixture(autouse=True)
def _mail_through_the_outbox(settings):
    """Django's test runner puts its own backend; a code must go the real way."""
    settings.EMAIL_BACKEND = "notices.backend.OutboxBackend"


NOOR_NEW = [("Noor", "papier", YES), ("Noor", "besloten", YES), ("Noor", "sociaal", NO)]


def test_a_third_browser_says_no_without_code_and_yes_with_one(cast):
    """The strength of the link: the answers are kept over the code sign-in, and done with one tap after it."""
    start(cast)
    url = link_of(cast, cast.amina)
    for _ in range(2):
        assert send(CarefulClient(), url, YES, YES, YES).status_code == 303
    third = CarefulClient()

    asked = client_asks = send(third, url, YES, NO, YES)
    assert asked.status_code == 403
    assert "amina@" not in words(client_asks)
    to_code = third.post(f"{url}code/", hidden(asked))
    mailed = code_in_mail(cast.amina.email)
    to_check = third.post(
        "/accounts/login/code/confirm/", {"code": mailed, "next": to_code["Location"].split("next=")[1]}
    )
    checked = third.get("/ouder/thuis/controle/")
    sent = third.post("/ouder/thuis/keuze/", hidden(checked))

    assert to_check.status_code == 303
    assert sent.status_code == 303
    assert given(cast)[6:] == [("Noor", "papier", YES), ("Noor", "besloten", NO), ("Noor", "sociaal", YES)]
    assert third.get("/ouder/thuis/controle/").status_code == 302
    assert third.get(sent["Location"]).status_code == 200

    fourth = CarefulClient()
    assert send(fourth, url, NO, NO, NO).status_code == 303


def test_after_the_round_a_yes_needs_a_code_and_a_no_does_not(cast, client):
    start_ended(cast)
    url = link_of(cast, cast.amina)

    assert send(client, url, YES, NO, NO).status_code == 403
    assert given(cast) == []
    assert send(client, url, NO, NO, NO).status_code == 303


def test_whoever_holds_the_link_does_not_learn_the_address(cast):
    """Also not on the pages of the code: neither while it waits, nor after three wrong tries."""
    start_ended(cast)
    url = link_of(cast, cast.amina)
    stranger = CarefulClient()
    to_code = stranger.post(f"{url}code/", hidden(send(stranger, url, YES, YES, YES)))

    pages = [stranger.get(to_code["Location"])]
    pages += [stranger.post("/accounts/login/code/confirm/", {"code": f"0000-000{n}"}) for n in range(3)]

    assert "a…" in pages[0].content.decode()
    for page in pages:
        assert cast.amina.email not in page.content.decode()


def test_waiting_answers_survive_who_was_signed_in_before(cast, as_):
    """On a shared computer somebody else may still be signed in: that ends, the answers stay."""
    start_ended(cast)
    url = link_of(cast, cast.amina)
    client = as_(cast.karol)
    asked = send(client, url, YES, YES, YES)

    client.post(f"{url}code/", hidden(asked))
    client.post("/accounts/login/code/confirm/", {"code": code_in_mail(cast.amina.email)})

    assert client.post("/ouder/thuis/keuze/", hidden(client.get("/ouder/thuis/controle/"))).status_code == 303
    assert [answer[0] for answer in given(cast)] == ["Noor"] * 3


def test_one_answer_is_changed_through_the_link(cast, client):
    """P6: withdraw one layer in fewer taps than giving, without signing in and without a reason."""
    start(cast)
    url = link_of(cast, cast.amina)
    send(client, url, YES, YES, YES)
    change = f"{url}kind/{cast.noor.code}/sociaal/"
    assert change in client.get(url).content.decode()

    page = client.get(change)
    sent = client.post(change, hidden(page) | {"answer": NO})
    receipt = client.get(sent["Location"])

    assert " checked" not in page.content.decode()
    assert sent.status_code == 303
    assert given(cast)[3:] == [("Noor", "sociaal", NO)]
    assert "Papier (nl)" not in words(receipt)


def test_yes_and_then_no_with_the_same_form_are_both_kept(cast, client):
    """C9: tapped no while the yes was still on its way: the last word holds, with a receipt of its own."""
    start(cast)
    change = f"{link_of(cast, cast.amina)}kind/{cast.noor.code}/sociaal/"
    fields = hidden(client.get(change))

    yes, no = (client.post(change, fields | {"answer": answer}) for answer in (YES, NO))

    assert yes["Location"] != no["Location"]
    assert given(cast) == [("Noor", "sociaal", YES), ("Noor", "sociaal", NO)]


def test_nobody_answers_a_question_that_was_not_read(cast, client):
    """R09: a material change between the page and the tap shows the new words first."""
    start(cast)
    change = f"{link_of(cast, cast.amina)}kind/{cast.noor.code}/papier/"
    fields = hidden(client.get(change))
    with cast.acting():
        freeze_wording(
            purpose=cast.purposes["papier"],
            words={"nl": ("Op borden langs de weg", "Ook ver weg te zien")},
            is_material=True,
            in_force_on=today(),
        )

    again = client.post(change, fields | {"answer": YES})

    assert again.status_code == 422
    assert "Op borden langs de weg" in words(again)
    assert given(cast) == []


def test_answers_that_wait_for_a_code_are_not_shown_to_who_shares_the_mailbox(cast):
    """One mailbox, two parents: the answers of one are never one tap from being sent by the other."""
    start_ended(cast)
    with cast.acting():
        tim = guardian(cast.home, "Tim", "Yıldız", [cast.noor], email=cast.amina.email)
    client = CarefulClient()
    url = link_of(cast, cast.amina)
    client.post(f"{url}code/", hidden(send(client, url, YES, YES, YES)))
    client.post("/accounts/login/code/confirm/", {"code": code_in_mail(cast.amina.email)})
    session = client.session
    session["persons"] = {f"{cast.home.id}:guardian": tim.id}
    session.save()

    assert client.get("/ouder/thuis/controle/").status_code == 302


def test_one_yes_after_the_round_asks_a_code_first(cast, client):
    start_ended(cast)
    url = link_of(cast, cast.amina)
    send(client, url, NO, NO, NO)
    change = f"{url}kind/{cast.noor.code}/papier/"

    asked = client.post(change, hidden(client.get(change)) | {"answer": YES})
    mailed = client.post(f"{url}code/{cast.noor.code}/papier/", hidden(asked))
    client.post("/accounts/login/code/confirm/", {"code": code_in_mail(cast.amina.email)})
    page = client.get(f"/ouder/thuis/kind/{cast.noor.code}/papier/")
    sent = client.post(f"/ouder/thuis/kind/{cast.noor.code}/papier/", hidden(page) | {"answer": YES})

    assert asked.status_code == 403
    assert mailed.status_code == 303
    assert sent.status_code == 303
    assert given(cast)[3:] == [("Noor", "papier", YES)]


def test_without_cookies_of_before_a_browser_is_one_browser(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)

    for value in (YES, NO, YES, YES):
        assert send(client, url, value, value, value).status_code == 303

    with cast.acting():
        assert LinkDevice.objects.count() == 1


def test_a_foundation_that_always_wants_a_code_for_yes(cast, client):
    start(cast)
    cast.home.yes_needs_code = True
    cast.home.save()
    url = link_of(cast, cast.amina)

    assert send(client, url, YES, YES, YES).status_code == 403
    assert send(client, url, NO, NO, NO).status_code == 303


def test_a_new_wording_in_between_is_asked_again(cast, client):
    from consent.domain.purposes import freeze_wording

    start(cast)
    url = link_of(cast, cast.amina)
    page = check(client, url, YES, YES, YES)
    with cast.acting():
        freeze_wording(
            purpose=cast.purposes["papier"],
            words={"nl": ("Papier nieuw", "Ook een kalender")},
            is_material=True,
            in_force_on=today(),
        )

    refused = client.post(f"{url}keuze/", hidden(page))

    assert refused.status_code == 422
    assert "Papier nieuw" in words(refused)
    assert given(cast) == []


def test_a_question_that_is_not_in_force_yet_is_not_asked(cast, client):
    from consent.choices import Layer
    from consent.domain.purposes import add_purpose

    start(cast)
    with cast.acting():
        add_purpose(
            slug="web",
            layer=Layer.OPEN_WEB,
            short_label="Website",
            all_must_agree=True,
            places=["Website"],
            words={"nl": ("Op de website", "Voor iedereen")},
            in_force_on=today() + timedelta(days=30),
        )
    url = link_of(cast, cast.amina)

    assert "Op de website" not in words(client.get(url))
    assert send(client, url, YES, YES, NO).status_code == 303


def test_a_link_of_another_foundation_opens_only_that_family(cast, client):
    with cast.acting(foundation=cast.bridge):
        other = pupil(group(cast.bridge_school, cast.bridge_group.year, "2b"), "Anders", "Ver", years_ago(10))
        guardian(cast.bridge, "Vader", "Ver", [other])
    start(cast)

    page = words(client.get(link_of(cast, cast.amina)))

    assert "Anders" not in page
    assert "De Brug" not in page


def test_a_key_of_somebody_else_is_only_a_number(cast, client):
    """The same form key used by two parents: each acts once, neither gets the other's receipt."""
    start(cast)
    key = str(uuid.uuid4())
    receipts = []
    for person in (cast.amina, cast.karol):
        url = link_of(cast, person)
        page = check(client, url, YES, YES, YES)
        receipts.append(client.post(f"{url}keuze/", hidden(page) | {"key": key})["Location"].split("/")[-2])

    assert receipts[0] != receipts[1]
    assert len(given(cast)) == 6
