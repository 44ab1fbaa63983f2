"""Fixing the tables that a case is handled by: who receives what, and which measures there are."""

from datetime import date

import pytest
from django.db import IntegrityError

from incidents.choices import Category
from incidents.domain.routing import NoLastRow, RowWords, set_routing
from incidents.models import RoutingRow
from ledger.models import Entry, EntryPayload
from policies.choices import Audience, Shape
from policies.domain.ladders import RungWords, set_ladder
from policies.models import Ladder
from policies.querysets import ladder_on
from schools.choices import RoleName

PHOTO = RowWords(RoleName.TEACHER, category=Category.PHOTO)
REST = RowWords(RoleName.DIRECTOR)


def roles() -> list[str]:
    return [row.role for row in RoutingRow.objects.order_by("position")]


def test_a_new_table_takes_the_place_of_the_old_one(cast):
    with cast.acting():
        set_routing([PHOTO, REST])
        set_routing([RowWords(RoleName.BOARD)])

        assert roles() == [RoleName.BOARD]
        entry = Entry.objects.filter(verb="incidents:routing:set").order_by("-id").first()
        assert EntryPayload.objects.get(entry=entry).payload == {"rows": [{"role": "board"}]}


@pytest.mark.parametrize("rows", [[], [PHOTO], [REST, PHOTO]])
def test_a_table_that_leaves_a_report_with_nobody_is_refused(cast, rows):
    with cast.acting():
        set_routing([PHOTO, REST])

        with pytest.raises(NoLastRow):
            set_routing(rows)

        assert roles() == [RoleName.TEACHER, RoleName.DIRECTOR]


def test_a_later_list_leaves_the_earlier_one_for_earlier_days(cast):
    talk = RungWords("Gesprek", RoleName.DIRECTOR)
    with cast.acting():
        set_ladder(audience=Audience.PUPILS, shape=Shape.STEPS, in_force_on=date(2024, 8, 1), rungs=[talk])
        set_ladder(audience=Audience.PUPILS, shape=Shape.RANGE, in_force_on=date(2025, 8, 1))

        before, after = (ladder_on(Audience.PUPILS, date(year, 12, 1)) for year in (2024, 2025))
        assert [rung.name for rung in before.rungs.all()] == ["Gesprek"]
        assert list(after.rungs.all()) == []
        assert ladder_on(Audience.PUPILS, date(2024, 7, 31)) is None


def test_two_lists_from_one_day_are_refused_and_nothing_is_kept(cast):
    day = {"audience": Audience.STAFF, "shape": Shape.RANGE, "in_force_on": date(2025, 1, 1)}
    with cast.acting():
        set_ladder(**day)

        with pytest.raises(IntegrityError, match="ladder_from_day"):
            set_ladder(**day, rungs=[RungWords("Waarschuwing", RoleName.DIRECTOR)])

        assert Ladder.objects.get().rungs.count() == 0
