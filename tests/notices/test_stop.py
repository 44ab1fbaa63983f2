"""A stop never makes the outbox forget what the mail server took (found by `make chaos`: R3, R12)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notices.choices import Lane, State
from notices.domain import deliver, lease
from notices.domain.put import stop_messages
from notices.models import Claim, Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch) -> None:
    monkeypatch.setattr("notices.doorbell._send", [].append)


def stop(cast) -> int:
    with cast.acting():
        return stop_messages(cause="round:1", kinds=["proof/hello"])


def state(cast) -> str:
    with cast.acting():
        return Message.objects.get().state


def the_worker_dies() -> None:
    Claim.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_what_the_mail_server_took_before_a_crash_is_sent_and_not_stopped(cast, put, server):
    put(cast.amina)
    [ticket] = lease.lease(Lane.BULK, 10)
    lease.mark_accepted(ticket)
    the_worker_dies()

    assert stop(cast) == 0

    deliver.deliver_due(Lane.BULK)
    assert (state(cast), server.mails) == (State.SENT, [])
    assert not Claim.objects.exists()


def test_what_left_after_its_stop_is_sent_although_the_worker_died(cast, put, server):
    """It was in hand: the mail server gets it within the two seconds, and the books are finished by another worker."""
    put(cast.amina)
    [ticket] = lease.lease(Lane.BULK, 10)
    assert stop(cast) == 1

    lease.mark_accepted(ticket)
    the_worker_dies()
    deliver.deliver_due(Lane.BULK)

    assert (state(cast), server.mails) == (State.SENT, [])
    assert not Claim.objects.exists()


def test_what_was_in_hand_at_a_stop_and_did_not_leave_stays_stopped(cast, put, server):
    put(cast.amina)
    lease.lease(Lane.BULK, 10)
    stop(cast)
    the_worker_dies()

    deliver.deliver_due(Lane.BULK)

    assert (state(cast), server.mails) == (State.STOPPED, [])
    assert not Claim.objects.exists()


def test_nothing_of_a_stopped_message_that_nobody_had_in_hand_is_left(cast, put):
    put(cast.amina)

    assert stop(cast) == 1
    assert not Claim.objects.exists()
