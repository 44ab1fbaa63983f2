"""What one check page is about: the group, who may be tapped and who was, and the place that was chosen."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from consent.domain.check import Verdict, look
from consent.domain.facts import (
    KnownPupil,
    KnownPurpose,
    known_pupils,
    pupils_in,
    purposes_at,
    told_apart,
    with_what_the_check_needs,
)
from ledger.choices import Reading
from ledger.domain.record import record_reading
from schools.models import Foundation, Group
from schools.querysets import pupil_ids

CODE = re.compile(r"[A-Za-z0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Desk:
    """`others` are pupils of other groups who are on the same picture."""

    group: Group
    pupils: list[KnownPupil]
    others: list[KnownPupil]
    purposes: list[KnownPurpose]
    purpose: KnownPurpose | None
    chosen: list[KnownPupil]

    def verdict(self) -> Verdict | None:
        """None before a place and somebody are chosen."""
        if self.purpose is None or not self.chosen:
            return None
        return look(purpose=self.purpose, pupils=self.chosen, purposes=self.purposes)


def desk_of(groups: QuerySet[Group], code: str, data: QueryDict, foundation: Foundation) -> Desk:
    """Read one check page and write down whom it is going to show (E2).

    404 for a group, a place or a pupil outside `groups`: a verdict never leaves out somebody who was asked
    about. One statement for all of it; two more when pupils of another group are among the asked.
    """
    group = get_object_or_404(with_what_the_check_needs(groups), code=code)
    pupils, purposes = pupils_in(group), purposes_at(group, foundation)
    asked = set(data.getlist("pupil"))
    others = _others(groups, asked - {pupil.code for pupil in pupils})
    everybody = told_apart([*pupils, *others])
    pupils, others = everybody[: len(pupils)], everybody[len(pupils) :]
    record_reading(Reading.CONSENT_STATE, [pupil.id for pupil in everybody])
    chosen = everybody if data.get("everyone") else [pupil for pupil in everybody if pupil.code in asked]
    return Desk(group, pupils, others, purposes, _purpose(data.get("place", ""), purposes), chosen)


def codes_in(data: QueryDict) -> list[str]:
    """The pupils in an address, each once, as far as they look like codes."""
    return [code for code in dict.fromkeys(data.getlist("pupil")) if CODE.fullmatch(code)]


def with_pupils(url: str, place: str, codes: Iterable[str]) -> str:
    """The address of a check with this place and these pupils filled in."""
    query = QueryDict(mutable=True)
    if place:
        query["place"] = place
    query.setlist("pupil", list(codes))
    return f"{url}?{query.urlencode()}" if query.urlencode() else url


def _others(groups: QuerySet[Group], codes: set[str]) -> list[KnownPupil]:
    if not codes:
        return []
    if not all(CODE.fullmatch(code) for code in codes):
        raise Http404
    ids = pupil_ids(groups, sorted(codes))
    if len(ids) != len(codes):
        raise Http404
    return sorted(known_pupils(ids), key=lambda pupil: (pupil.call_name.casefold(), pupil.surname.casefold()))


def _purpose(slug: str, purposes: list[KnownPurpose]) -> KnownPurpose | None:
    """A place that no purpose names cannot be used: it does not exist here."""
    if not slug:
        return None
    found = next((purpose for purpose in purposes if purpose.slug == slug), None)
    if found is None:
        raise Http404
    return found
