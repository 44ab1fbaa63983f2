"""How many pupils a question stands at yes, at no, or without answer for; and what a change would do to that.

Children for whom parents decide are counted by the database, in one statement for all questions together. Who is
old enough to decide alone is judged by the rule itself (C8): what was said before may still count for them.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from consent.choices import Reason
from consent.domain.facts import KnownPupil, known_pupils, policy_of
from consent.models import LatestAnswer, Purpose
from consent.rules import Policy, Wording, is_asked_of, state
from ledger.acting import current
from schools.models import Enrolment, Foundation
from schools.querysets import in_force

BATCH = 2_000
SAID_NO = frozenset({Reason.REFUSED, Reason.CONFLICT})


@dataclass(frozen=True, slots=True)
class Standing:
    """Pupils, not answers: where parents do not choose the same it is a no (C4)."""

    yes: int = 0
    no: int = 0
    silent: int = 0


# `state` for who does not decide alone yet (C1-C6a): a test compares the two. A yes on a wording below `oldest` ended.
DECIDED_FOR = """
deciders AS (
  SELECT DISTINCT g.pupil_id, g.guardian_id FROM schools_guardianship g
  WHERE g.foundation_id = %(foundation)s AND g.authority = 'full'
    AND g.since <= %(on)s AND (g.until IS NULL OR g.until >= %(on)s)),
said AS (
  SELECT a.pupil_id, q.purpose_id, d.guardian_id, a.value,
    a.value = 'yes' AND (a.valid_until IS NULL OR a.valid_until >= %(on)s) AS runs, v.number
  FROM asked q
  JOIN consent_latestanswer a ON a.foundation_id = %(foundation)s AND a.purpose_id = q.purpose_id
  JOIN consent_questionversion v ON v.foundation_id = a.foundation_id AND v.id = a.version_id
  LEFT JOIN deciders d ON d.pupil_id = a.pupil_id AND d.guardian_id = a.guardian_id
  WHERE d.guardian_id IS NOT NULL OR (a.guardian_id IS NULL AND a.value = 'no' AND %(veto)s)),
here AS (
  SELECT DISTINCT q.purpose_id, e.pupil_id, p.born_on <= %(grown)s AS is_grown FROM asked q
  JOIN schools_enrolment e ON e.foundation_id = %(foundation)s
    AND e.since <= %(on)s AND (e.until IS NULL OR e.until >= %(on)s)
    AND (q.school_id IS NULL OR q.school_id = e.school_id)
  JOIN schools_pupil p ON p.foundation_id = e.foundation_id AND p.id = e.pupil_id)
"""
ASKED = """WITH asked AS (
  SELECT * FROM unnest(%(purposes)s::bigint[], %(schools)s::bigint[], %(strict)s::boolean[], %(oldest)s::int[])
    AS q (purpose_id, school_id, all_must_agree, oldest)),
"""
COUNTS = f"""{ASKED}{DECIDED_FOR},
told AS (
  SELECT s.pupil_id, s.purpose_id, bool_or(s.value = 'no') AS has_no, bool_or(s.value = 'talk') AS has_talk,
    count(*) FILTER (WHERE s.runs AND s.number >= q.oldest) AS yeses
  FROM said s JOIN asked q USING (purpose_id) GROUP BY 1, 2),
many AS (SELECT pupil_id, count(*) AS deciders FROM deciders GROUP BY 1)
SELECT h.purpose_id, count(*),
  count(*) FILTER (WHERE NOT h.is_grown AND NOT t.has_no AND NOT t.has_talk AND t.yeses > 0
    AND (NOT q.all_must_agree OR t.yeses = m.deciders)),
  count(*) FILTER (WHERE NOT h.is_grown AND t.has_no)
FROM here h JOIN asked q USING (purpose_id)
LEFT JOIN many m USING (pupil_id)
LEFT JOIN told t ON m.deciders > 0 AND t.pupil_id = h.pupil_id AND t.purpose_id = h.purpose_id
GROUP BY 1
"""  # noqa: S608  fixed text
# The parents whose yes runs on that day, on a wording below `oldest`; a representative also beyond the age.
BELOW = """
FROM said s JOIN asked q USING (purpose_id)
JOIN here h ON h.pupil_id = s.pupil_id AND h.purpose_id = s.purpose_id
WHERE s.runs AND s.number < q.oldest AND s.guardian_id IS NOT NULL AND (NOT h.is_grown OR EXISTS (
  SELECT FROM schools_guardianship g WHERE g.foundation_id = %(foundation)s AND g.pupil_id = s.pupil_id
    AND g.guardian_id = s.guardian_id AND g.authority = 'full' AND g.beyond_16
    AND g.since <= %(on)s AND (g.until IS NULL OR g.until >= %(on)s)))
"""
YES_BELOW = f"{ASKED}{DECIDED_FOR}SELECT DISTINCT s.guardian_id{BELOW}"
HOW_MANY_BELOW = f"""
{ASKED}{DECIDED_FOR}SELECT s.purpose_id, count(DISTINCT s.guardian_id){BELOW}GROUP BY 1
"""


def standing_of(purposes: Collection[Purpose], on: date) -> dict[int, Standing]:
    """For each purpose, what the rule says of every pupil who is enrolled that day, by the id of the purpose."""
    foundation = Foundation.objects.get(id=current().foundation)
    policies = {purpose.id: policy_of(purpose, foundation) for purpose in purposes}
    grown = _judged(policies, foundation, on)
    found: dict[int, Standing] = dict.fromkeys(policies, Standing())
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, _parameters(policies.values(), foundation, on))
        for pk, every, yes, no in cursor.fetchall():
            yes, no = yes + grown[pk]["yes"], no + grown[pk]["no"]
            found[pk] = Standing(yes, no, every - yes - no)
    return found


def runs_out(purpose: Purpose, *, on: date) -> int:
    """For how many pupils a yes of that day would end, if other words were fixed as a material change (C3)."""
    foundation = Foundation.objects.get(id=current().foundation)
    now = policy_of(purpose, foundation)
    changed = replace(now, wordings=(*now.wordings, Wording(_next(now), True, on)))
    before = _count_minors(now, foundation, on) - _count_minors(changed, foundation, on)
    return before + sum(
        state(pupil.facts, now, on).is_allowed and not state(pupil.facts, changed, on).is_allowed
        for pupil in _grown([purpose.id], foundation, on)
    )


def parents_who_said_yes(purpose: Purpose, *, on: date) -> int:
    """How many parents a material change from that day asks anew: each whose yes would end with it (R1, C3)."""
    foundation = Foundation.objects.get(id=current().foundation)
    policy = policy_of(purpose, foundation)
    return len(_yes_below(policy, _next(policy), foundation, on))


def parents_to_ask_anew(purpose: Purpose, on: date) -> int:
    """How many have not answered since the question was changed: their yes ended with the old words (R1, C3)."""
    return how_many_to_ask_anew([purpose], on)[purpose.id]


def how_many_to_ask_anew(purposes: Collection[Purpose], on: date) -> dict[int, int]:
    """The same of several questions, by id and in one statement."""
    foundation = Foundation.objects.get(id=current().foundation)
    policies = [policy_of(purpose, foundation) for purpose in purposes]
    with connection.cursor() as cursor:
        cursor.execute(HOW_MANY_BELOW, _parameters(policies, foundation, on))
        return dict.fromkeys((policy.purpose for policy in policies), 0) | dict(cursor.fetchall())


def who_to_ask_anew(purpose: Purpose, on: date) -> set[int]:
    """The guardians whose yes ended because this question says something else now, and who have not answered since."""
    foundation = Foundation.objects.get(id=current().foundation)
    policy = policy_of(purpose, foundation)
    return _yes_below(policy, policy.oldest_wording_that_counts(on), foundation, on)


def _next(policy: Policy) -> int:
    return max((wording.number for wording in policy.wordings), default=0) + 1


def _yes_below(policy: Policy, number: int, foundation: Foundation, on: date) -> set[int]:
    parameters = _parameters([policy], foundation, on) | {"oldest": [number]}
    with connection.cursor() as cursor:
        cursor.execute(YES_BELOW, parameters)
        return {row[0] for row in cursor.fetchall()}


def _count_minors(policy: Policy, foundation: Foundation, on: date) -> int:
    """How many pupils for whom parents decide stand at yes."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, _parameters([policy], foundation, on))
        return sum(yes for _pk, _every, yes, _no in cursor.fetchall())


def _parameters(policies: Collection[Policy], foundation: Foundation, on: date) -> dict[str, Any]:
    return {
        "purposes": [policy.purpose for policy in policies],
        "schools": [policy.school for policy in policies],
        "strict": [policy.all_must_agree for policy in policies],
        "oldest": [policy.oldest_wording_that_counts(on) for policy in policies],
        "foundation": foundation.id,
        "on": on,
        "veto": foundation.pupil_may_veto,
        "grown": born_until(foundation.decides_from_age, on),
    }


def born_until(age: int, on: date) -> date:
    """Who was born on this day or earlier is that old on `on`: the other side of `rules.birthday`."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:  # 29 February of a leap year: who was born on 1 March has to wait one more day
        return on.replace(year=on.year - age, day=28)


def _judged(policies: Mapping[int, Policy], foundation: Foundation, on: date) -> dict[int, Counter[str]]:
    """By purpose, yes and no of those who decide alone, as the rule says; everybody else of them is silent."""
    counts: dict[int, Counter[str]] = {pk: Counter() for pk in policies}
    for pupil in _grown(list(policies), foundation, on):
        for pk, policy in policies.items():
            if is_asked_of(pupil.facts, policy.school, on):
                found = state(pupil.facts, policy, on)
                word = "yes" if found.is_allowed else "no" if found.reason in SAID_NO else "silent"
                counts[pk][word] += 1
    return counts


def _grown(purpose_ids: Sequence[int], foundation: Foundation, on: date) -> Iterator[KnownPupil]:
    """Enrolled pupils of the age to decide alone about whom anything was ever said; in portions."""
    said = LatestAnswer.objects.filter(purpose_id__in=purpose_ids).order_by()
    ids = (
        Enrolment.objects.filter(
            in_force(on),
            pupil__born_on__lte=born_until(foundation.decides_from_age, on),
            pupil_id__in=said.values("pupil_id"),
        )
        .order_by("pupil_id")
        .values_list("pupil_id", flat=True)
    )
    every: Sequence[int] = list(ids.distinct())
    for first in range(0, len(every), BATCH):
        yield from known_pupils(every[first : first + BATCH])
