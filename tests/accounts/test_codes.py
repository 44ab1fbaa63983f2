"""Parents sign in with a mailed code: one field, the code, done."""

import re

import pytest
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from accounts.views.codes import send_code_to
from notices.models import AccountMail

from .steps import (
    ask_code,
    code_in_mail,
    give_code,
    is_signed_in,
    later,
    mailbox,
    newest_mail,
    sign_in_by_code,
)

pytestmark = pytest.mark.django_db
PARENT = "ouder@voorbeeld.example.org"


def test_a_parent_signs_in_with_the_code_from_the_mail(client):
    mailbox(PARENT)

    asked = ask_code(client, PARENT)
    given = give_code(client, code_in_mail(PARENT))

    assert asked.status_code == 303
    assert asked.url == "/accounts/login/code/confirm/"
    assert given.status_code == 303
    assert given.url == "/start/"
    assert is_signed_in(client)


def test_the_mail_says_its_kind_and_the_code_is_easy_on_a_phone(client):
    mailbox(PARENT)

    ask_code(client, PARENT)
    page = client.get("/accounts/login/code/confirm/").content.decode()

    assert newest_mail(PARENT).kind == "login-code"
    assert re.fullmatch(r"\d{4}-\d{4}", code_in_mail(PARENT))
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0[0]}{0[1]}{0[2]}{0[3]} {0[5]}{0[6]}{0[7]}{0[8]}"])
def test_a_pasted_code_may_have_spaces_or_no_dash(client, typed):
    mailbox(PARENT)
    ask_code(client, PARENT)

    given = give_code(client, typed.format(code_in_mail(PARENT)))

    assert given.status_code == 303


def test_capitals_in_the_address_make_no_difference(client):
    mailbox(PARENT)

    ask_code(client, "Ouder@Voorbeeld.Example.ORG")

    assert give_code(client, code_in_mail(PARENT)).status_code == 303


def test_after_three_wrong_codes_a_fresh_one_is_one_tap_away(client):
    mailbox(PARENT)
    ask_code(client, PARENT, next="/ouder/")
    first = code_in_mail(PARENT)

    answers = [give_code(client, "0000-0000", next="/ouder/") for _try in range(3)]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    page = answers[-1].content.decode()
    assert f'name="email" value="{PARENT}"' in page
    assert 'name="next" value="/ouder/"' in page
    assert give_code(client, first).url == "/accounts/login/code/"  # the old one is dead
    assert ask_code(client, PARENT).status_code == 303
    assert give_code(client, code_in_mail(PARENT)).status_code == 303


def test_a_new_code_kills_the_old_one(client):
    mailbox(PARENT)
    ask_code(client, PARENT)
    first = code_in_mail(PARENT)

    again = client.post("/accounts/login/code/confirm/", {"action": "resend"})

    assert again.status_code == 303
    assert code_in_mail(PARENT) != first
    assert give_code(client, first).status_code == 422
    assert give_code(client, code_in_mail(PARENT)).status_code == 303


def test_a_code_works_for_a_quarter_of_an_hour(client):
    mailbox(PARENT)
    ask_code(client, PARENT)
    code = code_in_mail(PARENT)

    with later(890):
        assert give_code(client, code).status_code == 303


def test_an_old_code_gets_a_page_that_sends_a_fresh_one(client):
    mailbox(PARENT)
    ask_code(client, PARENT)
    code = code_in_mail(PARENT)

    with later(910):
        late = give_code(client, code)

        assert late.status_code == 422
        assert f'name="email" value="{PARENT}"' in late.content.decode()
        assert not is_signed_in(client)


def test_a_resent_code_lives_a_quarter_of_an_hour_itself(client):
    mailbox(PARENT)
    ask_code(client, PARENT)

    with later(800) as clock:
        client.post("/accounts/login/code/confirm/", {"action": "resend"})
        clock.shift(800)

        assert give_code(client, code_in_mail(PARENT)).status_code == 303


def test_a_code_works_once(client):
    mailbox(PARENT)
    sign_in_by_code(client, PARENT)
    code = code_in_mail(PARENT)
    client.post("/accounts/logout/")

    assert give_code(client, code).url == "/accounts/login/code/"
    assert not is_signed_in(client)


def test_a_code_works_only_in_the_browser_that_asked_for_it(client):
    mailbox(PARENT)
    ask_code(client, PARENT)
    somebody_else = Client()

    answer = give_code(somebody_else, code_in_mail(PARENT))

    assert answer.status_code == 303
    assert answer.url == "/accounts/login/code/"
    assert not is_signed_in(somebody_else)


def test_opening_the_pages_changes_nothing(client):
    """Mail scanners and robots open pages; a GET never counts as an answer (R18)."""
    mailbox(PARENT)
    ask_code(client, PARENT)
    code = code_in_mail(PARENT)

    for _time in range(5):
        client.get("/accounts/login/code/confirm/")
        client.head("/accounts/login/code/confirm/")

    assert AccountMail.objects.count() == 1
    assert give_code(client, code).status_code == 303


def test_after_signing_in_one_goes_on_where_one_was(client):
    mailbox(PARENT)
    asked = ask_code(client, PARENT, next="/privacy/")

    given = give_code(client, code_in_mail(PARENT), next="/privacy/")

    assert asked.url == "/accounts/login/code/confirm/?next=%2Fprivacy%2F"
    assert given.url == "/privacy/"


def test_the_way_on_never_leads_to_another_site(client):
    mailbox(PARENT)
    ask_code(client, PARENT)

    given = give_code(client, code_in_mail(PARENT), next="https://elsewhere.example.org/")

    assert given.url == "/start/"


@pytest.mark.parametrize(
    "email", ["", "geen adres", "a@b", "x" * 300 + "@voorbeeld.nl", "a\x00@voorbeeld.nl"]
)
def test_an_address_that_is_none_is_said_so(client, email):
    answer = ask_code(client, email)

    assert answer.status_code == 422
    assert AccountMail.objects.count() == 0


@pytest.mark.parametrize("code", ["", "é", "1" * 500, "\x00"])
def test_nonsense_as_a_code_counts_as_a_wrong_one(client, code):
    mailbox(PARENT)
    ask_code(client, PARENT)

    assert give_code(client, code).status_code == 422


def test_somebody_who_mistyped_the_address_can_go_back(client):
    mailbox(PARENT)
    ask_code(client, "oude@voorbeeld.example.org")

    page = client.get("/accounts/login/code/")

    assert page.status_code == 200
    assert 'name="email"' in page.content.decode()


def test_who_is_on_the_way_to_a_family_room_comes_to_the_door_with_one_field(client):
    answer = client.get("/accounts/login/?next=/ouder/")

    assert answer.url == "/accounts/login/code/?next=%2Fouder%2F"


@pytest.fixture
def by_link(rf, client):
    """`send_code_to` as the page of a personal link calls it, in the session of `client`."""

    def send(user, signed_in_as=None):
        request = rf.post("/toestemming/abc/code/")
        request.session, request.user = client.session, signed_in_as or AnonymousUser()
        with context.request_context(request):
            answer = send_code_to(request, user, "/privacy/")
        request.session["waiting"] = {"answers": "ja"}
        request.session.save()
        client.cookies["sessionid"] = request.session.session_key
        return answer

    return send


def test_a_known_person_gets_a_code_from_the_personal_link(by_link, client):
    answer = by_link(mailbox(PARENT))
    given = client.post(answer.url, {"code": code_in_mail(PARENT)})

    assert answer.status_code == 303
    assert given.url == "/privacy/"
    assert client.session["waiting"] == {"answers": "ja"}


def test_a_link_of_somebody_else_signs_out_who_is_there_and_keeps_the_answers(by_link, client):
    other = mailbox("ander@voorbeeld.example.org")
    client.force_login(other)
    session = client.session
    session["persons"] = {"1:guardian": 1}
    session.save()

    answer = by_link(mailbox(PARENT), signed_in_as=other)

    assert not is_signed_in(client)
    assert client.post(answer.url, {"code": code_in_mail(PARENT)}).url == "/privacy/"
    assert client.session["waiting"] == {"answers": "ja"}
    assert "persons" not in client.session


def test_who_is_signed_in_already_needs_no_second_code(by_link, client):
    user = mailbox(PARENT)
    client.force_login(user)

    answer = by_link(user, signed_in_as=user)

    assert answer.url == "/privacy/"
    assert AccountMail.objects.count() == 0
