"""An answer recorded in error is taken out; what counts is always the plain fold of the rest (C3, C11)."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.choices import Channel, Reason, TaskKind, Value
from consent.domain.decide import Choice, Entered, decide
from consent.domain.invalidate import SamePerson, TakenOut, agree, refuse, take_out
from consent.domain.progress import progress_of
from consent.models import Answer, Invalidation, LatestAnswer, Round, Submission, Task
from consent.querysets import drifted, still_said
from ledger.acting import Actor
from ledger.choices import ActorKind, Verb
from ledger.models import Entry
from notices.domain.write import words_of
from notices.mail import write
from notices.models import Message

from .test_decide import reason_of, say, start

WRONG = "Verkeerd formulier overgenomen"


def staff(person) -> Actor:
    return Actor(ActorKind.STAFF, person.id, "office")


def enter(cast, by, guardian, child, value, *purposes, channel=Channel.PHONE) -> list[Answer]:
    """Somebody at school writes down what the parent said."""
    with cast.acting(staff(by)):
        submission = decide(
            guardian=guardian,
            choices=[Choice(child.id, cast.purposes[slug].id, value) for slug in purposes or ("papier",)],
            channel=channel,
            language="nl",
            entered=Entered(by, "gebeld"),
        )
        return list(submission.answers.select_related("submission").order_by("id"))


def take(cast, by, answers) -> bool:
    with cast.acting(staff(by)):
        return take_out(answers, reason=WRONG, by=by)


def asked_for(cast) -> list[Invalidation]:
    with cast.acting():
        return list(Invalidation.objects.select_related("answer", "asked_by").order_by("id"))


def agrees(cast, by, asked=None, email=None) -> None:
    with cast.acting(staff(by)):
        agree(asked or asked_for(cast), by=by, email=email or by.email)


def counts(cast) -> list[tuple[int, str]]:
    with cast.acting():
        return list(LatestAnswer.objects.order_by("answer_id").values_list("answer_id", "value"))


def test_a_wrong_entry_of_today_is_out_at_once_and_the_answer_before_it_counts_again(cast):
    say(cast, cast.karol, cast.bo, Value.YES, "papier")
    wrong = enter(cast, cast.olga, cast.karol, cast.bo, Value.NO)
    assert reason_of(cast, cast.bo, "papier") == Reason.REFUSED

    assert take(cast, cast.olga, wrong) is True

    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED
    with cast.acting():
        assert Answer.objects.count() == 2  # never changed, never removed
        assert Entry.objects.filter(verb=Verb.CHOICE_INVALIDATED, subject_id=cast.bo.id).count() == 1


def test_without_an_answer_before_it_there_is_none(cast):
    wrong = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)

    take(cast, cast.olga, wrong)

    assert counts(cast) == []
    assert reason_of(cast, cast.bo, "papier") == Reason.NO_ANSWER


@pytest.mark.parametrize("who", ["colleague", "a day later", "given by the parent"])
def test_everything_else_takes_two_people(cast, who):
    by, moment = cast.olga, timezone.now()
    if who == "given by the parent":
        wrong = _own(cast, say(cast, cast.karol, cast.bo, Value.YES, "papier"))
    else:
        wrong = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)
        by = cast.ada if who == "colleague" else by
        moment += timedelta(days=1 if who == "a day later" else 0)

    with time_machine.travel(moment):
        assert take(cast, by, wrong) is False
    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED  # it counts until a second person agrees

    second = cast.zoe if by == cast.ada else cast.ada
    agrees(cast, second)
    assert reason_of(cast, cast.bo, "papier") == Reason.NO_ANSWER
    (row,) = asked_for(cast)
    assert (row.asked_by_id, row.agreed_by_id) == (by.id, second.id)


def _own(cast, submission: Submission):
    with cast.acting():
        return list(submission.answers.select_related("submission"))


def test_two_people_are_two_persons_with_two_mailboxes(cast):
    wrong = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)
    take(cast, cast.ada, wrong)

    for by, email in ((cast.ada, "other@example.org"), (cast.zoe, cast.ada.email.upper())):
        with pytest.raises(SamePerson):
            agrees(cast, by, email=email)
    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED


def test_refused_it_stays_and_may_be_asked_again(cast):
    wrong = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)
    take(cast, cast.ada, wrong)
    with pytest.raises(TakenOut):
        take(cast, cast.zoe, wrong)
    asked = asked_for(cast)

    with cast.acting(staff(cast.ria)):
        refuse(asked)

    assert reason_of(cast, cast.bo, "papier") == Reason.AGREED
    with pytest.raises(TakenOut):
        agrees(cast, cast.zoe, asked)
    assert take(cast, cast.ada, wrong) is False
    agrees(cast, cast.zoe)
    with pytest.raises(TakenOut):
        agrees(cast, cast.zoe)


def test_the_parent_hears_it_without_the_reason_and_the_other_one_only_what_school_does(cast):
    say(cast, cast.amina, cast.noor, Value.YES)
    say(cast, cast.erik, cast.noor, Value.YES)
    wrong = enter(cast, cast.olga, cast.erik, cast.noor, Value.NO)
    with cast.acting():
        before = Message.objects.filter(kind="consent/changed", guardian=cast.amina).count()

    take(cast, cast.olga, wrong)

    with cast.acting():
        message = Message.objects.get(kind="consent/taken_out")
        mail = write(message.kind, "en", words_of(message, cast.home, "https://x.example/"))
        told = Message.objects.filter(kind="consent/changed", guardian=cast.amina)
        assert (before, told.count()) == (1, 1)  # one digest a day, now with what holds again
        (child,) = told.get().context["children"]
    assert message.guardian_id == cast.erik.id
    assert "Yes" in mail.text
    assert "Papier (nl): " in mail.text
    assert "{" not in mail.text + mail.html
    assert "entered in error" in mail.subject
    for text in (mail.text, mail.html):
        assert WRONG not in text
        assert "Jansen" not in text.replace("Erik Jansen", "")
    assert child["now"][0]["is_allowed"] is True


def test_the_conflict_that_an_error_made_is_no_work_any_more(cast):
    say(cast, cast.amina, cast.noor, Value.YES, "papier")
    wrong = enter(cast, cast.olga, cast.erik, cast.noor, Value.NO)
    with cast.acting():
        assert Task.objects.get(kind=TaskKind.CONFLICT).closed_at is None

    take(cast, cast.olga, wrong)

    with cast.acting():
        assert Task.objects.get(kind=TaskKind.CONFLICT).closed_at is not None


def test_who_only_answered_in_error_did_not_answer(cast):
    start(cast)
    wrong = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES, "papier", "besloten")
    with cast.acting():
        assert progress_of(Round.objects.get()).answered == 1

    take(cast, cast.olga, wrong[:1])
    with cast.acting():
        assert still_said(Submission.objects.all()).count() == 1
    take(cast, cast.olga, wrong[1:])

    with cast.acting():
        assert still_said(Submission.objects.all()).count() == 0
        assert progress_of(Round.objects.get()).answered == 0


def test_the_verifier_finds_an_answer_that_was_taken_out_behind_the_ledger(cast):
    wrong = enter(cast, cast.olga, cast.karol, cast.bo, Value.YES)
    take(cast, cast.olga, wrong)
    call_command("verify_ledger", "thuis", stdout=StringIO())
    other = enter(cast, cast.olga, cast.selin, cast.mila, Value.YES)
    with cast.acting():
        Invalidation.objects.create(
            foundation=cast.home,
            answer=other[0],
            reason="x",
            asked_at=timezone.now(),
            asked_by=cast.olga,
            in_force_at=timezone.now(),
        )
        LatestAnswer.objects.filter(answer=other[0]).delete()

    with pytest.raises(CommandError, match="without a ledger entry"):
        call_command("verify_ledger", "thuis")


# -- any sequence of answers and errors against a plain fold -------------------------------------------------

steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("say"),
            st.sampled_from(["amina", "erik"]),
            st.sampled_from(["papier", "sociaal"]),
            st.sampled_from(list(Value)),
        ),
        st.tuples(st.just("take"), st.integers(0, 12)),
        st.tuples(st.just("ask"), st.integers(0, 12)),
        st.tuples(st.just("agree"), st.integers(0, 12)),
    ),
    min_size=4,
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps)
def test_what_counts_is_the_plain_fold(cast, steps):
    """Each example is rolled back; a list in Python is the truth that the database must follow."""

    class Undo(Exception):
        pass

    said: list[dict] = []
    with pytest.raises(Undo), cast.acting(staff(cast.olga)):
        for step in steps:
            _do(cast, step, said)
            fold = {}
            for one in said:
                if not one["out"]:
                    fold[one["who"], one["purpose"]] = one["answer"]
            kept = LatestAnswer.objects.order_by("id").values_list("answer_id", flat=True)
            assert sorted(kept) == sorted(fold.values())
            assert drifted() == []
            _work_is_right(cast, fold)
        raise Undo


def _do(cast, step, said) -> None:
    if step[0] == "say":
        _word, who, slug, value = step
        guardian = getattr(cast, who)
        submission = decide(
            guardian=guardian,
            choices=[Choice(cast.noor.id, cast.purposes[slug].id, value)],
            channel=Channel.PAPER,
            language="nl",
            entered=Entered(cast.olga),
        )
        answer = submission.answers.get().id
        said.append({"who": who, "purpose": slug, "answer": answer, "out": False, "asked": False})
        return
    word, number = step
    if number >= len(said):
        return
    one = said[number]
    answers = Answer.objects.select_related("submission").filter(id=one["answer"])
    if word in {"take", "ask"} and not one["asked"]:
        one["asked"] = True
        one["out"] = take_out(list(answers), reason=WRONG, by=cast.olga if word == "take" else cast.zoe)
    elif word == "agree" and one["asked"] and not one["out"]:
        one["out"] = True
        agree(list(Invalidation.objects.filter(answer_id=one["answer"])), by=cast.ada, email=cast.ada.email)


def _work_is_right(cast, fold) -> None:
    """Open work has its cause: a talk by somebody who wants it, a conflict where yes stands beside no."""
    latest = {row.id: row for row in Answer.objects.filter(id__in=fold.values()).order_by("id")}
    values = {key: latest[pk].value for key, pk in fold.items()}
    talkers = {getattr(cast, who).id for (who, _purpose), value in values.items() if value == Value.TALK}
    open_tasks = Task.objects.filter(closed_at=None).order_by("id")
    assert {task.guardian_id for task in open_tasks if task.kind == TaskKind.TALK} == talkers
    differs = any(
        {values.get(("amina", slug)), values.get(("erik", slug))} == {Value.YES, Value.NO}
        for slug in ("papier", "sociaal")
    )
    assert any(task.kind == TaskKind.CONFLICT for task in open_tasks) == differs
