"""From a choice to a take-down and back: once, whoever rings, however often (U2, U3)."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from consent.choices import Value
from consent.domain.invalidate import agree, take_out
from consent.models import Answer, Invalidation
from ledger.acting import current
from ledger.models import Entry
from notices.doorbell import CHANGED, CHANGED_QUEUE
from notices.models import AccountMail, Message
from opmaat_portal.celery import app as current_app
from publications import tasks
from publications.choices import Ending, Outcome
from publications.domain.publish import NotAllowed, UnknownPlace, change_details, publish
from publications.domain.reconcile import Reconciled, reconcile
from publications.domain.take_down import Ended, object_to, take_away
from publications.models import Publication
from publications.tasks import after_change, sweep
from schools.models import Vacation
from tests.cast import make_cast, today
from tests.consent.test_decide import say

from .acts import all_say_yes, as_staff, causes, kept, placed, ring, take_downs

# -- a kept check becomes an item -----------------------------------------------------------------------------


def test_one_tap_is_one_item_with_everybody_of_the_check(cast):
    all_say_yes(cast)
    check = kept(cast, "sociaal")

    with cast.acting(as_staff(cast.joost)):
        first = publish(check, place="Sociale media 1")
        again = publish(check, place="Sociale media 1")
        elsewhere = publish(check, place="Sociale media 2")

    assert (first.id, first.owner_id, first.school_id) == (again.id, cast.joost.id, cast.beacon.id)
    assert elsewhere.id != first.id
    assert causes(cast, first) == {cast.noor.id: "", cast.bo.id: ""}


def test_what_was_not_allowed_cannot_become_an_item(cast):
    check = kept(cast, "sociaal")

    with cast.acting(as_staff(cast.joost)):
        with pytest.raises(NotAllowed):
            publish(check, place="Sociale media 1")
        assert not Publication.objects.exists()


def test_a_place_of_another_purpose_is_refused(cast):
    all_say_yes(cast)

    with cast.acting(as_staff(cast.joost)), pytest.raises(UnknownPlace):
        publish(kept(cast, "sociaal"), place="Papier 1")


def test_the_closed_layer_enters_itself_once_and_the_others_do_not(cast):
    all_say_yes(cast)
    for slug in ("besloten", "sociaal", "papier"):
        kept(cast, slug)

    assert ring(cast, cast.noor).entered == 1
    assert ring(cast).entered == 0

    with cast.acting():
        item = Publication.objects.get()
    assert (item.place, item.owner_id) == ("Ouderapp", cast.joost.id)


def test_a_check_of_other_pupils_waits_for_its_own_bell_or_the_sweep(cast):
    all_say_yes(cast)
    kept(cast, "besloten", cast.bo)

    assert ring(cast, cast.noor).entered == 0
    assert ring(cast).entered == 1


def test_a_no_between_the_check_and_the_tap_counts_at_once(cast):
    all_say_yes(cast)
    check = kept(cast, "sociaal")
    say(cast, cast.erik, cast.noor, Value.NO, "sociaal")

    with cast.acting(as_staff(cast.joost)):
        publish(check, place="Sociale media 1")

    assert len(take_downs(cast, closed_at=None)) == 1


def test_a_correction_keeps_in_the_ledger_what_stood_there(cast):
    all_say_yes(cast)
    item = placed(cast)

    with cast.acting(as_staff(cast.joost)):
        change_details(item, link="https://example.org/een", what="Sportdag")
        change_details(item, link="https://example.org/een", what="Sportdag")
        entries = Entry.objects.filter(verb="publications:publication:changed").order_by("id")
        assert [entry.entrypayload.payload["before"] for entry in entries] == [{"link": "", "what": ""}]


# -- what makes a take-down -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [Value.NO, Value.TALK])
@pytest.mark.parametrize("who", ["amina", "erik"])
def test_a_yes_that_is_turned_back_is_one_take_down_in_that_layer_only(cast, who, value):
    all_say_yes(cast)
    item, paper = placed(cast), placed(cast, "papier")

    say(cast, getattr(cast, who), cast.noor, value, "sociaal")
    ring(cast, cast.noor)

    (found,) = take_downs(cast)
    assert (found.publication_id, found.owner_id, found.outcome) == (item.id, cast.joost.id, "")
    assert causes(cast, item) == {cast.noor.id: "taken_back", cast.bo.id: ""}
    assert set(causes(cast, paper).values()) == {""}


def test_who_was_silent_and_says_no_makes_a_conflict_and_a_take_down(cast):
    say(cast, cast.amina, cast.noor, Value.YES)
    item = placed(cast, "papier", cast.noor)

    say(cast, cast.erik, cast.noor, Value.NO, "papier")
    ring(cast, cast.noor)

    assert [row.publication_id for row in take_downs(cast)] == [item.id]


def test_doing_it_again_in_any_way_changes_nothing(cast):
    all_say_yes(cast)
    placed(cast)
    say(cast, cast.erik, cast.noor, Value.NO)
    assert ring(cast, cast.noor).opened == 1

    for children in ((cast.noor,), (), (cast.noor, cast.bo)):
        assert ring(cast, *children) == Reconciled(0, 0, 0)
    say(cast, cast.karol, cast.bo, Value.NO)
    ring(cast)

    assert len(take_downs(cast)) == 1  # two children, one item


def test_the_sweep_finds_what_the_bell_would_have(cast):
    all_say_yes(cast)
    item = placed(cast)
    say(cast, cast.erik, cast.noor, Value.NO, "sociaal")

    assert ring(cast, cast.bo).opened == 0  # rung for somebody else
    sweep()

    assert [row.publication_id for row in take_downs(cast)] == [item.id]


def test_a_yes_that_runs_out_makes_no_take_down(cast):
    all_say_yes(cast)
    placed(cast)

    later = timezone.now() + timedelta(days=500)

    assert ring(cast, now=later).opened == 0


def test_another_foundation_is_not_touched(cast):
    all_say_yes(cast)
    placed(cast)
    say(cast, cast.erik, cast.noor, Value.NO)

    after_change(cast.bridge.id, cast.noor.id)
    assert take_downs(cast) == []
    after_change(cast.home.id, cast.noor.id)

    assert len(take_downs(cast)) == 1


def test_a_yes_that_was_entered_in_error_makes_a_take_down(cast):
    all_say_yes(cast)
    item = placed(cast, "sociaal", cast.bo)
    with cast.acting(as_staff(cast.olga)):
        answer = Answer.objects.get(pupil=cast.bo, purpose=cast.purposes["sociaal"])
        assert not take_out([answer], by=cast.olga, reason="Verkeerd formulier")
    assert ring(cast).opened == 0  # a second person has not agreed
    with cast.acting(as_staff(cast.ada)):
        agree(
            list(Invalidation.objects.select_related("answer", "asked_by")), by=cast.ada, email=cast.ada.email
        )
    ring(cast, cast.bo)

    assert causes(cast, item) == {cast.bo.id: "in_error"}


def test_a_yes_again_lifts_it_and_a_new_no_is_a_new_one(cast):
    all_say_yes(cast)
    item = placed(cast)
    say(cast, cast.erik, cast.noor, Value.NO, "sociaal")
    ring(cast)

    say(cast, cast.erik, cast.noor, Value.YES, "sociaal")
    assert ring(cast, cast.noor).lifted == 1
    say(cast, cast.erik, cast.noor, Value.NO, "sociaal")
    ring(cast)

    assert [row.outcome for row in take_downs(cast, publication=item)] == [Outcome.LIFTED, ""]


def test_an_objection_stays_whatever_is_answered_later(cast):
    all_say_yes(cast)
    item = placed(cast)
    with cast.acting():
        first = object_to(item, cast.noor)
        assert object_to(item, cast.noor).id == first.id

    say(cast, cast.amina, cast.noor, Value.YES)
    ring(cast)

    assert [row.closed_at for row in take_downs(cast)] == [None]
    assert causes(cast, item)[cast.noor.id] == "objection"


def rung() -> list[tuple[str, list[int]]]:
    """What lies at the real broker since the last time: name and ids of each task."""
    found = []
    with current_app.connection_for_read() as line:
        while (message := line.default_channel.basic_get(CHANGED_QUEUE, no_ack=True)) is not None:
            found.append((message.headers["task"], message.payload[0]))
    return found


@pytest.mark.django_db(transaction=True)
def test_a_choice_that_commits_rings_with_ids_only_and_two_workers_do_the_work_once():
    cast = make_cast()
    all_say_yes(cast)
    placed(cast)
    rung()
    kept(cast, "besloten")
    say(cast, cast.erik, cast.noor, Value.NO)
    assert rung() == [
        (CHANGED, [cast.home.id, cast.noor.id, cast.bo.id]),
        (CHANGED, [cast.home.id, cast.noor.id]),
    ]
    assert after_change.name == CHANGED
    start, results = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            results.append(ring(cast))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 4
    assert len(take_downs(cast)) == 2  # of what was tapped, and of what entered itself
    with cast.acting():
        assert Publication.objects.count() == 2
        assert Entry.objects.filter(verb="publications:takedown:opened").count() == 2


# -- by when, and who hears it --------------------------------------------------------------------------------


@time_machine.travel("2026-11-04 10:00:00+01:00")
def test_it_is_due_in_five_school_days_and_the_owner_hears_so_without_a_name(cast):
    all_say_yes(cast)
    item = placed(cast)
    say(cast, cast.erik, cast.noor, Value.NO, "sociaal")
    ring(cast)

    (found,) = take_downs(cast)
    assert str(found.due_on) == "2026-11-11"
    mail = AccountMail.objects.get(kind="publications/take_down")
    assert mail.to == cast.joost.email
    assert item.code in mail.text
    assert not any(name in mail.text + mail.html + mail.subject for name in ("Noor", "Yıldız", "Erik"))


@time_machine.travel("2026-11-04 10:00:00+01:00")
def test_it_is_never_due_later_than_a_month(cast):
    all_say_yes(cast)
    placed(cast)
    with cast.acting():
        Vacation.objects.create(
            foundation=cast.home, since=today(), until=today() + timedelta(days=90), name="Lang"
        )
    say(cast, cast.erik, cast.noor, Value.NO)
    ring(cast)

    assert str(take_downs(cast)[0].due_on) == "2026-12-04"


def test_the_work_of_who_left_is_for_the_director(cast):
    all_say_yes(cast)
    placed(cast)
    with cast.acting():
        cast.joost.has_left = True
        cast.joost.save()
    say(cast, cast.erik, cast.noor, Value.NO)
    ring(cast)

    assert take_downs(cast)[0].owner_id == cast.ria.id


def test_when_it_is_gone_both_parents_read_the_same_and_others_nothing(cast):
    all_say_yes(cast)
    item = placed(cast)
    say(cast, cast.erik, cast.noor, Value.NO, "sociaal")
    ring(cast)

    with cast.acting(as_staff(cast.joost)):
        take_away(item, ending=Ending.GONE, proof="Link geopend: leeg")
        with pytest.raises(Ended):
            take_away(item, ending=Ending.GONE, proof="Nog een keer")

    (found,) = take_downs(cast)
    assert (found.outcome, found.closed_by_id, found.proof) == ("gone", cast.joost.id, "Link geopend: leeg")
    with cast.acting():
        mails = list(Message.objects.filter(kind="publications/gone").order_by("guardian_id"))
    assert {mail.guardian_id for mail in mails} == {cast.amina.id, cast.erik.id}
    assert mails[0].context == mails[1].context
    assert "Yıldız" not in str(mails[0].context)
    assert ring(cast).opened == 0  # gone is gone


def test_on_paper_it_is_not_in_the_next_print_and_elsewhere_that_is_no_ending(cast):
    all_say_yes(cast)
    paper, social = placed(cast, "papier"), placed(cast)

    with cast.acting(as_staff(cast.joost)):
        for item in (paper, social):
            take_away(item, ending=Ending.NOT_AGAIN, proof="Genoteerd bij de drukker")
        paper.refresh_from_db()
        social.refresh_from_db()

    assert (paper.ending, social.ending) == (Ending.NOT_AGAIN, Ending.GONE)


def test_what_went_without_being_asked_is_told_to_nobody(cast):
    all_say_yes(cast)
    item = placed(cast)

    with cast.acting(as_staff(cast.joost)):
        take_away(item, ending=Ending.GONE, proof="Nooit geplaatst")
        assert not Message.objects.filter(kind="publications/gone").exists()


def test_the_full_look_costs_the_same_however_much_was_placed(cast, django_assert_num_queries):
    all_say_yes(cast)
    for _ in range(3):
        placed(cast)

    with cast.acting(), django_assert_num_queries(2):
        reconcile()


def test_the_walls_hold_for_the_register(cast):
    all_say_yes(cast)
    placed(cast)

    with cast.acting(foundation=cast.bridge):
        assert not Publication.objects.exists()


def test_what_goes_wrong_in_one_foundation_does_not_stop_the_others(cast, monkeypatch):
    all_say_yes(cast)
    kept(cast, "besloten")
    look = tasks.reconcile

    def only_at_home():
        if current().foundation != cast.home.id:
            raise RuntimeError("this one cannot be looked at")
        return look()

    monkeypatch.setattr(tasks, "reconcile", only_at_home)
    with pytest.raises(ExceptionGroup) as raised:
        sweep()

    assert len(raised.value.exceptions) == 1
    with cast.acting():
        assert Publication.objects.filter(place="Ouderapp").exists()
