"""What goes into the outbox, once, and what comes out of it again."""

import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from ledger.acting import NotActing, NotOneFoundation, acting, system
from notices import doorbell
from notices.choices import Lane, State, Unreachable
from notices.domain.lease import lease
from notices.domain.put import NewMessage, put_messages, stop_messages
from notices.models import Claim, Message
from schools.models import Guardian, Guardianship


def messages_of(cast, **filters) -> list[Message]:
    with cast.acting():
        return list(Message.objects.filter(**filters).order_by("guardian__call_name"))


def test_message_and_ticket_are_written_together_and_the_ticket_holds_no_content(cast, put):
    result = put(cast.amina, cast.erik)

    assert result.planned == 2
    assert result.unreachable == {}
    messages = messages_of(cast)
    assert [message.guardian_id for message in messages] == [cast.amina.id, cast.erik.id]
    tickets = {claim.id: claim for claim in Claim.objects.all()}
    assert set(tickets) == {message.id for message in messages}
    assert {claim.domain for claim in tickets.values()} == {"thuis.example.org"}


def test_the_message_id_tells_the_moment_of_a_round_only(cast, put):
    """Version 7 holds the time: of a mail about what the other parent chose, that must not be read (C4)."""
    put(cast.amina, lane=Lane.BULK)
    put(cast.amina, lane=Lane.ROUNDS, cause="round:2")

    assert {message.cause: message.id.version for message in messages_of(cast)} == {
        "round:1": 4,
        "round:2": 7,
    }


def test_nobody_gets_the_same_kind_twice_for_one_cause(cast, put):
    put(cast.amina, context={"names": ["Noor"]})

    again = put(cast.amina, cast.erik, cast.erik, context={"names": ["Other"]})

    assert again.planned == 1
    assert [message.context for message in messages_of(cast)] == [{"names": ["Noor"]}, {"names": ["Other"]}]
    assert put(cast.amina, cause="round:2").planned == 1
    assert put(cast.amina, kind="proof/other").planned == 1


def test_what_is_rolled_back_was_never_planned(cast):
    new = NewMessage(kind="proof/hello", guardian_id=cast.amina.id, language="nl", cause="round:1")
    with pytest.raises(ZeroDivisionError), cast.acting():
        put_messages([new])
        raise ZeroDivisionError

    assert messages_of(cast) == []
    assert not Claim.objects.exists()


def test_replacing_changes_words_and_moment_of_a_waiting_message(cast, put):
    later = timezone.now() + timedelta(hours=3)
    put(cast.amina)
    first = messages_of(cast)[0]

    result = put(cast.amina, replace_waiting=True, context={"names": ["Sam"]}, due_at=later)

    assert result.planned == 1
    message = messages_of(cast)[0]
    assert (message.id, message.context, message.due_at) == (first.id, {"names": ["Sam"]}, later)
    assert Claim.objects.get(id=message.id).due_at == later


def test_what_a_worker_has_in_hand_is_not_replaced(cast, put):
    put(cast.amina)
    lease("bulk", 10)

    result = put(cast.amina, replace_waiting=True, context={"names": ["Sam"]})

    assert result.planned == 0
    assert messages_of(cast)[0].context == {"names": ["Noor"]}


def test_sent_or_stopped_messages_are_not_replaced(cast, put):
    put(cast.amina)
    with cast.acting():
        stop_messages(cause="round:1", kinds=["proof/hello"])

    assert put(cast.amina, replace_waiting=True).planned == 0
    assert messages_of(cast)[0].state == State.STOPPED


def test_who_cannot_be_reached_is_told_to_the_caller(cast, put):
    with cast.acting():
        Guardian.objects.filter(id=cast.erik.id).update(email="")
        Guardianship.objects.filter(guardian=cast.karol).update(may_be_contacted=False)

    result = put(cast.amina, cast.erik, cast.karol)

    assert result.planned == 1
    assert result.unreachable == {
        cast.erik.id: Unreachable.NO_ADDRESS,
        cast.karol.id: Unreachable.NO_CONTACT,
    }


def test_one_child_for_which_contact_is_allowed_is_enough(cast, put):
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.amina, pupil=cast.sam).update(may_be_contacted=False)
        ended = timezone.now().date() - timedelta(days=1)
        Guardianship.objects.filter(guardian=cast.erik).update(until=ended)

    result = put(cast.amina, cast.erik)

    assert result.planned == 1
    assert result.unreachable == {cast.erik.id: Unreachable.NO_CONTACT}


def test_a_guardian_of_another_foundation_is_not_known(cast, put):
    new = NewMessage(kind="proof/hello", guardian_id=cast.vera.id, language="nl", cause="round:1")
    with cast.acting():
        result = put_messages([new])

    assert (result.planned, result.unreachable) == (0, {cast.vera.id: Unreachable.UNKNOWN})


def test_outside_one_foundation_nothing_is_planned(cast):
    new = NewMessage(kind="proof/hello", guardian_id=cast.amina.id, language="nl", cause="round:1")
    with pytest.raises(NotActing):
        put_messages([new])
    with pytest.raises(NotOneFoundation), acting(system("test"), [cast.home.id, cast.bridge.id]):
        put_messages([new])


def test_stopping_takes_only_what_was_named(cast, put):
    put(cast.amina, cast.erik)
    put(cast.amina, kind="proof/reminder")
    put(cast.amina, cause="round:2")

    with cast.acting():
        stopped = stop_messages(
            cause="round:1", kinds=["proof/hello", "proof/reminder"], guardian_ids=[cast.amina.id]
        )

    assert stopped == 2
    waiting = messages_of(cast, state=State.WAITING)
    assert {(message.guardian_id, message.cause) for message in waiting} == {
        (cast.erik.id, "round:1"),
        (cast.amina.id, "round:2"),
    }
    assert {claim.id for claim in Claim.objects.all()} == {message.id for message in waiting}
    assert all(message.context == {} for message in messages_of(cast, state=State.STOPPED))


def test_stopping_everybody_or_nobody(cast, put):
    put(cast.amina, cast.erik)
    with cast.acting():
        assert stop_messages(cause="round:1", kinds=["proof/hello"], guardian_ids=[]) == 0
        assert stop_messages(cause="round:1", kinds=["proof/hello"]) == 2
        assert stop_messages(cause="round:1", kinds=["proof/hello"]) == 0


def test_two_thousand_messages_cost_the_statements_of_one_and_well_under_a_second(
    cast, crowd, put, django_assert_num_queries
):
    people = crowd(2000)
    with django_assert_num_queries(8):
        put(cast.amina)
    began = time.process_time()

    with django_assert_num_queries(8):
        result = put(*people)

    assert result.planned == 2000
    assert time.process_time() - began < 1


def test_without_a_foundation_no_message_is_seen(cast, put):
    put(cast.amina)

    with transaction.atomic():
        assert Message.objects.count() == 0
    with cast.acting(foundation=cast.bridge):
        assert Message.objects.count() == 0
        assert Message.objects.update(state=State.STOPPED) == 0
    assert len(messages_of(cast, state=State.WAITING)) == 1


def test_the_bell_rings_after_commit_and_only_for_what_is_due(
    cast, put, monkeypatch, django_capture_on_commit_callbacks
):
    rung: list[str] = []
    monkeypatch.setattr(doorbell, "_send", rung.append)

    with django_capture_on_commit_callbacks(execute=True):
        put(cast.amina, due_at=timezone.now() + timedelta(days=1))
    assert rung == []
    with django_capture_on_commit_callbacks(execute=True):
        put(cast.erik)
        assert rung == []
    assert rung == ["bulk"]
