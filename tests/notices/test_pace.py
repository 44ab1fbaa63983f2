"""Not too fast for one mail provider, while the others go on (R5)."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from notices import doorbell
from notices.choices import Lane, State
from notices.domain import deliver, pace
from notices.domain.lease import FIRST_PAUSE, LONGEST_PAUSE, give_back, lease
from notices.models import Claim, Message, Pace
from notices.querysets import oldest_due_age
from opmaat_portal.settings.outbox import check_hours, read_pace
from schools.models import Guardian

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch) -> None:
    monkeypatch.setattr(doorbell, "_send", lambda lane: None)


@pytest.fixture
def two_domains(cast, crowd, put):
    """`two_domains(40)`: that many at traag.example.org, then ten at velen.example.org, which are due later."""

    def two_domains(size: int, **changes) -> None:
        people = crowd(size + 10)
        with cast.acting():
            for guardian in people[:size]:
                guardian.email = guardian.email.replace("velen", "traag")
            Guardian.objects.bulk_update(people[:size], ["email"])
        now = timezone.now()
        put(*people[:size], due_at=now - timedelta(minutes=9), **changes)
        put(*people[size:], due_at=now - timedelta(minutes=1), **changes)

    return two_domains


def domains_of(server) -> Counter:
    return Counter(address.rpartition("@")[2].split(".")[0] for address in server.addresses())


@pytest.mark.parametrize("lane", [Lane.BULK, Lane.ROUNDS])
def test_a_slow_provider_gets_its_pace_and_holds_up_nobody(two_domains, server, settings, lane):
    settings.OUTBOX_PACE = read_pace("traag.example.org=5/1,*=1000/1")
    two_domains(12, lane=lane)
    began = time.monotonic()

    deliver.deliver_due(lane)

    took = time.monotonic() - began
    assert domains_of(server) == {"traag": 12, "velen": 10}
    assert 1.5 < took < 6, "12 mails at 5 a second, of which 5 at once"
    assert domains_of_first(server, 15) == {"traag": 5, "velen": 10}


def domains_of_first(server, number: int) -> Counter:
    return Counter(address.rpartition("@")[2].split(".")[0] for address in server.addresses()[:number])


def test_the_average_holds_whatever_the_number_of_workers(two_domains, settings):
    settings.OUTBOX_PACE = read_pace("traag.example.org=10/1,*=1000/1")
    two_domains(40)
    # Two workers that look at the same moment, before either has written what it took.
    now = timezone.now()
    pace.charge(["traag.example.org"] * 10, now)
    pace.charge(["traag.example.org"] * 10, now)

    assert Pace.objects.get().next_at - now == timedelta(seconds=2)
    assert {ticket.domain for ticket in lease(Lane.BULK, 50)} == {"velen.example.org"}


def test_what_was_taken_and_not_tried_costs_nothing(two_domains, settings):
    settings.OUTBOX_PACE = read_pace("*=10/1")
    two_domains(10)
    tickets = lease(Lane.BULK, 50)
    assert len(tickets) == 20
    assert lease(Lane.BULK, 50) == []

    give_back(tickets)

    assert len(lease(Lane.BULK, 50)) == 20


def test_who_is_refused_for_speed_is_left_alone_for_a_growing_while(cast, two_domains, server):
    server.answers["traag"] = "451 4.7.500 too many messages from your address"
    two_domains(20)

    deliver.deliver_due(Lane.BULK)

    assert domains_of(server) == {"velen": 10}
    slow = Pace.objects.get(domain="traag.example.org")
    assert slow.slowed == 1
    assert timedelta(seconds=10) < slow.next_at - timezone.now() <= FIRST_PAUSE
    with cast.acting():
        assert Message.objects.filter(attempts__gt=0, state=State.WAITING).count() == 1, (
            "one was enough to know"
        )
    for _again in range(12):
        pace.slow_down(["traag.example.org"], timezone.now(), first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    slow.refresh_from_db()
    assert timedelta(minutes=9) < slow.next_at - timezone.now() <= LONGEST_PAUSE

    server.answers.clear()
    Pace.objects.update(next_at=timezone.now())
    Claim.objects.update(due_at=timezone.now())
    deliver.deliver_due(Lane.BULK)
    assert domains_of(server) == {"velen": 10, "traag": 20}
    slow.refresh_from_db()
    assert slow.slowed == 0


@pytest.mark.parametrize(
    "answer", ["421 slow down", "421 4.7.0 try again later", "450 4.7.1 rate limit exceeded"]
)
def test_answers_that_are_about_our_speed(put, cast, server, answer):
    server.answers["amina"] = answer
    put(cast.amina)

    deliver.deliver_due(Lane.BULK)

    assert Pace.objects.get().slowed == 1


@pytest.mark.parametrize(
    "answer",
    ["450 4.2.0 greylisted", "451 4.7.1 Greylisting in action", "452 4.2.2 full", "421 4.3.2 closing"],
)
def test_answers_that_are_about_one_mail(put, cast, server, answer):
    server.answers["amina"] = answer
    put(cast.amina, cast.erik)

    deliver.deliver_due(Lane.BULK)

    assert not Pace.objects.filter(slowed__gt=0).exists()
    assert server.addresses() == [cast.erik.email]


def test_a_sign_in_code_waits_for_no_pace(server):
    now = timezone.now()
    for number in range(3):
        mail = deliver.AccountMail.objects.create(
            language="nl", to=f"ouder{number}@traag.example.org", subject="Uw code", text="1", created_at=now
        )
        Claim.objects.create(
            id=mail.id, lane=Lane.CODES, domain="traag.example.org", first_due_at=now, due_at=now
        )
    Pace.objects.create(domain="traag.example.org", next_at=now + timedelta(minutes=5))

    deliver.deliver_due(Lane.CODES)

    assert len(server.mails) == 3


def test_one_process_waits_for_slow_providers_and_a_second_one_has_better_things_to_do(
    two_domains, server, settings
):
    settings.OUTBOX_PACE = read_pace("*=1/1")
    two_domains(3)
    with pace.one_waits(Lane.BULK) as is_first:
        assert is_first
    Pace.objects.bulk_create(
        Pace(domain=f"{name}.example.org", next_at=timezone.now() + timedelta(seconds=1))
        for name in ("traag", "velen")
    )
    assert 0 < pace.pause(Lane.BULK, timezone.now()) <= pace.LOOK_UP_SECONDS
    Pace.objects.update(next_at=timezone.now() + timedelta(minutes=1))
    assert pace.pause(Lane.BULK, timezone.now()) is None, "not worth waiting for: the sweep finds it"


def test_a_round_that_stands_in_line_is_not_late_as_long_as_the_line_moves(cast, put):
    now = timezone.now()
    put(cast.amina, lane=Lane.ROUNDS, due_at=now - timedelta(hours=1))
    assert 3599 < oldest_due_age() < 3700, "no worker ever took anything"
    pace.charge(["elsewhere.example.org"], now)
    assert oldest_due_age() < 5

    Pace.objects.update(next_at=now - timedelta(minutes=20))
    assert 1199 < oldest_due_age() < 1300, "the worker stands still"
    Pace.objects.update(next_at=now)
    Claim.objects.update(attempts=1)
    assert 3599 < oldest_due_age() < 3700, "the mail server did not take it"


def test_a_domain_that_may_go_anyway_is_forgotten(settings):
    now = timezone.now()
    Pace.objects.create(domain="oud.example.org", next_at=now - timedelta(days=2))
    Pace.objects.create(domain="nieuw.example.org", next_at=now)

    deliver.sweep()

    assert list(Pace.objects.values_list("domain", flat=True)) == ["nieuw.example.org"]


def test_the_pace_is_read_and_nonsense_refused_at_the_start():
    assert read_pace("gmail.com=600/60, *=3000/60") == {"gmail.com": 10, "*": 50}
    for text in (
        "",
        "gmail.com=600/60",
        "*=0/60",
        "*=10/0",
        "*=-1/60",
        "*=fast",
        "*=1/1,*=2/1",
        "x=1/1,*=1/1",
    ):
        with pytest.raises(ImproperlyConfigured, match="OUTBOX_PACE"):
            read_pace(text)


@pytest.mark.parametrize("hours", [(-1, 20), (20, 7), (7, 7), (7, 25)])
def test_hours_in_which_nothing_ever_leaves_are_refused(hours):
    check_hours(7, 20)
    with pytest.raises(ImproperlyConfigured, match="MAILS_FROM_HOUR"):
        check_hours(*hours)
