"""The kinds of rounds: yearly, new pupils, one event, colleagues, the overview; and stopping one (R1, R3)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from consent.choices import LeftOut, RoundKind, Value
from consent.domain.asked import plan_round
from consent.domain.holding import RoundIsOver, pause, resume, stop
from consent.domain.own import decide_for_self
from consent.domain.progress import progress_of
from consent.domain.reminding import remind, take_back
from consent.domain.rounds import RoundRefused, ask_new_pupils, rounds_to_write, start_round, write_portion
from consent.models import PersonalLink, Purpose, Round
from consent.querysets import purposes_to_ask
from consent.tasks import ask_new_families, write_rounds
from ledger.acting import Actor
from ledger.choices import ActorKind, Verb
from ledger.models import Entry
from notices.domain.stop import clear_stopped
from notices.models import AccountMail, Claim, Held, Message
from schools.models import Enrolment, Foundation, SchoolYear
from tests.cast import guardian, pupil, today, years_ago

from .links import hidden, words
from .test_before_first_day import say

LIST = "/beheer/ronde/"


@pytest.fixture(autouse=True)
def _a_long_year(cast):
    with cast.acting():
        SchoolYear.objects.filter(id=cast.year.id).update(ends_on=today() + timedelta(days=200))
        cast.year.refresh_from_db()


def day(number: int):
    return today() + timedelta(days=number)


def start(cast, kind=RoundKind.YEARLY, *, opens=0, closes=14, name="Ronde", **more):
    with cast.acting(now=timezone.now() + timedelta(days=min(opens, 0))):
        return start_round(
            name=name,
            year=cast.year,
            purposes=more.pop("purposes", list(cast.purposes.values())),
            opens_on=day(opens),
            closes_on=day(closes),
            kind=kind,
            **more,
        )


def invited(cast, kind="consent/invite") -> list[str]:
    with cast.acting():
        return sorted(Message.objects.filter(kind=kind).values_list("guardian__call_name", flat=True))


# A later day, and a worker that dies


def test_a_round_of_a_later_day_is_written_on_that_day_and_once(cast, settings):
    planned = start(cast, opens=3)
    assert (planned.written, invited(cast)) == (0, [])
    assert write_rounds(cast.home.id) == 0

    with cast.acting(now=timezone.now() + timedelta(days=3)) as act:
        (round_,) = rounds_to_write(act.today)
        assert write_portion(round_)[0].written == 4
        assert rounds_to_write(act.today) == []
        assert write_portion(round_)[0].written == 0

    assert invited(cast) == ["Amina", "Erik", "Karol", "Selin"]


def test_a_portion_that_was_lost_is_written_by_the_next_worker(cast, monkeypatch):
    monkeypatch.setattr("consent.domain.families.PORTION", 2)
    monkeypatch.setattr("consent.domain.families.families_after.__defaults__", (2,))
    planned = start(cast)
    assert (planned.written, planned.is_whole) == (2, False)

    assert write_rounds(cast.home.id) == 2
    assert write_rounds(cast.home.id) == 0

    assert invited(cast) == ["Amina", "Erik", "Karol", "Selin"]
    with cast.acting():
        assert Entry.objects.filter(verb=Verb.ROUND_ASKED).count() == 1


def test_who_left_before_the_day_gets_nothing_and_who_came_is_asked(cast):
    round_ = start(cast, opens=2).round
    with cast.acting():
        Enrolment.objects.filter(pupil=cast.bo).update(until=day(1))
        new = pupil(cast.group_8a, "Nieuw", "Kind", years_ago(7))
        guardian(cast.home, "Nieuwe", "Ouder", [new])

    with cast.acting(now=timezone.now() + timedelta(days=2)):
        write_portion(round_)

    assert invited(cast) == ["Amina", "Erik", "Nieuwe", "Selin"]


# Pause and stop


def test_a_round_that_waits_writes_nothing_and_holds_what_has_not_left(cast):
    round_ = start(cast).round
    with cast.acting():
        pause(round_)
        pause(round_)
        assert Held.objects.count() == 1
        resume(round_)
        resume(round_)
        assert not Held.objects.exists()
        found = [entry.verb for entry in Entry.objects.filter(subject_type="round").order_by("id")]
    assert found == [Verb.ROUND_STARTED, Verb.ROUND_ASKED, Verb.ROUND_PAUSED, Verb.ROUND_RESUMED]


def test_a_stopped_round_takes_back_what_waits_reminds_nobody_and_may_be_asked_anew(cast):
    round_ = start(cast, remind_before=[5]).round

    with cast.acting():
        assert stop(round_) == 4
        assert stop(round_) == 0
        with pytest.raises(RoundIsOver):
            resume(round_)
        with pytest.raises(RoundIsOver):
            pause(round_)
    clear_stopped()
    assert not Claim.objects.filter(foundation_id=cast.home.id).exists()
    with cast.acting(now=timezone.now() + timedelta(days=9)):
        assert remind(Round.objects.get(id=round_.id)) == 0
    with cast.acting():
        assert set(Message.objects.values_list("state", flat=True)) == {"stopped"}
        again = plan_round(purposes=list(cast.purposes.values()), opens_on=today(), closes_on=day(5))
    assert len(again.mailed) == 4


def test_from_the_pages_a_round_waits_goes_on_and_stops(cast, as_):
    round_ = start(cast).round
    client, room = as_(cast.ada), f"{LIST}{round_.code}/"

    assert client.post(f"{room}pauze/").headers["Location"].startswith(room)
    assert "Staat stil sinds" in words(client.get(room))
    client.post(f"{room}hervatting/")
    assert "Staat stil sinds" not in words(client.get(room))
    assert "4 mails" in words(client.get(f"{room}stop/"))
    client.post(f"{room}stop/")
    assert "Gestopt op" in words(client.get(room))
    assert client.post(f"{room}hervatting/").status_code == 303
    with cast.acting():
        assert Round.objects.get().stopped_at is not None


@pytest.mark.parametrize("act", ["pauze", "hervatting", "stop", "herinnering", ""])
def test_a_round_of_another_foundation_does_not_exist(cast, as_, act):
    path = f"{LIST}ZZZZZZZZZZ/{act}/" if act else f"{LIST}ZZZZZZZZZZ/"
    assert as_(cast.ada).post(path).status_code in {404, 405}
    assert as_(cast.olga).post(path).status_code in {404, 405}


def test_a_reminder_is_sent_from_its_preview_once(cast, as_):
    round_ = start(cast, opens=-4).round
    client, room = as_(cast.ada), f"{LIST}{round_.code}/herinnering/"
    say(cast, cast.erik, cast.noor, Value.NO)
    with cast.acting():
        cast.amina.email = ""
        cast.amina.save()
    page = client.get(room)
    assert page.context["mails"] == 2
    assert cast.amina.full_name in words(page), "by name, and so a reading"
    assert "Herinnering:" in words(page)

    key = {"key": str(uuid.uuid4())}
    for _time in range(3):
        assert client.post(room, key).status_code == 303

    assert invited(cast, "consent/reminder") == ["Karol", "Selin"]
    assert client.post(room, {"key": "x"}).status_code == 422


# One event


def test_an_event_asks_only_about_itself_and_says_so_in_the_mail(cast):
    musical = cast.purposes["papier"]
    start(cast, RoundKind.EVENT, purposes=[musical])

    with cast.acting():
        message = Message.objects.get(guardian=cast.karol)
        assert message.context["about"] == "Papier (nl)" or message.context["about"]
        progress = progress_of(Round.objects.get())
    assert progress.answered == 0
    say(cast, cast.karol, cast.bo, Value.YES, "sociaal")
    with cast.acting():
        assert progress_of(Round.objects.get()).answered == 0
    say(cast, cast.karol, cast.bo, Value.NO, "papier")
    with cast.acting():
        assert progress_of(Round.objects.get()).answered == 1


# Colleagues


def test_colleagues_are_asked_at_their_own_address_and_counted_without_names(cast, as_):
    planned = start(cast, RoundKind.STAFF, closes=14, remind_before=[4])
    mails = AccountMail.objects.filter(kind="consent/staff_invite")
    assert planned.written == 0
    assert mails.count() > 3
    assert "/team/eigen/" in mails[0].text
    with cast.acting():
        round_ = planned.round
        assert round_.links.count() == 0
        asked = round_.colleagues.count()
    with cast.acting(Actor(ActorKind.STAFF, cast.lotte.id, "teacher")):
        decide_for_self(staff_member=cast.lotte, values={cast.purposes["papier"].id: Value.NO}, language="nl")

    with cast.acting():
        progress = progress_of(round_)
    assert (progress.colleagues_asked, progress.colleagues_answered) == (asked, 1)
    page = words(as_(cast.ada).get(f"{LIST}{round_.code}/"))
    assert cast.henk.full_name not in page
    with cast.acting(now=timezone.now() + timedelta(days=10)):
        assert remind(round_) == asked - 1
        assert remind(round_) == 0


def test_a_colleague_is_not_asked_twice_and_not_after_leaving(cast):
    with cast.acting():
        cast.henk.has_left = True
        cast.henk.save()
        plan = plan_round(purposes=[], opens_on=today(), closes_on=day(9), kind=RoundKind.STAFF)
    assert cast.henk.id not in plan.colleagues
    start(cast, RoundKind.STAFF)
    with cast.acting():
        again = plan_round(purposes=[], opens_on=today(), closes_on=day(9), kind=RoundKind.STAFF)
    assert again.colleagues == []
    assert again.left_out[LeftOut.STAFF_NO_ADDRESS] == plan.left_out[LeftOut.STAFF_NO_ADDRESS]


# The overview


def test_the_yearly_overview_asks_nothing_and_reminds_nobody(cast):
    round_ = start(cast, RoundKind.OVERVIEW, remind_before=[5]).round

    assert invited(cast, "consent/overview") == ["Amina", "Erik", "Karol", "Selin"]
    assert invited(cast) == []
    with cast.acting(now=timezone.now() + timedelta(days=10)):
        assert remind(round_) == 0


@pytest.mark.parametrize(
    ("every_year", "there", "not_there"), [(True, "yearly", "overview"), (False, "overview", "yearly")]
)
def test_what_a_foundation_asks_each_year_is_its_setting(cast, as_, every_year, there, not_there):
    cast.home.asks_every_year = every_year
    cast.home.save()

    page = as_(cast.ada).get(LIST).content.decode()

    assert f"soort={there}" in page
    assert f"soort={not_there}" not in page


# New pupils


@pytest.fixture
def enrolment(cast) -> Round:
    with cast.acting():
        return ask_new_pupils(year=cast.year, schools=[], answer_days=10)


def newcomer(cast, since: int):
    with cast.acting():
        child = pupil(cast.group_8a, "Lot", "Nieuw", years_ago(6))
        Enrolment.objects.filter(pupil=child).update(since=day(since))
        guardian(cast.home, "Nina", "Nieuw", [child])
        return child


@pytest.mark.parametrize("since", [0, -5, 30])
def test_parents_of_a_new_pupil_are_asked_by_themselves_also_before_the_first_day(cast, enrolment, since):
    assert ask_new_families() == 0
    newcomer(cast, since)

    assert ask_new_families() == 1
    assert ask_new_families() == 0

    assert invited(cast) == ["Nina"]
    with cast.acting():
        link = PersonalLink.objects.get()
    assert (link.round_id, link.opens_on, link.closes_on) == (enrolment.id, today(), day(10))


def test_a_new_family_is_reminded_by_its_own_days(cast, enrolment):
    newcomer(cast, 0)
    ask_new_families()

    put = {}
    for number in range(12):
        with cast.acting(now=timezone.now() + timedelta(days=number)):
            put[number] = remind(enrolment)
    assert {number for number, many in put.items() if many} == {3, 8}  # 7 and 2 days before day 10


def test_a_link_of_new_pupils_does_not_stand_in_the_way_of_the_yearly_round_later(cast, enrolment):
    newcomer(cast, 0)
    ask_new_families()

    with cast.acting():
        soon = plan_round(purposes=list(cast.purposes.values()), opens_on=day(5), closes_on=day(9))
        later = plan_round(purposes=list(cast.purposes.values()), opens_on=day(11), closes_on=day(19))
    assert len(soon.left_out[LeftOut.ALREADY_ASKED]) == 1
    assert later.left_out[LeftOut.ALREADY_ASKED] == []


def test_a_second_child_of_the_same_parent_is_asked_about_with_the_same_link(cast, enrolment):
    child = newcomer(cast, 0)
    ask_new_families()
    with cast.acting():
        mother = child.guardianships.get().guardian
        brother = pupil(cast.group_8a, "Jip", "Nieuw", years_ago(5))
        Enrolment.objects.filter(pupil=brother).update(since=day(0))
        guardianship = child.guardianships.get()
        guardianship.pk, guardianship.pupil = None, brother
        guardianship.save()

    assert ask_new_families() == 1

    with cast.acting():
        assert PersonalLink.objects.filter(guardian=mother).count() == 1
        assert Message.objects.filter(guardian=mother, kind="consent/invite").count() == 2


def test_one_round_for_new_pupils_at_a_time(cast, enrolment, as_):
    with cast.acting(), pytest.raises(RoundRefused) as refused:
        ask_new_pupils(year=cast.year, schools=[], answer_days=10)
    assert refused.value.code == "asks_new_pupils"
    assert "loopt al" in words(as_(cast.ada).get(f"{LIST}instroom/"))


def test_from_the_page_and_ten_times_is_once(cast, as_):
    newcomer(cast, 3)
    client = as_(cast.ada)
    page = client.get(f"{LIST}instroom/")
    assert page.context["waiting"] == 1
    form = hidden(page) | {"schools": ["de-baken", "de-haven"], "answer_days": "14"}

    for _time in range(10):
        assert client.post(f"{LIST}instroom/", form).status_code == 303

    with cast.acting():
        round_ = Round.objects.get()
    assert (round_.kind, round_.answer_days, round_.remind_before) == ("enrolment", 14, [7, 2])


@pytest.mark.parametrize(
    "wrong", [{"answer_days": "1"}, {"answer_days": "x"}, {"schools": []}, {"schools": ["x"]}]
)
def test_bad_input_for_new_pupils_is_told(cast, as_, wrong):
    form = {"key": str(uuid.uuid4()), "schools": ["de-haven"], "answer_days": "14"} | wrong
    assert as_(cast.ada).post(f"{LIST}instroom/", form).status_code == 422


# What a reviewer found


def test_a_round_about_an_event_stands_in_nobodys_way_to_the_yearly_question(cast):
    with cast.acting():
        Purpose.objects.filter(slug="papier").update(event_on=day(20))
    start(cast, RoundKind.EVENT, purposes=[Purpose(id=cast.purposes["papier"].id, event_on=day(20))])

    with cast.acting():
        yearly = plan_round(
            purposes=list(purposes_to_ask(today())), opens_on=today(), closes_on=day(9), kind=RoundKind.YEARLY
        )
    assert len(yearly.mailed) == 4
    assert yearly.left_out[LeftOut.ALREADY_ASKED] == []


def test_an_overview_stands_in_nobodys_way(cast):
    start(cast, RoundKind.OVERVIEW)
    with cast.acting():
        assert (
            len(plan_round(purposes=[cast.purposes["papier"]], opens_on=today(), closes_on=day(9)).mailed)
            == 4
        )


def test_who_stayed_silent_in_the_yearly_round_is_no_new_family_when_it_has_closed(cast):
    with cast.acting():
        Enrolment.objects.update(since=day(-8))
    start(cast, opens=-7, closes=-1)
    with cast.acting():
        ask_new_pupils(year=cast.year, schools=[], answer_days=10)

    assert ask_new_families() == 0


def test_pupils_without_parents_hide_nobody(cast, enrolment, monkeypatch):
    monkeypatch.setattr("consent.domain.inviting.MOST_AT_ONCE", 2)
    with cast.acting():
        for number in range(3):
            lonely = pupil(cast.group_8a, f"Alleen{number}", "A", years_ago(6))
            Enrolment.objects.filter(pupil=lonely).update(since=day(-9))
    newcomer(cast, 5)

    assert ask_new_families() == 1


def test_a_new_pupil_who_decides_alone_is_asked_at_the_own_address(cast, enrolment):
    child = newcomer(cast, 0)
    with cast.acting():
        child.born_on, child.email = years_ago(17), "lot@leerling.example.org"
        child.save()

    assert ask_new_families() == 1
    assert ask_new_families() == 0
    assert AccountMail.objects.get(kind="consent/pupil_invite").to == "lot@leerling.example.org"


def test_one_foundation_in_trouble_keeps_nothing_from_the_others(cast, monkeypatch):
    start(cast, opens=1)
    with cast.acting(foundation=cast.bridge):
        pass
    done: list[int] = []

    def trouble(foundation_id: int) -> int:
        if not done:
            done.append(foundation_id)
            raise LookupError
        done.append(foundation_id)
        return 1

    monkeypatch.setattr("consent.tasks._write", trouble)
    with pytest.raises(ExceptionGroup):
        write_rounds()
    assert sorted(done) == sorted(Foundation.objects.values_list("id", flat=True))


def test_a_mail_names_no_child_about_whom_this_parent_may_not_be_contacted(cast):
    with cast.acting():
        other = pupil(cast.group_8a, "Geheim", "Kind", years_ago(8))
        tie = cast.bo.guardianships.get(guardian=cast.karol)
        tie.pk, tie.pupil, tie.may_be_contacted = None, other, False
        tie.save()
    start(cast)

    with cast.acting():
        assert Message.objects.get(guardian=cast.karol).context["children"] == ["Bo"]


def test_an_event_asks_only_its_school_and_never_after_its_day(cast, as_):
    with cast.acting():
        Purpose.objects.filter(slug="papier").update(event_on=day(9), school=cast.harbour)
    client = as_(cast.ada)
    form = {
        "key": str(uuid.uuid4()),
        "kind": "event",
        "name": "Musical",
        "purpose": "papier",
        "schools": ["de-baken", "de-haven"],
        "opens_on": str(today()),
        "closes_on": str(day(10)),
    }
    assert client.post(f"{LIST}nieuw/", form).status_code == 422

    page = client.post(f"{LIST}nieuw/", form | {"closes_on": str(day(9))})

    assert (page.status_code, page.context["mails"], page.context["schools"]) == (200, 1, ["De Haven"])


def test_a_reminder_that_was_written_while_somebody_answered_is_taken_back(cast):
    round_ = start(cast, opens=-5, remind_before=[14]).round
    with cast.acting():
        assert remind(round_) == 4
    say(cast, cast.erik, cast.noor, Value.NO)
    with cast.acting():  # as if the answer had not seen it yet
        Message.objects.filter(guardian=cast.erik, kind="consent/reminder").update(state="waiting")
        assert take_back(round_) == 1
        states = set(Message.objects.filter(guardian=cast.erik, kind="consent/reminder").values_list("state"))
    assert states == {("stopped",)}


def test_what_waited_in_a_pause_is_no_reminder_of_before(cast):
    round_ = start(cast, opens=-5, remind_before=[14]).round
    with cast.acting():
        remind(round_)
        pause(round_)
        resume(round_)
        waiting = Message.objects.filter(state="waiting").values_list("kind", flat=True)
        assert set(waiting) == {"consent/invite"}
