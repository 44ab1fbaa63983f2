"""A real worker, beat, broker and mail server; worker and broker are killed in the middle of a round (R5, R11-R13).

Nothing may be lost; what came twice must bear the same Message-ID, and be no more than was in flight.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_binary_file
from pathlib import Path

import pytest
from django.core.mail import send_mail

from notices.choices import Lane, State
from notices.domain.hold import hold_back, let_go
from notices.models import Claim, Message

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

MAILS = 400
CONNECTIONS = 2  # of one worker: devstack's --concurrency
PATIENCE = 60  # on a busy machine; alone it all takes some 15 seconds
SHORT = {
    "DJANGO_SETTINGS_MODULE": "tests.notices.worker_settings",
    "OUTBOX_LEASE_SECONDS": "4",
    "OUTBOX_SWEEP_SECONDS": "1",
}


@pytest.fixture
def maildir(stack) -> Iterator[Path]:
    """Where the stack's mail server puts what it accepted; beat rings, no worker runs yet."""
    new = Path(stack.env["DEMO_MAILDIR"]) / "new"
    for file in new.glob("*"):
        file.unlink()
    stack.start("beat", **SHORT)
    yield new
    for name in ("beat", "worker"):
        if stack.is_running(name):
            stack.kill(name)
    if not stack.is_running("valkey"):
        stack.start("valkey")


def count(maildir: Path) -> int:
    return sum(1 for _ in maildir.iterdir()) if maildir.exists() else 0


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.005)


def headers(maildir: Path, name: str) -> list[str]:
    values = []
    for file in maildir.iterdir():
        with file.open("rb") as opened:
            values.append(str(message_from_binary_file(opened)[name]))
    return values


def test_killing_worker_and_broker_in_the_middle_loses_nothing(cast, crowd, put, stack, maildir):
    seed = random.randrange(10**6)
    points = sorted(random.Random(seed).sample(range(MAILS // 10, MAILS * 8 // 10), 2))
    victims = random.Random(seed).sample(["worker", "valkey"], 2)
    stack.start("worker", **SHORT)
    put(*crowd(MAILS))

    for victim, point in zip(victims, points, strict=True):
        wait_until(lambda point=point: count(maildir) >= point, PATIENCE)
        assert count(maildir) < MAILS, f"seed {seed}: too late to kill {victim}"
        stack.kill(victim)
        if victim == "valkey":
            put(cast.amina)  # planned while nobody can be rung
            stack.start("valkey")
        else:
            stack.start("worker", wait=False, **SHORT)
    wait_until(lambda: not Claim.objects.exists(), PATIENCE)

    with cast.acting():
        states = Counter(Message.objects.values_list("state", flat=True))
        expected = {message.message_id for message in Message.objects.all()}
    copies = Counter(headers(maildir, "Message-ID"))
    doubled = {key: number for key, number in copies.items() if number > 1}
    assert states == {State.SENT: MAILS + 1}, f"seed {seed}"
    assert set(copies) == expected, f"seed {seed}"
    assert sum(doubled.values()) - len(doubled) <= CONNECTIONS, f"seed {seed}: {doubled}"
    # Reconciled by Message-ID: everybody got one mail.
    assert len(set(zip(headers(maildir, "To"), headers(maildir, "Message-ID"), strict=True))) == MAILS + 1


def test_a_broker_that_forgot_everything_only_delays(cast, crowd, put, stack, maildir):
    put(*crowd(20))
    stack.stop("valkey")
    for file in (stack.data.path / "valkey").rglob("*"):
        if file.is_file():
            file.unlink()
    stack.start("valkey")

    stack.start("worker", **SHORT)

    wait_until(lambda: count(maildir) == 20 and not Claim.objects.exists(), PATIENCE)


def test_a_code_and_a_receipt_are_there_within_five_seconds_while_a_round_runs(
    cast, crowd, put, stack, maildir
):
    stack.start("worker", **SHORT)
    put(*crowd(MAILS), lane=Lane.ROUNDS)
    wait_until(lambda: count(maildir) > 20, PATIENCE)

    send_mail("Uw code", "1234-5678", None, ["ouder@velen.example.org"])
    put(cast.amina, cause="submission:1")

    wanted = {"ouder@velen.example.org", cast.amina.email}
    wait_until(lambda: wanted <= set(headers(maildir, "To")), 5)
    assert count(maildir) < MAILS, "the round was over before they came: nothing was tested"


def test_a_pause_is_seen_by_real_workers_and_each_mail_comes_once(cast, crowd, put, stack, maildir):
    stack.start("worker", **SHORT)
    put(*crowd(200), lane=Lane.ROUNDS)
    wait_until(lambda: count(maildir) > 20, PATIENCE)

    with cast.acting():
        hold_back("round:1")
    time.sleep(2)
    left = count(maildir)
    time.sleep(1.2)  # longer than the sweep
    assert count(maildir) == left < 200
    with cast.acting():
        let_go("round:1")

    wait_until(lambda: not Claim.objects.exists(), PATIENCE)
    assert Counter(headers(maildir, "Message-ID")).most_common(1)[0][1] == 1
    assert count(maildir) == 200
