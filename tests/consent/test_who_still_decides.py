"""Who decides no more is counted and called no more; each child gets its letter; no school sees another's (R7, C2)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext

from consent.choices import RoundKind, RoundList
from consent.domain.reminding import remind_now
from consent.domain.rounds import start_round
from consent.domain.work_lists import people_on, waiting_in
from notices.domain.hold import left_to_send
from notices.models import Message
from schools.choices import RoleName
from schools.models import Enrolment, Guardianship, Pupil, Role, SchoolYear
from tests.cast import today, years_ago
from tests.consent.test_progress import also_parent, answer, figures, run_round
from tests.consent.test_work_lists import came_back, corrected, delivered, names, standing


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


# What belongs to somebody else


def test_of_colleagues_the_number_of_mails_that_wait_is_not_told(cast, as_):
    with cast.acting():
        plan = {"opens_on": today(), "closes_on": day(14), "remind_before": [], "schools": []}
        round_ = start_round(name="Team", year=cast.year, purposes=[], kind=RoundKind.STAFF, **plan).round
        assert left_to_send(round_.cause) > 3
    client, url = as_(cast.ada), f"/beheer/ronde/{round_.code}/"

    assert client.get(url).context["left"] is None
    assert client.get(url, headers={"HX-Request": "true"}).context["left"] is None
    page = client.get(f"{url}stop/")
    assert page.context["waiting"] is None
    assert not re.search(r"<li>\s*\d", page.content.decode())


def test_a_director_reads_of_the_reminders_to_the_own_families_only(cast, as_):
    round_ = run_round(cast)
    with cast.acting():
        remind_now(round_)
        Message.objects.filter(kind="consent/reminder").update(state="sent", sent_at=timezone.now())

    own = as_(cast.ria).get(f"/directie/ronde/{round_.code}/").context["reminded"]
    all_ = as_(cast.ada).get(f"/beheer/ronde/{round_.code}/").context["reminded"]

    assert [one.parents for one in own] == [3]
    assert [one.parents for one in all_] == [4]


def test_who_keeps_one_office_gets_no_file_of_where_they_only_direct(cast, as_):
    with cast.acting():
        Role.objects.create(
            foundation=cast.home,
            staff_member=cast.olga,
            name=RoleName.DIRECTOR,
            school=cast.harbour,
            since=years_ago(1),
        )
    round_ = run_round(cast)
    client, url = as_(cast.olga), f"/team/ronde/{round_.code}/werk/geen-antwoord/"

    assert client.get(url).context["total"] == 4
    text = client.get(f"{url}lijst.csv").content.decode("utf-8-sig")
    assert "Erik Jansen" in text
    assert "Selin" not in text
    assert client.get(f"{url}lijst.csv?school=de-haven").status_code == 404
    assert client.get(f"{url}?school=de-haven").context["may_file"] is False
    assert client.get(url).context["may_file"] is True


def test_the_figures_of_a_round_for_one_school_have_no_group_of_another(cast, as_):
    also_parent(cast, cast.erik, cast.mila)
    round_ = run_round(cast, [cast.beacon])

    text = as_(cast.ada).get(f"/beheer/ronde/{round_.code}/cijfers.csv").content.decode("utf-8-sig")

    assert "De Baken;8A;" in text
    assert "De Haven" not in text


def test_whose_mail_waits_was_not_asked_by_mail(cast, as_):
    round_ = run_round(cast)
    client, url = as_(cast.olga), f"/team/ronde/{round_.code}/werk/geen-antwoord/"

    def said() -> set[str]:
        return {row["why"] for row in client.get(url).context["rows"]}

    assert said() == {gettext("The mail has not left yet.")}
    delivered(cast)
    asked = {gettext("Was asked by mail, and has not chosen yet.")}
    assert said() == asked
    with cast.acting():
        remind_now(round_)
    assert said() == asked, "a reminder that waits does not make the invitation undone"
