"""Compare what was put with what was sent: nothing lost, nothing doubled (R11, R12). Pure: rows and files in."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

WAITING, SENT, FAILED, STOPPED = "waiting", "sent", "failed", "stopped"
STOP_SECONDS = 2.0  # what a worker has in hand when a round is stopped may leave for so long (R3)
DIGEST = "consent/changed"  # waits for the evening: how long says nothing
SHOWN = 5  # of a list of faults of one kind


@dataclass(frozen=True, slots=True)
class Row:
    """A message of the outbox. `of`: what may exist once: cause, kind and guardian; of a code its address."""

    id: UUID
    state: str
    of: tuple[str, ...]
    has_ticket: bool


@dataclass(frozen=True, slots=True)
class File:
    """A mail that the mail server took. `key` is the part of its Message-ID before the @, `at` in seconds."""

    key: str
    at: float


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Lists of what is wrong, each a sentence; and the numbers for the table."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    states: Mapping[str, int] = field(default_factory=dict)
    put: int = 0
    copies: int = 0
    in_flight: int = 0
    left_and_stopped: int = 0
    longest_wait: float = 0.0
    longest_after_stop: float = 0.0

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


def reconcile(
    rows: Sequence[Row],
    files: Sequence[File],
    *,
    put_at: Mapping[UUID, float],
    stopped_at: Mapping[UUID, float],
    in_flight: int,
    tickets_without_mail: Collection[UUID] = (),
    stop_seconds: float = STOP_SECONDS,
    is_final: bool,
) -> Reconciled:
    """What is lost, doubled, or otherwise wrong; `is_final` also takes what still waits for lost.

    `put_at` and `stopped_at` come from the client's own journal, outside of the database. `in_flight`: how many
    mails at most had left without anybody having written that down, at all kills together: so many may have come a
    second time under the same Message-ID, which a mail program shows as one, or may be called stopped.
    """
    known = {row.id: row for row in rows}
    times: dict[str, list[float]] = defaultdict(list)
    for file in files:
        times[file.key].append(file.at)
    copies = sum(len(moments) - 1 for moments in times.values())
    left_and_stopped = sum(_is(row, STOPPED) and str(row.id) in times for row in rows)
    after_stop = _seconds_after_stop(times, stopped_at)
    return Reconciled(
        lost=_lost(known, times, put_at, is_final=is_final),
        doubled=_doubled(known, times, is_final=is_final),
        wrong=[
            *_tickets(known, tickets_without_mail, is_final=is_final),
            *_late(after_stop, stop_seconds),
            *_more_than_was_in_flight(copies, left_and_stopped, in_flight),
        ],
        states=Counter(row.state for row in rows),
        put=len(put_at),
        copies=copies,
        in_flight=in_flight,
        left_and_stopped=left_and_stopped,
        longest_wait=_longest_wait(known, times, put_at),
        longest_after_stop=max(after_stop.values(), default=0.0),
    )


def _lost(
    known: Mapping[UUID, Row],
    times: Mapping[str, list[float]],
    put_at: Mapping[UUID, float],
    *,
    is_final: bool,
) -> list[str]:
    gone = [f"{pk}: was committed, is not in the outbox" for pk in put_at if pk not in known]
    unsent = [
        f"{pk}: is called sent, never left" for pk in known if _is(known[pk], SENT) and str(pk) not in times
    ]
    # Nothing here refuses a mail, so one that was given up on was given up on too early.
    failed = [f"{pk}: was given up on" for pk in known if _is(known[pk], FAILED)]
    waiting = [f"{pk}: still waits" for pk in known if is_final and _is(known[pk], WAITING)]
    return [*gone, *unsent, *failed, *waiting]


def _doubled(known: Mapping[UUID, Row], times: Mapping[str, list[float]], *, is_final: bool) -> list[str]:
    """Two Message-IDs about one thing to one person. A mail that is of no row at all cannot be told from one."""
    of = Counter(known[UUID(key)].of for key in times if _is_known(key, known))
    twice = [f"{' '.join(thing)}: {number} different mails" for thing, number in of.items() if number > 1]
    strangers = [f"{key}: left, and is not in the outbox" for key in times if not _is_known(key, known)]
    return [*twice, *(strangers if is_final else [])]


def _is_known(key: str, known: Mapping[UUID, Row]) -> bool:
    try:
        return UUID(key) in known
    except ValueError:
        return False


def _tickets(known: Mapping[UUID, Row], without_mail: Collection[UUID], *, is_final: bool) -> list[str]:
    orphans = [
        f"{row.id}: waits without a ticket"
        for row in known.values()
        if _is(row, WAITING) and not row.has_ticket
    ]
    left = [
        f"{row.id}: is {row.state}, and has a ticket"
        for row in known.values()
        # Of a stopped one it stays until the worker that had it in hand is done, or its lease has ended.
        if not _is(row, WAITING) and row.has_ticket and (is_final or not _is(row, STOPPED))
    ]
    strangers = [f"{pk}: a ticket of no mail" for pk in without_mail]
    return [*orphans, *left, *(strangers if is_final else [])]


def _seconds_after_stop(
    times: Mapping[str, list[float]], stopped_at: Mapping[UUID, float]
) -> dict[UUID, float]:
    return {pk: max(times[str(pk)]) - at for pk, at in stopped_at.items() if str(pk) in times}


def _more_than_was_in_flight(copies: int, left_and_stopped: int, in_flight: int) -> list[str]:
    """What nobody had written down in time: sent once more, or stopped afterwards as if it had not left."""
    if copies + left_and_stopped <= in_flight:
        return []
    return [
        f"{copies} copies and {left_and_stopped} that left and are called stopped; {in_flight} were in flight"
    ]


def _longest_wait(
    known: Mapping[UUID, Row], times: Mapping[str, list[float]], put_at: Mapping[UUID, float]
) -> float:
    """Seconds from the commit to the mail server, of what need not wait for the evening."""
    waits = (
        min(times[str(pk)]) - at
        for pk, at in put_at.items()
        if str(pk) in times and pk in known and DIGEST not in known[pk].of
    )
    return max(waits, default=0.0)


def _late(after_stop: Mapping[UUID, float], stop_seconds: float) -> list[str]:
    return [
        f"{pk}: left {seconds:.1f} s after it was stopped"
        for pk, seconds in after_stop.items()
        if seconds > stop_seconds
    ]


def _is(row: Row, state: str) -> bool:
    return row.state == state
