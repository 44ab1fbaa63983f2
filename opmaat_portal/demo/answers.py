"""What the parents of the demo answered: through the real `decide`, each at a moment of its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID, uuid5

from consent.choices import Channel, Layer, Value
from consent.domain.decide import Choice, decide
from consent.models import PersonalLink, Purpose, Round
from consent.rules import decides_alone
from ledger.acting import SCHOOL_TIME, Actor, acting
from ledger.choices import ActorKind
from schools.models import Enrolment, Foundation, Guardian

from .contract import Promised
from .population import Family, Population

YES, NO = Value.YES, Value.NO
# How many families in a hundred choose this for paper, for parents only, and for everybody.
TASTES = (
    (60, {Layer.PAPER: YES, Layer.CLOSED: YES, Layer.SOCIAL: YES}),
    (22, {Layer.PAPER: YES, Layer.CLOSED: YES, Layer.SOCIAL: NO}),
    (8, {Layer.PAPER: NO, Layer.CLOSED: YES, Layer.SOCIAL: NO}),
    (10, {Layer.PAPER: NO, Layer.CLOSED: NO, Layer.SOCIAL: NO}),
)
BOTH_ANSWER, OF_ONE_MIND, BY_LINK, CHANGES_MIND = 0.7, 0.88, 0.9, 0.04
HOUR = timedelta(hours=1)
BROWSERS = UUID("7b0c5d52-6a1e-4a59-9d5c-0d6f3a2f7e11")  # names the made-up browsers, no more


@dataclass(frozen=True, slots=True)
class Passed:
    """One guardian passes on choices for some children at one moment."""

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


def answer_round(population: Population, promised: Promised, asked: Asked, purposes: list[Purpose]) -> int:
    """Draw who answers what, and pass it on in the order of time; the number of times somebody did."""
    rng, foundation = population.rng, population.foundation
    passes = sorted(_draw(population, promised, asked), key=lambda passed: (passed.at, passed.guardian.id))
    links = {link.guardian_id: link for link in PersonalLink.objects.filter(round=asked.round).select_related("round")}
    enrolled = {row.pupil_id: row for row in population.enrolments}
    count = 0
    for passed in passes:
        choices = list(_choices(foundation, enrolled, passed, purposes))
        if choices:
            may_use_link = not foundation.yes_needs_code and rng.random() < BY_LINK
            _pass_on(foundation, passed, choices, links.get(passed.guardian.id) if may_use_link else None)
            count += 1
    return count


def _draw(population: Population, promised: Promised, asked: Asked) -> Iterator[Passed]:
    for family in population.families:
        deciders = _deciders(family, asked.first.date())
        if any(guardian in promised for guardian in deciders):
            yield from _as_promised(population.rng, family, promised, asked)
        elif deciders and population.rng.random() < asked.share:
            yield from _as_they_like(population.rng, family, asked, deciders)


def _deciders(family: Family, on: date) -> list[Guardian]:
    return list(dict.fromkeys(guardian for child in family.children for guardian in family.deciders(child, on)))


def _as_promised(rng: Random, family: Family, promised: Promised, asked: Asked) -> Iterator[Passed]:
    for guardian in dict.fromkeys(tie.guardian for tie in family.ties):
        if (value := promised.value_of(guardian)) is not None:
            yield Passed(_moment(rng, asked), guardian, dict.fromkeys(Layer, value), family)


def _as_they_like(rng: Random, family: Family, asked: Asked, deciders: list[Guardian]) -> Iterator[Passed]:
    """Mostly both parents and of one mind; some change their mind, some children get another answer."""
    taste = _taste(rng)
    answering = deciders if rng.random() < BOTH_ANSWER else deciders[:1]
    for guardian in answering:
        own = taste if guardian is answering[0] or rng.random() < OF_ONE_MIND else _taste(rng)
        at = _moment(rng, asked)
        yield Passed(at, guardian, own, family)
        if rng.random() < CHANGES_MIND:
            later = at + (asked.last - at) * rng.random()
            yield Passed(later, guardian, own | {Layer.SOCIAL: NO}, family)


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
    foundation: Foundation, enrolled: Mapping[int, Enrolment], passed: Passed, purposes: Iterable[Purpose]
) -> Iterator[Choice]:
    """Only for the children at school that this guardian decides for on that day (C1, C2)."""
    day = passed.at.astimezone(SCHOOL_TIME).date()
    for child in passed.family.children:
        period = enrolled[child.id]
        is_here = period.since <= day and (period.until is None or day <= period.until)
        decides = passed.guardian in passed.family.deciders(child, day)
        if is_here and decides and not decides_alone(child.born_on, foundation.decides_from_age, day):
            for purpose in purposes:
                yield Choice(child.id, purpose.id, passed.taste[Layer(purpose.layer)])


def _pass_on(foundation: Foundation, passed: Passed, choices: list[Choice], link: PersonalLink | None) -> None:
    actor = Actor(ActorKind.GUARDIAN, passed.guardian.id, "link" if link else "signed_in")
    with acting(actor, [foundation.id], now=passed.at):
        decide(
            guardian=passed.guardian,
            choices=choices,
            channel=Channel.LINK if link else Channel.SIGNED_IN,
            language=passed.guardian.language if passed.guardian.language == "en" else "nl",
            link=link,
            device_hash=uuid5(BROWSERS, str(link.id)).hex if link else "",
        )
