"""Mails that come back: at the hand-over, by webhook, by mailbox; each once, and no address is mailed in vain."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from ledger.choices import Verb
from ledger.models import Entry
from notices import doorbell, tasks
from notices.choices import BounceKind, BounceSource, Lane, State, Unreachable
from notices.domain import deliver
from notices.domain.bounces import Report, Taken, is_about_address, reopen, take_bounces
from notices.models import AccountMail, Bounce, Message
from schools.models import Guardian
from tests.notices.returned import returned_mail

pytestmark = pytest.mark.django_db
TOKEN = "t" * 40


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch) -> None:
    monkeypatch.setattr(doorbell, "_send", lambda lane: None)


@pytest.fixture
def sent(cast, put, server) -> Message:
    """A mail to Amina that the mail server took."""
    put(cast.amina)
    deliver.deliver_due(Lane.BULK)
    with cast.acting():
        return Message.objects.get(guardian=cast.amina)


def bounces(cast) -> list[tuple]:
    with cast.acting():
        return list(Bounce.objects.values_list("guardian__call_name", "address", "status", "source"))


def new_address(cast, address: str) -> None:
    with cast.acting():
        Guardian.objects.filter(id=cast.amina.id).update(email=address)


def report(message: Message, status: str = "5.1.1", **changes) -> Report:
    return Report(message.message_id, status, **{"source": BounceSource.WEBHOOK, **changes})


def test_a_5xx_is_kept_told_in_the_ledger_and_closes_the_address(cast, put, server):
    server.answers["amina"] = "550 5.1.1 no such user"
    put(cast.amina)

    deliver.deliver_due(Lane.BULK)

    assert bounces(cast) == [("Amina", "amina@thuis.example.org", "5.1.1", "smtp")]
    with cast.acting():
        assert Message.objects.get().state == State.FAILED
        entry = Entry.objects.get(verb=Verb.MAIL_BOUNCED)
        assert (entry.subject_type, entry.subject_id) == ("guardian", cast.amina.id)
    again = put(cast.amina, cause="round:2")
    assert (again.planned, again.unreachable) == (0, {cast.amina.id: Unreachable.BOUNCED})


@pytest.mark.parametrize("stage", ["answers", "answers_to_data"])
@pytest.mark.parametrize("answer", ["554 blocked, see our list", "550 no such user", "554 5.7.1 blocked"])
def test_a_refusal_that_does_not_name_the_address_closes_none(cast, put, server, stage, answer):
    """A provider that puts our server on its list says no to every parent."""
    getattr(server, stage)["amina"] = answer
    put(cast.amina)

    deliver.deliver_due(Lane.BULK)

    with cast.acting():
        assert Message.objects.get().state == State.FAILED
    assert len(bounces(cast)) == 1, "it did not arrive, and the school sees that"
    assert put(cast.amina, cause="round:2").planned == 1


def test_no_such_user_said_after_the_mail_itself_closes_the_address_too(cast, put, server):
    server.answers_to_data["amina"] = "550 5.1.1 no such user"
    put(cast.amina)

    deliver.deliver_due(Lane.BULK)

    assert put(cast.amina, cause="round:2").unreachable == {cast.amina.id: Unreachable.BOUNCED}


def test_who_checked_the_address_opens_it_again_and_what_came_back_stays_known(cast, put, server, sent):
    take_bounces([report(sent)])
    with cast.acting():
        assert len(reopen(cast.amina)) == 1
        assert reopen(cast.amina) == []

    assert put(cast.amina, cause="round:2").planned == 1
    deliver.deliver_due(Lane.BULK)

    assert server.addresses() == [cast.amina.email] * 2
    assert bounces(cast) == [("Amina", "amina@thuis.example.org", "5.1.1", "webhook")]
    with cast.acting():
        assert Bounce.objects.get().answered_at is not None
        assert Entry.objects.filter(verb=Verb.MAIL_BOUNCED).count() == 1
    assert take_bounces([report(sent)]) == Taken(known=1)
    assert put(cast.amina, cause="round:3").planned == 1, "the same report again says nothing new"


def test_what_comes_back_after_that_closes_the_address_again(cast, put, sent):
    take_bounces([report(sent)])
    with cast.acting():
        reopen(cast.amina)
    put(cast.amina, cause="round:2")
    with cast.acting():
        second = Message.objects.get(cause="round:2")

    take_bounces([report(second)])

    assert put(cast.amina, cause="round:3").unreachable == {cast.amina.id: Unreachable.BOUNCED}


def test_opening_one_address_opens_no_other(cast, put, sent):
    take_bounces([report(sent)])
    new_address(cast, "nieuw@thuis.example.org")
    with cast.acting():
        assert reopen(cast.amina) == []
        assert reopen(cast.erik) == []
    new_address(cast, "amina@thuis.example.org")

    assert put(cast.amina, cause="round:2").unreachable == {cast.amina.id: Unreachable.BOUNCED}


def test_a_corrected_address_is_reachable_at_once(cast, put, sent):
    take_bounces([report(sent)])
    assert put(cast.amina, cause="round:2").unreachable == {cast.amina.id: Unreachable.BOUNCED}

    new_address(cast, "nieuw@thuis.example.org")

    assert put(cast.amina, cause="round:2").planned == 1


def test_what_was_planned_before_the_bounce_does_not_leave(cast, put, server, sent):
    put(cast.amina, cause="round:2")
    take_bounces([report(sent, address="AMINA@thuis.example.org")])

    deliver.deliver_due(Lane.BULK)

    assert len(server.mails) == 1
    with cast.acting():
        assert Message.objects.get(cause="round:2").last_error == Unreachable.BOUNCED
        assert Bounce.objects.count() == 1, "nobody refused this one"


def test_the_old_address_that_comes_back_late_says_nothing_of_the_new_one(cast, put, sent):
    new_address(cast, "nieuw@thuis.example.org")

    take_bounces([report(sent, address="amina@thuis.example.org")])

    assert bounces(cast) == [("Amina", "amina@thuis.example.org", "5.1.1", "webhook")]
    assert put(cast.amina, cause="round:2").planned == 1


def test_the_same_report_twice_is_one_and_the_message_stays_sent(cast, sent):
    assert take_bounces([report(sent)]) == Taken(new=1)
    assert take_bounces([report(sent), report(sent)]) == Taken(known=2)

    assert len(bounces(cast)) == 1
    with cast.acting():
        assert Message.objects.get().state == State.SENT
        assert Entry.objects.filter(verb=Verb.MAIL_BOUNCED).count() == 1


@pytest.mark.parametrize("status", ["4.2.2", "2.0.0", "", "5", "5.1.1 and more", "6.1.1"])
def test_only_what_failed_for_ever_counts(cast, sent, status):
    assert take_bounces([report(sent, status)]) == Taken(not_ours=1)
    assert bounces(cast) == []


def test_only_a_message_id_of_ours_counts(cast, sent):
    domain = sent.message_id.rpartition("@")[2]
    strange = [
        "",
        "<>",
        f"<{uuid4()}@{domain}",
        f"<{sent.id}@elsewhere.example>",
        "x" * 900,
        "\0",
        f"{sent.id}",
    ]

    reports = [Report(name, "5.1.1", BounceSource.WEBHOOK) for name in strange]

    assert take_bounces(reports) == Taken(not_ours=len(strange))
    assert bounces(cast) == []


def test_a_complaint_or_a_mistrusted_server_closes_no_address(cast, put, sent):
    both = [report(sent, "5.7.1"), report(sent, "", kind=BounceKind.COMPLAINT)]
    assert take_bounces(both) == Taken(new=2)

    assert len(bounces(cast)) == 2
    assert put(cast.amina, cause="round:2").planned == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [("5.1.1", True), ("5.1.10", True), ("5.2.1", True), ("5.4.1", True), ("5.4.4", True),
     ("5.0.0", False), ("5.0.9", False), ("5.2.0", False), ("5.2.2", False),
     ("5.7.1", False), ("5.3.4", False), ("5.6.0", False), ("5.1.8", False)],
)  # fmt: skip
def test_which_refusals_are_about_the_address(status, expected):
    assert is_about_address(status) is expected


def test_a_bounce_of_one_foundation_is_not_seen_in_another(cast, sent):
    take_bounces([report(sent)])

    with cast.acting(foundation=cast.bridge):
        assert not Bounce.objects.exists()


def test_a_sign_in_mail_that_comes_back_is_only_logged(cast, caplog):
    mail = AccountMail.objects.create(
        language="nl", to="weg@thuis.example.org", subject="x", text="x", created_at=timezone.now()
    )

    assert take_bounces([Report(mail.message_id, "5.1.1", BounceSource.WEBHOOK)]) == Taken(not_ours=1)

    assert "came back: 5.1.1" in caplog.text
    assert "weg@" not in caplog.text


def test_a_refusal_after_days_of_4xx_is_no_bounce(cast, put, server):
    server.answers["amina"] = "450 4.2.2 mailbox full"
    put(cast.amina, due_at=timezone.now() - timedelta(days=5))

    deliver.deliver_due(Lane.BULK)

    assert bounces(cast) == []


# The mailbox on disk.


def a_maildir(path, *mails: bytes):
    for name in ("new", "cur", "tmp"):
        (path / name).mkdir(parents=True, exist_ok=True)
    for number, mail in enumerate(mails):
        (path / "new" / f"{number}.example").write_bytes(mail)
    return path


def test_a_maildir_is_read_once(cast, sent, tmp_path, capsys):
    mine = returned_mail(sent.message_id, "5.1.1", "amina@thuis.example.org")
    box = a_maildir(tmp_path / "post", b"not a mail at all \xff", mine, mine)

    call_command("read_bounces", str(box))
    assert capsys.readouterr().out == "1 new, 1 known already, 0 not about a mail of ours.\n"
    call_command("read_bounces", str(box))
    assert capsys.readouterr().out.startswith("0 new, 0 known")

    assert bounces(cast) == [("Amina", "amina@thuis.example.org", "5.1.1", "mailbox")]
    assert sorted(file.name for file in (box / "cur").iterdir()) == [f"{n}.example:2,S" for n in range(3)]


def test_an_mbox_may_be_read_again(cast, sent, tmp_path, capsys):
    box = tmp_path / "mbox"
    mine = returned_mail(sent.message_id, "5.1.1", "amina@thuis.example.org")
    box.write_bytes(b"From MAILER-DAEMON Sat Nov 21 10:00:00 2026\n" + mine + b"\n\n")

    call_command("read_bounces", str(box))
    call_command("read_bounces", str(box))

    assert capsys.readouterr().out.splitlines()[1].startswith("0 new, 1 known")
    assert len(bounces(cast)) == 1


def test_a_mailbox_that_is_not_there_is_said(tmp_path, settings, caplog):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("read_bounces", str(tmp_path / "nothing"))
    settings.BOUNCE_MAILBOX = str(tmp_path / "nothing")
    tasks.read_bounces()
    assert "cannot be read" in caplog.text


# The webhook.


@pytest.fixture
def post(settings):
    settings.BOUNCE_TOKEN = TOKEN
    client = Client(enforce_csrf_checks=True)

    def post(body: object, token: str = TOKEN, content_type: str = "application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(
            "/post/retour/", data, content_type=content_type, headers={"Authorization": f"Bearer {token}"}
        )

    return post


def test_the_provider_tells_and_twice_is_once(cast, sent, post):
    told = {"message_id": sent.message_id.strip("<>"), "status": "5.1.1", "type": "bounce"}

    assert post(told).json() == {"new": 1, "known": 0, "not_ours": 0}
    assert post([told, {"message_id": "<x@y>", "status": "5.1.1"}]).json() == {
        "new": 0,
        "known": 1,
        "not_ours": 1,
    }
    assert bounces(cast) == [("Amina", "amina@thuis.example.org", "5.1.1", "webhook")]


def test_the_returned_mail_itself_may_be_posted(cast, sent, post):
    raw = returned_mail(sent.message_id, "5.1.1", "amina@thuis.example.org")

    assert post(raw, content_type="message/rfc822").json()["new"] == 1


def test_a_complaint_needs_no_status(sent, post):
    told = {"message_id": sent.message_id, "type": "complaint"}

    assert post(told).json() == {"new": 1, "known": 0, "not_ours": 0}


def test_without_the_token_nobody_tells_anything(client, cast, sent, post, settings):
    told = {"message_id": sent.message_id, "status": "5.1.1"}
    assert post(told, token="").status_code == 401
    assert post(told, token="é" * 40).status_code == 401
    assert client.get("/post/retour/").status_code == 405
    settings.BOUNCE_TOKEN = ""
    assert post(told, token="").status_code == 404
    assert bounces(cast) == []


@pytest.mark.parametrize(
    "body",
    [{"message_id": "a", "type": "bounce"},
     b"", b"{", b"\xff\xfe", b"[" * 100_000, b"3", b"[3]", b"null", {}, [{"message_id": "a"}], {"message_id": 3},
     {"message_id": "a\0", "status": "5.1.1"}, {"message_id": "a", "status": "5.1.1", "type": []},
     {"message_id": "a", "status": "5.1.1", "type": "spam"}, {"message_id": "a" * 301, "status": "5.1.1"},
     [{"message_id": "a", "status": "5.1.1"}] * 1001],
)  # fmt: skip
def test_nonsense_is_refused_in_words(post, body):
    response = post(body)

    assert response.status_code == 400
    assert len(response.content) > 10


def test_too_much_and_the_wrong_kind_are_refused(post):
    assert post(b" " * (3 * 1024 * 1024)).status_code == 413
    assert post(b"x=1", content_type="application/x-www-form-urlencoded").status_code == 400
    assert post(b"x", content_type="").status_code == 400
