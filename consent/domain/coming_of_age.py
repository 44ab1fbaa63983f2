"""C8: a pupil and the parents are told that the pupil decides: 30 days before the birthday, and on the day."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from consent.choices import TaskKind
from consent.domain.asked import morning
from consent.domain.facts import known_pupils
from consent.domain.tasks import open_task
from consent.domain.tell import day_in, family_url
from consent.domain.tell_pupil import open_mailboxes, pupil_language, pupil_url
from consent.models import ComingOfAge
from consent.rules import PUPIL, birthday, deciders_at
from ledger.acting import current
from ledger.choices import Verb
from ledger.domain.record import record
from notices.domain.addressed import put_mails
from notices.domain.put import NewMessage, put_messages
from schools.models import Enrolment, Foundation, Guardian, Pupil
from schools.querysets import guardians_for, in_force, own_address

NOTICE = timedelta(days=30)
# What was missed is caught up; a pupil who comes to us at 17 is not told about a birthday of long ago.
LATE_AT_MOST = timedelta(days=60)
MARGIN = timedelta(days=4)


def tell_coming_of_age() -> int:
    """Tell the families of this foundation whose day is near or has come, once each; gives how many were told.

    Safe to run at any hour, twice, or days late. Per pupil: a row, a ledger entry, a mail to the pupil and one to
    each parent who may be contacted, from 7.00 on, and the pupil's own mailbox may sign in. Without an address of
    the pupil alone the school gets a task. Who has a legal representative beyond the age is not told: nothing changes.
    """
    foundation = Foundation.objects.get(id=current().foundation)
    return sum(_tell_once(pupil, day, foundation) for pupil, day in _due(foundation))


def _due(foundation: Foundation) -> Iterator[tuple[Pupil, date]]:
    """The pupils at school today who have to be told something today, with their birthday."""
    today, age = current().today, foundation.decides_from_age
    first, last = today - LATE_AT_MOST, today + NOTICE
    here = Enrolment.objects.filter(in_force(today)).order_by().values("pupil_id")
    born = _years_before(first, age) - MARGIN, _years_before(last, age) + MARGIN
    near = Pupil.objects.filter(id__in=here, born_on__range=born)
    told = set(ComingOfAge.objects.filter(pupil__in=near.order_by()).values_list("pupil_id", "is_the_day"))
    facts = {known.id: known.facts for known in known_pupils(list(near.values_list("id", flat=True)))}
    for pupil in near.order_by("id"):
        day = birthday(pupil.born_on, age)
        decides = PUPIL in deciders_at(facts[pupil.id], age, max(day, today))
        if first <= day <= last and decides and (pupil.id, day <= today) not in told:
            yield pupil, day


def _years_before(day: date, years: int) -> date:
    """About the same day so many years earlier (see MARGIN): the exact birthday is looked at afterwards."""
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _tell_once(pupil: Pupil, day: date, foundation: Foundation) -> bool:
    """The row is the guard: of two runs at the same moment the second one finds it there."""
    is_the_day = day <= current().today
    try:
        with transaction.atomic():
            ComingOfAge.objects.create(
                foundation=foundation, pupil=pupil, is_the_day=is_the_day, told_at=current().now
            )
    except IntegrityError as error:
        if "coming_of_age_once" not in str(error):
            raise
        return False
    record(Verb.AGE_TOLD, "pupil", pupil.id, is_the_day=is_the_day)
    _tell_parents(pupil, day, foundation)
    _tell_the_pupil(pupil, day, foundation)
    return True


def _tell_parents(pupil: Pupil, day: date, foundation: Foundation) -> None:
    guardians: list[Guardian] = list(guardians_for(pupil.id, current().today))
    put_messages(
        [
            NewMessage(
                kind=_kind("age", day),
                guardian_id=guardian.id,
                language=guardian.language,
                cause=f"age:{pupil.id}",
                context=_words(pupil, day, foundation, guardian.language) | {"family_url": family_url()},
                due_at=_from_seven(),
            )
            for guardian in guardians
        ]
    )


def _tell_the_pupil(pupil: Pupil, day: date, foundation: Foundation) -> None:
    if not own_address(pupil):
        with translation.override("nl"):  # words of the school's work list
            text = _("This pupil will decide alone, and has no e-mail address of their own.")
        open_task(TaskKind.WRONG_ADDRESS, pupil=pupil, text=text)
        return
    open_mailboxes([pupil])
    language = pupil_language(pupil)
    words = _words(pupil, day, foundation, language) | {"pupil_url": pupil_url()}
    kind, due_at = _kind("pupil_age", day), _from_seven()
    put_mails(kind, [pupil], words, foundation=foundation, due_at=due_at, language=language)


def _kind(audience: str, day: date) -> str:
    return f"consent/{audience}_{'now' if day <= current().today else 'soon'}"


def _words(pupil: Pupil, day: date, foundation: Foundation, language: str) -> dict[str, object]:
    """What exactly will happen: the parents' answers stay until the pupil chooses, or end on the day."""
    return {
        "name": pupil.call_name,
        "day": day_in(language, day),
        "age": foundation.decides_from_age,
        "resets": foundation.reset_at_16,
        "yearly": foundation.asks_every_year,
    }


def _from_seven() -> datetime:
    return max(current().now, morning(current().today))
