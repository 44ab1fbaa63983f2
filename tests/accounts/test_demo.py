"""The demo's sign-in with one tap and the mailbox of everybody; neither exists outside the demo."""

import contextlib
import importlib
import io
import mailbox as maildir
import time
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from django.urls import Resolver404, clear_url_caches, resolve

import opmaat_portal.urls
from accounts.choices import Capacity
from accounts.models import Reach
from opmaat_portal.demo import mailbox as box
from opmaat_portal.demo.people import PEOPLE, address_of

from .steps import is_signed_in, mailbox

NAMES = """
    ouder-drie ouder-a ouder-b leerling-16 leerkracht redacteur administratie anti-pest vertrouwenspersoon
    teamleider directeur beheerder bestuur fg mr-lid buitenstaander
""".split()  # noqa: SIM905


def test_the_table_has_the_names_of_the_contract():
    assert [person.name for person in PEOPLE] == NAMES


@pytest.fixture
def director(cast):
    """The cast's director, with the mailbox that the demo loader would give her."""
    user = mailbox(address_of("directeur"))
    Reach.objects.filter(person_id=cast.ria.id, capacity=Capacity.STAFF, foundation_id=cast.home.id).update(
        user=user
    )
    return user


def test_one_tap_signs_in_and_opens_rooms_that_need_a_second_factor(client, director):
    answer = client.post("/demo/als/directeur/")

    assert answer.status_code == 303
    assert answer.url == "/start/"
    team = client.get("/team/")
    assert team.status_code == 200 or "/accounts/" not in team.url


def test_the_sign_in_pages_list_who_is_there_and_nobody_else(client, director):
    for page in ("/accounts/login/", "/accounts/login/code/"):
        text = client.get(page).content.decode()

        assert "/demo/als/directeur/" in text
        assert "/demo/als/ouder-a/" not in text


def test_somebody_else_takes_over_the_session_whole(client, director, cast):
    client.force_login(cast.user_of(cast.amina))
    session = client.session
    session["persons"] = {"1:guardian": 1}
    session.save()

    client.post("/demo/als/directeur/")

    assert "persons" not in client.session
    assert client.session["_auth_user_id"] == str(director.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["niemand", "ouder-a"])
def test_who_is_not_there_does_not_exist(client, name):
    assert client.post(f"/demo/als/{name}/").status_code == 404
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_signing_in_needs_a_post(client):
    assert client.get("/demo/als/directeur/").status_code == 405


@pytest.fixture
def without_demo(settings):
    settings.DEMO = False
    importlib.reload(opmaat_portal.urls)
    clear_url_caches()
    yield
    settings.DEMO = True
    importlib.reload(opmaat_portal.urls)
    clear_url_caches()


@pytest.mark.parametrize("path", ["/demo/als/directeur/", "/demo/post/", "/demo/post.json"])
def test_outside_the_demo_none_of_it_is_routed(without_demo, path):
    """What is left is the page of a school, of a foundation that cannot be (tests/schools/test_tables.py)."""
    with contextlib.suppress(Resolver404):
        assert resolve(path).view_name == "policies:public.school"


def test_outside_the_demo_the_sign_in_page_lists_nobody(client, director, without_demo):
    assert "directeur" not in client.get("/accounts/login/").content.decode()
    with pytest.raises(CommandError):
        call_command("demo_people")


def test_the_command_prints_who_to_sign_in_as(director):
    out = io.StringIO()

    call_command("demo_people", stdout=out)

    assert out.getvalue().startswith("directeur  ")


@pytest.fixture
def post(settings, tmp_path):
    settings.DEMO_MAILDIR = str(tmp_path / "mail")
    box._recipient.cache_clear()
    box._read.cache_clear()
    return maildir.Maildir(settings.DEMO_MAILDIR)


def a_mail(to: str, number: int = 1, html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = f"Mag school foto’s gebruiken? {number}"
    mail["To"] = to
    mail["X-Portal-Kind"] = "consent/invite"
    mail.set_content(f"Beste ouder,\n\nhttp://testserver/toestemming/tok{number}/\n")
    if html:
        mail.add_alternative(html, subtype="html")
    mail["X-RcptTo"] = to
    return mail


@pytest.mark.django_db
def test_the_mailbox_shows_the_newest_first_with_its_link_as_a_button(client, post, settings):
    settings.PORTAL_URL = "http://testserver"
    for number in (1, 2):
        post.add(a_mail("ouder-a@demo.example.org", number))

    text = client.get("/demo/post/").content.decode()

    assert text.index("gebruiken? 2") < text.index("gebruiken? 1")
    assert 'class="btn" href="http://testserver/toestemming/tok1/"' in text


@pytest.mark.django_db
def test_the_list_for_programs(client, post):
    post.add(a_mail("ouder-a@demo.example.org", 1, "<p>Beste ouder</p>"))
    post.add(a_mail("ouder-b@demo.example.org", 2))

    everybody = client.get("/demo/post.json").json()
    one = client.get("/demo/post.json?to=ouder-a@demo.example.org").json()

    assert [mail["to"] for mail in everybody] == ["ouder-b@demo.example.org", "ouder-a@demo.example.org"]
    assert [set(mail) for mail in one] == [{"to", "subject", "text", "html", "kind", "at"}]
    assert one[0]["kind"] == "consent/invite"
    assert "tok1" in one[0]["text"]
    assert "<p>Beste ouder</p>" in one[0]["html"]
    assert one[0]["subject"] == "Mag school foto’s gebruiken? 1"


@pytest.mark.django_db
def test_a_mail_that_holds_html_is_shown_as_text_and_its_own_looks_in_a_sandbox(client, post):
    key = post.add(a_mail("ouder-a@demo.example.org", 1, "<script>alert(1)</script><b>hoi</b>"))

    listed = client.get("/demo/post/").content.decode()
    alone = client.get(f"/demo/post/{key}/opmaak/")

    assert "<script>alert" not in listed
    assert alone.headers["Content-Security-Policy"].startswith("sandbox")
    assert "script-src" not in alone.headers["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["..%2F..%2Fetc%2Fpasswd", "x", "1.M1P1Q1.gone", "1.M1P1Q1..%2F..%2Fx"])
def test_no_file_but_a_mail_is_ever_read(client, post, key):
    assert client.get(f"/demo/post/{key}/opmaak/").status_code == 404


@pytest.mark.django_db
def test_an_empty_mailbox_and_a_page_past_the_end_are_pages(client, post):
    assert client.get("/demo/post/").status_code == 200
    assert client.get("/demo/post/?page=99").status_code == 200
    assert client.get("/demo/post.json?to=").json() == []


@pytest.mark.django_db
def test_five_thousand_mails_stay_fast(client, post, settings):
    folder = box._folder()
    raw = a_mail("ouder-a@demo.example.org", 1, "<p>" + "Mag dit? " * 300 + "</p>").as_bytes()
    other = raw.replace(b"ouder-a@", b"ouder-b@")
    for number in range(5_000):
        (folder / f"{1_700_000_000 + number}.M{number}P7Q{number}.host").write_bytes(
            other if number == 77 else raw
        )

    started = time.process_time()
    found = client.get("/demo/post.json?to=ouder-b@demo.example.org").json()
    first = time.process_time() - started
    started = time.process_time()
    client.get("/demo/post/?to=ouder-b@demo.example.org")
    again = time.process_time() - started
    started = time.process_time()
    everything = client.get("/demo/post.json").json()
    all_of_it = time.process_time() - started

    assert len(found) == 1
    assert first < 4
    assert len(everything) == 5_000
    assert all_of_it < 15
    assert again < 1
