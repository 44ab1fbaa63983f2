"""What a person waits for at a screen stands before rounds and piles of protocols."""

from consent.domain import piles
from notices.choices import Lane
from opmaat_portal import celeryconfig


def lanes() -> list[str]:
    return [queue.name for queue in celeryconfig.task_queues]


def test_sheets_stand_behind_codes_and_rounds_behind_everything():
    assert lanes() == ["codes", "sheets", "bulk", "documents", "rounds"]
    assert celeryconfig.broker_transport_options["queue_order_strategy"] == "priority"


def test_the_doorbell_and_the_route_of_the_sheets_are_one_lane_that_the_worker_reads():
    """A ring in a lane that nobody reads is found by no sweep."""
    assert celeryconfig.task_routes[piles.TASK] == {"queue": piles.QUEUE}
    assert piles.QUEUE in lanes()


def test_every_lane_that_a_task_is_sent_to_is_read():
    used = {route["queue"] for route in celeryconfig.task_routes.values()} | {celeryconfig.task_default_queue}
    used |= {str(lane) for lane in Lane}

    assert used <= set(lanes())
