"""What a round asks of somebody today, for the start pages; no names (R7)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.choices import RoundKind, RoundList
from consent.domain.work_lists import parents_waiting
from consent.models import Round
from consent.querysets import rounds_at, rounds_running
from consent.rules import may_ask_parents, work_reach
from ledger.acting import current
from schools.models import Role, StaffMember

from .round_board import list_sentence
from .tasks import own_children

MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One line, with the way straight to what helps."""

    words: str
    count: int
    url: str
    button: str
    is_urgent: bool


def rounds_waiting(person: StaffMember, roles: Sequence[Role]) -> Iterator[RoundRow]:
    """For who keeps the work of a school: of each round that runs whom no mail reaches, and how many are silent.

    What is silent stands here for the administrator only, who can remind.
    """
    reach = work_reach(roles)
    if not reach.has_schools:
        return
    here = rounds_at(reach.schools).exclude(kind=RoundKind.STAFF).order_by()
    running = list(rounds_running(current().today).filter(id__in=here.values("id"))[:MOST_ROUNDS])
    mine = own_children(person) if running else []
    waiting = parents_waiting(running, schools=reach.schools, not_about=mine)
    for round_ in running:
        found = waiting[round_.id]
        for which in (RoundList.UNREACHABLE, RoundList.CAME_BACK):
            if count := found[which]:
                url = reverse("consent:staff.work_list", args=[round_.code, which])
                yield RoundRow(list_sentence(which, count), count, url, _("Open the list"), is_urgent=True)
        if may_ask_parents(roles) and (count := found[RoundList.SILENT]):
            yield _silent(round_, count)


def _silent(round_: Round, count: int) -> RoundRow:
    words = ngettext(
        "%(n)s parent has not answered yet. The question closes on %(day)s.",
        "%(n)s parents have not answered yet. The question closes on %(day)s.",
        count,
    ) % {"n": count, "day": date_format(round_.closes_on, "j F")}
    url = reverse("consent:admins.round", args=[round_.code])
    return RoundRow(words, count, url, _("Look at the answers"), is_urgent=False)
