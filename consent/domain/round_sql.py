"""The parts of the statements that count rounds: who was asked, who answered when, and for which children (R7).

Whole sets, so that a foundation of 75,000 pupils costs one reading of its tables, and no list of people in Python.
One round or all that run: the same parts. Each link names its round; who decides for whom is the same in all, that day.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from consent.domain.counted import born_until
from consent.domain.round_mails import INVITE, OVERVIEW, REMINDERS
from consent.models import Round
from ledger.acting import current

MOST_AGAIN = 3

# The links of these rounds, with the first day on which the guardian answered anything of what that round asks; a
# choice that was taken out does not count. Of each the same set as `reminding.silent_links`, which a test compares.
LINKS = """
said AS (
  SELECT l.id, (min(s.at) AT TIME ZONE %(zone)s)::date AS on_day
  FROM consent_personallink l
  JOIN consent_roundpurpose q ON q.foundation_id = l.foundation_id AND q.round_id = l.round_id
  JOIN consent_answer a ON a.foundation_id = l.foundation_id AND a.guardian_id = l.guardian_id
    AND a.purpose_id = q.purpose_id
  JOIN consent_submission s ON s.foundation_id = a.foundation_id AND s.id = a.submission_id
  WHERE l.foundation_id = %(foundation)s AND l.round_id = ANY (%(rounds)s::bigint[])
    AND s.at >= (SELECT min(f.opens_on)::timestamp AT TIME ZONE %(zone)s FROM consent_personallink f
      WHERE f.foundation_id = %(foundation)s AND f.round_id = ANY (%(rounds)s::bigint[]))
    AND s.at >= l.opens_on::timestamp AT TIME ZONE %(zone)s
    AND NOT EXISTS (SELECT FROM consent_invalidation i WHERE i.foundation_id = a.foundation_id
      AND i.answer_id = a.id AND i.in_force_at IS NOT NULL)
  GROUP BY l.id),
links AS (
  SELECT l.id, l.round_id, l.guardian_id, l.opens_on, l.closes_on, l.no_reminders_at, said.on_day
  FROM consent_personallink l LEFT JOIN said ON said.id = l.id
  WHERE l.foundation_id = %(foundation)s AND l.round_id = ANY (%(rounds)s::bigint[]))
"""
# For whom they decide (C2), and where those children go to school.
CHILDREN = """
children AS (
  SELECT DISTINCT l.guardian_id, p.id AS pupil_id FROM links l
  JOIN schools_guardianship g ON g.foundation_id = %(foundation)s AND g.guardian_id = l.guardian_id
    AND g.authority = 'full' AND g.since <= %(day)s AND (g.until IS NULL OR g.until >= %(day)s)
  JOIN schools_pupil p ON p.foundation_id = g.foundation_id AND p.id = g.pupil_id
    AND (g.beyond_16 OR p.born_on > %(grown)s)),
enrolled AS (
  SELECT c.guardian_id, c.pupil_id, e.school_id FROM children c
  JOIN schools_enrolment e ON e.foundation_id = %(foundation)s AND e.pupil_id = c.pupil_id
    AND (e.until IS NULL OR e.until >= %(day)s))
"""
# Who decides on that day for a pupil who is enrolled: at some schools, or at any when `schools` is null. Never who lost
# the authority, nor the parent of somebody who left or decides alone now: nobody calls them, no total counts them.
OF_SCHOOLS = """
l.guardian_id IN (SELECT n.guardian_id FROM enrolled n
  WHERE %(schools)s::bigint[] IS NULL OR n.school_id = ANY (%(schools)s::bigint[]))
"""
# Who is silent, and how their mail fared; never somebody with whom `not_about` has a child.
SILENT = f"""
last AS (
  SELECT DISTINCT ON (c.round_id, m.guardian_id) c.round_id, m.guardian_id, m.id, m.state
  FROM unnest(%(causes)s::text[], %(rounds_of_causes)s::bigint[]) AS c (cause, round_id)
  JOIN notices_message m ON m.foundation_id = %(foundation)s AND m.cause = c.cause AND m.kind = ANY (%(kinds)s)
  ORDER BY c.round_id, m.guardian_id, (m.state = 'stopped'), m.due_at DESC, m.id),
silent AS (
  SELECT l.round_id, l.id, l.guardian_id, CASE
    WHEN NOT EXISTS (SELECT FROM schools_guardianship g WHERE g.foundation_id = %(foundation)s
      AND g.guardian_id = l.guardian_id AND g.may_be_contacted AND (g.until IS NULL OR g.until >= %(today)s))
      THEN 'no_contact'
    WHEN p.email = '' THEN 'no_address'
    WHEN EXISTS (SELECT FROM notices_bounce b WHERE b.foundation_id = %(foundation)s
      AND b.guardian_id = l.guardian_id AND b.address = lower(p.email) AND b.kind = 'bounce'
      AND b.is_about_address) THEN 'bounced'
    WHEN last.state = 'failed' OR EXISTS (SELECT FROM notices_bounce b WHERE b.foundation_id = %(foundation)s
      AND b.message_id = last.id AND b.kind = 'bounce') THEN 'came_back'
    WHEN last.id IS NULL THEN 'no_mail'
    ELSE 'silent' END AS why
  FROM links l
  JOIN schools_guardian p ON p.foundation_id = %(foundation)s AND p.id = l.guardian_id
  LEFT JOIN last ON last.round_id = l.round_id AND last.guardian_id = l.guardian_id
  WHERE l.on_day IS NULL AND {OF_SCHOOLS}
    AND (%(only)s::bigint IS NULL OR l.guardian_id = %(only)s)
    AND NOT EXISTS (SELECT FROM schools_guardianship g WHERE g.foundation_id = %(foundation)s
      AND g.guardian_id = l.guardian_id AND g.pupil_id = ANY (%(not_about)s)))
"""  # noqa: S608  fixed text


def rows_of(
    query: str,
    rounds: Sequence[Round],
    *,
    schools: Collection[int] | None = None,
    not_about: Collection[int] = (),
    on: Callable[[Round], date] | None = None,
    **more: Any,
) -> list[tuple[Any, ...]]:
    """The rows of a statement that begins with these parts, about these rounds of one foundation.

    `on`: the day whose deciders count, by default that of the lists. One statement for each such day, so that it is
    planned for that day; all rounds that run have the same one, today. Raises NotActing.
    """
    of_day: dict[date, list[Round]] = {}
    for round_ in rounds:
        of_day.setdefault((on or day_of)(round_), []).append(round_)
    common: dict[str, Any] = {
        "zone": settings.TIME_ZONE,
        "today": current().today,
        "schools": None if schools is None else sorted(schools),
        "not_about": sorted(not_about),
        "only": None,
        "kinds": [INVITE, OVERVIEW, *REMINDERS],
    }
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for day, some in of_day.items():
            cursor.execute(query, common | _about(some, day) | more)
            rows += cursor.fetchall()
    return rows


def _about(rounds: Sequence[Round], day: date) -> dict[str, Any]:
    foundation = rounds[0].foundation
    causes = [(cause, one.id) for one in rounds for cause in (one.cause, *again_causes(one))]
    return {
        "foundation": foundation.id,
        "rounds": [one.id for one in rounds],
        "day": day,
        "grown": born_until(foundation.decides_from_age, day),
        "causes": [cause for cause, _pk in causes],
        "rounds_of_causes": [pk for _cause, pk in causes],
    }


def again_causes(round_: Round) -> list[str]:
    """What the mails are about that somebody at school sent once more: so many at most to one person."""
    return [f"{round_.cause}:again:{number}" for number in range(1, MOST_AGAIN + 1)]


def day_of(round_: Round) -> date:
    """Today while it runs; of an old round a day on which everybody was still there."""
    return max(round_.opens_on, min(current().today, round_.year.ends_on))


def counted_on(round_: Round) -> date:
    """The day whose deciders the totals count: of a round that closed its last day, so that they stand still."""
    return min(day_of(round_), round_.closes_on)
