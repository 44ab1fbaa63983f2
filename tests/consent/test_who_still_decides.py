"""Who decides no more is counted and called no more; each child gets its letter; no school sees another's (R7, C2)."""

from datetime import timedelta

import pytest

from consent.choices import RoundList
from consent.domain.work_lists import people_on, waiting_in
from schools.models import Enrolment, Guardianship, Pupil, SchoolYear
from tests.cast import today, years_ago
from tests.consent.test_progress import answer, figures, run_round
from tests.consent.test_work_lists import came_back, corrected, names, standing


def day(number: int):
    return today() + timedelta(days=number)


@pytest.fixture(autouse=True)
def _a_long_year(cast):
    with cast.acting():
        SchoolYear.objects.filter(id=cast.year.id).update(starts_on=day(-60), ends_on=day(120))
        cast.year.refresh_from_db()


def lose_authority(cast) -> None:
    Guardianship.objects.filter(guardian=cast.karol).update(until=day(-1))


def leave(cast) -> None:
    Enrolment.objects.filter(pupil=cast.bo).update(until=day(-1))


def turn_sixteen(cast) -> None:
    Pupil.objects.filter(id=cast.bo.id).update(born_on=years_ago(16))


@pytest.mark.parametrize("happens", [lose_authority, leave, turn_sixteen])
def test_who_decides_no_more_is_in_no_list_and_no_total(cast, as_, happens):
    round_ = run_round(cast)
    came_back(cast, cast.karol)
    corrected(cast, cast.karol)
    assert names(cast, round_, RoundList.CAME_BACK) == ["Karol"]

    with cast.acting():
        happens(cast)
        counts = waiting_in(round_).lists
        assert counts[RoundList.CAME_BACK] == 0
        assert people_on(round_, RoundList.CAME_BACK) == ([], 0)

    assert standing(cast, round_, cast.karol) is None
    found = figures(cast, round_, schools=None)
    assert (found.asked, found.unmailed) == (3, 0)
    assert found.asked == sum(part.asked for part in found.schools), "nobody here is at two schools"
    assert as_(cast.ada).get(f"/team/ronde/{round_.code}/werk/teruggekomen/").context["rows"] == []


@pytest.mark.parametrize("happens", [lose_authority, leave])
def test_a_closed_round_keeps_who_was_asked_then(cast, happens):
    round_ = run_round(cast, opens=-20, closes=-5)
    with cast.acting():
        happens(cast)

    found = figures(cast, round_, schools=None)

    assert (found.asked, found.unmailed) == (4, 0)
    assert sum(part.asked for part in found.schools) == 4
    assert names(cast, round_, RoundList.SILENT) == ["Erik", "Selin", "Amina"], "nobody phones Karol"


def test_who_answered_and_decides_no_more_is_in_neither_figure(cast):
    round_ = run_round(cast)
    answer(cast, cast.karol, cast.bo)
    with cast.acting():
        lose_authority(cast)

    found = figures(cast, round_, schools=None)

    assert (found.asked, found.answered) == (3, 0)
