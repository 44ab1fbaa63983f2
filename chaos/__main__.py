"""Kill everything in the middle of its work, for some minutes, and check that nothing is lost or doubled.

    make chaos                      five minutes
    make chaos MINUTES=1 SEED=42    shorter; the same kills in the same order as another run with that seed

Exit 1 when something is lost, doubled or otherwise wrong. Ctrl-C stops everything that it started.
"""

import random
import signal
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from types import FrameType

from devstack import DevstackError, processes

from . import evidence, journal
from .books import STOP_SECONDS, Reconciled, reconcile
from .field import Field, open_field
from .people import SLUG
from .points import schedule
from .report import longest_silence, table
from .strike import Kill, strike

LOOK_EVERY = 10  # kills
DRAIN_SECONDS = 90.0
PAUSES = (0.3, 2.0)  # seconds between two kills, at least and at most
SEATS, SEATS_SHORT = 20, 6  # pupils in each of sixteen groups
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    parser = ArgumentParser(
        prog="python -m chaos", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument(
        "--kills", type=int, default=None, help="a short run on few people: stop after so many"
    )
    parser.add_argument("--stop-seconds", type=float, default=STOP_SECONDS, help="may leave after a stop")
    choice = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    processes.die_with_parent()
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    seed = random.randrange(10**6) if choice.seed is None else choice.seed
    print(f"Chaos for {choice.minutes:g} minutes. Seed {seed}: make chaos SEED={seed} repeats it.")
    try:
        return run(choice.minutes, seed, choice.kills, choice.stop_seconds)
    except KeyboardInterrupt:
        print(f"\nStopped; all processes are gone. Seed {seed}.")
        return 130
    except DevstackError as problem:
        print(f"\n{problem}\nSeed {seed}.", file=sys.stderr)
        return 1


def run(minutes: float, seed: int, kills_at_most: int | None, stop_seconds: float) -> int:
    """The whole run; the exit code."""
    begun = time.monotonic()
    is_short = kills_at_most is not None
    with open_field(seed, stop_seconds) as field:
        field.prepare(SEATS_SHORT if is_short else SEATS)
        print(f"- everybody at work after {time.monotonic() - begun:.0f} s; the killing begins")
        maildir, kills = evidence.Maildir(field.maildir), []
        ends = time.monotonic() + minutes * 60
        rng = random.Random(f"pauses {seed}")
        for point in schedule(seed, is_short=is_short):
            if time.monotonic() > ends or len(kills) == kills_at_most:
                break
            time.sleep(rng.uniform(*PAUSES))
            kills.append(strike(field, point))
            passed = time.monotonic() - ends + minutes * 60
            print(
                f"  {len(kills):3} {passed:5.1f} s  {point.name}{'' if kills[-1].is_hit else ': not reached'}"
            )
            if len(kills) % LOOK_EVERY == 0 and not (found := look(field, maildir, kills)).is_right:
                return tell(field, seed, kills, found, {})
        killing = time.monotonic() - ends + minutes * 60
        drained = field.drain(DRAIN_SECONDS)
        found = look(field, maildir, kills, is_final=True)
        if found.is_right:
            field.run("manage.py", "verify_ledger", SLUG)  # every leaf, and the fold of the answers (C11)
        seconds, after = longest_silence(kills, maildir.files())
        numbers = {
            f"longest silence after a kill ({after})": f"{seconds:.1f} s",
            "died by themselves": ", ".join(field.died_by_themselves) or "nobody",
            "seconds of killing, of emptying the outbox": f"{killing:.0f}, {drained:.0f}",
        }
        return tell(field, seed, kills, found, numbers)


def look(field: Field, maildir: evidence.Maildir, kills: list[Kill], *, is_final: bool = False) -> Reconciled:
    """The books at this moment. In this order: what is in the journal must be in the rows, and so on."""
    noted = journal.read(field.journal)
    rows, strangers = evidence.rows_of(field.database)
    return reconcile(
        rows,
        maildir.files(),
        put_at=noted.put_at,
        stopped_at=noted.stopped_at,
        in_flight=sum(kill.point.in_flight for kill in kills),
        tickets_without_mail=strangers,
        stop_seconds=field.stop_seconds,
        is_final=is_final,
    )


def tell(field: Field, seed: int, kills: list[Kill], found: Reconciled, numbers: dict[str, str]) -> int:
    """Print the table; on a fault keep the logs."""
    print(table(kills, found, numbers))
    if found.is_right:
        print(f"\nNothing lost, nothing doubled. Seed {seed}.")
        return 0
    field.keeps_its_data = True
    print(f"\nNOT RIGHT. Seed {seed}. Logs and journal: {field.stack.data.path}")
    return 1


def _interrupt(number: int, frame: FrameType | None) -> None:
    for again in STOP_SIGNALS:  # a second Ctrl-C must not interrupt the stopping
        signal.signal(again, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
