"""Somebody gets or loses the right to decide for a child: for staff at once, and told neutrally (C2, C6a)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction

from consent.domain.facts import KnownPupil, known_pupils, policy_of
from consent.domain.tell import day_in, family_url, tell_others
from consent.domain.tell_pupil import pupil_language, pupil_url
from consent.domain.work import keep_tasks
from consent.models import Purpose
from consent.querysets import purposes_on
from consent.rules import PUPIL, State, deciders_at, decides_alone, state_from_first_day
from ledger.acting import current
from notices.domain.addressed import put_mails
from notices.domain.put import NewMessage, put_messages
from notices.doorbell import ring_changed
from schools.domain.authority import Paper, set_authority
from schools.domain.imports.apply import lock_schools
from schools.models import Foundation, Guardian, Pupil, StaffMember
from schools.querysets import guardians_for, own_address


def change_authority(*, guardian: Guardian, pupil: Pupil, paper: Paper, by: StaffMember) -> None:
    """The school has seen a paper: from its day on this guardian may do for the pupil what it says.

    What the school may do is folded anew from this commit on: conflicts that are over leave the work list, new
    ones come on it, who decides hears when the school does something else now. Everybody concerned gets a mail
    with the own place only: no other name, no address, nothing of what the paper is about. Also who may decide
    no longer keeps the answers of before; they count no more. Only another source of the same: no mail.
    Raises NotTheirs: then nothing is changed.
    """
    foundation = Foundation.objects.get(id=current().foundation)
    with transaction.atomic():
        lock_schools()  # an import that was read a moment ago must not write over this
        Pupil.objects.select_for_update(no_key=True).get(id=pupil.id)
        purposes = {purpose.id: purpose for purpose in purposes_on(current().today)}
        before = _states(pupil, purposes, foundation)
        is_new = set_authority(guardian=guardian, pupil=pupil, paper=paper, verified_by=by.full_name)
        after = _states(pupil, purposes, foundation)
        keep_tasks(before, after, [])
        if is_new:
            children = known_pupils([pupil.id])
            _tell_family(guardian, pupil, children[0], paper, foundation)
            tell_others(None, children, purposes, before, after)
        transaction.on_commit(partial(ring_changed, foundation.id, [pupil.id]))


def _states(
    pupil: Pupil, purposes: dict[int, Purpose], foundation: Foundation
) -> dict[tuple[int, int], State]:
    child, today = known_pupils([pupil.id])[0], current().today
    return {
        (child.id, pk): state_from_first_day(child.facts, policy_of(one, foundation), today)
        for pk, one in purposes.items()
    }


def _tell_family(
    guardian: Guardian, pupil: Pupil, child: KnownPupil, paper: Paper, foundation: Foundation
) -> None:
    """Who it is about and who has authority; a pupil too, who is old enough or gets a representative."""
    day = max(paper.since, current().today)
    deciders = deciders_at(child.facts, foundation.decides_from_age, day)
    others: Sequence[Guardian] = [
        one for one in guardians_for(pupil.id, current().today) if one.id != guardian.id
    ]
    cause = f"authority:{pupil.id}:{current().now:%Y%m%dT%H%M%S%f}"
    put_messages(
        [
            NewMessage(
                kind="consent/authority",
                guardian_id=one.id,
                language=one.language,
                cause=cause,
                context={
                    "name": pupil.call_name,
                    "decides": one.id in deciders,
                    "day": day_in(one.language, paper.since),
                    "last_day": day_in(one.language, paper.until) if paper.until else "",
                    "is_about_you": one.id == guardian.id,
                    "family_url": family_url(),
                },
                due_at=current().now,
            )
            for one in [guardian, *others]
        ]
    )
    is_old_enough = decides_alone(child.facts.born_on, foundation.decides_from_age, day)
    if is_old_enough or paper.representation:
        _tell_pupil(pupil, {"decides": PUPIL in deciders}, paper, foundation)


def _tell_pupil(pupil: Pupil, words: dict[str, Any], paper: Paper, foundation: Foundation) -> None:
    if not own_address(pupil):
        return
    language = pupil_language(pupil)
    put_mails(
        "consent/pupil_authority",
        [pupil],
        {**words, "day": day_in(language, paper.since), "pupil_url": pupil_url()},
        foundation=foundation,
        due_at=current().now,
        language=language,
    )
