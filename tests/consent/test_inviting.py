"""The office asks one family by mail: of a new pupil, also before the first school day (R1, R2)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.choices import Value
from consent.domain.holding import pause, resume, stop
from consent.domain.inviting import FamilyNotAsked, ask_family, asking_of, new_pupils
from consent.domain.reminding import remind
from consent.models import PersonalLink, Round
from ledger.acting import Actor
from ledger.choices import ActorKind, Verb
from ledger.models import Entry
from notices.domain.stop import clear_stopped
from notices.models import Message
from notices.querysets import claims_due
from schools.models import Guardian
from tests.cast import guardian, today

from .coming import coming
from .links import link_of, start, words
from .test_before_first_day import say


def invited(cast) -> list[tuple[str, list[str]]]:
    """Whom an invitation waits for, and the names in it; those of the round itself first."""
    with cast.acting():
        rows = (
            Message.objects.filter(kind="consent/invite").select_related("guardian").order_by("due_at", "id")
        )
        return sorted((row.guardian.call_name, row.context["children"]) for row in rows)


@pytest.fixture
def lot(cast):
    """A round runs; after it began Lot was enrolled for next year, the first child of Nina here."""
    start(cast)
    with cast.acting():
        cast.people["nina"] = guardian(cast.home, "Nina", "Nieuw", [])
    return coming(cast, cast.nina)


def test_who_has_no_link_yet_is_added_to_the_round(cast, client, lot):
    before = invited(cast)
    with cast.acting(Actor(ActorKind.STAFF, cast.olga.id, "office")):
        assert ask_family(lot) == 1

    assert [row for row in invited(cast) if row not in before] == [("Nina", ["Lot"])]
    assert "Lot" in words(client.get(link_of(cast, cast.nina)))
    with cast.acting():
        assert Entry.objects.get(verb=Verb.FAMILY_ASKED, subject_id=lot.id).actor_id == cast.olga.id
        assert asking_of(lot).asked_on is not None


def test_she_is_reminded_with_the_others_and_not_after_an_answer(cast, lot):
    with cast.acting():
        Round.objects.update(remind_before=[5])
        ask_family(lot)
        remind(Round.objects.get())
        assert not Message.objects.filter(kind="consent/reminder", guardian=cast.nina).exists(), "asked today"
    with cast.acting(now=timezone.now() + timedelta(days=5)):
        remind(Round.objects.get())
        assert Message.objects.filter(kind="consent/reminder", guardian=cast.nina, state="waiting").exists()
    say(cast, cast.nina, lot, Value.NO)
    with cast.acting():
        assert not Message.objects.filter(
            kind="consent/reminder", guardian=cast.nina, state="waiting"
        ).exists()


def test_who_has_a_link_for_an_older_child_gets_that_link_again_about_the_new_one(cast):
    start(cast)
    lot = coming(cast, cast.karol)
    before = invited(cast)
    with cast.acting():
        ask_family(lot)
        assert PersonalLink.objects.filter(guardian=cast.karol).count() == 1
        links = set(Message.objects.filter(guardian=cast.karol, kind="consent/invite").values_list("link"))

    assert [row for row in invited(cast) if row not in before] == [("Karol", ["Lot"])]
    assert len(links) == 1


def test_the_mail_about_a_second_child_waits_and_stops_with_its_round(cast):
    start(cast)
    lot = coming(cast, cast.karol)
    with cast.acting():
        ask_family(lot)
        round_, later = Round.objects.get(), timezone.now() + timedelta(days=9)
        about_lot = Message.objects.get(cause=f"enrolment:{lot.id}")
        pause(round_)
        assert not claims_due(later).filter(id=about_lot.id).exists()
        resume(round_)
        assert claims_due(later).filter(id=about_lot.id).exists()
        waiting = Message.objects.filter(state="waiting").count()

        assert stop(round_) == waiting

    clear_stopped()
    with cast.acting():
        assert Message.objects.get(id=about_lot.id).state == "stopped"


def test_it_is_done_once(cast, lot):
    with cast.acting():
        ask_family(lot)
        with pytest.raises(FamilyNotAsked) as refused:
            ask_family(lot)

    assert refused.value.code == "asked_before"


@pytest.mark.parametrize("why", ["no_round", "nobody", "answered"])
def test_why_it_cannot(cast, why):
    if why != "no_round":
        start(cast)
    lot = coming(cast, cast.karol)
    if why == "answered":
        say(cast, cast.karol, lot, Value.NO)
    if why == "nobody":
        with cast.acting():
            Guardian.objects.filter(id=cast.karol.id).update(email="")

    with cast.acting(), pytest.raises(FamilyNotAsked) as refused:
        ask_family(lot)

    assert refused.value.code == ("no_round" if why == "no_round" else "nobody")


def test_the_office_finds_the_new_pupil_and_asks_with_one_button(cast, as_, lot):
    olga = as_(cast.olga)
    page = olga.get("/team/papier/nieuw/")
    assert "Lot N." in words(page)
    child = olga.get(f"/team/papier/kind/{lot.code}/")
    assert "Nina" in words(child)

    key = child.content.decode().split(f"{lot.code}/mail/")[1].split('name="key" value="')[1].split('"')[0]
    sent = olga.post(f"/team/papier/kind/{lot.code}/mail/", {"key": key})

    assert sent.status_code == 303
    assert ("Nina", ["Lot"]) in invited(cast)
    assert "Lot N." not in words(olga.get("/team/papier/nieuw/"))


def test_another_school_does_not_find_the_new_pupil(cast, lot):
    with cast.acting():
        assert [row.pupil_id for row in new_pupils({cast.beacon.id})] == [lot.id]
        assert list(new_pupils({cast.harbour.id})) == []
        say(cast, cast.nina, lot, Value.NO)
        assert list(new_pupils(None)) == []


def test_a_sibling_who_came_after_the_round_began_stays_on_the_list(cast):
    """Karol has a link for Bo of a round of a week ago; Lot came since, and nobody was asked about her."""
    start(cast)
    with cast.acting():
        Round.objects.update(opens_on=today() - timedelta(days=7))
    lot = coming(cast, cast.karol, since=today() - timedelta(days=2))

    with cast.acting():
        assert lot.id in [row.pupil_id for row in new_pupils(None)]
        assert cast.bo.id not in [row.pupil_id for row in new_pupils(None)]
