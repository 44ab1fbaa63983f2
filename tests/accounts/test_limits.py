"""Limits count accounts and devices, never the address of a network (R23); strangers learn nothing (R22)."""

import re

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from accounts.models import User
from ledger.acting import NOBODY, acting

from .steps import (
    PASSWORD,
    ask_code,
    code_in_mail,
    give_code,
    is_signed_in,
    mailbox,
    sign_in_by_code,
    sign_in_by_password,
)

pytestmark = pytest.mark.django_db
STAFF = "juf@school.example.org"
SCHOOL_NETWORK = "192.0.2.7"


def test_300_parents_behind_one_address_all_sign_in(db):
    emails = [f"ouder{number}@voorbeeld.example.org" for number in range(300)]
    User.objects.bulk_create([User(email=email, password="!") for email in emails])

    signed_in = 0
    for email in emails:
        phone = Client(REMOTE_ADDR=SCHOOL_NETWORK)
        signed_in += sign_in_by_code(phone, email).url == "/start/"

    assert signed_in == 300


def test_40_colleagues_behind_one_address_all_sign_in_with_a_password(db):
    password = mailbox("x@school.example.org", PASSWORD).password
    emails = [f"collega{number}@school.example.org" for number in range(40)]
    User.objects.bulk_create([User(email=email, password=password) for email in emails])

    statuses = {
        sign_in_by_password(Client(REMOTE_ADDR=SCHOOL_NETWORK), email).status_code for email in emails
    }

    assert statuses == {303}


def test_stuffing_one_account_stops_although_every_try_comes_from_elsewhere(db):
    mailbox(STAFF, PASSWORD)

    statuses = [
        sign_in_by_password(
            Client(REMOTE_ADDR=f"198.51.100.{number}"), STAFF, f"gok nummer {number}"
        ).status_code
        for number in range(20)
    ]

    assert statuses == [422] * 5 + [429] * 15
    assert (
        sign_in_by_password(Client(), STAFF).status_code == 429
    )  # even the right one, from an unknown device


def test_the_owner_gets_in_on_a_known_device_while_strangers_keep_trying(db):
    mailbox(STAFF, PASSWORD)
    own_laptop = Client()
    sign_in_by_password(own_laptop, STAFF)
    own_laptop.post("/accounts/logout/")

    for number in range(20):
        sign_in_by_password(Client(), STAFF, f"gok nummer {number}")

    assert sign_in_by_password(own_laptop, STAFF).status_code == 303


def test_a_forged_device_cookie_is_no_known_device(db):
    mailbox(STAFF, PASSWORD)
    for number in range(6):
        sign_in_by_password(Client(), STAFF, f"gok nummer {number}")
    forger = Client()
    forger.cookies["apparaat"] = '["abc", ["0123456789abcdef"]]:1abc:zzzz'

    assert sign_in_by_password(forger, STAFF).status_code == 429


def test_a_sixth_code_in_five_minutes_waits(client):
    mailbox("ouder@voorbeeld.example.org")

    statuses = [ask_code(Client(), "ouder@voorbeeld.example.org").status_code for _time in range(7)]

    assert statuses == [303] * 5 + [429] * 2


def test_the_429_page_is_in_plain_words(client):
    for _time in range(5):
        ask_code(Client(), "ouder@voorbeeld.example.org")

    page = ask_code(client, "ouder@voorbeeld.example.org")

    assert page.status_code == 429
    assert "<h1>" in page.content.decode()
    assert "429" not in page.content.decode()


def test_counters_survive_the_rollback_of_the_request(db):
    def counts_and_breaks() -> None:
        with acting(NOBODY):
            cache.set("tries", 3)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        counts_and_breaks()

    assert cache.get("tries") == 3


def test_counters_lie_in_postgresql_on_a_connection_of_their_own(db):
    cache.set("tries", 3)

    with connections["counters"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_counters WHERE cache_key LIKE %s", ["%tries"])
        assert cursor.fetchone() == (1,)


def test_a_full_table_forgets_what_expired_and_keeps_what_counts(db, settings):
    cache._max_entries, before = 3, cache._max_entries
    try:
        cache.set("expired", 1, timeout=-60)
        for number in range(8):
            cache.set(f"tries-{number}", number, timeout=600)
    finally:
        cache._max_entries = before

    assert [cache.get(f"tries-{number}") for number in range(8)] == list(range(8))
    with connections["counters"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_counters WHERE cache_key LIKE %s", ["%expired"])
        assert cursor.fetchone() == (0,)


def without_secrets(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def both(act) -> tuple:
    """What the same act answers for a known and for an unknown address."""
    known, unknown = "bekend@voorbeeld.example.org", "anders@voorbeeld.example.org"
    mailbox(known, PASSWORD)
    answers = []
    for email in (known, unknown):
        answer = act(Client(), email)
        # The length follows the address, `Expires` is the clock.
        headers = {k: v for k, v in answer.headers.items() if k not in {"Content-Length", "Expires"}}
        answers.append(
            (answer.status_code, without_secrets(answer.content.decode().replace(email, "…")), headers)
        )
    return tuple(answers)


def asks_and_looks(client, email):
    ask_code(client, email)
    return client.get("/accounts/login/code/confirm/")


def asks_and_guesses(client, email):
    ask_code(client, email)
    return give_code(client, "0000-0000")


def asks_and_guesses_thrice(client, email):
    ask_code(client, email)
    return [give_code(client, "0000-0000") for _time in range(3)][-1]


def asks_again(client, email):
    ask_code(client, email)
    client.post("/accounts/login/code/confirm/", {"action": "resend"})
    return client.get("/accounts/login/code/confirm/")


@pytest.mark.parametrize(
    "act",
    [
        ask_code,
        asks_and_looks,
        asks_and_guesses,
        asks_and_guesses_thrice,
        asks_again,
        lambda client, email: sign_in_by_password(client, email, "verkeerd"),
        lambda client, email: client.post("/accounts/password/reset/", {"email": email}),
    ],
)
def test_known_and_unknown_addresses_answer_the_same(db, act):
    known, unknown = both(act)

    assert known == unknown


def test_somebody_unknown_gets_a_mail_that_says_so_and_no_code(client):
    from .steps import newest_mail

    ask_code(client, "anders@voorbeeld.example.org")

    mail = newest_mail("anders@voorbeeld.example.org")
    assert mail.kind == "unknown-account"
    assert not re.search(r"\d{4}-\d{4}", mail.text)


def test_an_inactive_mailbox_answers_like_an_unknown_one(client):
    mailbox("weg@voorbeeld.example.org", is_active=False)

    assert ask_code(client, "weg@voorbeeld.example.org").status_code == 303
    assert not is_signed_in(client)


def test_nobody_makes_an_account(client):
    page = client.get("/accounts/signup/")
    posted = client.post(
        "/accounts/signup/",
        {"email": "nieuw@voorbeeld.example.org", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert page.status_code == 200
    assert posted.status_code == 405
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path", ["email/", "confirm-email/", "password/set/", "social/", "2fa/webauthn/", "3rdparty/"]
)
def test_pages_of_allauth_that_we_do_not_need_do_not_exist(client, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_code_in_mail_is_read_from_the_outbox(client):
    mailbox("ouder@voorbeeld.example.org")
    ask_code(client, "ouder@voorbeeld.example.org")

    assert give_code(client, code_in_mail("ouder@voorbeeld.example.org")).status_code == 303
