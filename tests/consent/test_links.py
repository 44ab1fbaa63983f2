"""A parent answers through the mailed link: what is asked, stored and refused, whatever comes in."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import LinkKey
from consent.models import Answer, LatestAnswer, LinkDevice, Submission
from ledger.models import Entry, Once
from notices.models import Message
from schools.models import Guardianship
from tests.cast import pupil, today, years_ago
from tests.conftest import CarefulClient

from .links import PURPOSES, check, fill, given, hidden, link_of, send, start, words

YES, NO = "yes", "no"


@pytest.fixture(autouse=True)
def _mail_through_the_outbox(settings):
    """Django's test runner puts its own backend; a code must go the real way."""
    settings.EMAIL_BACKEND = "notices.backend.OutboxBackend"


NOOR_NEW = [("Noor", "papier", YES), ("Noor", "besloten", YES), ("Noor", "sociaal", NO)]


def test_from_link_to_receipt(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)

    questions = client.get(url)
    checked = client.post(url, fill(questions, YES, YES, NO))
    nothing_yet = given(cast)
    sent = client.post(f"{url}keuze/", hidden(checked))
    receipt = client.get(sent["Location"])

    assert (questions.status_code, checked.status_code, sent.status_code, receipt.status_code) == (
        200,
        200,
        303,
        200,
    )
    assert nothing_yet == []
    assert given(cast) == NOOR_NEW
    assert "checked" not in questions.content.decode()
    with cast.acting():
        answer = Answer.objects.order_by("id").first()
        assert (answer.channel, answer.guardian_id, answer.language) == ("link", cast.amina.id, "nl")
        mail = Message.objects.get(kind="consent/receipt")
    assert mail.guardian_id == cast.amina.id


def test_the_pages_name_the_child_by_call_name_only(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)
    checked = check(client, url, YES, YES, NO)
    receipt = client.get(client.post(f"{url}keuze/", hidden(checked))["Location"])

    for page in (client.get(url), checked, receipt):
        assert "Noor" in words(page)
        assert "Yıldız" not in words(page)
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "same-origin"


def test_a_mail_scanner_changes_nothing(cast, client):
    """P7: 50 times GET, HEAD and OPTIONS on every address of a link: nothing is written and the link works."""
    start(cast)
    url = link_of(cast, cast.amina)
    sent = send(client, url, YES, YES, YES)
    tables = (Answer, LatestAnswer, Submission, LinkDevice, Message, Entry, Once)

    def everything():
        with cast.acting():
            return [table.objects.count() for table in tables]

    before = everything()
    change = f"{url}kind/{cast.noor.code}/sociaal/"
    for address in (url, f"{url}keuze/", f"{url}code/", change, sent["Location"]):
        for method in ("get", "head", "options") * 17:
            status = getattr(client, method)(address).status_code
            assert status in {200, 302, 405}, (address, method, status)

    assert everything() == before
    assert send(client, url, NO, NO, NO).status_code == 303


def test_an_unknown_link_is_404_and_an_ended_one_410(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)
    page = check(client, url, YES, YES, YES)
    LinkKey.objects.update(ends_at=timezone.now() - timedelta(seconds=1))

    unknown = client.get("/toestemming/bestaatniet/")
    ended = client.get(url)
    too_late = client.post(f"{url}keuze/", hidden(page))

    assert (unknown.status_code, ended.status_code, too_late.status_code) == (404, 410, 410)
    assert "/accounts/login/code/" in ended.content.decode()
    assert given(cast) == []


def test_hostile_tokens_are_just_unknown(cast, client):
    start(cast)
    for token in ("%00", "a" * 3000, "..%2f..", "%F0%9F%98%80", "'; DROP TABLE--", " "):
        assert client.get(f"/toestemming/{token}/").status_code == 404, token
        assert client.get(f"/toestemming/{token}/ontvangst/AAAA/").status_code == 404, token


def test_after_the_school_year_the_link_has_ended(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)
    last_day = timezone.datetime(
        cast.year.ends_on.year, 7, 31, 23, 59, tzinfo=ZoneInfo("Europe/Amsterdam")
    ).timestamp()

    with time_machine.travel(last_day):
        assert client.get(url).status_code == 200
    with time_machine.travel(last_day + 90):
        assert client.get(url).status_code == 410


BAD_VALUES = (
    {"all-papier": "maybe"},
    {"all-papier": "later"},
    {"all-papier": "<script>alert(1)</script>"},
    {"all-papier": "\x00"},
    {"all-papier": "ja" * 5000},
    {"key": "not-a-key"},
    {"key": ""},
    {"key": "\x00"},
    {"asked": "\x00"},
    {"asked": "another page"},
)


def test_wrong_and_hostile_values_are_refused_and_the_rest_is_kept(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)
    good = fill(client.get(url), YES, YES, NO)
    for bad in BAD_VALUES:
        for address in (url, f"{url}keuze/"):
            refused = client.post(address, good | bad)
            page = refused.content.decode()
            assert refused.status_code == 422, bad
            assert re.search(r"<title>(Fout|Error):", page), bad
            assert "<script>alert" not in page
            assert re.search(r'name="all-sociaal" value="no" id="\w+-sociaal_1" checked', page), bad
        again = hidden(refused) | {"all-papier": YES, "all-besloten": YES, "all-sociaal": NO}
        assert client.post(url, again).status_code == 200, bad
    assert given(cast) == []


def test_missing_answers_are_named_and_the_others_kept(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)

    refused = client.post(url, fill(client.get(url), YES))

    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'href="#id_all-besloten_0"' in page
    assert 'href="#id_all-sociaal_0"' in page
    assert 'href="#id_all-papier_0"' not in page
    assert page.count(" checked") == 1
    assert " required" not in page


def test_several_children_must_say_for_whom(cast, client):
    with cast.acting():
        pupil_two = pupil(cast.group_7b, "Kees", "Łuczak", years_ago(9))
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=cast.karol,
            pupil=pupil_two,
            authority="full",
            since=years_ago(9),
            source="test",
        )
    start(cast)
    url = link_of(cast, cast.karol)

    refused = client.post(url, fill(client.get(url), YES, YES, YES))

    assert refused.status_code == 422
    assert 'href="#id_scope_0"' in refused.content.decode()
    assert send(client, url, YES, NO, NO, scope="all").status_code == 303
    assert sorted({name for name, _purpose, _value in given(cast)}) == ["Bo", "Kees"]


def test_per_child_two_schools_in_one_go_and_edit_keeps_the_answers(cast, client):
    """P8, P9: one child differs; Wijzig brings the answers back, with each child."""
    with cast.acting():
        kees = pupil(cast.group_7b, "Kees", "Łuczak", years_ago(9))
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=cast.karol,
            pupil=kees,
            authority="full",
            since=years_ago(9),
            source="test",
        )
    start(cast)
    url = link_of(cast, cast.karol)
    checked = check(client, url, YES, YES, YES, scope="all")

    edit = client.post(url, hidden(checked) | {"change": kees.code})

    page = edit.content.decode()
    assert edit.status_code == 200
    assert page.count('value="yes" id="id_all') == 3
    assert page.count(" checked") == 1 + 3 + 6
    values = {f"{code}-{slug}": YES for code in (cast.bo.code, kees.code) for slug in PURPOSES}
    values |= {f"{kees.code}-sociaal": NO, "scope": "each"}
    checked = client.post(url, hidden(edit) | values)
    assert client.post(f"{url}keuze/", hidden(checked)).status_code == 303
    assert [value for name, slug, value in given(cast) if slug == "sociaal"] == [NO, YES]
    assert len(given(cast)) == 6


def test_posted_twice_it_acts_once_and_shows_the_same_receipt(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)
    form = hidden(check(client, url, YES, YES, NO))

    receipts = {client.post(f"{url}keuze/", form)["Location"] for _ in range(10)}

    assert len(receipts) == 1
    assert given(cast) == NOOR_NEW


def test_back_and_other_answers_are_another_choice(cast, client):
    """The back button brings the check page again; with other answers nothing may be lost behind the old key."""
    start(cast)
    url = link_of(cast, cast.amina)
    questions = client.get(url)
    first = client.post(url, fill(questions, YES, YES, NO))
    client.post(f"{url}keuze/", hidden(first))

    other = client.post(url, fill(questions, NO, NO, NO))
    sent = client.post(f"{url}keuze/", hidden(other))

    assert given(cast)[3:] == [("Noor", slug, NO) for slug in PURPOSES]
    assert "Daarom" not in words(client.get(sent["Location"]))


def test_two_tabs_are_both_stored_the_last_one_counts_and_each_has_its_receipt(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)
    left, right = check(client, url, YES, YES, YES), check(client, url, NO, NO, NO)

    one = client.post(f"{url}keuze/", hidden(left))["Location"]
    two = client.post(f"{url}keuze/", hidden(right))["Location"]

    assert one != two
    assert len(given(cast)) == 6
    with cast.acting():
        assert {row.value for row in LatestAnswer.objects.all()} == {NO}
    older, newer = client.get(one), client.get(two)
    assert re.search(r"<dd>(Ja|Yes)</dd>", older.content.decode())
    assert "panel-warn" in older.content.decode()
    assert "panel-warn" not in newer.content.decode()


def test_codes_of_another_family_in_the_form_are_ignored(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)
    page = check(client, url, YES, YES, NO)
    stranger = {f"{cast.bo.code}-{slug}": NO for slug in PURPOSES} | {"scope": "each"}

    client.post(f"{url}keuze/", hidden(page) | stranger)

    assert given(cast) == NOOR_NEW


def test_somebody_elses_receipt_does_not_exist(cast, client):
    start(cast)
    receipt = send(client, link_of(cast, cast.amina), YES, YES, NO)["Location"]
    code = receipt.split("/")[-2]
    karol = link_of(cast, cast.karol)

    assert client.get(f"{karol}ontvangst/{code}/").status_code == 404
    assert client.get(f"{karol}ontvangst/%00/").status_code == 404
    assert client.get(f"{karol}kind/{cast.noor.code}/papier/").status_code == 404
    assert client.get(f"{karol}kind/{cast.bo.code}/niets/").status_code == 404
    assert client.post(f"{karol}code/{cast.noor.code}/papier/").status_code == 404
    assert client.get(receipt).status_code == 200


def test_without_a_fresh_token_the_form_is_refused_in_words(cast):
    start(cast)
    url = link_of(cast, cast.amina)
    strict = CarefulClient(enforce_csrf_checks=True)
    form = hidden(strict.get(url)) | {f"all-{slug}": YES for slug in PURPOSES}

    expired = strict.post(f"{url}keuze/", form | {"csrfmiddlewaretoken": "x" * 64})

    assert expired.status_code == 403
    assert "<h1>" in expired.content.decode()
    assert given(cast) == []
    assert strict.post(url, form).status_code == 200


def test_a_child_that_left_in_between_is_not_decided_about(cast, client):
    with cast.acting():
        kees = pupil(cast.group_7b, "Kees", "Łuczak", years_ago(9))
        Guardianship.objects.create(
            foundation=cast.home,
            guardian=cast.karol,
            pupil=kees,
            authority="full",
            since=years_ago(9),
            source="test",
        )
    start(cast)
    url = link_of(cast, cast.karol)
    page = check(client, url, YES, YES, YES, scope="all")
    with cast.acting():
        kees.enrolments.update(until=today() - timedelta(days=1))

    refused = client.post(f"{url}keuze/", hidden(page))

    assert refused.status_code == 422
    assert given(cast) == []
    assert "Kees" not in words(refused)
    assert send(client, url, YES, YES, YES).status_code == 303
    assert {name for name, _purpose, _value in given(cast)} == {"Bo"}


def test_when_the_only_child_left_there_is_nothing_to_choose(cast, client):
    start(cast)
    url = link_of(cast, cast.karol)
    page = check(client, url, YES, YES, YES)
    with cast.acting():
        cast.bo.enrolments.update(until=today() - timedelta(days=1))

    assert client.post(f"{url}keuze/", hidden(page)).status_code == 409
    assert client.get(url).status_code == 200
    assert given(cast) == []


def test_a_child_of_16_is_not_in_the_questions(cast, client):
    start(cast)

    asked = client.get(link_of(cast, cast.amina))

    assert "Noor" in words(asked)
    questions = asked.content.decode().partition("<form")[2].partition("</form>")[0]
    assert "Sam" not in questions
    assert re.search("Sam is (old enough|oud genoeg)", words(asked))  # UX-L1


def test_the_language_holds_on_every_step_and_in_the_mail(cast, client):
    """P13: switched on the questions and on the check page, which is the answer to a form."""
    start(cast)
    url = link_of(cast, cast.amina)
    dutch = check(client, url, YES, YES, NO)
    switch = re.search(r'formaction="([^"]+taal=en)"', dutch.content.decode())[1]

    english = client.post(switch, hidden(dutch))

    assert '<html lang="en"' in english.content.decode()
    assert "Papier (en)" in words(english)
    assert "Papier (nl)" not in words(english)
    receipt = client.get(client.post(f"{url}keuze/", hidden(english))["Location"])
    assert '<html lang="en"' in receipt.content.decode()
    assert "Papier (en)" in words(receipt)
    with cast.acting():
        assert Message.objects.get(kind="consent/receipt").language == "en"
        assert {answer.language for answer in Answer.objects.all()} == {"en"}
    assert given(cast) == NOOR_NEW


def test_a_get_where_a_form_was_answered_leads_to_the_questions(cast, client):
    start(cast)
    url = link_of(cast, cast.amina)

    assert client.get(f"{url}keuze/?taal=en")["Location"] == url
    assert client.get(url).status_code == 200
