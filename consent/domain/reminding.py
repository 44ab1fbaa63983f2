"""Reminders: three at most, counted back from somebody's closing day, and none after any answer (R2, UX-A9)."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from consent.choices import LeftOut, RoundKind
from consent.domain.asked import Plan, add_reachable, morning
from consent.domain.families import PORTION, families_of
from consent.domain.quiet import closed_schools, is_quiet_day
from consent.domain.round_mails import REMINDERS, invite_words, question_of
from consent.domain.rounds_of_colleagues import remind_colleagues
from consent.domain.rounds_of_pupils import remind_pupils
from consent.models import Answer, Invalidation, PersonalLink, Round
from consent.rules import MOST_REMINDERS, Days, reminder_due
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from notices.choices import Lane, State
from notices.domain.put import NewMessage, put_messages
from notices.domain.stop import stop_messages
from notices.models import Message
from schools.models import Guardian

# By hand nobody gets another mail of the round this soon; by the plan of the round not on the same day.
REST, PAUSE_BETWEEN = timedelta(days=3), timedelta(hours=20)


def remind(round_: Round) -> int:
    """Put the reminders whose day has come, for who gave no answer; gives the number of new messages, 0 the
    second time that day.

    After any answer to what is asked, also a no, nobody is reminded (R2); nor who cannot be reached, who asked
    not to be, or whose school has a vacation today.
    """
    today = current().today
    with transaction.atomic():
        round_ = Round.objects.select_for_update(no_key=True).get(id=round_.id)
        take_back(round_)
        if round_.is_held or round_.kind == RoundKind.OVERVIEW or is_quiet_day(today):
            return 0
        return _remind(round_, today)


def take_back(round_: Round) -> int:
    """Stop the reminders that wait for who answered, or asked for none, while they were being written (R2)."""
    waiting = _reminders_of(round_).filter(state=State.WAITING, guardian__isnull=False)
    silent = silent_links(round_).filter(no_reminders_at=None).values("guardian_id")
    done = list(waiting.exclude(guardian_id__in=silent).values_list("guardian_id", flat=True))
    return stop_messages(cause=round_.cause, kinds=REMINDERS, guardian_ids=done) if done else 0


def _remind(round_: Round, today: date) -> int:
    closed, count = closed_schools(today), 0
    links = PersonalLink.objects.filter(round=round_, opens_on__lt=today, closes_on__gte=today)
    for opens_on, closes_on in sorted(set(links.order_by().values_list("opens_on", "closes_on"))):
        if number := reminder_due(Days(opens_on, closes_on), round_.remind_before, today):
            due = to_remind(round_, number).filter(opens_on=opens_on, closes_on=closes_on)
            count += _put_all(round_, due, number, closed)
    if round_.kind == RoundKind.STAFF:
        return count + remind_colleagues(round_)
    return count + remind_pupils(round_, closed)


def remind_now(round_: Round) -> int:
    """The next reminder at once, because somebody at school asked for it; gives how many guardians get one.

    It is one of the three: what the plan of the round had for later under that number is not sent again. Recorded.
    New pupils are reminded by their own days only: there nobody is the first or the second one.
    """
    with transaction.atomic():
        round_ = Round.objects.select_for_update(no_key=True).get(id=round_.id)
        number = next_number(round_)
        if round_.is_held or number is None or round_.kind == RoundKind.ENROLMENT:
            return 0
        due = open_now(to_remind(round_, number)).exclude(guardian_id__in=_just_mailed(round_))
        count = _put_all(round_, due, number, frozenset())
        if count:
            record(Verb.ROUND_REMINDED, "round", round_.id, number=number, guardians=count)
    return count


def next_number(round_: Round) -> int | None:
    """The number of the reminder that nobody of this round got yet; None when all three went out."""
    used = set(_reminders_of(round_).values_list("kind", flat=True))
    number = max((REMINDERS.index(kind) + 1 for kind in used), default=0) + 1
    return number if number <= MOST_REMINDERS else None


def silent_links(round_: Round) -> QuerySet[PersonalLink]:
    """The links of this round whose guardian answered nothing of what it asks since it opened."""
    gone = Invalidation.objects.filter(in_force_at__isnull=False).order_by()
    answers = Answer.objects.filter(
        guardian=OuterRef("guardian"),
        submission__at__date__gte=OuterRef("opens_on"),
        purpose__in=round_.asked.order_by().values("purpose_id"),
    ).exclude(id__in=gone.values("answer_id"))
    return PersonalLink.objects.filter(round=round_).exclude(Exists(answers.order_by()))


def to_remind(round_: Round, number: int) -> QuerySet[PersonalLink]:
    """The links of who gets reminder `number` now: silent, willing, and not reminded so far already."""
    mine = Message.objects.filter(cause=round_.cause, guardian=OuterRef("guardian")).order_by()
    done = mine.filter(kind__in=REMINDERS[number - 1 :])
    just_now = mine.filter(due_at__gt=current().now - PAUSE_BETWEEN)
    willing = silent_links(round_).filter(no_reminders_at=None)
    return willing.exclude(Exists(done)).exclude(Exists(just_now))


def open_now(links: QuerySet[PersonalLink]) -> QuerySet[PersonalLink]:
    """Those that were opened before today and have not closed."""
    return links.filter(opens_on__lt=current().today, closes_on__gte=current().today)


def plan_of_reminder(round_: Round, number: int) -> Plan:
    """Who would get this reminder now, and who that stays silent would not, and why (UX-A9). Writes nothing."""
    plan, after = Plan(), 0
    just = _just_mailed(round_)
    silent = open_now(to_remind(round_, number))
    plan.left_out[LeftOut.REMINDED] = list(
        silent.filter(guardian_id__in=just).order_by().values_list("guardian_id", flat=True)
    )
    due = silent.exclude(guardian_id__in=just)
    asked_not_to = silent_links(round_).exclude(no_reminders_at=None)
    plan.left_out[LeftOut.NO_REMINDERS] = list(asked_not_to.order_by().values_list("guardian_id", flat=True))
    while ids := list(
        due.filter(guardian_id__gt=after)
        .order_by("guardian_id")
        .values_list("guardian_id", flat=True)[:PORTION]
    ):
        add_reachable(plan, families_of(ids, current().today))
        after = ids[-1]
    return plan


def stop_reminders(link: PersonalLink) -> bool:
    """The guardian of this link is not reminded again in this round; what was chosen, or not, stays (R5).

    False when it was asked for before. Recorded.
    """
    with transaction.atomic():
        waiting = PersonalLink.objects.filter(id=link.id, no_reminders_at=None)
        if not waiting.update(no_reminders_at=current().now):
            return False
        stop_messages(cause=link.round.cause, kinds=REMINDERS, guardian_ids=[link.guardian_id])
        record(Verb.REMINDERS_REFUSED, "guardian", link.guardian_id, round=link.round_id)
    return True


def _just_mailed(round_: Round) -> QuerySet[Any, Any]:
    mails = Message.objects.filter(cause=round_.cause, guardian__isnull=False).order_by()
    return mails.filter(due_at__date__gt=current().today - REST).values("guardian_id")


def _reminders_of(round_: Round) -> QuerySet[Message]:
    return Message.objects.filter(cause=round_.cause, kind__in=REMINDERS).order_by()


def _put_all(round_: Round, due: QuerySet[PersonalLink], number: int, closed: Collection[int]) -> int:
    """In portions, so that a round of any size takes the same memory."""
    count, after = 0, 0
    while links := list(due.filter(guardian_id__gt=after).order_by("guardian_id")[:PORTION]):
        count += _put(round_, links, number, closed)
        after = links[-1].guardian_id
    return count


def _put(round_: Round, links: list[PersonalLink], number: int, closed: Collection[int]) -> int:
    today = current().today
    families = families_of([link.guardian_id for link in links], today)
    guardians, about = Guardian.objects.in_bulk(list(families)), question_of(round_)
    messages = []
    for link in links:
        family = families.get(link.guardian_id)
        if family is None or not family.call_names or family.schools & set(closed):
            continue  # decides for nobody any more, may not be contacted, or it is vacation at one of the schools
        language = guardians[link.guardian_id].language
        messages.append(
            NewMessage(
                kind=REMINDERS[number - 1],
                guardian_id=link.guardian_id,
                language=language,
                cause=round_.cause,
                context=invite_words(family.call_names, link.closes_on, language, about),
                link=link.target,
                due_at=morning(today),
                lane=Lane.ROUNDS,
            )
        )
    return put_messages(messages).planned
