"""The lists of rounds and the start pages show of each round what its own page shows, of whatever kind it is (R7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.choices import RoundKind, RoundList, Value
from consent.domain.holding import pause
from consent.domain.own import decide_for_self
from consent.domain.progress import (
    Progress,
    Totals,
    children_without_answer,
    counted_per_group,
    progress_of,
    progress_per_group,
    totals_of,
)
from consent.domain.purposes import freeze_wording
from consent.domain.reminding import silent_links
from consent.domain.rounds import ask_new_pupils, start_round
from consent.domain.work_lists import parents_waiting, waiting_in
from consent.models import Round
from consent.querysets import purposes_in_use, rounds_running
from consent.tasks import ask_new_families
from ledger.acting import Actor
from ledger.choices import ActorKind
from schools.models import Enrolment, Guardianship, School, SchoolYear
from tests.cast import guardian, pupil, today, years_ago
from tests.consent.test_invalidate import enter, take
from tests.consent.test_pupil_rounds import with_address
from tests.consent.test_pupils import say as pupil_says
from tests.consent.test_purposes import WORDS, add, say


def day(number: int):
    return today() + timedelta(days=number)


def start(cast, kind: RoundKind, purposes, *, opens=0, closes=14, **more) -> Round:
    with cast.acting(now=timezone.now() + timedelta(days=opens)):
        return start_round(
            name=f"{kind} {opens} {closes}",
            year=cast.year,
            purposes=purposes,
            opens_on=day(opens),
            closes_on=day(closes),
            kind=kind,
            **more,
        ).round


def chooses(cast, colleague, now=None) -> None:
    with cast.acting(Actor(ActorKind.STAFF, colleague.id), now=now):
        values = {cast.purposes["papier"].id: Value.NO}
        decide_for_self(staff_member=colleague, values=values, language="nl")


@pytest.fixture
def rounds(cast) -> dict[str, Round]:
    """One of each kind, which share people and questions; one that asked nobody, and waits; with answers of each."""
    with cast.acting():
        SchoolYear.objects.filter(id=cast.year.id).update(starts_on=day(-60), ends_on=day(200))
        cast.year.refresh_from_db()
        guardian(cast.home, "Geen", "Post", [cast.bo, cast.mila], email="")
        lost = guardian(cast.home, "Weg", "Gezag", [cast.mila])
        tess = pupil(cast.group_7b, "Tess", "Alleen", years_ago(17))
    for child in (cast.sam, tess):
        with_address(cast, child)
    old, papier = timezone.now() - timedelta(days=20), cast.purposes["papier"]
    chooses(cast, cast.joost, now=old)
    say(cast, cast.amina, cast.noor, Value.YES, papier, now=old)
    say(cast, cast.karol, cast.bo, Value.YES, papier, now=old)
    found = {"yearly": start(cast, RoundKind.YEARLY, list(cast.purposes.values()), opens=-9, closes=30)}
    say(cast, cast.erik, cast.noor, Value.NO, papier, now=timezone.now() - timedelta(days=2))
    with cast.acting():
        Guardianship.objects.filter(guardian=lost).update(until=day(-1))
        freeze_wording(purpose=papier, words=WORDS, is_material=True, in_force_on=today())
        changed = purposes_in_use().get(id=papier.id)
    found |= _started_today(cast, changed, add(cast, event_on=day(20)))
    _answered_today(cast, changed)
    with cast.acting():
        pause(found["nobody"])
        assert {one.id for one in rounds_running(today())} == {one.id for one in found.values()}
    return found


def _started_today(cast, changed, musical) -> dict[str, Round]:
    found = {
        "material": start(cast, RoundKind.MATERIAL, [changed]),
        "event": start(cast, RoundKind.EVENT, [musical], schools=[cast.beacon]),
        "overview": start(cast, RoundKind.OVERVIEW, list(cast.purposes.values())),
        "staff": start(cast, RoundKind.STAFF, []),
        "nobody": start(cast, RoundKind.YEARLY, [changed], schools=[cast.harbour]),
    }
    with cast.acting():
        new = pupil(cast.group_8a, "Lot", "Nieuw", years_ago(6))
        Enrolment.objects.filter(pupil=new).update(since=day(3))
        guardian(cast.home, "Nina", "Nieuw", [new])
        found["enrolment"] = ask_new_pupils(year=cast.year, schools=[], answer_days=10)
    assert ask_new_families() == 1
    return found


def _answered_today(cast, changed) -> None:
    with cast.acting():
        musical = purposes_in_use().get(short_label="Musical")
    say(cast, cast.karol, cast.bo, Value.NO, changed)
    say(cast, cast.karol, cast.bo, Value.YES, musical)
    say(cast, cast.selin, cast.mila, Value.YES, musical)
    take(cast, cast.olga, enter(cast, cast.olga, cast.amina, cast.noor, Value.YES, "papier"))
    pupil_says(cast, cast.sam, Value.NO, "papier")
    chooses(cast, cast.lotte)


def figures(one: Totals) -> tuple[float, ...]:
    return (
        *(one.asked, one.answered, one.silent, one.share),
        *(one.pupils_asked, one.pupils_answered, one.colleagues_asked, one.colleagues_answered),
    )


def same_as_their_pages(client, url: str) -> dict[str, Totals]:
    """What the list shows, by the code of the round, once it is seen to be what each page shows."""
    listed = {one.round.code: one for one in client.get(url).context["running"]}
    for code, one in listed.items():
        page = client.get(f"{url}{code}/").context["progress"]
        assert isinstance(page, Progress)
        assert figures(one) == figures(page), one.round.name
    return listed


def test_the_list_shows_of_every_kind_the_figures_of_its_own_page(cast, as_, rounds):
    listed = same_as_their_pages(as_(cast.ada), "/beheer/ronde/")

    parents = {name: (listed[one.code].asked, listed[one.code].answered) for name, one in rounds.items()}
    assert parents == {
        "yearly": (
            5,
            2,
        ),  # Erik before the others began, Karol today; Amina's was taken out, Weg decides no more
        "material": (2, 1),
        "event": (4, 1),  # Karol; Selin was not asked, her child is at another school
        "overview": (5, 1),  # Erik answered before it
        "staff": (0, 0),
        "nobody": (0, 0),
        "enrolment": (1, 0),
    }
    yearly, colleagues = listed[rounds["yearly"].code], listed[rounds["staff"].code]
    assert (yearly.pupils_asked, yearly.pupils_answered) == (2, 1)
    assert colleagues.colleagues_asked > 5
    assert colleagues.colleagues_answered == 1, "Joost chose before the round"


def test_the_start_page_shows_the_same_as_the_list(cast, as_, rounds):
    client = as_(cast.ada)
    listed, shown = (client.get(url).context["running"] for url in ("/beheer/ronde/", "/beheer/"))

    assert [figures(one) for one in shown] == [figures(one) for one in listed]
    assert len(shown) == len(rounds)


def test_a_director_sees_in_the_list_what_the_pages_show_of_the_own_school(cast, as_, rounds):
    listed = same_as_their_pages(as_(cast.ria), "/directie/ronde/")

    assert set(listed) == {one.code for name, one in rounds.items() if name not in {"staff", "nobody"}}
    assert listed[rounds["yearly"].code].asked == 4, "not Selin, at another school"
    assert listed[rounds["yearly"].code].pupils_asked == 1, "nor Tess"
    with cast.acting():
        (colleagues,) = totals_of([rounds["staff"]], schools=[cast.beacon.id])
    assert colleagues.colleagues_asked == 0


def test_the_silent_are_those_who_are_reminded(cast, rounds):
    with cast.acting():
        found = totals_of(list(rounds_running(today())))
        silent = {one.round.id: silent_links(one.round).exclude(guardian__call_name="Weg") for one in found}

        assert all(one.silent == silent[one.round.id].count() for one in found)
        assert sum(one.silent for one in found) > 5


@pytest.mark.parametrize("at", [None, "de-baken"])
def test_who_waits_in_all_rounds_is_who_waits_in_each(cast, rounds, at):
    with cast.acting():
        schools = None if at is None else [School.objects.get(slug=at).id]
        reach = {"schools": schools, "not_about": [cast.noor.id]}
        running = list(rounds_running(today()))
        found = parents_waiting(running, **reach)

        for one in running:
            alone = waiting_in(one, **reach).lists
            assert found[one.id] == {which: alone[which] for which in found[one.id]}
        assert found[rounds["event"].id][RoundList.UNREACHABLE] == 1


def test_of_rounds_that_count_other_days_each_is_counted_on_its_own(cast, rounds):
    """Of a round that closed its last day counts, so who lost authority since stays in its figures."""
    with cast.acting():
        Round.objects.filter(id=rounds["yearly"].id).update(closes_on=day(-2))
        over = [rounds["event"], Round.objects.get(id=rounds["yearly"].id)]

        assert [one.asked for one in totals_of(over)] == [4, 6]
        assert [figures(one) for one in totals_of(over)] == [figures(progress_of(one)) for one in over]


def test_the_groups_of_all_rounds_are_those_of_each(cast, rounds):
    with cast.acting():
        running = list(rounds_running(today()))
        found = counted_per_group(running)

        for one in running:
            alone = {(one.id, part.place.id): (part.asked, part.answered) for part in progress_per_group(one)}
            assert {ids: numbers for ids, numbers in found.items() if ids[0] == one.id} == alone
    of_7b = {pk for pk, group_id in found if group_id == cast.group_7b.id}
    assert rounds["yearly"].id in of_7b
    assert rounds["event"].id not in of_7b, "one who was asked for Bo has a child there too"


def test_the_children_nobody_answered_for_are_those_of_each_round(cast, as_, rounds):
    with cast.acting():
        found = children_without_answer(list(rounds.values()), [cast.group_8a.id])
        names = {
            name: [child.call_name for child in found.get((one.id, cast.group_8a.id), [])]
            for name, one in rounds.items()
        }

    assert names["yearly"] == [], "Erik, Karol and Sam, each at another time"
    assert names["material"] == ["Noor"], "what was said of her before, or taken out, is no answer to it"
    assert names["event"] == ["Noor", "Sam"]
    page = as_(cast.joost).get("/team/ronde/").context["rounds"]
    assert [[len(row["children"]) for row in one["groups"]] for one in page] == [
        [len(names[name])] for one in page for name in rounds if rounds[name] == one["round"]
    ]
