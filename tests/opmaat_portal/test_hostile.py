"""What arrives broken or on purpose: a clear page, the right status, never a 500, and no token in a log."""

import logging
from io import BytesIO

import pytest
from django.db import IntegrityError, OperationalError, connections, transaction
from django.test import Client
from django.urls import reverse

from opmaat_portal.wsgi import application
from schools.models import Pupil


@pytest.mark.parametrize("cookie", ["\\000aaaaaaaaaaaaaa", "x\x00y", "A" * 5000, "../../x"])
def test_a_session_key_that_nobody_made_is_no_session(cast, cookie):
    client = Client()
    client.cookies["sessionid"] = cookie

    assert client.get("/start/").status_code == 302


def test_too_many_parameters_get_a_page(cast):
    answer = Client().get("/?" + "&".join("a" for _ in range(1200)))

    assert answer.status_code in {200, 400}
    assert b"<h1>" in answer.content


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; charset*=bogus''x",
        "multipart/form-data; boundary*=bogus''x; charset=nope",
        "x; charset=utf-16",
    ],
)
def test_letters_that_no_browser_sends_are_refused_at_the_door(content_type):
    said = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": content_type,
        "wsgi.input": BytesIO(b""),
        "wsgi.url_scheme": "http",
    }

    body = application(environ, lambda status, headers: said.append((status, dict(headers))))

    assert said[0][0].startswith("400")
    assert said[0][1]["Cache-Control"] == "no-store"
    assert body


@pytest.mark.parametrize("code", ["%00", "..", "%F0%9F%98%80", "A" * 3000])
def test_an_import_that_cannot_exist_is_not_found(as_, cast, code):
    client = as_(cast.ada)

    assert client.get(f"/beheer/import/{code}/").status_code == 404
    assert client.post(f"/beheer/import/{code}/stop/").status_code == 404


def test_a_token_of_a_link_stands_in_no_log(cast, caplog):
    token = "S3cretT0kenS3cretT0kenS3cre"
    client = Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.DEBUG):
        assert client.post(f"/toestemming/{token}/keuze/", {"a": "b"}).status_code == 403
        assert client.get(f"/toestemming/{token}/").status_code == 404

    shown = [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.getLogger(record.name).getEffectiveLevel()
        and logging.getLogger(record.name).isEnabledFor(record.levelno)
        and token in record.getMessage()
    ]
    assert [line for line in shown if not line.startswith("Not Found")] == []


def test_whoever_was_sending_a_form_comes_back_to_its_page(cast):
    address = reverse("consent:staff.keep", args=[cast.group_8a.code])
    page = f"http://testserver/team/groep/{cast.group_8a.code}/?place=papier"

    answer = Client().post(address, headers={"referer": page})
    elsewhere = Client().post(address, headers={"referer": "https://elders.example.org/team/"})

    assert answer["Location"].endswith(f"next=/team/groep/{cast.group_8a.code}/%3Fplace%3Dpapier")
    assert elsewhere["Location"].endswith("next=/")


def test_without_a_database_the_process_lives_and_is_not_ready(cast, monkeypatch):
    def refuse() -> None:
        raise OperationalError("no database")

    with monkeypatch.context() as broken:
        broken.setattr(connections["default"], "ensure_connection", refuse)
        alive, ready = Client().get("/healthz"), Client().get("/readyz")

    assert alive.status_code == 200
    assert (ready.status_code, ready.json()) == (503, {"database": False})


def test_static_files_carry_the_same_refusals(client):
    answer = client.get("/static/css/portal.css")

    assert answer.status_code == 200
    assert answer["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    b"".join(answer.streaming_content)


def test_every_answer_carries_the_headers(cast, client):
    for address in ("/", "/privacy/", "/bestaat-niet/", "/toestemming/x/", "/ouder/", "/accounts/login/"):
        answer = client.get(address)
        assert "default-src 'none'" in answer["Content-Security-Policy"], address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert "no-store" in answer["Cache-Control"], address
        assert answer["X-Frame-Options"] == "DENY", address


def test_the_database_log_never_holds_a_value(cast, stack):
    """A row that breaks a constraint is told without the row and without the statement."""
    with cast.acting(), pytest.raises(IntegrityError), transaction.atomic():
        Pupil.objects.create(
            foundation=cast.home,
            source_key=cast.noor.source_key,
            call_name="Geheim",
            surname="Verborgen",
            born_on=cast.noor.born_on,
        )

    assert "Verborgen" not in stack.log("postgres").read_text()
    assert cast.noor.source_key not in stack.log("postgres").read_text()
