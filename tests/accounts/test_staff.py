"""Staff: password, second factor, and what ends a session."""

import json
from http.cookies import SimpleCookie

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.domain.sessions import deactivate
from accounts.models import User
from accounts.sealing import Unreadable, seal, unseal

from .steps import (
    PASSWORD,
    add_app,
    app_code,
    is_signed_in,
    later,
    link_in_mail,
    mailbox,
    newest_mail,
    sign_in_by_code,
    sign_in_by_password,
)

pytestmark = pytest.mark.django_db
STAFF = "juf@school.example.org"


@pytest.fixture
def colleague(db) -> User:
    return mailbox(STAFF, PASSWORD)


def test_password_and_then_the_code_from_the_app(client, colleague):
    sign_in_by_password(client, STAFF)
    seed = add_app(client)
    client.post("/accounts/logout/")

    with later(300):
        first = sign_in_by_password(client, STAFF)
        between = is_signed_in(client)
        second = client.post("/accounts/2fa/authenticate/", {"code": app_code(seed)})

        assert first.url == "/accounts/2fa/authenticate/"
        assert not between
        assert second.url == "/start/"
        assert is_signed_in(client)


def test_a_code_of_the_app_works_once_for_as_long_as_it_fits(client, colleague):
    sign_in_by_password(client, STAFF)
    seed = add_app(client)

    with later(300) as clock:
        code = app_code(seed)
        for expected in (303, 422):
            other = Client()
            sign_in_by_password(other, STAFF)
            assert other.post("/accounts/2fa/authenticate/", {"code": code}).status_code == expected
            clock.shift(35)  # still within the tolerance


def test_a_recovery_code_works_once(client, colleague):
    sign_in_by_password(client, STAFF)
    add_app(client)
    code = client.get("/accounts/2fa/recovery-codes/").context["codes"][0]

    statuses = []
    for _time in range(2):
        other = Client()
        sign_in_by_password(other, STAFF)
        statuses.append(other.post("/accounts/2fa/authenticate/", {"code": code}).status_code)

    assert statuses == [303, 422]


def test_guessing_the_second_factor_stops(client, colleague):
    sign_in_by_password(client, STAFF)
    add_app(client)
    thief = Client()
    sign_in_by_password(thief, STAFF)

    statuses = [
        thief.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code for _try in range(7)
    ]

    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_a_post_without_a_code_is_a_wrong_one(client, colleague):
    sign_in_by_password(client, STAFF)
    add_app(client)
    other = Client()
    sign_in_by_password(other, STAFF)

    assert other.post("/accounts/2fa/authenticate/", {}).status_code == 422


def test_the_seed_is_nowhere_in_the_database(client, colleague):
    sign_in_by_password(client, STAFF)
    client.get("/accounts/2fa/totp/activate/")
    session_text = json.dumps(dict(client.session))
    seed = add_app(client)

    factors = {factor.type: json.dumps(factor.data) for factor in Authenticator.objects.all()}
    codes = client.get("/accounts/2fa/recovery-codes/").context["codes"]

    assert set(factors) == {"totp", "recovery_codes"}
    assert seed not in session_text
    assert seed not in factors["totp"]
    assert not any(code in text for code in codes for text in factors.values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mfa_authenticator WHERE data::text LIKE %s", [f"%{seed}%"])
        assert cursor.fetchone() == (0,)


def test_a_new_key_in_front_still_opens_what_the_old_one_sealed(settings):
    old, new = "o" * 40, "n" * 40
    settings.PORTAL_KEYS = [old]
    sealed = seal("zaad")

    settings.PORTAL_KEYS = [new, old]
    assert unseal(sealed) == "zaad"
    newer = seal("zaad")
    settings.PORTAL_KEYS = [new]
    assert unseal(newer) == "zaad"
    with pytest.raises(Unreadable):
        unseal(sealed)


def test_a_second_factor_whose_key_is_gone_refuses_instead_of_breaking(client, colleague, settings):
    sign_in_by_password(client, STAFF)
    seed = add_app(client)
    settings.PORTAL_KEYS = ["n" * 40]

    with later(300):
        other = Client()
        sign_in_by_password(other, STAFF)
        assert other.post("/accounts/2fa/authenticate/", {"code": app_code(seed)}).status_code == 422


def test_setting_up_the_app_survives_a_wrong_code_and_a_second_tab(client, colleague):
    sign_in_by_password(client, STAFF)
    first = client.get("/accounts/2fa/totp/activate/").context["seed"]
    second = client.get("/accounts/2fa/totp/activate/").context["seed"]
    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})

    assert wrong.status_code == 422
    assert first == second == wrong.context["seed"]


def test_the_picture_to_scan_stands_in_the_page_itself(client, colleague):
    sign_in_by_password(client, STAFF)

    page = client.get("/accounts/2fa/totp/activate/").content.decode()

    assert "<svg" in page
    assert "data:image" not in page
    assert "otpauth://totp/" in page


def test_the_session_id_changes_at_sign_in(client, colleague):
    client.get("/accounts/login/")
    session = client.session
    session["seen"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    before = session.session_key

    sign_in_by_password(client, STAFF)

    assert client.cookies["sessionid"].value != before
    attacker = Client()
    attacker.cookies = SimpleCookie({"sessionid": before})
    assert not is_signed_in(attacker)


def open_elsewhere() -> Client:
    other = Client()
    sign_in_by_password(other, STAFF)
    assert is_signed_in(other)
    return other


def test_changing_the_password_ends_every_other_session(client, colleague):
    other = open_elsewhere()
    sign_in_by_password(client, STAFF)

    changed = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "heel andere zin met peren"}
    )

    assert changed.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert newest_mail(STAFF).kind == "security-change"


def test_adding_and_removing_the_app_ends_every_other_session(client, colleague):
    other = open_elsewhere()
    sign_in_by_password(client, STAFF)

    seed = add_app(client)
    assert is_signed_in(client)
    assert not is_signed_in(other)

    with later(300):
        second = Client()
        sign_in_by_password(second, STAFF)
        second.post("/accounts/2fa/authenticate/", {"code": app_code(seed)})
        assert second.post("/accounts/2fa/totp/deactivate/").status_code == 303
        assert is_signed_in(second)
        assert not is_signed_in(client)


def test_deactivating_ends_all_sessions_for_good(colleague):
    other = open_elsewhere()

    deactivate(colleague)
    assert not is_signed_in(other)

    User.objects.filter(pk=colleague.pk).update(is_active=True)
    assert not is_signed_in(other)


def test_signing_out_is_a_post(client, colleague):
    sign_in_by_password(client, STAFF)

    asked = client.get("/accounts/logout/")
    assert asked.status_code == 200
    assert is_signed_in(client)

    assert client.post("/accounts/logout/").status_code == 303
    assert not is_signed_in(client)


def test_an_imported_colleague_chooses_a_first_password_by_mail(client):
    mailbox(STAFF)

    client.post("/accounts/password/reset/", {"email": STAFF})
    link = link_in_mail(STAFF)
    page = client.get(link)
    chosen = client.post(link, {"password1": PASSWORD})

    assert newest_mail(STAFF).kind == "security-change"
    assert page.status_code == 200
    assert chosen.status_code in {302, 303}
    assert sign_in_by_password(client, STAFF).status_code == 303


def test_the_link_for_a_password_works_once_and_opening_it_changes_nothing(client):
    mailbox(STAFF)
    client.post("/accounts/password/reset/", {"email": STAFF})
    link = link_in_mail(STAFF)

    scanner = Client()
    opened = [scanner.get(link).status_code for _time in range(3)]
    client.post(link, {"password1": PASSWORD})

    assert opened == [200, 200, 200]
    assert "sessionid" not in scanner.cookies
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"password1": "nog een andere zin"}).status_code == 410


def test_the_link_for_a_password_ends_after_an_hour(client):
    mailbox(STAFF)
    client.post("/accounts/password/reset/", {"email": STAFF})

    with later(3660):
        assert client.get(link_in_mail(STAFF)).status_code == 410


@pytest.mark.parametrize("password", ["", "kort", "qazwsxedcrfv", "juf@school.example.org"])
def test_a_weak_password_is_refused_and_the_link_still_works(client, password):
    mailbox(STAFF)
    client.post("/accounts/password/reset/", {"email": STAFF})
    link = link_in_mail(STAFF)

    assert client.post(link, {"password1": password}).status_code == 422
    assert client.post(link, {"password1": PASSWORD}).status_code in {302, 303}


def test_the_link_in_the_mail_never_follows_the_host_header(client, settings):
    mailbox(STAFF)
    settings.ALLOWED_HOSTS = ["*"]

    client.post("/accounts/password/reset/", {"email": STAFF}, headers={"host": "elsewhere.example.org"})

    assert settings.PORTAL_URL in newest_mail(STAFF).text
    assert "elsewhere" not in newest_mail(STAFF).text


def test_who_has_only_a_code_may_not_touch_the_second_factor(client, colleague):
    sign_in_by_code(client, STAFF)

    for path in ("", "totp/activate/", "recovery-codes/"):
        assert client.get(f"/accounts/2fa/{path}").url.startswith("/accounts/reauthenticate/?next=")


def test_a_closed_account_is_told_so_only_with_the_right_password(client, colleague):
    deactivate(colleague)

    assert sign_in_by_password(client, STAFF, "verkeerd").status_code == 422
    assert sign_in_by_password(client, STAFF).url == "/accounts/inactive/"


def test_passwords_of_production_are_hashed_slowly():
    from django.conf import global_settings

    assert make_password("x", hasher="default").startswith("md5")  # the tests only
    assert "MD5" not in global_settings.PASSWORD_HASHERS[0]


def test_the_settings_pass_the_checks():
    call_command("check", fail_level="WARNING")
