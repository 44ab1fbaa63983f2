"""A round asks who works here about own pictures; the school sees how many answered, never who (O12, law C26)."""

from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef

from consent.choices import RoundKind
from consent.domain.asked import Inquiry, colleagues_to_ask, morning
from consent.domain.round_mails import STAFF_INVITE, STAFF_REMINDER, colleague_words
from consent.models import Round, RoundColleague, StaffAnswer
from consent.rules import Days, reminder_due
from ledger.acting import current
from notices.choices import Lane
from notices.domain.addressed import put_mails
from schools.models import StaffMember


def ask_colleagues(round_: Round, inquiry: Inquiry) -> int:
    """Put a mail for everybody who works at these schools and was not asked yet; gives how many."""
    ids = colleagues_to_ask(inquiry, current().today)[0]
    people = list(StaffMember.objects.filter(id__in=ids).order_by("id"))
    RoundColleague.objects.bulk_create(
        RoundColleague(foundation_id=round_.foundation_id, round=round_, staff_member=one) for one in people
    )
    _put(STAFF_INVITE, round_, people)
    return len(people)


def remind_colleagues(round_: Round) -> int:
    """A reminder for who was asked, still works here and chose nothing since; 0 the second time that day."""
    days, today = Days(round_.opens_on, round_.closes_on), current().today
    number = reminder_due(days, round_.remind_before, today)
    if not number or current().now < morning(today):
        return 0  # written when it leaves: an answer of tonight still counts
    rows = list(
        RoundColleague.objects.select_for_update(no_key=True, of=("self",))
        .filter(round=round_, reminders__lt=number, staff_member__has_left=False)
        .exclude(staff_member__email="")
        .select_related("staff_member")
        .order_by("id")
    )
    answered = colleagues_who_answered(round_)
    silent = [row for row in rows if row.staff_member_id not in answered]
    RoundColleague.objects.filter(id__in=[row.id for row in silent]).update(reminders=number)
    _put(STAFF_REMINDER, round_, [row.staff_member for row in silent])
    return len(silent)


def colleagues_who_answered(round_: Round) -> set[int]:
    """Who chose something about own pictures since the round opened."""
    answered = round_.colleagues.filter(_has_chosen())
    return set(answered.order_by().values_list("staff_member_id", flat=True))


def colleagues_counted(rounds: Sequence[Round]) -> dict[int, tuple[int, int]]:
    """How many were asked in each round about colleagues, and how many of them chose since; in one statement."""
    asked = RoundColleague.objects.filter(round__in=rounds, round__kind=RoundKind.STAFF).order_by()
    counted = asked.values("round_id").annotate(asked=Count("id"), answered=Count("id", _has_chosen()))
    return {row["round_id"]: (row["asked"], row["answered"]) for row in counted}


def _has_chosen() -> Exists:
    """Of a row of RoundColleague: something was chosen since the round opened, whatever it was."""
    said = StaffAnswer.objects.filter(
        staff_member=OuterRef("staff_member"), decided_at__date__gte=OuterRef("round__opens_on")
    )
    return Exists(said.order_by())


def _put(kind: str, round_: Round, people: Sequence[StaffMember]) -> None:
    put_mails(
        kind,
        people,
        colleague_words(round_.closes_on),
        foundation=round_.foundation,
        due_at=morning(current().today),
        lane=Lane.ROUNDS,
        cause=round_.cause,
    )
