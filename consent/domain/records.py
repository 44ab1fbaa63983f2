"""What happened to one consent, told as events, and the record that others can read (ISO/IEC TS 27560:2023).

Nothing of this is stored: `events_of` folds the answers each time, so the record cannot say anything else than
the answers do. Fields: `reference/law.md` 6; the shape is fixed in `consent/schemas/consent_record.json`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from consent.choices import EventState, Value
from consent.rules import Wording
from ledger.acting import SCHOOL_TIME

# Why a consent ended without anybody doing anything.
PERIOD_ENDED, REWORDED = "period_ended", "reworded"
# What comes first of what happens at the same moment: what ends at midnight, then who answers.
END, REWORDING, ANSWER, LATE_END, INVALIDATION = range(5)


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One answer as the fold needs it; `decider` is a guardian's id, or None for the pupil."""

    id: int
    decider: int | None
    value: Value
    at: datetime
    valid_until: date | None
    wording: int
    invalidated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """`answer` is the id of the answer that it is about; `because` is empty when somebody acted."""

    at: datetime
    state: EventState
    answer: int
    because: str = ""


def events_of(
    answers: Sequence[RecordedAnswer], wordings: Iterable[Wording], until: datetime
) -> tuple[ConsentEvent, ...]:
    """Every event of this pupil and purpose up to that moment, oldest first (C3).

    `answers` in the order in which they were given. Each decider is folded apart: what one parent says never
    changes what another one said. A no never ends by itself; a yes ends with its last day, or with a wording
    that says something else.
    """
    material = [wording for wording in wordings if wording.is_material]
    deciders = dict.fromkeys(answer.decider for answer in answers)
    found = [
        event
        for decider in deciders
        for event in _Told([one for one in answers if one.decider == decider], material).events(until)
    ]
    place = {answer.id: position for position, answer in enumerate(answers)}
    return tuple(sorted(found, key=lambda event: (event.at, place[event.answer])))


def start_of(day: date) -> datetime:
    """Midnight at school, also on the days when the clock changes."""
    return datetime.combine(day, time.min, SCHOOL_TIME)


@dataclass(slots=True)
class _Told:
    """The answers of one decider, walked through in order of time."""

    answers: list[RecordedAnswer]
    material: list[Wording]
    given: list[RecordedAnswer] = field(default_factory=list)
    taken_out: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    oldest_that_counts: int = 0

    def events(self, until: datetime) -> Iterator[ConsentEvent]:
        for at, turn, what in self._moments():
            if at > until:
                return
            before = self._standing_yes()
            yield from self._at(at, turn, what, before)

    def _moments(self) -> list[tuple[datetime, int, RecordedAnswer | Wording]]:
        moments: list[tuple[datetime, int, RecordedAnswer | Wording]] = [
            (start_of(wording.in_force_on), REWORDING, wording) for wording in self.material
        ]
        for one in self.answers:
            moments.append((one.at, ANSWER, one))
            if one.value == Value.YES and one.valid_until is not None:
                end = start_of(one.valid_until + timedelta(days=1))
                moments.append((end, END, one) if end > one.at else (one.at, LATE_END, one))
            if one.invalidated_at is not None:
                moments.append((one.invalidated_at, INVALIDATION, one))
        # Python's sort keeps the order of what is equal: that in which the answers were given.
        return sorted(moments, key=lambda moment: moment[:2])

    def _at(
        self, at: datetime, turn: int, what: RecordedAnswer | Wording, before: RecordedAnswer | None
    ) -> Iterator[ConsentEvent]:
        if isinstance(what, Wording):
            self.oldest_that_counts = max(self.oldest_that_counts, what.number)
            yield from self._ended(at, before, REWORDED)
        elif turn == ANSWER:
            self.given.append(what)
            yield ConsentEvent(at, _state_after(what.value, had_yes=before is not None), what.id)
            if what.value == Value.YES and what.wording < self.oldest_that_counts:
                yield ConsentEvent(at, EventState.EXPIRED, what.id, REWORDED)
        elif turn == INVALIDATION:
            self.taken_out.add(what.id)
            yield ConsentEvent(at, EventState.INVALIDATED, what.id)
        else:
            self.ended.add(what.id)
            yield from self._ended(at, before, PERIOD_ENDED)

    def _ended(self, at: datetime, before: RecordedAnswer | None, because: str) -> Iterator[ConsentEvent]:
        if before is not None and self._standing_yes() is None:
            yield ConsentEvent(at, EventState.EXPIRED, before.id, because)

    def _standing_yes(self) -> RecordedAnswer | None:
        """The latest answer that was not taken out, when it is a yes that counts at this moment."""
        standing = next((one for one in reversed(self.given) if one.id not in self.taken_out), None)
        if standing is None or standing.value != Value.YES or standing.id in self.ended:
            return None
        return standing if standing.wording >= self.oldest_that_counts else None


def _state_after(value: Value, *, had_yes: bool) -> EventState:
    """C6: who wants to talk first has not decided; when there was a yes, it is over."""
    if value == Value.YES:
        return EventState.RECONFIRMED if had_yes else EventState.GIVEN
    if had_yes:
        return EventState.WITHDRAWN
    return EventState.REFUSED if value == Value.NO else EventState.REQUESTED
