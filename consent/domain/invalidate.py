"""An answer that was recorded in error is taken out; the answer itself is never changed (C3).

The same day by who recorded it, later or for others by two people. A change of mind is another act: `decide`.
"""

from collections.abc import Sequence
from functools import partial

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from consent.domain.facts import known_pupils, policy_of
from consent.domain.tell import tell_others, tell_taken_out
from consent.domain.tell_pupil import tell_pupil_taken_out
from consent.domain.work import keep_tasks
from consent.models import Answer, Invalidation, LatestAnswer, Purpose
from consent.querysets import purposes_on
from consent.rules import State, may_take_out_alone, state_from_first_day
from ledger.acting import SCHOOL_TIME, current
from ledger.choices import Verb
from ledger.domain.record import Fact, record_all
from ledger.refusal import Refusal
from notices.doorbell import ring_changed
from schools.models import Foundation, Pupil, StaffMember
from schools.rules import is_second_person


class TakenOut(Refusal):
    code = "taken_out"
    message = _("This was taken out already, or somebody asked for it. Look again.")


class SamePerson(Refusal):
    code = "same_person"
    message = _("Somebody else must agree: another person, with another mailbox.")


def take_out(answers: Sequence[Answer], *, reason: str, by: StaffMember) -> bool:
    """Say that these answers, of one time that somebody answered, were recorded in error.

    True: `by` recorded them today, and from this moment they count no more. False: it waits until a second
    person agrees, and they still count. The decider is told once they do not. Raises TakenOut.
    """
    act = current()
    with transaction.atomic():
        _lock({answer.pupil_id for answer in answers})
        if not answers or Invalidation.objects.filter(answer__in=answers).exists():
            raise TakenOut
        asked = [
            Invalidation(
                foundation_id=act.foundation, answer=answer, reason=reason, asked_at=act.now, asked_by=by
            )
            for answer in answers
        ]
        Invalidation.objects.bulk_create(asked)
        is_alone = all(_is_own_of_today(answer, by) for answer in answers)
        if is_alone:
            _put_in_force(asked)
        else:
            record_all(_facts(Verb.INVALIDATION_ASKED, asked))
    return is_alone


def agree(asked: Sequence[Invalidation], *, by: StaffMember, email: str) -> None:
    """A second person, with another mailbox, agrees: from now on these answers do not count.

    `email` is the mailbox that is signed in. Raises SamePerson, and TakenOut when it is no longer waiting.
    """
    with transaction.atomic():
        waiting = _lock_waiting(asked)
        for row in waiting:
            first = row.asked_by
            if not is_second_person(
                first_id=first.id, first_email=first.email, other_id=by.id, other_email=email
            ):
                raise SamePerson
        Invalidation.objects.filter(id__in=[row.id for row in waiting]).update(agreed_by=by)
        _put_in_force(waiting)


def refuse(asked: Sequence[Invalidation]) -> None:
    """The answers stay: a second person does not agree, or who asked takes it back. The ledger keeps both.

    It may be asked again. Raises TakenOut when it is no longer waiting.
    """
    with transaction.atomic():
        waiting = _lock_waiting(asked)
        record_all(_facts(Verb.TASK_CLOSED, waiting, kind="invalidation", outcome="refused"))
        Invalidation.objects.filter(id__in=[row.id for row in waiting]).delete()


def _is_own_of_today(answer: Answer, by: StaffMember) -> bool:
    submission = answer.submission
    return may_take_out_alone(
        channel=submission.channel,
        recorded_by=submission.recorded_by_id,
        recorded_on=submission.at.astimezone(SCHOOL_TIME).date(),
        me=by.id,
        on=current().today,
    )


def _lock(pupil_ids: set[int]) -> None:
    """The same locks as `decide`, in the same order: answers and their ends come one after the other."""
    list(
        Pupil.objects.select_for_update(no_key=True).filter(id__in=pupil_ids).order_by("id").values_list("id")
    )


def _lock_waiting(asked: Sequence[Invalidation]) -> list[Invalidation]:
    _lock({row.answer.pupil_id for row in asked})
    waiting = list(
        Invalidation.objects.select_related("answer__submission", "asked_by")
        .filter(id__in=[row.id for row in asked], in_force_at=None)
        .order_by("id")
    )
    if not waiting or len(waiting) != len(asked):
        raise TakenOut
    return waiting


def _put_in_force(rows: Sequence[Invalidation]) -> None:
    """From this moment each decider's answer before it counts again, or none; who must hear it, hears it."""
    answers = [row.answer for row in rows]
    foundation = Foundation.objects.get(id=current().foundation)
    purposes = {purpose.id: purpose for purpose in purposes_on(current().today)}
    ids = sorted({answer.pupil_id for answer in answers})
    before = _states(ids, purposes, foundation)
    Invalidation.objects.filter(id__in=[row.id for row in rows]).update(in_force_at=current().now)
    _fall_back([answer.id for answer in answers])
    record_all(_facts(Verb.CHOICE_INVALIDATED, rows))
    after = _states(ids, purposes, foundation)
    now_count = list(
        LatestAnswer.objects.filter(
            pupil_id__in=ids,
            guardian_id=answers[0].guardian_id,
            purpose_id__in={a.purpose_id for a in answers},
        ).order_by("id")
    )
    if (guardian := answers[0].guardian) is not None:
        children = known_pupils(ids)
        tell_taken_out(guardian, answers, now_count, children, purposes, after)
        tell_others(guardian.id, children, purposes, before, after)
    else:
        tell_pupil_taken_out(answers[0].pupil, answers, now_count, purposes, after)
        tell_others(None, known_pupils(ids), purposes, before, after)
    keep_tasks(before, after, [*answers, *now_count])
    transaction.on_commit(partial(ring_changed, foundation.id, ids))


def _facts(verb: Verb, rows: Sequence[Invalidation], **more: str) -> list[Fact]:
    """One entry per child: which answers, and why."""
    facts: dict[int, Fact] = {}
    for row in rows:
        pupil_id = row.answer.pupil_id
        payload = {"answers": [], "reason": row.reason, "asked_by": row.asked_by_id, **more}
        fact = facts.setdefault(pupil_id, Fact(verb, "pupil", pupil_id, payload))
        fact.payload["answers"].append(row.answer_id)
    return list(facts.values())


# The fold of these deciders' answers anew: the newest one that was not taken out, or nothing.
SAME = """gone.id = ANY(%s) AND gone.foundation_id = x.foundation_id AND gone.pupil_id = x.pupil_id
    AND gone.purpose_id = x.purpose_id AND gone.guardian_id IS NOT DISTINCT FROM x.guardian_id"""
FORGET = f"DELETE FROM consent_latestanswer x USING consent_answer gone WHERE {SAME}"  # noqa: S608
FOLD_AGAIN = f"""
INSERT INTO consent_latestanswer (foundation_id, pupil_id, purpose_id, guardian_id, value, version_id, decided_at,
    valid_until, entry_id, answer_id)
SELECT DISTINCT ON (x.foundation_id, x.pupil_id, x.purpose_id, x.guardian_id)
    x.foundation_id, x.pupil_id, x.purpose_id, x.guardian_id, x.value, x.version_id, x.decided_at, x.valid_until,
    x.entry_id, x.id
FROM consent_answer x JOIN consent_answer gone ON {SAME}
WHERE NOT EXISTS (SELECT FROM consent_invalidation i WHERE i.foundation_id = x.foundation_id
    AND i.answer_id = x.id AND i.in_force_at IS NOT NULL)
ORDER BY x.foundation_id, x.pupil_id, x.purpose_id, x.guardian_id, x.entry_id DESC, x.id DESC
"""  # noqa: S608


def _fall_back(ids: list[int]) -> None:
    """Under the lock of the children, so that no answer comes in between; a later one has a higher entry."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [ids])
        cursor.execute(FOLD_AGAIN, [ids])


def _states(
    pupil_ids: Sequence[int], purposes: dict[int, Purpose], foundation: Foundation
) -> dict[tuple[int, int], State]:
    today = current().today
    return {
        (child.id, purpose.id): state_from_first_day(child.facts, policy_of(purpose, foundation), today)
        for child in known_pupils(pupil_ids)
        for purpose in purposes.values()
    }
