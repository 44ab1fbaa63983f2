"""A round for many costs as many statements as one for few, and little memory for each guardian (performance.md)."""

import tracemalloc
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.domain.asked import plan_round
from consent.domain.progress import progress_of, progress_per_group, progress_per_school
from consent.domain.rounds import start_round, write_portion
from consent.models import Round, RoundSchool
from notices.choices import BounceKind, BounceSource, Unreachable
from notices.domain.put import who_can_be_reached
from notices.models import Bounce
from notices.querysets import bounced, may_contact
from schools.models import Guardian, Guardianship
from tests.cast import guardian, pupil, today, years_ago

SIZES = (1, 3, 12)


def add_families(cast, number: int) -> None:
    for one in range(number):
        child = pupil(cast.group_8a, f"Kind{one}", "Velen", years_ago(9))
        guardian(cast.home, f"Velen{number}x{one}", "Velen", [child])


def statements(act) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"][:60] for query in captured.captured_queries]


def plan(cast):
    return plan_round(
        purposes=list(cast.purposes.values()), opens_on=today(), closes_on=today() + timedelta(days=9)
    )


def start_later(cast, name: str) -> Round:
    """Written down, nobody written to yet."""
    return start_round(
        name=name,
        year=cast.year,
        purposes=list(cast.purposes.values()),
        opens_on=today() + timedelta(days=1),
        closes_on=today() + timedelta(days=9),
    ).round


def test_a_preview_takes_as_many_statements_for_1_3_and_12_families(cast):
    found = []
    for number in SIZES:
        with cast.acting():
            add_families(cast, number)
            found.append(len(statements(lambda: plan(cast))))

    assert found == [found[0]] * 3
    assert found[0] <= 14


@pytest.mark.parametrize("act", [progress_of, progress_per_school, progress_per_group])
def test_progress_takes_as_many_statements_for_1_3_and_12_families(cast, act):
    found = []
    for number in SIZES:
        with cast.acting():
            add_families(cast, number)
            round_ = Round.objects.first() or start_later(cast, "Jaarvraag")
            Round.objects.update(opens_on=today())
            round_.refresh_from_db()
            write_portion(round_)
            found.append(len(statements(lambda: act(round_))))  # noqa: B023

    assert found == [found[0]] * 3


def test_a_portion_takes_as_many_statements_for_1_3_and_12_families(cast):
    found = []
    with cast.acting():
        round_ = start_later(cast, "Jaarvraag")
        Round.objects.update(opens_on=today())
        assert not RoundSchool.objects.exists()
        write_portion(round_)
        for number in SIZES:
            add_families(cast, number)
            found.append(len(statements(lambda: write_portion(round_))))
        assert round_.links.count() == 4 + sum(SIZES)

    assert found == [found[0]] * 3


def test_a_preview_holds_a_few_hundred_bytes_of_each_guardian(cast, crowd_that_decides):
    with cast.acting():
        plan(cast)  # what is read once
        tracemalloc.start()
        found = plan(cast)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        few = len(found.asked)
        crowd_that_decides(1_000)
        tracemalloc.start()
        found = plan(cast)
        more = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert len(found.asked) == few + 1_000
    assert (more - peak) / 1_000 < 2_000  # within one portion; what stays of a portion is far less
    assert len(found.mailed) == few + 1_000


@pytest.fixture
def crowd_that_decides(cast):
    def crowd(size: int) -> None:
        people = Guardian.objects.bulk_create(
            Guardian(
                foundation=cast.home,
                source_key=f"crowd-{number}",
                call_name=f"Ouder{number}",
                surname="Velen",
                email=f"ouder{number}@velen.example.org",
            )
            for number in range(size)
        )
        Guardianship.objects.bulk_create(
            Guardianship(
                foundation=cast.home,
                guardian=one,
                pupil=cast.noor,
                authority="full",
                since=today(),
                source="test",
            )
            for one in people
        )

    return crowd


def test_who_can_be_reached_is_what_the_named_sets_say(cast):
    with cast.acting():
        guardian(cast.home, "Zonder", "Post", [cast.bo], email="")
        over = guardian(cast.home, "Voorbij", "Post", [cast.bo])
        Guardianship.objects.filter(guardian=over).update(
            until=today() - timedelta(days=1), since=years_ago(3)
        )
        Guardianship.objects.filter(guardian=cast.erik).update(may_be_contacted=False)
        Guardian.objects.filter(id=cast.karol.id).update(email="Karol@Thuis.example.org")
        for one, address, about in [
            (cast.karol, "karol@thuis.example.org", True),
            (cast.selin, "oud@thuis.example.org", True),
            (cast.amina, cast.amina.email, False),
        ]:
            Bounce.objects.create(
                foundation=cast.home,
                guardian=one,
                address=address,
                kind=BounceKind.BOUNCE,
                source=BounceSource.SMTP,
                is_about_address=about,
                at=timezone.now(),
            )
        people = Guardian.objects.annotate(
            may=Exists(may_contact(OuterRef("id"), today())),
            gone=Exists(bounced(OuterRef("id"), OuterRef("email"))),
        )
        expected = {one.id for one in people if one.may and one.email and not one.gone}
        domains, unreachable = who_can_be_reached([one.id for one in people], today())

    assert set(domains) == expected
    assert unreachable[cast.karol.id] == Unreachable.BOUNCED
    assert unreachable[cast.erik.id] == Unreachable.NO_CONTACT
    assert {cast.amina.id, cast.selin.id} <= set(domains)
