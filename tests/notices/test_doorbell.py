"""The doorbell and a broker that is killed: nobody waits for it, and it is found again."""

import socket
import time

import pytest

from notices import doorbell
from notices.choices import Lane
from opmaat_portal.celery import app as current_app

pytestmark = pytest.mark.chaos


@pytest.fixture(autouse=True)
def _empty_lanes(stack, settings):
    # Celery reads its settings once, when first asked: now, and not while a test has put another broker there.
    assert current_app.conf.broker_url == settings.CELERY_BROKER_URL
    yield
    if not stack.is_running("valkey"):
        stack.start("valkey")
    with current_app.connection_for_write() as line:
        for lane in Lane:
            line.default_channel.queue_purge(str(lane))


def waiting(lane: Lane) -> int:
    with current_app.connection_for_read() as line:
        return line.default_channel.client.llen(str(lane))


def test_ringing_puts_one_task_in_the_lane_with_nothing_but_its_name():
    assert doorbell.ring(Lane.CODES) is True

    assert waiting(Lane.CODES) == 1
    with current_app.connection_for_read() as line:
        message = line.default_channel.basic_get("codes", no_ack=True)
    assert list(message.payload[:2]) == [["codes"], {}]


def test_a_dead_broker_delays_nobody_and_is_left_alone_for_a_while(stack):
    doorbell.ring(Lane.BULK)
    stack.kill("valkey")
    began = time.monotonic()

    assert [doorbell.ring(Lane.BULK) for _ in range(100)] == [False] * 100
    assert not doorbell.broker_answers()

    assert time.monotonic() - began < 1


def test_a_broker_that_hangs_delays_one_request_by_a_second_at_most(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        began = time.monotonic()

        assert [doorbell.ring(Lane.BULK) for _ in range(10)] == [False] * 10

        assert time.monotonic() - began < 1.5


def test_a_broker_that_came_back_is_rung_again_at_once(stack):
    doorbell.ring(Lane.BULK)
    stack.restart("valkey")

    # The connection that was kept is dead, and that is found out before anything is sent over it.
    assert doorbell.ring(Lane.CODES) is True
    assert waiting(Lane.CODES) == 1
    assert doorbell.broker_answers()


def test_after_the_silence_the_bell_is_tried_again(stack, monkeypatch):
    stack.kill("valkey")
    doorbell.ring(Lane.CODES)
    stack.start("valkey")
    assert doorbell.ring(Lane.CODES) is False

    monkeypatch.setattr(doorbell, "_silent_until", time.monotonic() - 0.1)

    assert doorbell.ring(Lane.CODES) is True
