"""Load the five foundations, each in one transaction: all of it, or nothing of it."""

import time as clock
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from consent.domain.purposes import add_purpose, freeze_wording
from consent.domain.rounds import start_round, write_portion
from consent.domain.work import open_what_waits
from consent.models import Purpose, Round
from incidents.domain.routing import set_routing
from ledger.acting import SCHOOL_TIME, acting, system
from notices.doorbell import ring_once
from schools.choices import Sector
from schools.models import Foundation, School, SchoolYear

from .answers import Asked, answer_round, window
from .cases import OF as WITH_CASES
from .cases import add_cases
from .contract import IN_TWO_FOUNDATIONS, Promised, add_promised
from .families import Seats, fill
from .foundations import FOUNDATIONS, FoundationPlan, Question, SchoolPlan, small
from .past import mails_to_one_have_left, make_past
from .policies import add_policies
from .population import Population
from .publications import OF as WITH_PUBLICATIONS
from .publications import add_publications
from .routing import TABLES
from .staffing import staff_all
from .vacations import add_vacations
from .wordings import in_all_languages

Say = Callable[[str], None]
DEMO = system("demo")
SEED = 20151  # of the random choices: the same people every time
# Days: how long ago the running round opened; reminder and closing count from there.
OPENED, CLOSES_AFTER = 12, 21
REMIND_BEFORE = (7, 2)
OVER_SINCE_OPENING = 60
ANSWERED, ANSWERED_LAST_YEAR, ANSWERED_ELSEWHERE = 0.6, 0.3, 0.75


def load_all(*, is_small: bool, say: Say) -> None:
    """Every foundation that is not there yet; says per foundation what was made and how long it took."""
    here = set(Foundation.objects.values_list("slug", flat=True))
    for plan in FOUNDATIONS:
        if plan.slug in here:
            say(f"  {plan.name}: already loaded")
            continue
        begun = clock.monotonic()
        # Inside, the acts of a year ring for every mail; one ring after the commit is enough.
        with ring_once(), transaction.atomic():
            counts = load_foundation(small(plan) if is_small else plan, say)
        say(f"  {plan.name}: {counts}, {clock.monotonic() - begun:.1f} s")


def load_foundation(plan: FoundationPlan, say: Say) -> str:
    """The foundation as it would stand after a year or more of use; a line with its numbers."""
    now = timezone.now()
    foundation = Foundation.objects.create(
        slug=plan.slug,
        name=plan.name,
        help_phone=plan.help_phone,
        help_email=f"toestemming@{plan.slug}.example.org",
        **plan.settings,
    )
    with acting(DEMO, [foundation.id], now=now) as act:
        years = _school_years(foundation, act.today)
        population, promised = populate(plan, foundation, years[-1], act.today)
        say(
            f"    {plan.slug}: {len(population.pupils)} pupils, {len(population.guardians)} parents; their answers ..."
        )
        purposes = ask_questions(plan, foundation, years[0].starts_on)
        passed = run_rounds(plan, population, promised, purposes, years, now)
        open_what_waits()
        add_vacations(foundation, plan.region)
        set_routing(TABLES[plan.slug])
        add_policies(foundation, population.schools, since=years[-1].starts_on)
        if plan.slug == WITH_CASES:
            add_cases(foundation, population.schools[0])
        if plan.slug == WITH_PUBLICATIONS:
            add_publications(foundation, population.schools[0])
        mails_to_one_have_left()
    kinds = {
        "schools": len(population.schools),
        "groups": len(population.groups),
        "pupils": len(population.pupils),
        "parents": len(population.guardians),
        "staff": len(population.staff),
        "times answered": passed,
    }
    return ", ".join(f"{number} {kind}" for kind, number in kinds.items())


def _school_years(foundation: Foundation, today: date) -> list[SchoolYear]:
    """Last year and this one."""
    first = today.year if today.month >= 8 else today.year - 1
    return [
        SchoolYear.objects.create(
            foundation=foundation,
            name=f"{year}-{year + 1}",
            starts_on=date(year, 8, 1),
            ends_on=date(year + 1, 7, 31),
        )
        for year in (first - 1, first)
    ]


def populate(
    plan: FoundationPlan, foundation: Foundation, year: SchoolYear, today: date
) -> tuple[Population, Promised]:
    """Places and people, written; the same ones each time for the same plan and day."""
    rng = Random(f"{SEED}:{plan.slug}")  # noqa: S311  made-up people, no secret
    population = Population(foundation, year, today, rng, addresses=addresses_in_use())
    chairs = [seats for school in plan.schools for seats in _add_school(population, plan, school)]
    staff_all(population)
    promised = add_promised(population)
    taken = Counter(population.groups.index(row.group) for row in population.memberships)
    fill(population, Seats(population, [seats - taken[place] for place, seats in enumerate(chairs)]))
    population.save()
    return population, promised


def _add_school(population: Population, plan: FoundationPlan, school_plan: SchoolPlan) -> list[int]:
    """The school with its groups; how many chairs each has."""
    school = School(
        foundation=population.foundation,
        slug=school_plan.slug,
        name=school_plan.name,
        brin=school_plan.brin,
        sector=school_plan.sector,
        governance=plan.governance,
        region=plan.region,
        phone=school_plan.phone,
        place=school_plan.place,
    )
    population.schools.append(school)
    for group in school_plan.groups:
        population.add_group(school, group.name, group.grade, group.age)
    return [group.seats for group in school_plan.groups]


def addresses_in_use() -> set[str]:
    """Nobody drawn at random may share a mailbox with somebody else, of this foundation or another."""
    return {IN_TWO_FOUNDATIONS, *User.objects.values_list("email", flat=True)}


def ask_questions(plan: FoundationPlan, foundation: Foundation, since: date) -> list[Purpose]:
    """The three layers in the words of this foundation, in force since the start of last school year."""
    with acting(DEMO, [foundation.id], now=_morning(since)):
        return [_purpose(question, since) for question in plan.questions]


def _purpose(question: Question, since: date) -> Purpose:
    return add_purpose(
        slug=question.slug,
        layer=question.layer,
        short_label=question.short_label,
        all_must_agree=question.all_must_agree,
        places=question.places,
        words=in_all_languages(question.words.nl, question.words.en),
        in_force_on=since,
    )


def run_rounds(
    plan: FoundationPlan,
    population: Population,
    promised: Promised,
    purposes: list[Purpose],
    years: list[SchoolYear],
    now: datetime,
) -> int:
    """The rounds that this foundation has behind it, and the one that runs; how often somebody answered."""
    today, yesterday = population.today, now - timedelta(days=1)
    passed = 0
    if plan.round_runs:
        old = _start(population, purposes, years[0], _in_year(years[0], today - timedelta(days=OPENED + 365)))
        asked = Asked(old, ANSWERED_LAST_YEAR, *window(old, now))
        passed += answer_round(population, promised.of_last_year(), asked, purposes, today_from=yesterday)
        make_past(population.foundation, before=now)
        opens_on = today - timedelta(days=OPENED)
    else:
        opens_on = _in_year(years[-1], today - timedelta(days=OVER_SINCE_OPENING))
    schools = asked_so_far(population) if plan.round_runs else []
    round_ = _start(population, purposes, years[-1], opens_on, schools)
    _reword(plan, purposes, round_, today)
    asked = Asked(round_, ANSWERED if plan.round_runs else ANSWERED_ELSEWHERE, *window(round_, now))
    passed += answer_round(population, promised, asked, purposes, today_from=yesterday)
    make_past(population.foundation, before=yesterday, running=round_ if plan.round_runs else None)
    return passed


def _in_year(year: SchoolYear, day: date) -> date:
    return min(max(day, year.starts_on), year.ends_on)


def asked_so_far(population: Population) -> list[School]:
    """Two primary schools, and one that has no pupils yet, have still to be asked: a round to start in the demo."""
    primary = [school for school in population.schools if school.sector == Sector.PO]
    return [*primary[:3], *(school for school in population.schools if school.sector != Sector.PO)]


def _start(
    population: Population,
    purposes: list[Purpose],
    year: SchoolYear,
    opens_on: date,
    schools: Sequence[School] = (),
) -> Round:
    closes_on = max(opens_on, min(opens_on + timedelta(days=CLOSES_AFTER), year.ends_on))
    with acting(DEMO, [population.foundation.id], now=_morning(opens_on)):
        round_ = start_round(
            name=f"Foto's en video's {year.name}",
            year=year,
            purposes=purposes,
            opens_on=opens_on,
            closes_on=closes_on,
            schools=schools,
            remind_before=[before for before in REMIND_BEFORE if before < (closes_on - opens_on).days],
        ).round
        after: int | None = 0
        while after is not None:
            after = write_portion(round_, after)[1]
        return round_


def _reword(plan: FoundationPlan, purposes: list[Purpose], round_: Round, today: date) -> None:
    """Half-way the round the question became another one: who had said yes is asked again (C3)."""
    day = min(round_.opens_on + timedelta(days=3), today)
    for question, purpose in zip(plan.questions, purposes, strict=True):
        if question.changed is not None:
            words = in_all_languages(question.changed.nl, question.changed.en)
            with acting(DEMO, [purpose.foundation_id], now=_morning(day)):
                freeze_wording(purpose=purpose, words=words, is_material=True, in_force_on=day)


def _morning(day: date) -> datetime:
    """Seven o'clock of that day, or this moment when it is not that late yet."""
    return min(datetime.combine(day, time(7), tzinfo=SCHOOL_TIME), timezone.now())
