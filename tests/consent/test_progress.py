"""How far a round is: in all, day by day, per school and per group, and what needs somebody first (R7, UX-A8)."""

from datetime import timedelta

import pytest

from consent.choices import Channel, Value
from consent.domain.decide import Choice, decide
from consent.domain.progress import progress_of, progress_per_group
from consent.domain.reminding import silent_links
from consent.domain.rounds import start_round
from ledger.acting import Actor
from ledger.choices import ActorKind
from schools.models import SchoolYear
from tests.cast import today


def day(number: int):
    return today() + timedelta(days=number)


@pytest.fixture(autouse=True)
def _a_long_year(cast):
    with cast.acting():
        SchoolYear.objects.filter(id=cast.year.id).update(starts_on=day(-60), ends_on=day(120))
        cast.year.refresh_from_db()


def run_round(cast, schools=(), *, opens=-3, closes=14):
    with cast.acting():
        return start_round(
            name="Jaarvraag",
            year=cast.year,
            purposes=list(cast.purposes.values()),
            opens_on=day(opens),
            closes_on=day(closes),
            schools=schools,
        ).round


def answer(cast, who, child, value=Value.NO, **options):
    with cast.acting(Actor(ActorKind.GUARDIAN, who.id, "signed_in"), **options):
        decide(
            guardian=who,
            choices=[Choice(child.id, cast.purposes["papier"].id, value)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def figures(cast, round_, **options):
    with cast.acting():
        found = progress_of(round_, **options)
        assert found.silent == silent_links(round_).count() or options, "the same set as who is reminded"
        return found


def test_the_figures_move_with_every_answer_also_a_no(cast):
    round_ = run_round(cast)
    before = figures(cast, round_)
    answer(cast, cast.erik, cast.noor, Value.NO)
    answer(cast, cast.karol, cast.bo, Value.YES)
    after = figures(cast, round_)

    assert (before.asked, before.answered) == (4, 0)
    assert (after.asked, after.answered, after.share) == (4, 2, 0.5)
    assert [(row.place.slug, row.answered, row.asked) for row in after.schools] == [
        ("de-haven", 0, 1),
        ("de-baken", 2, 3),
    ]
    with cast.acting():
        assert [(row.place.name, row.silent) for row in progress_per_group(round_)] == [("7B", 1), ("8A", 1)]


def test_a_day_by_day_line_of_what_was_asked_and_answered(cast):
    round_ = run_round(cast, opens=0)
    answer(cast, cast.erik, cast.noor)
    answer(cast, cast.karol, cast.bo)

    points = figures(cast, round_).points

    assert [(point.on, point.asked, point.answered) for point in points] == [(today(), 4, 2)]
