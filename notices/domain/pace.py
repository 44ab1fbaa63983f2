"""Not too fast for one mail provider, and no other one waits for that (R5). On tickets only, outside the wall.

What waits in a lane lies in piles: one per cause and domain. `claim_pile` is an index from pile to pile, so a pile
that may not go now costs one look, however high it is.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from notices.choices import Lane
from notices.models import Claim, Pace

PILES = """
WITH RECURSIVE pile AS (
    (SELECT cause, domain FROM notices_claim WHERE lane = %(lane)s ORDER BY cause, domain LIMIT 1)
    UNION ALL
    SELECT next.cause, next.domain FROM pile CROSS JOIN LATERAL (
        SELECT claim.cause, claim.domain FROM notices_claim AS claim
        WHERE claim.lane = %(lane)s AND (claim.cause, claim.domain) > (pile.cause, pile.domain)
        ORDER BY claim.cause, claim.domain LIMIT 1
    ) AS next
), waiting AS (
    SELECT pile.cause, pile.domain, oldest.due_at, coalesce(pace.next_at, '-infinity') AS next_at
    FROM pile LEFT JOIN notices_pace AS pace USING (domain)
    CROSS JOIN LATERAL (
        SELECT claim.due_at FROM notices_claim AS claim
        WHERE claim.lane = %(lane)s AND claim.cause = pile.cause AND claim.domain = pile.domain
            AND claim.due_at <= %(now)s AND (claim.lease_until IS NULL OR claim.lease_until < %(now)s)
        ORDER BY claim.due_at LIMIT 1
    ) AS oldest
    WHERE coalesce(pace.next_at, '-infinity') <= %(until)s
        AND NOT EXISTS (SELECT FROM notices_held AS held WHERE held.cause = pile.cause)
)
"""
# The limit inside takes at most a burst of each pile, and locks no more rows than it gives.
TAKE = f"""{PILES}
SELECT claim.* FROM (SELECT * FROM waiting ORDER BY due_at, domain LIMIT %(size)s) AS pile
CROSS JOIN LATERAL (
    SELECT * FROM notices_claim AS claim
    WHERE claim.lane = %(lane)s AND claim.cause = pile.cause AND claim.domain = pile.domain
        AND claim.due_at <= %(now)s AND (claim.lease_until IS NULL OR claim.lease_until < %(now)s)
    ORDER BY claim.due_at, claim.id
    LIMIT coalesce((%(bursts)s::jsonb ->> pile.domain)::int, %(burst)s)
    FOR UPDATE SKIP LOCKED
) AS claim LIMIT %(size)s
"""  # noqa: S608  only our own words are put in
WHEN = f"{PILES} SELECT min(greatest(next_at, %(now)s)) FROM waiting"  # noqa: S608
CHARGE = """
INSERT INTO notices_pace AS pace (domain, next_at)
SELECT domain, %(now)s + seconds * interval '1 second'
FROM unnest(%(domains)s::text[], %(seconds)s::float[]) AS row (domain, seconds)
ON CONFLICT (domain) DO UPDATE
    SET next_at = greatest(pace.next_at, %(now)s) + (excluded.next_at - %(now)s)
"""
SLOW = """
INSERT INTO notices_pace AS pace (domain, next_at, slowed)
SELECT domain, %(now)s + %(first)s * interval '1 second', 1 FROM unnest(%(domains)s::text[]) AS row (domain)
ON CONFLICT (domain) DO UPDATE SET
    slowed = least(pace.slowed + 1, 100),
    next_at = greatest(
        pace.next_at,
        %(now)s + least(%(first)s * (2 ^ least(pace.slowed, 10)), %(longest)s) * interval '1 second'
    )
"""
# Somebody who waits for a slow provider looks up this often: a code may have come meanwhile.
LOOK_UP_SECONDS, WORTH_WAITING = 0.5, timedelta(seconds=2)
LEAST_SECONDS = 0.05  # somebody else has in hand what may go now
BURST_SECONDS = 1.0
WAITERS = 20_261_121  # a number of our own among the advisory locks


def take(lane: Lane, size: int, now: datetime) -> list[Claim]:
    """Up to `size` due tickets, locked: of each provider that may go now at most a burst; oldest piles first.

    Inside a transaction; the caller charges what it takes (`charge`).
    """
    bursts = {domain: _burst(rate, size) for domain, rate in settings.OUTBOX_PACE.items()}
    burst = bursts.pop("*")
    words = {"lane": str(lane), "now": now, "until": now, "size": size, "burst": burst}
    return list(Claim.objects.raw(TAKE, {**words, "bursts": json.dumps(bursts)}))


def charge(domains: Iterable[str], now: datetime) -> None:
    """Each of these mails moves the moment at which its provider may get the next one.

    So the average holds over any time, whatever the number of workers.
    """
    _move({domain: count * _seconds_each(domain) for domain, count in Counter(domains).items()}, now)


def refund(domains: Iterable[str], now: datetime) -> None:
    """These were taken and not tried: their provider may get others in their place."""
    taken = {domain: -count * _seconds_each(domain) for domain, count in Counter(domains).items()}
    _move(taken, now)


def slow_down(domains: Iterable[str], now: datetime, *, first: timedelta, longest: timedelta) -> None:
    """These providers asked for patience: nothing for a while, twice as long each time in a row, `longest` at most."""
    if names := sorted(set(domains)):
        pauses = {"first": first.total_seconds(), "longest": longest.total_seconds()}
        with connection.cursor() as cursor:
            cursor.execute(SLOW, {"domains": names, "now": now, **pauses})


def go_on(domains: Iterable[str]) -> None:
    """These providers took a mail: whatever patience they asked for is over."""
    if names := sorted(set(domains)):
        Pace.objects.filter(domain__in=names, slowed__gt=0).update(slowed=0)


def pause(lane: Lane, now: datetime) -> float | None:
    """Seconds to wait for the next provider of this lane that may go; None when that is nothing, or not worth it."""
    with connection.cursor() as cursor:
        cursor.execute(WHEN, {"lane": str(lane), "now": now, "until": now + WORTH_WAITING})
        [next_at] = cursor.fetchone()
    if next_at is None:
        return None
    return float(max(LEAST_SECONDS, min((next_at - now).total_seconds(), LOOK_UP_SECONDS)))


def forget_old(now: datetime) -> None:
    """A domain of which the last mail left long ago may go now anyway."""
    Pace.objects.filter(next_at__lt=now - timedelta(days=1)).delete()


@contextmanager
def one_waits(lane: Lane) -> Iterator[bool]:
    """True for one process at a time: that one waits for slow providers, the others have better things to do.

    A lock of the session, which ends with the process that holds it, whatever happens to it.
    """
    keys = [WAITERS, list(Lane).index(lane)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", keys)
        [is_ours] = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", keys)


def _move(seconds: dict[str, float], now: datetime) -> None:
    if seconds:
        names = sorted(seconds)  # in one order, so that two workers never wait in a ring
        each = [seconds[name] for name in names]
        with connection.cursor() as cursor:
            cursor.execute(CHARGE, {"domains": names, "seconds": each, "now": now})


def _seconds_each(domain: str) -> float:
    return 1 / float(settings.OUTBOX_PACE.get(domain, settings.OUTBOX_PACE["*"]))


def _burst(rate: float, size: int) -> int:
    """About what one second may bring; never more than half a slice, so that others are in it too."""
    return max(1, min(math.ceil(rate * BURST_SECONDS), size // 2))
