"""Rows `campaign` and `queue`: what the books of the outbox cost, against the bare dialogue with a mail server.

The floor hands over bytes that were made before, with `smtplib`, over one connection, or over four by four processes.
Ours is `deliver_due`, in one process or in four: tickets with leases and the pace of each provider, mails written in
the language of the family with their personal link, a mark for each mail that the server took, and the books.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import median

from redis import Redis

from bench import cpu
from bench.crew import Work, Worked, crew
from bench.figures import Figure, Paired
from bench.ground import Ground, in_a_process
from bench.sinks import Mail, Sink, hand_over, hand_over_one_by_one, self_signed, sink
from devstack import commands, processes
from devstack.stack import ROOT

GUARDIANS, MADE_BEFORE = 16_200, 250
ROUNDS, LINES, DELAY = 5, 4, 0.01
CAMPAIGN, TO_COUNT, MOST_SECONDS = 10_000, 10_600, 100
# The default of 50 mails a second for each provider would be the limit; its books are kept all the same.
PACE = "*=600000/60"


@dataclass(frozen=True, slots=True)
class Lots:
    """How many mails in one round: of ours, and of the floor."""

    ours: int
    floor: int


FULL, SLOW, SECURE = Lots(1_000, 1_000), Lots(320, 32), Lots(400, 150)


def campaign(ground: Ground) -> list[Figure]:
    """10,000 mails of one round in lots of 1,000, each right after 1,000 bare ones; and two lots on worse lines."""
    ground.new("campaign")
    mails = in_a_process(partial(put_campaign, ground, "campaign"))
    over = Over(ground, mails)
    certificate = self_signed(ground.stack.data.path / "sink.pem")
    with sink() as plain:
        one = over(plain, 1, FULL, hand_over)
        four = over(plain, LINES, FULL, hand_over)
    with sink(delay=DELAY) as slow:
        late = over(slow, LINES, SLOW, hand_over_one_by_one, rounds=3)
    with sink(certificate=certificate) as secure:
        tls = over(secure, LINES, SECURE, hand_over_one_by_one, rounds=3)
    return [
        one.figure("against the SMTP limit, one connection", 0.35),
        four.figure("against the SMTP limit, four connections", 0.45),
        late.figure("replies after 10 ms, against a connection each", 5.0),
        tls.figure("under TLS, against a connection each", 2.5),
    ]


@dataclass(frozen=True, slots=True)
class Rounds:
    """Rounds of ours and of the floor, as mails a second, and the CPU that ours took."""

    rates: Paired
    cpu: float
    database: float
    lots: Lots

    def figure(self, what: str, goal: float) -> Figure:
        seen = (
            f"{median(self.rates.ours):.0f} against {median(self.rates.floor):.0f} mails/s, lots of "
            f"{self.lots.ours} and {self.lots.floor}; CPU of ours {self.cpu:.2f} ms a mail, and {self.database:.2f} "
            "of PostgreSQL"
        )
        return Figure(what, self.rates.ratio, goal, at_most=False, noise=self.rates.noise, seen=seen)


@dataclass(frozen=True, slots=True)
class Over:
    """Measures a crew of ours against a crew of the floor on a sink."""

    ground: Ground
    mails: Sequence[Mail]

    def __call__(
        self,
        to: Sink,
        lines: int,
        lots: Lots,
        bare: Callable[[Sink, Sequence[Mail], int], None],
        rounds: int = ROUNDS,
    ) -> Rounds:
        """`lines`: processes of ours; those of the floor too, unless it has a connection for each mail."""
        count = lines if bare is hand_over else 1
        floor_of: Callable[[], Work] = lambda: partial(bare, to, self.mails)  # noqa: E731
        with (
            crew(lines, partial(deliverer, self.ground, to)) as ours,
            crew(1, partial(releaser, self.ground)) as release,
            crew(count, floor_of) as floor,
        ):
            pairs = [self._pair(to, lots, ours, release, floor, count) for _ in range(rounds + 1)][1:]
        rates = Paired(
            tuple(lots.ours / a.seconds for a, _, _ in pairs),
            tuple(lots.floor / b.seconds for _, _, b in pairs),
        )
        each = 1000 / lots.ours
        return Rounds(
            rates, median(a.cpu for a, _, _ in pairs) * each, median(d for _, d, _ in pairs) * each, lots
        )

    def _pair(
        self,
        to: Sink,
        lots: Lots,
        ours: Callable[[int], Worked],
        release: Callable[[int], Worked],
        floor: Callable[[int], Worked],
        count: int,
    ) -> tuple[Worked, float, Worked]:
        postgres, before = [self.ground.stack.pid("postgres")], to.count
        release(lots.ours)
        used = cpu.milliseconds(postgres)
        worked = ours(0)
        database = (cpu.milliseconds(postgres) - used) / 1000
        bare = floor(lots.floor // count)
        if to.count - before != lots.ours + lots.floor:
            raise RuntimeError(f"{to.count - before} mails arrived, not {lots.ours} and {lots.floor}")
        return worked, database, bare


# -- in processes of their own


def deliverer(ground: Ground, to: Sink) -> Work:
    """A child of the worker that is rung for the lane of rounds, until nothing in it may go any more."""
    trusted = {"SSL_CERT_FILE": to.certificate} if to.certificate else {}
    ground.enter("campaign", EMAIL_URL=to.url, OUTBOX_PACE=PACE, **trusted)
    from notices.choices import Lane
    from notices.domain.deliver import deliver_due

    def deliver(_number: int) -> None:
        while deliver_due(Lane.ROUNDS):
            pass

    deliver(0)
    return deliver


def releaser(ground: Ground) -> Work:
    """Lets so many mails of the campaign be due now; the others wait for another day, as those of other schools do."""
    ground.enter("campaign")
    from django.utils import timezone

    from notices.models import Claim

    def release(count: int) -> None:
        now = timezone.now()
        lot = Claim.objects.filter(due_at__gt=now).order_by("id").values_list("id", flat=True)[:count]
        if Claim.objects.filter(id__in=list(lot)).update(due_at=now, first_due_at=now) != count:
            raise RuntimeError("the campaign is too small")

    return release


def put_campaign(ground: Ground, database: str) -> list[Mail]:
    """Write a round to everybody, due tomorrow; gives some of its mails, for the floor."""
    ground.enter(database)
    from django.db.models import F
    from django.utils import timezone

    from notices.choices import Lane
    from notices.domain.lease import give_back, lease
    from notices.domain.write import Ready, prepare
    from notices.models import Claim

    write_round(ground, database, GUARDIANS)
    tickets, ready = [], []
    while len(ready) < MADE_BEFORE:
        taken = lease(Lane.ROUNDS, 50)
        tickets += taken
        ready += [one for one in prepare(taken) if isinstance(one, Ready)]
    give_back(tickets)
    tomorrow = timezone.now() + timedelta(days=1)
    Claim.objects.update(due_at=tomorrow, first_due_at=tomorrow, lease_until=None, attempts=F("attempts") * 0)
    return [Mail(one.to, one.content) for one in ready]


def write_round(ground: Ground, database: str, guardians: int) -> None:
    """A round for so many, as an administrator starts it; the worker's part is done here too."""
    from bench.rows.plan import fill_foundation, start, write

    foundation = fill_foundation(ground, database, guardians)
    start(foundation)
    write(foundation)


# -- the row `queue`


def queue(ground: Ground) -> list[Figure]:
    """A real worker and beat deliver a campaign; all that reaches the broker is counted, the ticks of beat too."""
    ground.new("queue")
    with sink() as taking:
        ground.enter("queue", EMAIL_URL=taking.url)
        from bench.rows.plan import fill_foundation, start
        from consent.tasks import write_rounds
        from notices.doorbell import ring_for
        from notices.models import Claim

        foundation = fill_foundation(ground, "queue", TO_COUNT)
        broker = Redis(unix_socket_path=ground.stack.env["REDIS_URL"].removeprefix("redis+socket://"))
        broker.flushall()  # what other rows rang for, and nobody answered
        with _at_work(ground, taking):
            before, begun = _tasks(broker), time.monotonic()
            start(foundation)
            ring_for(write_rounds.name, foundation, queue="documents")  # as the page of a round does
            while Claim.objects.exists() or taking.count < CAMPAIGN:
                if time.monotonic() - begun > MOST_SECONDS:
                    raise RuntimeError(
                        f"{taking.count} mails left in {MOST_SECONDS} s; the campaign is not done"
                    )
                time.sleep(0.2)
            tasks, seconds = _tasks(broker) - before, time.monotonic() - begun
        mails = taking.count
    seen = f"{tasks} tasks for {mails:,} mails in {seconds:.0f} s, at the pace of the default settings"
    return [Figure("tasks for each 100 mails", 100 * tasks / mails, 1.0, seen=seen)]


def _tasks(broker: Redis) -> int:
    """How many tasks were ever put on the broker: each is one LPUSH."""
    return int(broker.info("commandstats").get("cmdstat_lpush", {}).get("calls", 0))


@contextlib.contextmanager
def _at_work(ground: Ground, to: Sink) -> Iterator[None]:
    """The worker and beat, with the very commands of production."""
    env, logs = ground.env("queue", EMAIL_URL=to.url), ground.stack.logs
    command = {"worker": commands.WORKER, "beat": commands.BEAT}
    started: list[processes.Child] = []
    try:
        for name, words in command.items():
            log = logs / f"bench-{name}.log"
            started.append(processes.start(name, commands.here(words), env=env, cwd=ROOT, log=log))
        log = logs / "bench-worker.log"
        processes.wait_until(
            lambda: b" ready." in log.read_bytes(), child=started[0], seconds=60, what="The worker"
        )
        yield
    finally:
        for child in reversed(started):
            processes.stop(child)
