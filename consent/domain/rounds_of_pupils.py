"""A round asks pupils who decide alone too: at their own address, and reminds who stays silent (R1, R2)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from consent.domain.asked import Inquiry, morning, own_days_of, pupils_to_ask
from consent.domain.facts import known_pupils
from consent.domain.round_mails import PUPIL_INVITE, PUPIL_REMINDER, pupil_words
from consent.domain.tell_pupil import open_mailboxes, pupil_languages
from consent.models import Round, RoundPupil, Submission
from consent.querysets import still_said
from consent.rules import PUPIL, Days, days_of, deciders_at, first_day, reminder_due
from ledger.acting import current
from notices.choices import Lane
from notices.domain.addressed import put_mails
from schools.models import Enrolment, Foundation, Pupil
from schools.querysets import here_or_coming, with_own_address


def ask_pupils(round_: Round, inquiry: Inquiry) -> int:
    """Put a mail for each pupil who decides alone and whose day has come; the own mailbox may sign in.

    In the transaction that writes the round: a row per pupil says that it was done. Gives how many.
    """
    today = current().today
    plan = pupils_to_ask(inquiry, today)
    pupils = list(with_own_address(plan))
    days = _days(round_, [pupil.id for pupil in pupils], inquiry.days)
    pupils = [pupil for pupil in pupils if days[pupil.id].opens_on <= today]
    RoundPupil.objects.bulk_create(
        RoundPupil(
            foundation_id=round_.foundation_id,
            round=round_,
            pupil=pupil,
            opens_on=days[pupil.id].opens_on,
            closes_on=days[pupil.id].closes_on,
        )
        for pupil in pupils
    )
    if pupils:
        open_mailboxes(pupils)
    _put(PUPIL_INVITE, round_, {pupil: days[pupil.id].closes_on for pupil in pupils}, morning(today))
    return len(pupils)


def ask_pupil_alone(round_: Round, pupil: Pupil, days: Days) -> bool:
    """Put a mail for this new pupil when nobody else decides and the own address is known; False when not, or twice."""
    if not _still_deciding([pupil.id]) or not with_own_address([pupil.id]).exists():
        return False
    with transaction.atomic():
        _row, is_new = RoundPupil.objects.get_or_create(
            foundation_id=round_.foundation_id,
            round=round_,
            pupil=pupil,
            defaults={"opens_on": days.opens_on, "closes_on": days.closes_on},
        )
        if is_new:
            open_mailboxes([pupil])
            _put(PUPIL_INVITE, round_, {pupil: days.closes_on}, current().now)
    return is_new


def remind_pupils(round_: Round, closed_schools: Collection[int]) -> int:
    """A reminder for who was asked, still decides alone and gave no answer; 0 the second time that day.

    The rows are locked and counted, so that of two at the same moment only one writes. Nobody whose school has a
    vacation today.
    """
    today = current().today
    if current().now < morning(today):
        return 0  # written when it leaves: an answer of tonight still counts
    rows = RoundPupil.objects.select_for_update(no_key=True).filter(
        round=round_, opens_on__lt=today, closes_on__gte=today
    )
    due = {row.pupil_id: row for row in rows.order_by("id") if _number(round_, row, today) > row.reminders}
    silent = _still_deciding(set(due) - pupils_who_answered(round_, due)) if due else []
    away = Enrolment.objects.filter(here_or_coming(today), school_id__in=closed_schools, pupil_id__in=silent)
    on_holiday = set(away.order_by().values_list("pupil_id", flat=True))
    pupils = [one for one in with_own_address(silent) if one.id not in on_holiday] if silent else []
    for pupil in pupils:
        row = due[pupil.id]
        row.reminders = _number(round_, row, today)
        row.save(update_fields=["reminders"])
    _put(PUPIL_REMINDER, round_, {one: due[one.id].closes_on for one in pupils}, morning(today))
    return len(pupils)


def pupils_who_answered(round_: Round, pupil_ids: Iterable[int]) -> set[int]:
    """Of these pupils, those who passed on a choice of their own since the round opened for them."""
    opened = {row.pupil_id: row.opens_on for row in round_.pupils.filter(pupil_id__in=list(pupil_ids))}
    if not opened:
        return set()
    since = Submission.objects.filter(at__date__gte=min(opened.values()), pupil_id__in=opened)
    rows = still_said(since).order_by().values_list("pupil_id", "at__date")
    return {pupil_id for pupil_id, day in rows if day >= opened[pupil_id]}


def _number(round_: Round, row: RoundPupil, today: date) -> int:
    return reminder_due(Days(row.opens_on, row.closes_on), round_.remind_before, today)


def _days(round_: Round, pupil_ids: Sequence[int], general: Days) -> dict[int, Days]:
    own = own_days_of(round_)
    here: dict[int, set[int]] = {pk: set() for pk in pupil_ids}
    places = Enrolment.objects.filter(here_or_coming(current().today), pupil_id__in=pupil_ids)
    for pupil_id, school_id in places.order_by().values_list("pupil_id", "school_id"):
        here[pupil_id].add(school_id)
    return {pk: days_of(schools & set(own), own, general) for pk, schools in here.items()}


def _still_deciding(pupil_ids: Iterable[int]) -> list[int]:
    """At school here or about to be, and nobody decides for them (meanwhile a representative may)."""
    today = current().today
    age = Foundation.objects.get(id=current().foundation).decides_from_age
    return [
        child.id
        for child in known_pupils(sorted(pupil_ids))
        if PUPIL in deciders_at(child.facts, age, today) and first_day(child.facts, None, today) is not None
    ]


def _put(kind: str, round_: Round, closing: dict[Pupil, date], due_at: datetime) -> None:
    """By language and closing day: each reads the day and the words in the own one."""
    languages = pupil_languages([pupil.id for pupil in closing])
    for language, closes_on in sorted({(languages[one.id], day) for one, day in closing.items()}):
        put_mails(
            kind,
            [one for one, day in closing.items() if (languages[one.id], day) == (language, closes_on)],
            pupil_words(closes_on, language),
            foundation=round_.foundation,
            due_at=due_at,
            language=language,
            lane=Lane.ROUNDS,
            cause=round_.cause,
        )
