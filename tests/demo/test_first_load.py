"""Loading into an empty database: interrupted, and on difficult days."""

from datetime import datetime

import pytest
import time_machine

from accounts.models import User
from consent.models import Answer, Round
from ledger.models import Entry
from notices.choices import State
from notices.models import Message
from opmaat_portal.demo import load
from opmaat_portal.demo.foundations import KONOT, LANKFORST, OPMAAT, SEVENWOLDEN
from schools.models import Foundation


@pytest.mark.django_db
def test_an_interrupted_load_leaves_nothing_and_may_be_repeated(monkeypatch):
    monkeypatch.setattr(load, "FOUNDATIONS", (LANKFORST,))

    def interrupt(line: str) -> None:
        raise KeyboardInterrupt(line)

    with pytest.raises(KeyboardInterrupt, match="lankforst: "):
        load.load_all(is_small=True, say=interrupt)
    assert not Foundation.objects.exists()
    assert not User.objects.exists()

    load.load_all(is_small=True, say=lambda line: None)
    assert Foundation.objects.get().slug == "lankforst"


@pytest.mark.parametrize(
    "day",
    ["2027-07-31T23:30+02:00", "2027-08-01T06:30+02:00", "2027-08-09T12:00+02:00", "2028-02-29T12:00+01:00"],
)
@pytest.mark.django_db
def test_it_loads_on_any_day_of_the_year(monkeypatch, day):
    monkeypatch.setattr(load, "FOUNDATIONS", (OPMAAT, SEVENWOLDEN, KONOT))

    with time_machine.travel(datetime.fromisoformat(day), tick=False):
        load.load_all(is_small=True, say=lambda line: None)

        for foundation in Foundation.objects.order_by("id"):
            with load.acting(load.DEMO, [foundation.id]) as act:
                newest = Round.objects.first()
                assert newest.year.starts_on <= act.today <= newest.year.ends_on
                assert newest.opens_on <= newest.closes_on
                assert len(newest.remind_before) <= 3
                assert not Answer.objects.filter(decided_at__gt=act.now).exists()
                assert not Entry.objects.filter(at__gt=act.now).exists()
                if foundation.slug == "opmaat":
                    assert newest.closes_on >= act.today
                    assert Message.objects.filter(cause=f"round:{newest.id}", state=State.WAITING).exists()
