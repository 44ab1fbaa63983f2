"""A parent passes on choices: what is stored, who is told, and what is refused."""

import os
import threading
from datetime import timedelta
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from consent.choices import Channel, Reason, Value
from consent.domain.decide import Choice, CodeNeeded, NotAsked, NotYours, PupilDecides, decide
from consent.domain.facts import known_pupils, policy_of
from consent.domain.purposes import freeze_wording
from consent.domain.rounds import start_round
from consent.models import Answer, LatestAnswer, PersonalLink, Submission
from consent.querysets import drifted, purposes_in_use
from consent.rules import state
from ledger.acting import Actor, current
from ledger.choices import ActorKind, Verb
from ledger.models import Entry, EntryPayload
from notices.models import Message
from schools.models import Guardianship
from tests.cast import Cast, make_cast, today


def as_guardian(guardian):
    return Actor(ActorKind.GUARDIAN, guardian.id, "link")


def say(cast: Cast, guardian, child, value, *purposes: str, **options):
    """The guardian answers for the child, in a transaction of their own."""
    purposes = purposes or ("papier", "besloten", "sociaal")
    with cast.acting(as_guardian(guardian)):
        return decide(
            guardian=guardian,
            choices=[Choice(child.id, cast.purposes[slug].id, value) for slug in purposes],
            channel=options.pop("channel", Channel.SIGNED_IN),
            language=options.pop("language", "nl"),
            **options,
        )


def reason_of(cast: Cast, child, slug: str) -> Reason:
    with cast.acting(read_only=True):
        purpose = next(purpose for purpose in purposes_in_use() if purpose.slug == slug)
        return state(known_pupils([child.id])[0].facts, policy_of(purpose, cast.home), current().today).reason


def start(cast: Cast, **changes):
    options = {
        "name": "Jaarvraag",
        "year": cast.year,
        "purposes": list(cast.purposes.values()),
        "opens_on": today() - timedelta(days=3),
        "closes_on": today() + timedelta(days=10),
    }
    with cast.acting():
        return start_round(**(options | changes))


def test_answers_are_stored_with_wording_language_and_who_decided(cast):
    say(cast, cast.amina, cast.noor, Value.YES, "papier", language="en")

    with cast.acting():
        answer = Answer.objects.select_related("version", "entry").get()
        text = answer.version.texts.get(language="en")
    assert (answer.guardian_id, answer.authority, answer.channel) == (cast.amina.id, "full", "signed_in")
    assert (answer.language, answer.text_sha256) == ("en", text.sha256)
    assert answer.valid_until == cast.year.ends_on
    assert (answer.entry.verb, answer.entry.actor_id) == (Verb.CHOICE_DECIDED, cast.amina.id)


def test_a_no_has_no_end(cast):
    say(cast, cast.amina, cast.noor, Value.NO, "papier")

    with cast.acting():
        assert Answer.objects.get().valid_until is None


def test_the_choice_holds_for_staff_the_moment_it_commits(cast):
    say(cast, cast.karol, cast.bo, Value.YES)
    assert reason_of(cast, cast.bo, "sociaal") == Reason.AGREED

    say(cast, cast.karol, cast.bo, Value.NO, "sociaal")

    assert reason_of(cast, cast.bo, "sociaal") == Reason.REFUSED
    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED


def test_history_grows_and_each_answer_names_the_one_before(cast):
    for value in (Value.YES, Value.NO, Value.YES):
        say(cast, cast.karol, cast.bo, value, "papier")

    with cast.acting():
        first, second, third = Answer.objects.order_by("id")
        assert [first.follows_id, second.follows_id, third.follows_id] == [None, first.id, second.id]
        assert LatestAnswer.objects.get().answer_id == third.id


def test_c4_parents_who_disagree_stop_the_use_and_the_other_hears_only_what_school_does(cast):
    say(cast, cast.amina, cast.noor, Value.YES, "papier")
    say(cast, cast.erik, cast.noor, Value.NO, "papier")

    assert reason_of(cast, cast.noor, "papier") == Reason.CONFLICT
    with cast.acting():
        told = Message.objects.get(kind="consent/changed", guardian_id=cast.amina.id)
    rows = {row["title"]: row["is_allowed"] for row in told.context["children"][0]["now"]}
    assert rows["Papier (nl)"] is False
    assert "Erik" not in str(told.context)
    assert "erik" not in str(told.context)


def test_nobody_is_told_when_nothing_changes_for_the_child(cast):
    say(cast, cast.amina, cast.noor, Value.NO, "papier")
    with cast.acting():
        before = Message.objects.filter(kind="consent/changed").count()

    say(cast, cast.erik, cast.noor, Value.NO, "papier")

    with cast.acting():
        assert Message.objects.filter(kind="consent/changed").count() == before == 0


def test_several_changes_on_one_day_make_one_digest(cast):
    for value in (Value.YES, Value.NO, Value.YES):
        say(cast, cast.amina, cast.noor, value, "papier")

    with cast.acting():
        assert Message.objects.filter(kind="consent/changed", guardian_id=cast.erik.id).count() == 1


def test_a_receipt_is_mailed_in_the_language_of_the_choice_without_a_surname(cast):
    submission = say(cast, cast.amina, cast.noor, Value.NO, language="en")

    with cast.acting():
        receipt = Message.objects.get(kind="consent/receipt")
    assert (receipt.language, receipt.cause) == ("en", f"submission:{submission.code}")
    assert receipt.context["children"][0]["name"] == "Noor"
    assert "Yıldız" not in str(receipt.context)


def test_a_guardian_who_is_only_informed_cannot_decide(cast):
    with pytest.raises(NotYours):
        say(cast, cast.ward, cast.bo, Value.YES)


def test_a_guardian_cannot_decide_for_another_familys_child(cast):
    with pytest.raises(NotYours):
        say(cast, cast.karol, cast.noor, Value.YES)


def test_a_child_of_another_foundation_does_not_exist(cast):
    with pytest.raises(NotYours):
        say(cast, cast.karol, cast.vera_child, Value.YES)


def test_a_guardian_whose_authority_ended_cannot_decide(cast):
    with cast.acting():
        Guardianship.objects.filter(guardian=cast.karol).update(until=today() - timedelta(days=1))

    with pytest.raises(NotYours):
        say(cast, cast.karol, cast.bo, Value.YES)


def test_after_leaving_nobody_can_answer(cast):
    with cast.acting():
        cast.bo.enrolments.update(until=today() - timedelta(days=1))

    with pytest.raises(NotYours):
        say(cast, cast.karol, cast.bo, Value.YES)


def test_from_16_the_parent_can_no_longer_answer(cast):
    with pytest.raises(PupilDecides):
        say(cast, cast.amina, cast.sam, Value.NO)


def test_a_refusal_leaves_nothing_behind(cast):
    with pytest.raises(NotYours), cast.acting(as_guardian(cast.amina)):
        decide(
            guardian=cast.amina,
            choices=[
                Choice(cast.noor.id, cast.purposes["papier"].id, Value.YES),
                Choice(cast.bo.id, cast.purposes["papier"].id, Value.YES),
            ],
            channel=Channel.SIGNED_IN,
            language="nl",
        )

    with cast.acting():
        assert not Answer.objects.exists()
        assert not Submission.objects.exists()
        assert not Message.objects.exists()
        assert not Entry.objects.filter(verb=Verb.CHOICE_DECIDED).exists()


def test_a_purpose_of_another_foundation_is_not_asked(cast):
    with pytest.raises(NotAsked), cast.acting(as_guardian(cast.amina)):
        decide(
            guardian=cast.amina,
            choices=[Choice(cast.noor.id, cast.bridge_purposes["papier"].id, Value.YES)],
            channel=Channel.SIGNED_IN,
            language="nl",
        )


def test_after_a_material_change_the_yes_no_longer_counts_and_a_new_one_does(cast):
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    with cast.acting():
        freeze_wording(
            purpose=cast.purposes["papier"],
            words={"nl": ("Papier nieuw", "Ook een kalender")},
            is_material=True,
            in_force_on=today(),
        )
    assert reason_of(cast, cast.bo, "papier") == Reason.REWORDED

    say(cast, cast.karol, cast.bo, Value.YES, "papier")

    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED


def test_a_foundation_that_asks_once_keeps_the_yes_beyond_the_year(cast):
    cast.home.asks_every_year = False
    cast.home.save()

    say(cast, cast.karol, cast.bo, Value.YES, "papier")

    with cast.acting():
        assert Answer.objects.get().valid_until is None


def test_the_link_says_yes_from_two_browsers_and_no_from_any(cast):
    start(cast)
    with cast.acting():
        link = PersonalLink.objects.select_related("round").get(guardian=cast.karol)
    by_link = {"channel": Channel.LINK, "link": link}
    say(cast, cast.karol, cast.bo, Value.YES, device_hash="1" * 64, **by_link)
    say(cast, cast.karol, cast.bo, Value.YES, device_hash="2" * 64, **by_link)

    with pytest.raises(CodeNeeded):
        say(cast, cast.karol, cast.bo, Value.YES, device_hash="3" * 64, **by_link)
    say(cast, cast.karol, cast.bo, Value.NO, device_hash="3" * 64, **by_link)

    assert reason_of(cast, cast.bo, "papier") == Reason.REFUSED


def test_a_no_from_a_third_browser_does_not_open_it_for_a_yes(cast):
    start(cast)
    with cast.acting():
        link = PersonalLink.objects.select_related("round").get(guardian=cast.karol)
    by_link = {"channel": Channel.LINK, "link": link}
    for device in ("1", "2", "3"):
        say(cast, cast.karol, cast.bo, Value.NO, device_hash=device * 64, **by_link)

    with pytest.raises(CodeNeeded):
        say(cast, cast.karol, cast.bo, Value.YES, device_hash="3" * 64, **by_link)


def test_c4_who_said_no_is_not_told_when_the_other_parent_says_yes(cast):
    """What the school does stays the same: a message would only betray the other's answer."""
    say(cast, cast.amina, cast.noor, Value.NO, "papier")
    say(cast, cast.erik, cast.noor, Value.YES, "papier")

    with cast.acting():
        assert not Message.objects.filter(kind="consent/changed").exists()


def test_after_the_round_the_link_still_says_no_but_not_yes(cast):
    start(
        cast,
        opens_on=today() - timedelta(days=9),
        closes_on=today() - timedelta(days=1),
    )
    with cast.acting():
        link = PersonalLink.objects.select_related("round").get(guardian=cast.karol)

    with pytest.raises(CodeNeeded):
        say(cast, cast.karol, cast.bo, Value.YES, channel=Channel.LINK, link=link, device_hash="1" * 64)
    say(cast, cast.karol, cast.bo, Value.NO, channel=Channel.LINK, link=link, device_hash="1" * 64)


def test_the_ledger_entry_can_be_recomputed_and_holds_no_name(cast):
    say(cast, cast.amina, cast.noor, Value.YES)

    with cast.acting():
        entry = Entry.objects.get(verb=Verb.CHOICE_DECIDED)
        payload = EntryPayload.objects.get(entry=entry).payload
    assert len(payload["answers"]) == 3
    assert "Noor" not in str(payload)


@pytest.mark.django_db(transaction=True)
def test_two_parents_at_the_same_second_are_both_kept_in_one_order():
    """R04: opposite choices in parallel; all stored, one order, and the fast state equals the fold."""
    cast = make_cast()
    failures = []
    barrier = threading.Barrier(4)

    def answer(guardian, value):
        try:
            barrier.wait()
            for _ in range(5):
                say(cast, guardian, cast.noor, value, "papier", "sociaal")
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    pairs = [(cast.amina, Value.YES), (cast.erik, Value.NO), (cast.amina, Value.NO), (cast.erik, Value.YES)]
    threads = [threading.Thread(target=answer, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert failures == []
    with cast.acting():
        assert Answer.objects.count() == 40
        assert drifted() == []
        newest = {(row.guardian_id, row.purpose_id): row.id for row in Answer.objects.order_by("entry_id")}
        assert {
            (row.guardian_id, row.purpose_id): row.answer_id for row in LatestAnswer.objects.all()
        } == newest


def test_an_older_answer_never_overwrites_a_newer_one(cast):
    """The guard of the fast state itself: replaying an old answer changes nothing."""
    from consent.domain.store import keep_latest

    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    say(cast, cast.karol, cast.bo, Value.NO, "papier")
    with cast.acting():
        oldest = Answer.objects.order_by("id").first()
        keep_latest([oldest.id])
        assert LatestAnswer.objects.get().value == Value.NO


def test_drift_is_found(cast):
    """The proof itself can fail: a fast state that was tampered with is named."""
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    with cast.acting(), transaction.atomic():
        LatestAnswer.objects.update(value=Value.NO)
        found = drifted()
        transaction.set_rollback(True)

    assert {row[0] for row in found} == {"not kept", "kept wrongly"}


def test_drift_is_found_where_one_is_missing_older_or_of_somebody_else(cast):
    """Each way in which the fast state can be wrong, and nothing is left of it."""
    say(cast, cast.karol, cast.bo, Value.YES, "papier", "sociaal")
    say(cast, cast.karol, cast.bo, Value.YES, "papier", "sociaal")
    with cast.acting():
        first = Answer.objects.filter(purpose__slug="papier").order_by("entry_id")[0]
        paper = LatestAnswer.objects.filter(purpose__slug="papier")
    wrong = {
        "missing": paper.delete,
        "older": lambda: paper.update(answer=first, entry_id=first.entry_id, decided_at=first.decided_at),
        "another day": lambda: paper.update(valid_until=None),
        "another one's": lambda: paper.update(guardian=cast.amina),
        "nobody's": lambda: paper.update(guardian=None),
    }
    for what, make in wrong.items():
        with cast.acting(), transaction.atomic():
            make()
            assert drifted(), what
            transaction.set_rollback(True)
    with cast.acting():
        assert drifted() == []


def test_an_answer_cannot_be_changed_or_removed_by_the_app(cast):
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    for statement in (
        "UPDATE consent_answer SET value = 'no'",
        "DELETE FROM consent_answer",
        "TRUNCATE consent_answer CASCADE",
    ):
        with (
            cast.acting(),
            pytest.raises(Exception, match="permission denied") as refused,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db(transaction=True)
def test_verify_ledger_names_the_answer_that_was_changed_behind_its_back():
    cast = make_cast()
    say(cast, cast.karol, cast.bo, Value.NO, "papier")
    out = StringIO()
    call_command("verify_ledger", cast.home.slug, stdout=out)
    assert "fit their leaf hash" in out.getvalue()

    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as owner:
        for table in ("consent_answer", "consent_latestanswer"):
            owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            owner.execute(f"UPDATE {table} SET value = 'yes'")
            owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")

    with pytest.raises(CommandError, match="does not say what its ledger entry says"):
        call_command("verify_ledger", cast.home.slug)


def test_verify_ledger_of_an_unknown_foundation_names_the_known_ones(cast):
    with pytest.raises(CommandError, match="thuis"):
        call_command("verify_ledger", "bestaat-niet")
