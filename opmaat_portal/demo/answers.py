"""What the parents of the demo answered: through the real `decide`, each at a moment of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from consent.choices import Layer, Value
from consent.domain.decide import Choice, decide
from consent.models import PersonalLink, Purpose, Round
from consent.rules import decides_alone
from ledger.acting import SCHOOL_TIME, acting
from schools.models import Enrolment, Foundation, Guardian

from .contract import Promised
from .history import Passed, store_history
from .population import Family, Population

YES, NO = Value.YES, Value.NO
# How many families in a hundred choose this for paper, for parents only, and for everybody.
TASTES = (
    (66, {Layer.PAPER: YES, Layer.CLOSED: YES, Layer.SOCIAL: YES}),
    (18, {Layer.PAPER: YES, Layer.CLOSED: YES, Layer.SOCIAL: NO}),
    (7, {Layer.PAPER: NO, Layer.CLOSED: YES, Layer.SOCIAL: NO}),
    (9, {Layer.PAPER: NO, Layer.CLOSED: NO, Layer.SOCIAL: NO}),
)
BOTH_ANSWER, OF_ONE_MIND, BY_LINK, CHANGES_MIND = 0.75, 0.88, 0.9, 0.04
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one guardian thinks of it at one moment, for all children of the family."""

    at: datetime
    guardian: Guardian
    taste: dict[Layer, Value]
    family: Family


@dataclass(frozen=True, slots=True)
class Asked:
    """A round, the share of families that answered in it, and between which moments."""

    round: Round
    share: float
    first: datetime
    last: datetime


def window(round_: Round, now: datetime) -> tuple[datetime, datetime]:
    """From the morning on which it opened until it closed, or until an hour ago when it still runs."""
    first = datetime.combine(round_.opens_on, time(8), tzinfo=SCHOOL_TIME)
    last = datetime.combine(round_.closes_on, time(21), tzinfo=SCHOOL_TIME)
    return min(first, now - HOUR), min(last, now - HOUR)


def answer_round(
    population: Population,
    promised: Promised,
    asked: Asked,
    purposes: Sequence[Purpose],
    *,
    today_from: datetime,
) -> int:
    """Draw who answers what, and pass it on in the order of time; the number of times somebody did.

    What was answered from `today_from` on goes through `decide` itself, with its mails; all before is history.
    """
    drawn = sorted(_draw(population, promised, asked), key=lambda one: (one.at, one.guardian.id))
    passes = _passes(population, asked, purposes, drawn)
    store_history(population.foundation, [one for one in passes if one.at < today_from])
    for one in passes:
        if one.at >= today_from:
            _pass_on(population.foundation, one)
    return len(passes)


def _passes(
    population: Population, asked: Asked, purposes: Sequence[Purpose], drawn: Iterable[Drawn]
) -> list[Passed]:
    foundation = population.foundation
    enrolled = {row.pupil_id: row for row in population.enrolments}
    links = {
        link.guardian_id: link
        for link in PersonalLink.objects.filter(round=asked.round).select_related("round")
    }
    passes = []
    for one in drawn:
        may_use_link = not foundation.yes_needs_code and population.rng.random() < BY_LINK
        link = links.get(one.guardian.id) if may_use_link else None
        if choices := tuple(_choices(foundation, enrolled, one, purposes)):
            passes.append(Passed(one.at, one.guardian, choices, link, asked.round.valid_until))
    return passes


def _draw(population: Population, promised: Promised, asked: Asked) -> Iterator[Drawn]:
    linked = set(asked.round.links.values_list("guardian_id", flat=True))
    for family in population.families:
        deciders = _deciders(family, asked.first.date())
        if any(promised.of(guardian) for guardian in deciders):
            yield from _as_promised(population.rng, family, promised, asked)
        elif linked.intersection(one.id for one in deciders) and population.rng.random() < asked.share:
            yield from _as_they_like(population.rng, family, asked, deciders)


def _deciders(family: Family, on: date) -> list[Guardian]:
    return list(
        dict.fromkeys(guardian for child in family.children for guardian in family.deciders(child, on))
    )


def _as_promised(rng: Random, family: Family, promised: Promised, asked: Asked) -> Iterator[Drawn]:
    for guardian in dict.fromkeys(tie.guardian for tie in family.ties):
        promise = promised.of(guardian)
        if promise is not None and promise.value is not None:
            ago = timedelta(days=promise.days_ago, minutes=rng.randrange(20 * 60))
            taste = dict.fromkeys(Layer, promise.value)
            yield Drawn(max(asked.first, asked.last - ago), guardian, taste, family)


def _as_they_like(rng: Random, family: Family, asked: Asked, deciders: list[Guardian]) -> Iterator[Drawn]:
    """Mostly both parents and of one mind; some change their mind, some children get another answer."""
    taste = _taste(rng)
    answering = deciders if rng.random() < BOTH_ANSWER else deciders[:1]
    for guardian in answering:
        own = taste if guardian is answering[0] or rng.random() < OF_ONE_MIND else _taste(rng)
        at = _moment(rng, asked)
        yield Drawn(at, guardian, own, family)
        if rng.random() < CHANGES_MIND:
            later = at + (asked.last - at) * rng.random()
            yield Drawn(later, guardian, own | {Layer.SOCIAL: NO}, family)


def _taste(rng: Random) -> dict[Layer, Value]:
    return rng.choices([taste for _weight, taste in TASTES], [weight for weight, _taste in TASTES])[0]


def _moment(rng: Random, asked: Asked) -> datetime:
    """Most answer in the first days, in the evening; nobody in the night, unless the round has just opened."""
    span = asked.last - asked.first
    at = asked.first + span * rng.random() ** 1.6
    day = datetime.combine(at.astimezone(SCHOOL_TIME).date(), time(), tzinfo=SCHOOL_TIME)
    waking = day + timedelta(minutes=rng.choice((7, 8, 12, 16, 18, 19, 20, 20, 21)) * 60 + rng.randrange(60))
    return waking if asked.first <= waking <= asked.last else at


def _choices(
    foundation: Foundation, enrolled: Mapping[int, Enrolment], drawn: Drawn, purposes: Sequence[Purpose]
) -> Iterator[Choice]:
    """Only for the children at school that this guardian decides for on that day (C1, C2)."""
    day = drawn.at.astimezone(SCHOOL_TIME).date()
    for child in drawn.family.children:
        period = enrolled[child.id]
        is_here = period.since <= day and (period.until is None or day <= period.until)
        decides = drawn.guardian in drawn.family.deciders(child, day)
        if is_here and decides and not decides_alone(child.born_on, foundation.decides_from_age, day):
            for purpose in purposes:
                yield Choice(child.id, purpose.id, drawn.taste[Layer(purpose.layer)])


def _pass_on(foundation: Foundation, passed: Passed) -> None:
    with acting(passed.actor, [foundation.id], now=passed.at):
        decide(
            guardian=passed.guardian,
            choices=passed.choices,
            channel=passed.channel,
            language=passed.language,
            link=passed.link,
            device_hash=passed.device_hash,
        )
