"""Delivery to a real mail server: accepted, refused, put off, away, crashed in between."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from accounts.choices import LinkKind
from accounts.links import add_keys, token_for
from notices import tasks
from notices.choices import Lane, State
from notices.domain import deliver, lease
from notices.domain.put import stop_messages
from notices.models import AccountMail, Claim, Message
from notices.querysets import oldest_due_age
from schools.models import Guardian, Guardianship

pytestmark = pytest.mark.django_db
# For what is seen by another connection, or rung at commit.
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch) -> list[str]:
    """No worker listens here: what would have been rung, in order."""
    rung: list[str] = []
    monkeypatch.setattr("notices.doorbell._send", rung.append)
    return rung


def only_message(cast) -> Message:
    with cast.acting():
        return Message.objects.get()


def states(cast) -> dict[str, str]:
    with cast.acting():
        return dict(Message.objects.values_list("guardian__call_name", "state"))


def test_a_mail_arrives_with_its_link_and_its_words_are_emptied(cast, put, server):
    target = uuid4()
    add_keys(LinkKind.CONSENT, [target], cast.home.id, timezone.now() + timedelta(days=9))
    put(cast.amina, link=target)

    assert deliver.deliver_due(Lane.BULK) is False

    [mail] = server.mails
    message = only_message(cast)
    assert mail["To"] == "amina@thuis.example.org"
    assert mail["Message-ID"] == message.message_id
    token = token_for(LinkKind.CONSENT, target)
    assert f"/toestemming/{token}/" in mail.get_body(("plain",)).get_content()
    assert (message.state, message.context, message.attempts) == (State.SENT, {}, 1)
    assert message.sent_at is not None
    assert not Claim.objects.exists()


def test_a_corrected_address_is_used(cast, put, server):
    put(cast.amina)
    with cast.acting():
        Guardian.objects.filter(id=cast.amina.id).update(email="nieuw@thuis.example.org")

    deliver.deliver_due(Lane.BULK)

    assert server.addresses() == ["nieuw@thuis.example.org"]


def test_nothing_leaves_before_it_is_due(cast, put, server):
    put(cast.amina, due_at=timezone.now() + timedelta(minutes=1))

    deliver.deliver_due(Lane.BULK)

    assert server.mails == []
    assert states(cast) == {"Amina": State.WAITING}


def test_mails_of_two_foundations_go_over_one_connection_each_with_its_own_sender(cast, put, server):
    put(cast.amina)
    put(cast.vera)

    deliver.deliver_due(Lane.BULK)

    senders = {str(mail["To"]): mail["From"].addresses[0].display_name for mail in server.mails}
    assert senders == {
        "amina@thuis.example.org": "Stichting Thuis",
        "vera@de-brug.example.org": "Stichting De Brug",
    }
    assert server.connections == 1


def test_5xx_is_for_the_work_list_and_holds_up_nobody(cast, put, server):
    server.answers["amina"] = "550 5.1.1 no such user amina@thuis.example.org"
    put(cast.amina, cast.erik)

    deliver.deliver_due(Lane.BULK)

    assert states(cast) == {"Amina": State.FAILED, "Erik": State.SENT}
    with cast.acting():
        assert Message.objects.get(state=State.FAILED).last_error == "550 5.1.1"
    assert not Claim.objects.exists()


def test_4xx_is_tried_again_later_with_the_same_message_id(cast, put, server):
    server.answers["amina"] = "450 4.2.0 greylisted"
    put(cast.amina, cast.erik)

    deliver.deliver_due(Lane.BULK)

    assert states(cast) == {"Amina": State.WAITING, "Erik": State.SENT}
    claim = Claim.objects.get()
    assert claim.lease_until is None
    assert timedelta(seconds=10) < claim.due_at - timezone.now() <= lease.FIRST_PAUSE
    server.answers.clear()
    Claim.objects.update(due_at=timezone.now())
    deliver.deliver_due(Lane.BULK)
    assert states(cast) == {"Amina": State.SENT, "Erik": State.SENT}
    with cast.acting():
        message = Message.objects.get(guardian=cast.amina)
    assert (message.attempts, message.last_error) == (2, "")
    assert server.mails[-1]["Message-ID"] == message.message_id


def test_after_days_of_4xx_it_becomes_a_failure(cast, put, server):
    server.answers["amina"] = "450 4.2.2 mailbox full"
    put(cast.amina, due_at=timezone.now() - timedelta(days=5))

    deliver.deliver_due(Lane.BULK)

    assert (states(cast), only_message(cast).last_error) == ({"Amina": State.FAILED}, "450 4.2.2")


def test_pauses_double_up_to_ten_minutes():
    pauses = [lease.pause_after(attempts).total_seconds() for attempts in (1, 2, 3, 6, 7, 1000)]

    assert pauses == [15, 30, 60, 480, 600, 600]


def test_a_server_that_is_away_gives_the_tickets_back_and_is_seen_by_readyz(cast, put, server, settings):
    server.stop()
    put(cast.amina, cast.erik, due_at=timezone.now() - timedelta(seconds=100))
    began = time.monotonic()

    assert deliver.deliver_due(Lane.BULK) is False

    assert time.monotonic() - began < 2
    assert states(cast) == {"Amina": State.WAITING, "Erik": State.WAITING}
    for claim in Claim.objects.all():
        assert claim.lease_until is None
        assert claim.due_at > timezone.now()
    assert only_error(cast) == "mail server away: ConnectionRefusedError"
    assert 99 < oldest_due_age() < 110


def only_error(cast) -> str:
    with cast.acting():
        return Message.objects.filter(guardian=cast.amina).get().last_error


def test_a_line_that_breaks_at_one_mail_stops_only_that_one(cast, put, server):
    server.hangs_up_at = {"erik"}
    put(cast.amina, cast.erik, cast.karol)

    deliver.deliver_due(Lane.BULK)

    assert states(cast) == {"Amina": State.SENT, "Erik": State.WAITING, "Karol": State.SENT}


def test_a_dead_workers_tickets_are_free_when_its_lease_ends(cast, put, server):
    put(cast.amina)
    [ticket] = lease.lease(Lane.BULK, 10)

    deliver.deliver_due(Lane.BULK)
    assert server.mails == []

    Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    deliver.deliver_due(Lane.BULK)
    assert server.addresses() == ["amina@thuis.example.org"]
    assert ticket.id == only_message(cast).id


def test_what_the_server_accepted_before_the_crash_is_not_sent_again(cast, put, server):
    put(cast.amina)
    [ticket] = lease.lease(Lane.BULK, 10)
    lease.mark_accepted(ticket)
    Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    deliver.deliver_due(Lane.BULK)

    assert server.mails == []
    assert states(cast) == {"Amina": State.SENT}
    assert not Claim.objects.exists()


def test_what_was_stopped_while_a_worker_had_it_in_hand_does_not_leave(cast, put, server):
    put(cast.amina)
    tickets = lease.lease(Lane.BULK, 10)
    with cast.acting():
        stop_messages(cause="round:1", kinds=["proof/hello"])

    deliver.settle(deliver._hand_over(deliver.prepare(tickets), deliver.Postman()))

    assert server.mails == []
    assert states(cast) == {"Amina": State.STOPPED}


@committed
def test_a_stop_in_the_middle_of_a_round_is_seen_within_two_seconds(cast, crowd, put, server):
    put(*crowd(120))
    stopped_at: list[float] = []
    left_after: list[float] = []

    def stop_at_the_tenth(to: str) -> None:
        time.sleep(0.03)
        left_after.append(time.monotonic())
        if len(left_after) == 10:
            with cast.acting():
                stop_messages(cause="round:1", kinds=["proof/hello"])
            stopped_at.append(time.monotonic())

    server.before_mail = stop_at_the_tenth

    deliver.deliver_due(Lane.BULK)

    assert left_after[-1] - stopped_at[0] < 2
    assert len(server.mails) < 100


def test_nobody_is_mailed_who_may_no_longer_be_contacted_or_lost_their_address(cast, put, server):
    put(cast.amina, cast.erik)
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.erik).update(may_be_contacted=False)
        Guardian.objects.filter(id=cast.amina.id).update(email="")

    deliver.deliver_due(Lane.BULK)

    assert server.mails == []
    with cast.acting():
        errors = dict(Message.objects.values_list("guardian__call_name", "last_error"))
    assert errors == {"Amina": "no_address", "Erik": "no_contact"}
    assert set(states(cast).values()) == {State.FAILED}


def test_a_kind_without_template_waits_and_holds_up_nobody(cast, put, server, caplog):
    put(cast.amina, kind="proof/missing")
    put(cast.erik)

    deliver.deliver_due(Lane.BULK)

    assert states(cast) == {"Amina": State.WAITING, "Erik": State.SENT}
    assert only_error(cast) == "cannot be written: TemplateDoesNotExist"
    assert "amina@" not in caplog.text


def test_an_address_that_no_server_can_take_fails_alone(cast, put, server):
    with cast.acting():
        Guardian.objects.filter(id=cast.amina.id).update(email="ämina@thuis.example.org")
    put(cast.amina, cast.erik)

    deliver.deliver_due(Lane.BULK)

    assert states(cast) == {"Amina": State.FAILED, "Erik": State.SENT}


@committed
def test_delivery_refuses_to_run_inside_a_transaction(cast, put, server):
    put(cast.amina)
    with transaction.atomic(), pytest.raises(RuntimeError):
        deliver.deliver_due(Lane.BULK)

    assert server.mails == []


@committed
def test_a_round_is_at_most_one_task_per_hundred_mails(cast, crowd, put, server, _no_bell, monkeypatch):
    monkeypatch.setattr(deliver, "CALL_SECONDS", 0.0)  # as if each mail took its time
    put(*crowd(300))
    assert _no_bell == ["bulk"]
    tasks_run = 0

    while _no_bell:
        tasks.deliver(_no_bell.pop())
        tasks_run += 1

    assert len({mail["Message-ID"] for mail in server.mails}) == 300
    assert len(server.mails) == 300
    assert tasks_run <= 300 / 100


@committed
def test_a_code_does_not_stand_behind_a_round(cast, crowd, put, server):
    put(*crowd(60))
    sent_at: list[float] = []

    def ask_for_a_code_in_the_middle(to: str) -> None:
        time.sleep(0.03)
        if len(server.mails) == 5:
            send_mail("Code", "1234-5678", None, ["ouder@example.org"])
            sent_at.append(time.monotonic())
        if to == "ouder@example.org":
            sent_at.append(time.monotonic())

    server.before_mail = ask_for_a_code_in_the_middle

    deliver.deliver_due(Lane.BULK)

    assert len(server.mails) == 61
    assert sent_at[1] - sent_at[0] < 2


@committed
def test_sign_in_mail_is_delivered_in_its_own_lane_and_emptied(cast, put, server, _no_bell):
    put(cast.amina)
    _no_bell.clear()
    sent = send_mail(
        "Uw code", "Uw code is 1234-5678.", None, ["ouder@example.org"], html_message="<b>1234-5678</b>"
    )

    assert (sent, _no_bell) == (1, ["codes"])
    assert server.mails == []
    deliver.deliver_due(Lane.CODES)
    [mail] = server.mails
    assert "1234-5678" in mail.get_body(("plain",)).get_content()
    assert "<b>1234-5678</b>" in mail.get_body(("html",)).get_content()
    assert mail["X-Portal-Kind"] == "account"
    row = AccountMail.objects.get()
    assert (row.state, row.subject, row.text, row.html) == (State.SENT, "", "", "")
    assert mail["Message-ID"] == row.message_id
    assert states(cast) == {"Amina": State.WAITING}


@committed
def test_a_sign_in_mail_is_rolled_back_with_its_request(server, _no_bell):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send_mail("Uw code", "1234-5678", None, ["ouder@example.org"])
        raise ZeroDivisionError

    assert not AccountMail.objects.exists()
    assert not Claim.objects.exists()
    assert _no_bell == []


def test_a_refused_sign_in_mail_leaves_no_code_behind(server):
    server.answers["ouder"] = "550 5.1.1 unknown"
    send_mail("Uw code", "1234-5678", None, ["ouder@example.org"])

    deliver.deliver_due(Lane.CODES)

    row = AccountMail.objects.get()
    assert (row.state, row.text, row.last_error) == (State.FAILED, "", "550 5.1.1")


def test_a_code_that_is_too_old_is_given_up(server):
    server.answers["ouder"] = "450 4.2.0 later"
    send_mail("Uw code", "1234-5678", None, ["ouder@example.org"])
    Claim.objects.update(first_due_at=timezone.now() - timedelta(hours=2))

    deliver.deliver_due(Lane.CODES)

    assert AccountMail.objects.get().state == State.FAILED
    assert not Claim.objects.exists()


def test_the_sweep_rings_for_what_is_due_and_for_what_a_dead_worker_left(cast, put, _no_bell):
    assert deliver.sweep() == []
    put(cast.amina)
    send_mail("Uw code", "1234-5678", None, ["ouder@example.org"])
    lease.lease(Lane.BULK, 10)
    assert deliver.sweep() == [Lane.CODES]

    Claim.objects.filter(lane=Lane.BULK).update(lease_until=timezone.now() - timedelta(seconds=1))
    _no_bell.clear()

    assert deliver.sweep() == [Lane.CODES, Lane.BULK]
    assert _no_bell == ["codes", "bulk"]


def test_the_sweep_clears_away_old_sign_in_mails():
    old = timezone.now() - timedelta(days=31)
    AccountMail.objects.create(language="nl", to="a@example.org", subject="", text="", created_at=old)
    AccountMail.objects.create(
        language="nl", to="b@example.org", subject="", text="", created_at=timezone.now()
    )

    deliver.sweep()

    assert list(AccountMail.objects.values_list("to", flat=True)) == ["b@example.org"]
