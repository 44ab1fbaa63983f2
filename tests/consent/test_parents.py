"""The family's own pages after signing in, and the mails that lead there."""

import re
from datetime import timedelta

import pytest

from consent.choices import Channel, Reason, Value
from consent.domain.decide import Choice, decide
from consent.domain.facts import known_pupils, policy_of
from consent.domain.purposes import freeze_wording
from consent.domain.reminding import remind
from consent.models import Answer, LatestAnswer, Round
from consent.querysets import purposes_in_use
from consent.rules import state
from ledger.acting import Actor, current
from ledger.choices import ActorKind
from notices.domain.write import words_of
from notices.mail import write
from notices.models import Message
from schools.models import Guardian, Guardianship
from tests.cast import guardian, pupil, today, years_ago
from tests.conftest import CarefulClient

from .links import PURPOSES, fill, given, hidden, link_of, send, start, words

YES, NO = "yes", "no"


def say(cast, person, child, value, *slugs: str, language: str = "nl", foundation=None, purposes=None):
    """This guardian answers for the child, signed in."""
    purposes = purposes or cast.purposes
    with cast.acting(Actor(ActorKind.GUARDIAN, person.id, "signed_in"), foundation=foundation):
        return decide(
            guardian=person,
            choices=[Choice(child.id, purposes[slug].id, Value(value)) for slug in slugs or PURPOSES],
            channel=Channel.SIGNED_IN,
            language=language,
        )


def reason_of(cast, child, slug: str) -> Reason:
    """What staff would hear now."""
    with cast.acting(read_only=True):
        purpose = next(purpose for purpose in purposes_in_use() if purpose.slug == slug)
        return state(known_pupils([child.id])[0].facts, policy_of(purpose, cast.home), current().today).reason


def mail(cast, kind: str, person, foundation=None):
    """The mail of this kind that waits for this guardian, in words."""
    foundation = foundation or cast.home
    with cast.acting(foundation=foundation):
        message = (
            Message.objects.select_related("guardian").filter(kind=kind, guardian=person).latest("due_at")
        )
    return write(kind, message.language, words_of(message, foundation, "http://portal/toestemming/abc/"))


def test_home_shows_every_child_every_choice_and_what_school_does(cast, as_):
    say(cast, cast.amina, cast.noor, YES, "papier", "sociaal")
    say(cast, cast.amina, cast.noor, NO, "besloten")

    page = as_(cast.amina).get("/ouder/")

    text = words(page)
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.content.decode())
    assert len(rows) == 3
    assert [answer in {"Ja", "Yes"} for _title, answer in rows] == [True, False, True]
    assert "Yıldız" not in text.replace("Amina Yıldız", "")
    assert len(re.findall(r'href="/ouder/thuis/kind/\w+/\w+/"', page.content.decode())) == 3
    assert f'href="/ouder/thuis/kind/{cast.noor.code}/"' in page.content.decode()
    assert len(re.findall(rf"(Counts until|Telt tot en met) [^.]*{cast.year.ends_on.year}\.", text)) == 2
    assert page["Cache-Control"] == "no-store"


def test_what_school_does_is_told_without_who_said_what(cast, as_):
    """P12: Erik says no; Amina sees her own yes and that nothing is used, and nothing of Erik."""
    say(cast, cast.amina, cast.noor, YES)
    say(cast, cast.erik, cast.noor, NO)

    page = as_(cast.amina).get("/ouder/")

    text = words(page)
    assert "Erik" not in text
    assert "Jansen" not in text
    assert len(re.findall(r"(Niet alle ouders zeiden ja|Not all parents said yes)\.", text)) == 1
    assert reason_of(cast, cast.noor, "papier") == Reason.CONFLICT


def test_a_child_of_16_and_one_of_another_parent_are_a_sentence_only(cast, as_):
    amina = as_(cast.amina).get("/ouder/").content.decode()
    ward = as_(cast.ward).get("/ouder/").content.decode()

    assert "Sam" in amina
    assert not re.search(rf"kind/{cast.sam.code}/\w", amina)
    assert "Bo" in ward
    assert not re.search(rf"kind/{cast.bo.code}/\w", ward)
    assert "<dl" not in ward


def test_one_choice_is_changed_in_three_taps_and_holds_for_staff_at_once(cast, as_):
    """P6, C9: change, no, save."""
    say(cast, cast.karol, cast.bo, YES)
    client = as_(cast.karol)
    change = re.search(r'href="(/ouder/thuis/kind/\w+/sociaal/)"', client.get("/ouder/").content.decode())[1]

    page = client.get(change)
    sent = client.post(change, hidden(page) | {"answer": NO})

    assert " checked" not in page.content.decode()
    assert sent.status_code == 303
    assert reason_of(cast, cast.bo, "sociaal") == Reason.REFUSED
    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED
    assert client.get(sent["Location"]).status_code == 200


def test_a_change_without_or_with_a_wrong_answer_is_refused_in_words(cast, as_):
    client = as_(cast.karol)
    change = f"/ouder/thuis/kind/{cast.bo.code}/papier/"
    form = hidden(client.get(change))

    for bad in ({}, {"answer": "later"}, {"answer": "\x00"}, {"answer": YES, "key": "\x00"}):
        refused = client.post(change, form | bad)
        assert refused.status_code == 422, bad
        assert re.search(r"<title>(Fout|Error):", refused.content.decode())
    assert given(cast) == []
    assert client.post(change, hidden(refused) | {"answer": YES}).status_code == 303


def test_posted_ten_times_a_change_is_one_answer(cast, as_):
    client = as_(cast.karol)
    change = f"/ouder/thuis/kind/{cast.bo.code}/papier/"
    form = hidden(client.get(change)) | {"answer": YES}

    assert len({client.post(change, form)["Location"] for _ in range(10)}) == 1
    assert len(given(cast)) == 1


def test_the_same_questions_signed_in(cast, as_):
    client = as_(cast.amina)
    page = client.get("/ouder/thuis/vragen/")
    checked = client.post("/ouder/thuis/vragen/", fill(page, YES, NO, YES))
    sent = client.post("/ouder/thuis/keuze/", hidden(checked))

    assert sent.status_code == 303
    assert [value for _name, _purpose, value in given(cast)] == [YES, NO, YES]
    with cast.acting():
        assert {answer.channel for answer in Answer.objects.all()} == {"signed_in"}
    assert client.get(sent["Location"]).status_code == 200
    assert client.get("/ouder/thuis/controle/").status_code == 302
    assert client.get("/ouder/thuis/keuze/").status_code == 302


def test_pages_of_another_family_or_foundation_do_not_exist(cast, as_):
    receipt = say(cast, cast.karol, cast.bo, YES).code
    client = as_(cast.amina)

    for address in (
        f"/ouder/thuis/ontvangst/{receipt}/",
        "/ouder/thuis/ontvangst/%00/",
        f"/ouder/thuis/kind/{cast.bo.code}/papier/",
        f"/ouder/thuis/kind/{cast.noor.code}/niets/",
        "/ouder/de-brug/vragen/",
        f"/ouder/de-brug/kind/{cast.vera_child.code}/papier/",
        "/ouder/bestaat-niet/vragen/",
        "/ouder/de-brug/controle/",
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(f"/ouder/thuis/kind/{cast.bo.code}/papier/", {"answer": NO}).status_code == 404
    assert as_(cast.joost).get("/ouder/").status_code == 404


def test_a_stranger_is_asked_to_sign_in(cast, client):
    for address in ("/ouder/", "/ouder/thuis/vragen/", f"/ouder/thuis/kind/{cast.noor.code}/papier/"):
        assert client.get(address).status_code == 302
        assert client.get(address)["Location"].startswith("/accounts/login/")


def test_children_in_two_foundations_stand_on_one_page(cast, as_):
    with cast.acting(foundation=cast.bridge):
        lily = pupil(cast.bridge_group, "Lily", "Łuczak", years_ago(13))
        there = guardian(cast.bridge, "Karol", "Łuczak", [lily], email=cast.karol.email)
    client = as_(cast.karol)

    page = client.get("/ouder/").content.decode()
    change = f"/ouder/de-brug/kind/{lily.code}/papier/"
    sent = client.post(change, hidden(client.get(change)) | {"answer": YES})

    assert "Bo" in page
    assert "Lily" in page
    assert page.count("/vragen/") == 2
    assert sent.status_code == 303
    with cast.acting(foundation=cast.bridge):
        assert Answer.objects.get().guardian_id == there.id
    assert given(cast) == []


def test_two_parents_with_one_address_say_who_they_are(cast, as_):
    with cast.acting():
        partner = guardian(cast.home, "Ola", "Łuczak", [cast.bo], email=cast.karol.email)
    client = CarefulClient()
    with cast.acting():
        client.force_login(cast.user_of(partner))

    asked = client.get("/ouder/", follow=True)
    ola = re.search(
        r'name="person" value="(\d+)"[^>]*>(?:(?!name="person").)*Ola', asked.content.decode(), re.DOTALL
    )
    client.post("/accounts/wie/", {"person": ola[1], "next": "/ouder/"})
    change = f"/ouder/thuis/kind/{cast.bo.code}/papier/"
    client.post(change, hidden(client.get(change)) | {"answer": NO})

    assert asked.redirect_chain
    with cast.acting():
        assert Answer.objects.get().guardian_id == partner.id


def test_home_asks_again_when_the_yes_has_ended_or_the_question_changed(cast, as_):
    say(cast, cast.karol, cast.bo, YES)
    client = as_(cast.karol)
    assert "/ouder/thuis/vragen/" not in client.get("/ouder/").content.decode()
    with cast.acting():
        freeze_wording(
            purpose=cast.purposes["papier"],
            words={"nl": ("Papier nieuw", "Ook een kalender")},
            is_material=True,
            in_force_on=today(),
        )

    page = client.get("/ouder/").content.decode()

    assert "/ouder/thuis/vragen/" in page
    assert reason_of(cast, cast.bo, "papier") == Reason.REWORDED


def test_invite_and_reminder_in_the_language_of_the_guardian(cast):
    with cast.acting():
        Guardian.objects.filter(id=cast.karol.id).update(language="en")
        kees = pupil(cast.group_7b, "Kees", "Łuczak", years_ago(9))
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=cast.karol,
            pupil=kees,
            authority="full",
            since=years_ago(9),
            source="t",
        )
    start(cast)
    with cast.acting():
        remind(Round.objects.get())

    invite, reminder = mail(cast, "consent/invite", cast.karol), mail(cast, "consent/reminder", cast.karol)

    assert invite.subject == "May school use photos of Kees and Bo? (1 minute)"
    assert reminder.subject == f"Reminder: {invite.subject}"
    for written in (invite, reminder):
        for part in (written.text, written.html):
            assert "http://portal/toestemming/abc/?taal=en" in part
            assert "Łuczak" not in part
            assert "Stichting Thuis" in part
            assert "013 000 00 00" in part
            assert "You get this e-mail because" in part
        assert "\n\n\n" not in written.text


def test_the_receipt_repeats_in_words_what_was_decided(cast):
    say(cast, cast.erik, cast.noor, NO, "papier")
    submission = say(cast, cast.amina, cast.noor, YES, "papier", "besloten", language="en")
    say(cast, cast.karol, cast.bo, NO, language="en")

    written, refusal = mail(cast, "consent/receipt", cast.amina), mail(cast, "consent/receipt", cast.karol)

    assert written.subject == refusal.subject
    assert "Papier (en): Yes\n  Not all parents said yes." in written.text
    assert "Ouderapp (en): Yes\n" in written.text
    assert submission.code in written.text
    assert "/toestemming/abc/?taal=en" in written.text
    assert "Papier (en): No" in refusal.text
    for part in (written.text, written.html, refusal.text, refusal.html):
        assert "Yıldız" not in part
        assert "Erik" not in part


def test_the_digest_tells_what_school_does_and_holds_every_child_that_changed_that_day(cast):
    with cast.acting():
        dana = pupil(cast.group_7b, "Dana", "Yıldız", years_ago(8))
        for person in (cast.amina, cast.erik):
            Guardianship.objects.create(
                foundation=cast.home,
                guardian=person,
                pupil=dana,
                authority="full",
                since=years_ago(8),
                source="t",
            )
        Guardian.objects.filter(id=cast.erik.id).update(language="en")
    say(cast, cast.amina, cast.noor, YES, "papier")

    say(cast, cast.amina, dana, YES, "papier")

    written = mail(cast, "consent/changed", cast.erik)
    with cast.acting():
        assert Message.objects.filter(kind="consent/changed", guardian=cast.erik).count() == 1
    assert written.subject == "What school does now with photos of your children"
    assert written.text.count("Papier (en): school may use them") == 2
    assert written.text.count("Sociale media (en): school uses nothing") == 2
    assert "Amina" not in written.text
    assert "Yıldız" not in written.text


def test_every_way_back_is_at_most_three_taps(cast, client, as_):
    """Mail or receipt → questions with "change one answer"; family page → change."""
    start(cast)
    receipt = client.get(send(client, link_of(cast, cast.karol), YES, YES, YES)["Location"]).content.decode()
    home = as_(cast.karol).get("/ouder/").content.decode()

    assert len(re.findall(r'href="/toestemming/[\w-]+/kind/\w+/\w+/"', receipt)) == 3
    assert len(re.findall(r'href="/ouder/thuis/kind/\w+/\w+/"', home)) == 3


@pytest.mark.parametrize("value", [YES, NO])
def test_the_receipt_has_the_same_words_for_yes_and_for_no(cast, client, value):
    """P5."""
    start(cast)
    page = words(client.get(send(client, link_of(cast, cast.karol), value, value, value)["Location"]))

    shown = {YES: r"\b(Ja|Yes)\b", NO: r"\b(Nee|No)\b"}[value]
    assert len(re.findall(shown, page)) == 3
    assert len(page.split()) < 120


def test_a_yes_of_last_year_is_told_and_not_ticked(cast, client):
    """P3, with last year's data."""
    start(cast)
    url = link_of(cast, cast.karol)
    send(client, url, YES, YES, NO)
    with cast.acting():
        LatestAnswer.objects.filter(value=YES).update(valid_until=today() - timedelta(days=1))

    page = client.get(url)

    assert " checked" not in page.content.decode()
    assert len(re.findall(r"(Before|Eerder): (Yes|Ja)", words(page))) == 2
    with cast.acting():
        LatestAnswer.objects.filter(value=YES).update(valid_until=cast.year.ends_on)
