"""What the pages about the progress of a round show: what needs somebody first, the drawings and their tables (R7)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.choices import RoundKind, RoundList, TaskKind
from consent.domain.progress import (
    Part,
    Point,
    Progress,
    Reminded,
    Totals,
    progress_of,
    progress_per_group,
    reminders_sent,
)
from consent.domain.reminding import next_number
from consent.domain.work_lists import waiting_in
from consent.models import Round
from consent.rules import may_ask_parents, work_reach
from ledger.acting import current
from notices.domain.hold import left_to_send
from schools.models import School

from .charts import bar, share_over_time
from .tasks import own_children

FEWEST = 5
MOST_REMINDED = 20
# How many seconds the page waits before it asks for what moved; counting 94,000 parents takes seconds by itself.
SOON, LATER, MANY = 10, 60, 10_000


def board_words(
    request: HttpRequest, round_: Round, schools: frozenset[int] | None, here: str
) -> dict[str, Any]:
    """Everything on the page of a round: of these schools, or of all (None). A fixed number of statements."""
    progress = progress_of(round_, schools=schools)
    sent = reminders_sent(round_, schools)
    opened = _opened(request, progress)
    return {
        "round": round_,
        "progress": progress,
        "percent": percent(progress.share),
        "whole": bar(progress.share, title=_("Parents who have chosen")),
        "actions": action_rows(request, round_, schools),
        "chart": _chart(round_, progress, sent),
        "days": _days_that_moved(progress.points),
        "reminded": sent[-MOST_REMINDED:],
        "parts": [part_row(part, here) for part in progress.schools],
        "opened": opened,
        "groups": [part_row(one, "") for one in progress_per_group(round_, [opened.id])] if opened else [],
        "colleagues": colleague_words(progress),
        "is_planned": round_.opens_on > current().today,
        "is_live": round_.stopped_at is None and round_.opens_on <= current().today <= round_.closes_on,
        "every": SOON if progress.asked < MANY else LATER,
        "here": f"{here}?school={opened.slug}" if opened else here,
        "csv_url": f"{here}cijfers.csv",
    }


def action_rows(request: HttpRequest, round_: Round, schools: frozenset[int] | None) -> list[dict[str, Any]]:
    """What needs somebody, the most urgent first; a row without work is not there. Nothing about an own child."""
    found = waiting_in(round_, schools=schools, not_about=own_children(request.portal.person))
    may_open = work_reach(request.portal.roles).has_schools
    tasks, look = reverse("consent:staff.tasks"), _("Open the list")
    rows = [
        (found.lists[which], list_sentence(which, found.lists[which]), _list_url(round_, which), look)
        for which in RoundList
    ]
    if may_ask_parents(request.portal.roles) and _may_remind(round_):
        url = reverse("consent:admins.round_reminder", args=[round_.code])
        rows[2] = (rows[2][0], rows[2][1], url, _("Look at the reminder"))
    rows[3:3] = [
        (found.conflicts, _conflict_words(found.conflicts), f"{tasks}?soort={TaskKind.CONFLICT}", look),
        (found.talks, _talk_words(found.talks), f"{tasks}?soort={TaskKind.TALK}", look),
    ]
    return [
        {"count": count, "words": words, "url": url if may_open else "", "button": button}
        for count, words, url, button in rows
        if count
    ]


def part_row(part: Part, here: str) -> dict[str, Any]:
    """One school or group: its name, its numbers, and a bar with the same numbers in words."""
    name = part.place.name
    words = _("%(name)s: %(done)s of %(all)s parents have chosen") % {
        "name": name,
        "done": part.answered,
        "all": part.asked,
    }
    return {
        "name": name,
        "url": f"{here}?school={part.place.slug}" if here and isinstance(part.place, School) else "",
        "slug": part.place.slug if isinstance(part.place, School) else part.place.code,
        "asked": part.asked,
        "answered": part.answered,
        "silent": part.silent,
        "percent": percent(part.share),
        "bar": bar(part.share, title=words),
    }


def percent(share: float) -> int:
    """Whole percents; 100 only when nobody is left, and 0 only when nobody came."""
    return min(max(round(100 * share), 1), 99) if 0 < share < 1 else int(share) * 100


def colleague_words(progress: Totals) -> str:
    """Of colleagues a total only, and never a number of fewer than five, nor one that gives it away (law C26)."""
    asked, done = progress.colleagues_asked, progress.colleagues_answered
    if not asked:
        return ""
    if asked < FEWEST:
        return _("Fewer than 5 colleagues were asked: no number is shown.")
    if done < FEWEST:
        return _("Of %(all)s colleagues fewer than 5 have chosen.") % {"all": asked}
    if asked - done < FEWEST:
        return _("Of %(all)s colleagues nearly all have chosen.") % {"all": asked}
    return _("%(done)s of %(all)s colleagues have chosen.") % {"done": done, "all": asked}


def mails_left(round_: Round) -> int | None:
    """How many mails still have to leave; None of colleagues.

    At night or while it waits that number is how many of them are silent, however few they are (law C26).
    """
    return None if round_.kind == RoundKind.STAFF else left_to_send(round_.cause)


def _opened(request: HttpRequest, progress: Progress) -> School | None:
    """The school of which the groups are shown: the one that was tapped, or the only one."""
    schools = [part.place for part in progress.schools if isinstance(part.place, School)]
    if len(schools) == 1:
        return schools[0]
    return next((one for one in schools if one.slug == request.GET.get("school", "")), None)


def _days_that_moved(points: Sequence[Point]) -> list[dict[str, Any]]:
    """The rows of the table of the drawing: a day on which nothing changed is the day before it."""
    rows, before = [], None
    for point in points:
        if (point.asked, point.answered) != before:
            rows.append(
                {
                    "on": point.on,
                    "asked": point.asked,
                    "answered": point.answered,
                    "percent": percent(point.share),
                }
            )
        before = (point.asked, point.answered)
    return rows


def _chart(round_: Round, progress: Progress, sent: Collection[Reminded]) -> str:
    points = progress.points
    if len(points) < 2 or round_.kind == RoundKind.OVERVIEW:
        return ""
    first, last = _day(points[0].on), _day(points[-1].on)
    words = _("From %(first)s until %(last)s. At the end %(percent)s%% had chosen.") % {
        "first": first,
        "last": last,
        "percent": percent(progress.share),
    }
    marks = [(one.on, _reminder_words(one)) for one in sent]
    if marks:
        words += " " + ", ".join(text for _on, text in marks[:MOST_REMINDED]) + "."
    return share_over_time(
        [(point.on, point.share) for point in points],
        marks,
        title=_("Parents who have chosen, day by day"),
        words=words,
        first=first,
        last=last,
    )


def _reminder_words(one: Reminded) -> str:
    return _("Reminder %(number)s on %(day)s") % {"number": one.number, "day": _day(one.on)}


def _day(on: date) -> str:
    return date_format(on, "j F")


def _list_url(round_: Round, which: RoundList) -> str:
    return reverse("consent:staff.work_list", args=[round_.code, which])


def _may_remind(round_: Round) -> bool:
    over = round_.stopped_at is not None or not round_.opens_on <= current().today <= round_.closes_on
    return (
        round_.kind not in {RoundKind.OVERVIEW, RoundKind.STAFF}
        and not over
        and next_number(round_) is not None
    )


def list_sentence(which: RoundList, count: int) -> str:
    """How many are on one work list, in a sentence; no names."""
    sentence = {
        RoundList.UNREACHABLE: ngettext(
            "%(n)s parent cannot be reached by mail.", "%(n)s parents cannot be reached by mail.", count
        ),
        RoundList.CAME_BACK: ngettext(
            "The mail to %(n)s parent came back.", "The mail to %(n)s parents came back.", count
        ),
        RoundList.SILENT: ngettext(
            "%(n)s parent has not chosen yet.", "%(n)s parents have not chosen yet.", count
        ),
        RoundList.NO_DECIDER: ngettext(
            "Of %(n)s pupil nobody is known who decides.",
            "Of %(n)s pupils nobody is known who decides.",
            count,
        ),
    }[which]
    return sentence % {"n": count}


def _conflict_words(count: int) -> str:
    return ngettext(
        "The parents of %(n)s child do not choose the same.",
        "The parents of %(n)s children do not choose the same.",
        count,
    ) % {"n": count}


def _talk_words(count: int) -> str:
    return ngettext("%(n)s parent wants to talk first.", "%(n)s parents want to talk first.", count) % {
        "n": count
    }
