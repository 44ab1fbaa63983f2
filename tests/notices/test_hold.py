"""Pause, go on and stop: with a real mail server that is slow (R3: within two seconds)."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from notices import doorbell, querysets, tasks
from notices.choices import Lane, State
from notices.domain import deliver, stop
from notices.domain.addressed import put_mails
from notices.domain.hold import held_since, hold_back, left_to_send, let_go, stop_for_good
from notices.domain.lease import lease
from notices.domain.put import stop_messages
from notices.models import AccountMail, Claim, Held, Message
from notices.querysets import lanes_with_work, oldest_due_age

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _long_slices(monkeypatch) -> None:
    """That a slice ends by itself after a second is not what is tested."""
    monkeypatch.setattr(deliver, "SLICE_SECONDS", 10)


@pytest.fixture(autouse=True)
def rung(monkeypatch) -> list[str]:
    """No worker listens here: what would have been rung, in order."""
    rung: list[str] = []
    monkeypatch.setattr(doorbell, "_send", rung.append)
    return rung


@committed
@pytest.mark.usefixtures("_long_slices")
def test_a_pause_in_the_middle_is_seen_within_two_seconds_and_afterwards_each_mail_comes_once(
    cast, crowd, put, server
):
    put(*crowd(30), lane=Lane.ROUNDS)
    held_at: list[float] = []
    left_at: list[float] = []

    def pause_at_the_third(to: str) -> None:
        time.sleep(0.15)
        if len(left_at) == 2:
            with cast.acting():
                hold_back("round:1")
            held_at.append(time.monotonic())
        left_at.append(time.monotonic())

    server.before_mail = pause_at_the_third
    assert deliver.deliver_due(Lane.ROUNDS) is False
    assert left_at[-1] - held_at[0] < 2
    assert len(server.mails) < 10
    left = len(server.mails)
    assert set(Claim.objects.values_list("lease_until", "attempts")) == {(None, 0)}
    server.before_mail = lambda to: None

    assert deliver.deliver_due(Lane.ROUNDS) is False
    assert len(server.mails) == left
    with cast.acting():
        assert let_go("round:1") is True
    deliver.deliver_due(Lane.ROUNDS)

    assert len(server.mails) == 30
    assert len({str(mail["Message-ID"]) for mail in server.mails}) == 30
    assert not Claim.objects.exists()


@committed
@pytest.mark.usefixtures("_long_slices")
def test_a_stop_in_the_middle_of_a_slow_slice_is_seen_too(cast, crowd, put, server):
    put(*crowd(30), lane=Lane.ROUNDS)
    stopped_at: list[float] = []

    def stop_at_the_third(to: str) -> None:
        time.sleep(0.15)
        if len(server.mails) == 2:
            with cast.acting():
                stop_messages(cause="round:1", kinds=["proof/hello"])
            stopped_at.append(time.monotonic())

    server.before_mail = stop_at_the_third
    deliver.deliver_due(Lane.ROUNDS)

    assert time.monotonic() - stopped_at[0] < 2
    with cast.acting():
        sent = Message.objects.filter(state=State.SENT).count()
        assert sent + Message.objects.filter(state=State.STOPPED).count() == 30
    assert sent == len(server.mails) < 10
    assert not Claim.objects.exists()


def test_what_is_held_is_not_due_not_late_and_no_work(cast, put, rung):
    put(cast.amina, lane=Lane.ROUNDS, due_at=timezone.now() - timedelta(seconds=100))
    assert lanes_with_work(timezone.now()) == [Lane.ROUNDS]
    assert oldest_due_age() > 99

    with cast.acting():
        assert hold_back("round:1") is True
        assert hold_back("round:1") is False
        assert held_since("round:1") is not None
        assert left_to_send("round:1") == 1

    assert Held.objects.count() == 1
    assert lanes_with_work(timezone.now()) == []
    assert oldest_due_age() == 0
    assert lease(Lane.ROUNDS, 10) == []


def test_a_pause_holds_no_other_round_no_receipt_and_no_other_foundation(cast, put, server):
    with cast.acting():
        hold_back("round:1")
    put(cast.amina, lane=Lane.ROUNDS)
    put(cast.erik, lane=Lane.ROUNDS, cause="round:2")
    put(cast.karol)
    put(cast.vera, lane=Lane.ROUNDS)

    deliver.deliver_due(Lane.ROUNDS)

    assert sorted(server.addresses()) == sorted([cast.erik.email, cast.karol.email, cast.vera.email])


def test_what_is_planned_during_a_pause_is_held_as_well(cast, put, server):
    with cast.acting():
        hold_back("round:1")
    put(cast.amina, lane=Lane.ROUNDS)

    deliver.deliver_due(Lane.ROUNDS)
    assert server.mails == []
    with cast.acting():
        let_go("round:1")
        assert held_since("round:1") is None
        assert let_go("round:1") is False
    deliver.deliver_due(Lane.ROUNDS)
    assert server.addresses() == [cast.amina.email]


def test_a_mail_with_a_cause_of_its_own_is_held_along_with_its_round(cast, put, server):
    put(cast.amina, lane=Lane.ROUNDS, cause="enrolment:7", held_as="round:1")
    put(cast.erik, lane=Lane.ROUNDS, cause="enrolment:7", held_as="round:2")
    put(cast.karol, cause="enrolment:7", held_as="round:1")
    with cast.acting():
        assert left_to_send("round:1") == 1
        hold_back("round:1")

    deliver.deliver_due(Lane.ROUNDS)

    assert sorted(server.addresses()) == sorted([cast.erik.email, cast.karol.email]), (
        "a receipt waits for no round"
    )
    with cast.acting():
        stop_for_good("round:1")
    assert stop.clear_stopped() == 1
    with cast.acting():
        assert Message.objects.get(guardian=cast.amina).state == State.STOPPED


def test_going_on_rings_the_lane_of_rounds(cast, rung, django_capture_on_commit_callbacks):
    with cast.acting():
        hold_back("round:1")
    with django_capture_on_commit_callbacks(execute=True), cast.acting():
        let_go("round:1")

    assert rung == [Lane.ROUNDS]


def test_what_is_stopped_for_good_leaves_the_outbox_in_steps(cast, crowd, put, server, monkeypatch):
    monkeypatch.setattr(stop, "STEP", 3)
    put(*crowd(8), lane=Lane.ROUNDS)
    put(cast.amina, lane=Lane.ROUNDS, cause="round:2")
    put_to_pupil(cast)
    with cast.acting():
        taken = Message.objects.filter(cause="round:1").first()
        Claim.objects.filter(id=taken.id).update(accepted_at=timezone.now())
        stop_for_good("round:1")
        assert let_go("round:1") is False
    deliver.deliver_due(Lane.ROUNDS)
    assert server.addresses() == [cast.amina.email]

    assert stop.clear_stopped() == 9
    assert stop.clear_stopped() == 0

    with cast.acting():
        states = Counter(Message.objects.filter(cause="round:1").values_list("state", flat=True))
        assert states == {State.STOPPED: 7, State.SENT: 1}, "one was at the mail server already"
        assert not Message.objects.filter(cause="round:1").exclude(context={}).exists()
    assert AccountMail.objects.get().state == State.STOPPED
    assert not Claim.objects.exists()


def test_stopping_for_good_tells_a_worker_and_the_sweep_finds_it_anyway(
    cast, put, monkeypatch, django_capture_on_commit_callbacks
):
    told: list[str] = []
    monkeypatch.setattr(doorbell, "_send_task", lambda task, ids, queue: told.append(task))
    put(cast.amina, lane=Lane.ROUNDS)
    with django_capture_on_commit_callbacks(execute=True), cast.acting():
        stop_for_good("round:1")

    assert told == [tasks.clear_stopped.name]
    tasks.sweep()
    assert not Claim.objects.exists()


def put_to_pupil(cast) -> None:
    with cast.acting():
        cast.sam.email = "sam@thuis.example.org"
        cast.sam.save()
        put_mails(
            "proof/hello",
            [cast.sam],
            {"names": ["Sam"], "link": ""},
            foundation=cast.home,
            due_at=timezone.now(),
            lane=Lane.ROUNDS,
            cause="round:1",
        )


def test_mails_of_a_round_to_pupils_are_held_and_stopped_with_it(cast, server):
    put_to_pupil(cast)
    with cast.acting():
        hold_back("round:1")
    deliver.deliver_due(Lane.ROUNDS)
    assert server.mails == []
    with cast.acting(foundation=cast.bridge):
        assert stop_messages(cause="round:1", kinds=["proof/hello"]) == 0

    with cast.acting():
        assert stop_messages(cause="round:1", kinds=["proof/hello"]) == 1

    assert AccountMail.objects.get().state == State.STOPPED
    assert AccountMail.objects.get().text == ""
    assert not Claim.objects.exists()


def test_codes_and_receipts_go_before_a_round(cast, crowd, put, server):
    put(*crowd(5), lane=Lane.ROUNDS, due_at=timezone.now() - timedelta(hours=1))
    put(cast.amina)
    AccountMail(
        language="nl", to="code@velen.example.org", subject="Uw code", text="1", created_at=timezone.now()
    ).save()
    mail = AccountMail.objects.get()
    Claim.objects.create(
        id=mail.id, lane=Lane.CODES, domain="x", first_due_at=mail.created_at, due_at=mail.created_at
    )

    deliver.deliver_due(Lane.ROUNDS)

    assert server.addresses()[:2] == ["code@velen.example.org", cast.amina.email]
    assert len(server.mails) == 7


def test_a_round_carries_no_way_to_unsubscribe(cast, put, server):
    """List-Unsubscribe would hide a question of law behind a button of the mail program (R5)."""
    put(cast.amina, lane=Lane.ROUNDS)

    deliver.deliver_due(Lane.ROUNDS)

    assert not [name for name in server.mails[0] if name.lower().startswith("list-")]


def at_night(monkeypatch, settings) -> None:
    settings.QUIET_TIMES = True
    night = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    monkeypatch.setattr("notices.querysets.timezone.now", lambda: night)
    assert querysets.timezone.now() == night


def test_a_round_planned_for_the_night_leaves_in_the_morning_and_a_receipt_at_once(cast, put, settings):
    settings.QUIET_TIMES = True
    settings.MAILS_FROM_HOUR = 7
    night = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    put(cast.amina, lane=Lane.ROUNDS, due_at=night)
    put(cast.erik, due_at=night)

    dues = dict(Claim.objects.values_list("lane", "due_at"))

    assert dues == {Lane.BULK: night, Lane.ROUNDS: datetime(2026, 11, 21, 6, 0, tzinfo=UTC)}
    with cast.acting():
        assert Message.objects.get(guardian=cast.amina).due_at == dues[Lane.ROUNDS]


def test_a_backlog_does_not_leave_at_night_and_is_not_late(cast, put, server, monkeypatch, settings):
    put(cast.amina, lane=Lane.ROUNDS, due_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    put(cast.erik, due_at=datetime(2026, 11, 20, 22, tzinfo=UTC))
    at_night(monkeypatch, settings)

    assert lanes_with_work(querysets.timezone.now()) == [Lane.BULK]
    assert oldest_due_age() == 30 * 60
    began = time.monotonic()
    assert deliver.deliver_due(Lane.ROUNDS) is False

    assert time.monotonic() - began < 5, "it does not wait for the morning"
    assert server.addresses() == [cast.erik.email]
    assert Claim.objects.get().lane == Lane.ROUNDS
